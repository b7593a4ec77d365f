"""Who is involved, as the lead finds it out: added or corrected, never overwritten, and the floor applied at once."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from storage.events import Event
from storage.models import Case, Involved, Party, Person
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import access, casting, parties, reseating, seen, working
from workflows.drafts import NOBODY, UNSURE
from workflows.involved import PICKED_KIND
from workflows.names import Face, doubtful
from workflows.people import Who
from workflows.refusals import BadAnswers
from workflows.reports import answers_of
from workflows.routing import Place
from workflows.rules import Rules
from workflows.steps import faces
from workflows.working import Writing

KIND = "named"
PARTS = ("subject", "close", "harmed", "witness")
# Corrected, and nothing stands in its place.
NO_PART = "none"
# As many characters as Slack shows of a choice.
CHOICE = 75
KINDS = ("pupil", "colleague", "parent", "outsider", "unknown")


@dataclass(frozen=True)
class Found:
    """One person as the lead names them; ``corrects`` is the row that this takes the place of."""

    part: str
    person: str
    name: str
    kind: str
    perhaps: tuple[str, ...]
    compared: tuple[str, ...]
    corrects: Involved | None
    why: str


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """Who is named already, and everybody who might be told: a typed name may be one of them."""
    case, _, _ = working.acting(unit, rules, "involve", case_id, by)
    named = dict(called(unit, case))
    standing: list[Involved] = unit.find(queries.involved(case.id))
    return {
        "named": [(row.id, offered_as(named[row.id], rules.words.sentence(f"part.{row.part}"))) for row in standing],
        "near": [(face.id, face.name[:CHOICE]) for face in near(unit, case)],
    }


def offered_as(name: str, part: str) -> str:
    """A name and its part, as long as a choice may be; a long name gives way, for the part must be readable."""
    room = CHOICE - len(part) - 2
    return f"{name if len(name) <= room else name[: room - 1] + '…'}: {part}"


def involve(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Keep who is involved and apply the floor again.  Whoever that keeps out learns no more, the lead included."""
    case, _, met = working.acting(unit, rules, "involve", case_id, by)
    found = understood(unit, case, answers)
    before, _, _ = parties.route_now(unit, rules, case)
    keep(unit, case, found, met.person.id)
    lost = reseating.reseat(unit, rules, case, before)
    if access.part_in(unit, rules, case, met.person.id) is None:
        return Message("lead.moved", about=case.id)
    working.moved_on(unit, case, "involve")
    if not lost:
        return Message("lead.case", about=case.id)
    return Message("lead.kept_out", about=case.id, values={"lost": tuple(seen.lines(unit, rules, case, lost))})


def understood(unit: Unit, case: Case, answers: Answers) -> Found:
    """What was filled in, as one person.  Raises BadAnswers."""
    said = {box: one(answers.get(box, "")) for box in ("corrects", "who_staff", "who_name", "who_same")}
    part, kind = (one(answers.get(box, "")) for box in ("who_part", "who_kind"))
    why = str(answers.get("who_why", "")).strip()
    standing: list[Involved] = unit.find(queries.involved(case.id))
    earlier = next((row for row in standing if row.id == said["corrects"]), None)
    close_by = near(unit, case)
    problems = dict(wrong(said, part, why, earlier, {face.id for face in close_by}))
    if kind and kind not in KINDS:
        problems["who_kind"] = "option"
    if problems:
        raise BadAnswers(problems)
    renamed = any(said[box] for box in ("who_staff", "who_name")) or said["who_same"] not in ("", NOBODY, UNSURE)
    kept = earlier if earlier and not renamed else None
    name = said["who_name"] or (dict(called(unit, case))[kept.id] if kept and not kept.person else "")
    same = said["who_same"] if said["who_same"] not in (NOBODY, UNSURE) else ""
    person = said["who_staff"] or same or (kept.person if kept else "")
    kind = PICKED_KIND if person else kind or (kept.kind if kept else "")
    compared = () if person else doubts(said["who_same"], name, part, kind, close_by)
    perhaps = compared if said["who_same"] == UNSURE else ()
    if perhaps:
        kind = PICKED_KIND
    if not kind:
        raise BadAnswers({"who_kind": "required"})
    return Found(part, person, name, kind, perhaps, compared, earlier, why)


def wrong(
    said: Mapping[str, str], part: str, why: str, earlier: Involved | None, near_ids: set[str]
) -> Iterator[tuple[str, str]]:
    """What needs another look before anything is compared."""
    if said["corrects"] and earlier is None:
        yield "corrects", "option"
    if part not in PARTS and not (part == NO_PART and earlier):
        yield "who_part", "option"
    if said["who_same"] not in ("", NOBODY, UNSURE, *near_ids):
        yield "who_same", "option"
    if said["who_staff"] and said["who_name"]:
        yield "who_name", "one_person"
    if not (earlier or said["who_staff"] or said["who_name"] or said["who_same"] in near_ids):
        yield "who_name", "required"
    if not why:
        yield "who_why", "required"


def doubts(said: str, name: str, part: str, kind: str, close_by: tuple[Face, ...]) -> tuple[str, ...]:
    """Whom a typed name could be; the lead is asked about every name that decides who is told."""
    decides = part in ("subject", "close") or (part == "harmed" and kind == PICKED_KIND)
    alike = tuple(face.id for face in doubtful([name], close_by).get(name, ())) if name and decides else ()
    if alike and said not in (NOBODY, UNSURE):
        raise BadAnswers({"who_same": "who_same"})
    return alike


def keep(unit: Unit, case: Case, found: Found, by: str) -> None:
    """A row of its own, beside the one that it corrects; the name and the reason are sealed."""
    facts = {"row": "", "name": found.name, "part": found.part, "corrects": "", "why": found.why}
    facts["compared"] = " ".join(found.compared)
    if found.corrects:
        found.corrects.corrected_at, found.corrects.corrected_by = unit.now, by
        facts["corrects"] = found.corrects.id
        unit.record(Event.INVOLVED_CORRECTED, case.id, by, part=found.part)
    if found.part != NO_PART:
        row = Involved(id=unit.new_id(), case=case.id, part=found.part, person=found.person, kind=found.kind)
        row.perhaps, row.added_by, row.added_at = list(found.perhaps), by, unit.now
        facts["row"] = unit.add(row).id
        unit.record(Event.INVOLVED_ADDED, case.id, by, part=found.part)
    working.keep_facts(unit, case, KIND, by, **facts)


def near(unit: Unit, case: Case) -> tuple[Face, ...]:
    """Everybody at the school who holds a role, and everybody told: whoever might be told of this case."""
    held = casting.cast(unit, case.school).holders
    places = [Place(person, role, "", "default", "") for role, holders in held.items() for person in holders]
    here: list[Party] = parties.told(unit, case)
    places += [Place(each.person, each.role, "", "default", "") for each in here]
    return tuple(sorted(faces(unit, places), key=lambda face: face.name))


def called(unit: Unit, case: Case) -> Iterator[tuple[str, str]]:
    """The name of everybody ever involved, by their row."""
    typed = dict(answers_of(unit, case)[1])
    typed |= {each.facts["row"]: each.facts["name"] for each in working.written(unit, case, KIND)}
    for row in unit.find(queries.ever_involved(case.id)):
        yield row.id, unit.get(Person, row.person).name if row.person else typed.get(row.id, "")


def lines(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[str, str]]:
    """Everybody named, with their part, as it stands and as it stood; a name that could be somebody's is marked."""
    rows: list[Involved] = unit.find(queries.ever_involved(case.id))
    named = dict(called(unit, case))
    for row in sorted(rows, key=lambda row: (bool(row.corrected_at), row.added_at or datetime.min.replace(tzinfo=UTC))):
        notes = [rules.words.sentence(f"part.{row.part}")]
        if row.perhaps:
            notes.append(rules.words.sentence("words.not_sure"))
        if row.corrected_at:
            notes.append(seen.stamped(unit, rules, "words.corrected", row.corrected_by, row.corrected_at))
        elif row.added_at:
            notes.append(seen.stamped(unit, rules, "words.found_out", row.added_by, row.added_at))
        yield named[row.id], " ".join(notes)


def told(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[Writing, dict[str, str], str]]:
    """What the lead found out, as it is read on the opened case: what stands above each, and its words."""
    named = dict(called(unit, case))
    for each in working.written(unit, case, KIND):
        facts = each.facts
        yield (
            each,
            {"whom": named[facts["row"] or facts["corrects"]], "part": part_of(rules, facts["part"])},
            facts["why"],
        )


def part_of(rules: Rules, part: str) -> str:
    return rules.words.sentence(f"part.{part}")


def one(answer: object) -> str:
    """The only value of an answer; a person picked comes in a list."""
    said = answer if isinstance(answer, str) else next(iter(answer), "")  # type: ignore[call-overload]
    return " ".join(str(said).split())
