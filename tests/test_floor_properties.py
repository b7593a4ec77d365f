"""What no policy, school or report can bring about, tried on schools and reports nobody thought of."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from workflows.packs import all_packs, load_floor, load_pack
from workflows.routing import Cast, Facts, route, rungs_after, shut_out

FLOOR = load_floor()
PEOPLE = [f"p{n}" for n in range(9)]
STAFF = [*PEOPLE, "teacher", "caretaker"]
people = st.sampled_from(STAFF)
few = st.frozensets(people, max_size=2)
ROLES = sorted(
    {role for pack in all_packs() for role in load_pack(pack).cast} | {*FLOOR.held_by, "governor", "trustee"}
)


def school(tiles: bytes, away: tuple[int, int]) -> Cast:
    """A school whose people hold several roles, whose roles are missing, vacant or shared; some are away.

    One byte for each role and each member of staff, so that a thousand schools take seconds and shrink well.
    """
    holders = {}
    for role, tile in zip(ROLES, tiles, strict=False):
        one, two = PEOPLE[(tile >> 2) % 9], PEOPLE[(tile >> 3) % 9]
        kinds = ((one,), None, (), tuple(dict.fromkeys((one, two))))
        if (people := kinds[tile & 3]) is not None:
            holders[role] = people
    bosses = zip(STAFF, tiles[len(ROLES) :], strict=True)
    managers = {who: PEOPLE[tile % 9] for who, tile in bosses if tile > 99 and PEOPLE[tile % 9] != who}
    absent, unreachable = (
        frozenset(person for at, person in enumerate(PEOPLE) if mask & mask >> 9 & 1 << at) for mask in away
    )
    return Cast(holders, absent, unreachable, managers)


TILES = len(ROLES) + len(STAFF)
MASK = st.integers(0, 2**18 - 1)
CASTS = st.builds(school, st.binary(min_size=TILES, max_size=TILES), st.tuples(MASK, MASK))
FACTS = st.builds(
    Facts,
    report=st.sampled_from(sorted(FLOOR.types)),
    by=st.sampled_from(FLOOR.words.by),
    harmed=st.sampled_from(FLOOR.words.harmed),
    subjects=few,
    close=few,
    harmed_persons=few,
    reporter=people,
    danger=st.booleans(),
    picked=st.lists(st.sampled_from(ROLES), max_size=2).map(tuple),
    answers=st.frozensets(st.sampled_from(sorted(FLOOR.answers)), max_size=2),
)
PACKS = st.sampled_from([load_pack(pack) for pack in all_packs()])
tried = settings(max_examples=400, deadline=None, derandomize=True, database=None)


def implied(cast, facts):
    """Rule 2 again, in its own words: whom the type itself makes a subject."""
    heads = cast.holders.get("headteacher", ()) if facts.report == "head_concern" else ()
    reporters = (facts.reporter,) if facts.report == "self_report" else ()
    return facts.subjects.union(heads, reporters)


def away(cast):
    return cast.absent | cast.unreachable


@settings(tried, max_examples=800)
@given(PACKS, CASTS, FACTS)
def test_no_subject_and_nobody_close_ever_hears(pack, cast, facts):
    barred = implied(cast, facts) | facts.close
    found = route(pack, FLOOR, cast, facts)
    ahead = rungs_after(pack, FLOOR, cast, facts, frozenset())
    assert not barred & {place.person for place in (*found.recipients, *ahead)}
    assert barred <= {kept.person for kept in found.excluded}
    assert shut_out(pack, FLOOR, cast, facts) == {kept.person for kept in found.excluded}
    assert not {kept.person for kept in found.excluded} & {place.person for place in (*found.recipients, *ahead)}


@tried
@given(PACKS, CASTS, FACTS)
def test_nobody_in_the_safeguarding_team_hears_of_one_of_them_save_an_innocent_head(pack, cast, facts):
    team = {*cast.holders.get("dsl", ()), *cast.holders.get("deputy_dsl", ())}
    if not team & implied(cast, facts):
        return
    heads = set(cast.holders.get("headteacher", ())) - implied(cast, facts)
    told = {place.person for place in route(pack, FLOOR, cast, facts).recipients}
    assert not (team - heads) & told


@tried
@given(PACKS, CASTS, FACTS)
def test_nothing_goes_to_nobody(pack, cast, facts):
    found = route(pack, FLOOR, cast, facts)
    adult = implied(cast, facts) or facts.by == "colleague"
    if found.report == "pupil_contact" and pack.id == "king-offa" and not adult and facts.harmed != "pupil":
        return
    assert found.outside or any(place.part in ("lead", "choice") for place in found.recipients)


@tried
@given(PACKS, CASTS, FACTS)
def test_one_person_has_one_part_and_is_there_to_have_it(pack, cast, facts):
    told = [place.person for place in route(pack, FLOOR, cast, facts).recipients]
    assert len(told) == len(set(told))
    assert not set(told) & away(cast)


@tried
@given(PACKS, CASTS, FACTS)
def test_a_lead_and_a_choice_never_stand_together_and_a_choice_has_two_options(pack, cast, facts):
    parts = [place for place in route(pack, FLOOR, cast, facts).recipients if place.part in ("lead", "choice")]
    assert len({place.part for place in parts}) <= 1
    options = {place.role for place in parts if place.part == "choice"}
    assert len(options) != 1
    assert not any(place.part == "choice" and place.person == facts.reporter for place in parts)


@tried
@given(PACKS, CASTS, FACTS)
def test_the_same_report_always_goes_the_same_way(pack, cast, facts):
    assert route(pack, FLOOR, cast, facts) == route(pack, FLOOR, cast, replace(facts))
    turned = Cast(dict(reversed(cast.holders.items())), cast.absent, cast.unreachable, cast.line_managers)
    assert route(pack, FLOOR, turned, facts) == route(pack, FLOOR, cast, facts)


@tried
@given(PACKS, CASTS, FACTS, people)
def test_naming_one_more_subject_never_lets_anybody_shut_out_back_in(pack, cast, facts, one_more):
    more = replace(facts, subjects=facts.subjects | {one_more})
    spared = set(cast.holders.get("headteacher", ()))
    assert shut_out(pack, FLOOR, cast, facts) - spared <= shut_out(pack, FLOOR, cast, more)


@tried
@given(PACKS, CASTS, FACTS)
def test_a_child_at_risk_always_has_safeguarding_told_or_the_lead_asked(pack, cast, facts):
    kind = FLOOR.types[facts.report]
    if not (facts.harmed == "pupil" or kind.child or facts.by in kind.child_by):
        return
    found = route(pack, FLOOR, cast, facts)
    team = {*cast.holders.get("dsl", ()), *cast.holders.get("deputy_dsl", ())}
    ladder = {person for rung in FLOOR.ladder for person in cast.holders.get(rung, ())}
    deputies = {person for rung in FLOOR.deputies.values() for person in cast.holders.get(rung, ())}
    told = {place.person for place in found.recipients if place.part in ("lead", "informed")}
    assert told & (team | ladder | deputies) or found.outside or any(step.must for step in found.steps)


@tried
@given(PACKS, CASTS, FACTS)
def test_a_leading_reporter_is_not_alone_unless_nobody_is_above(pack, cast, facts):
    found = route(pack, FLOOR, cast, facts)
    leads = [place for place in found.recipients if place.part == "lead"]
    if [place.person for place in leads] != [facts.reporter]:
        return
    others = {place.person for place in found.recipients if place.part == "informed"}
    place = {stand_in: role for role, stand_in in FLOOR.deputies.items()}.get(leads[0].role, leads[0].role)
    ladder = FLOOR.ladder[FLOOR.ladder.index(place) + 1 :] if place in FLOOR.ladder else FLOOR.ladder
    gone = away(cast) | shut_out(pack, FLOOR, cast, facts) | {facts.reporter}
    above = {p for rung in ladder if rung in pack.cast for p in cast.holders.get(rung, ())} - gone
    assert others & above or not above


@tried
@given(PACKS, CASTS, FACTS, st.sampled_from(PEOPLE))
def test_the_next_rungs_are_new_people_each_once_and_shrink_as_they_are_told(pack, cast, facts, one):
    ahead = [place.person for place in rungs_after(pack, FLOOR, cast, facts, frozenset())]
    assert len(ahead) == len(set(ahead))
    assert not set(ahead) & away(cast)
    later = [place.person for place in rungs_after(pack, FLOOR, cast, facts, frozenset({one}))]
    assert later == [person for person in ahead if person != one]


@tried
@given(PACKS, CASTS, FACTS)
def test_a_child_in_danger_never_waits(pack, cast, facts):
    found = route(pack, FLOOR, cast, facts)
    if facts.danger or facts.harmed == "pupil":
        assert found.klass == "now"
    assert FLOOR.strictest(found.klass, FLOOR.types[facts.report].klass) == found.klass
