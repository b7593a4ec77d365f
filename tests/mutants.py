"""Mistakes that would send a report to the wrong person or open it to one, each with the test that sees it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Mutant:
    """One line of ``file`` made wrong, and the quick test that must go red for it."""

    name: str
    file: str
    old: str
    new: str
    test: str


ROUTING = "tests/test_routing.py::"
PERSON = "tests/test_right_person.py::"
CASE = "tests/test_case.py::"
MATRIX = "tests/test_access_matrix.py::"
TABLE = MATRIX + "test_every_part_can_do_what_the_table_says_and_nothing_else"
ELSEWHERE = MATRIX + "test_an_id_from_elsewhere_answers_like_one_that_does_not_exist"
INVOLVED = "tests/test_involved.py::"
ROOMS = "tests/test_rooms.py::"

MUTANTS = (
    # Routing: who is told
    Mutant(
        "a subject is told",
        "workflows/matter.py",
        "sorted(self.subjects | self.facts.close)",
        "sorted(self.facts.close)",
        ROUTING + "test_someone_with_two_roles_loses_both",
    ),
    Mutant(
        "somebody close to a subject is told",
        "workflows/matter.py",
        "sorted(self.subjects | self.facts.close)",
        "sorted(self.subjects)",
        ROUTING + "test_somebody_close_to_a_subject_is_kept_out_and_their_deputy_gets_nothing",
    ),
    Mutant(
        "those who are shut out count as present",
        "workflows/ladder.py",
        "gone = matter.kept.keys() | matter.cast.absent | matter.cast.unreachable",
        "gone = matter.cast.absent | matter.cast.unreachable",
        ROUTING + "test_no_holder_of_a_role_hears_of_a_report_about_themselves",
    ),
    Mutant(
        "a deputy stands in for a lead who is shut out",
        "workflows/ladder.py",
        "    if matter.kept.keys() & set(matter.holders(place)):\n        return ()\n",
        "",
        ROUTING + "test_a_lead_who_is_shut_out_is_not_replaced_by_their_deputy",
    ),
    Mutant(
        "the nearest line decides, not the furthest",
        "workflows/seats.py",
        "line, floor = matter.lines[-1]",
        "line, floor = matter.lines[0]",
        ROUTING + "test_each_subject_has_somebody_above_them_who_hears",
    ),
    Mutant(
        "the safeguarding team hears about one of its own",
        "workflows/matter.py",
        "for role in line.excludes:",
        "for role in ():",
        ROUTING + "test_a_report_about_the_dsl_shuts_the_whole_team_out",
    ),
    Mutant(
        "nobody thinks of the child",
        "workflows/seats.py",
        "if not matter.child_at_risk or",
        "if True or",
        ROUTING + "test_whenever_a_pupil_is_harmed_the_dsl_is_told",
    ),
    Mutant(
        "not sure excludes nobody",
        "workflows/involved.py",
        "yield from each.perhaps",
        "yield from ()",
        PERSON + "test_somebody_who_is_meant_or_may_be_meant_is_not_told",
    ),
    Mutant(
        "a typed name is never asked about",
        "workflows/steps.py",
        "undecided(written, doubtful(typed, near))",
        "undecided(written, doubtful((), near))",
        PERSON + "test_the_next_two_rungs_are_asked_about_too",
    ),
    Mutant(
        "a card goes to whoever held the role when it was promised",
        "workflows/telling.py",
        "if part_in(unit, rules, case, claim.to) is None:",
        "if False:",
        PERSON + "test_a_role_that_changes_hands_before_the_card_is_sent_takes_the_card_with_it",
    ),
    Mutant(
        "a guest is a usable recipient",
        "workflows/people.py",
        'if active := [account for account in chat if account.state == "active"]:',
        'if active := [account for account in chat if account.state in ("active", "guest")]:',
        "tests/test_reporting.py::test_a_role_holder_who_is_a_guest_or_has_left_receives_nothing_and_the_deputy_does",
    ),
    Mutant(
        "a room is used though somebody in it has not got the case",
        "workflows/rooms.py",
        "            return frozenset()\n",
        "            continue\n",
        ROOMS + "test_a_member_without_the_case_keeps_it_out_of_the_room",
    ),
    Mutant(
        "a room keeps its card when somebody has come in",
        "workflows/rooms.py",
        "    for posted in all_shown(unit, platform, channel):",
        "    for posted in ():",
        ROOMS + "test_whoever_comes_in_later_finds_no_trace_and_the_team_goes_on_directly",
    ),
    Mutant(
        "a room is looked at once, and not again when the card goes out",
        "handlers/teamrooms.py",
        "    if shown is None:\n",
        "    if False:\n",
        ROOMS + "test_a_member_who_comes_in_between_report_and_card_keeps_it_out",
    ),
    # Access: who may open it
    Mutant(
        "anybody's case opens to everybody",
        "workflows/access.py",
        "mine = [each for each in here if each.person == person]",
        "mine = here",
        PERSON + "test_somebody_elses_case_answers_like_one_that_does_not_exist",
    ),
    Mutant(
        "somebody whom the case turns out to be about keeps it",
        "workflows/access.py",
        "if not mine or person in parties.shut_out(unit, rules, case):",
        "if not mine:",
        PERSON + "test_somebody_found_to_be_the_subject_by_another_account_loses_the_case",
    ),
    Mutant(
        "a new account in a role-holder's name opens their cases",
        "workflows/access.py",
        "if met is None or not met.confirmed or not found:",
        "if met is None or not found:",
        PERSON + "test_a_new_account_in_the_chairs_name_neither_receives_nor_opens",
    ),
    Mutant(
        "those who are only informed may act",
        "workflows/states.py",
        "if not set(parts) & set(rule.parts):",
        "if False:",
        CASE + "test_those_who_are_informed_read_and_need_not_act",
    ),
    Mutant(
        "a picture that shows a child undressed is fetched from a thread",
        "workflows/sent_pictures.py",
        'if said == "yes" or evidence.never(case):',
        "if evidence.never(case):",
        "tests/test_threads.py::test_a_picture_of_a_child_undressed_is_never_fetched_from_a_thread",
    ),
    Mutant(
        "whoever passed a case on still has it",
        "workflows/parties.py",
        "party.until, party.ended = unit.now, because",
        "party.ended = because",
        CASE + "test_whoever_should_not_have_it_passes_it_on_and_sees_it_no_more",
    ),
    Mutant(
        "anybody may add to anybody's report",
        "workflows/working.py",
        "found[0].reporter != met.person.id or",
        "",
        PERSON + "test_somebody_elses_case_answers_like_one_that_does_not_exist",
    ),
    Mutant(
        "a draft opens to whoever has its id",
        "workflows/drafts.py",
        "if not rows or rows[0].author != author.id or",
        "if not rows or",
        PERSON + "test_somebody_elses_draft_answers_like_one_that_does_not_exist",
    ),
    Mutant(
        "the link opens without the passphrase",
        "workflows/doors.py",
        "if not passphrases.same(kept.hash, stretched):",
        "if False:",
        "tests/test_doors_of_the_chair.py::test_a_link_opens_once_and_never_without_the_passphrase",
    ),
    # The access matrix: what the guard and the table say, asked of every part, act and state
    Mutant(
        "the guard looks for anybody's part",
        "workflows/access.py",
        "    if party is None:\n        raise Refused",
        "    party = party or next(iter(here), None)\n    if party is None:\n        raise Refused",
        TABLE,
    ),
    Mutant(
        "whoever left a case still reads it",
        "workflows/parties.py",
        "for party in unit.find(queries.parties(case_id)) if party.until is None]",
        "for party in unit.find(queries.parties(case_id))]",
        TABLE,
    ),
    Mutant(
        "the table of states is not asked",
        "workflows/working.py",
        "if no := states.refusal(action, case.state, *parts):",
        'if no := "":',
        TABLE,
    ),
    Mutant(
        "a refused look leaves no record",
        "workflows/access.py",
        "unit.record(Event.ACCESS_REFUSED, found[0].id if found",
        'unit.record(Event.ACCESS_REFUSED, "" if found',
        TABLE,
    ),
    Mutant(
        "somebody asked to support is shown the report",
        "workflows/cases.py",
        '    if party.part == "support":\n        return Message("lead.support", about=case.id)\n'
        "    access.viewed(unit, rules, case_id, by)\n",
        "",
        TABLE,
    ),
    Mutant(
        "another trust's rows are found",
        "storage/tenancy.py",
        "one.trust == ours",
        "one.trust == one.trust",
        ELSEWHERE + "[in_slack-another-trust]",
    ),
    # Who is involved, found out later
    Mutant(
        "a name that the lead types is compared with nobody",
        "workflows/involving.py",
        "if alike and said not in (NOBODY, UNSURE):",
        "if False:",
        INVOLVED + "test_a_typed_name_that_could_be_somebody_here_is_asked_about",
    ),
    Mutant(
        "the floor is not applied again",
        "workflows/reseating.py",
        "    if change.happened:\n",
        "    if False:\n",
        INVOLVED + "test_a_colleague_who_turns_out_to_be_part_of_it_takes_the_lead_to_the_head",
    ),
    Mutant(
        "what was corrected still counts",
        "storage/queries/cases.py",
        "col(Involved.case) == case, stands)",
        "col(Involved.case) == case)",
        INVOLVED + "test_whoever_was_named_by_mistake_has_their_place_again",
    ),
    Mutant(
        "somebody says yes to their own appointment",
        "workflows/second_yes.py",
        "barred = {row.person, *operators(unit, rules)}",
        "barred = {*operators(unit, rules)}",
        "tests/test_second_yes.py::test_nobody_says_yes_to_themselves",
    ),
    Mutant(
        "the file alone appoints a safeguarding lead",
        "workflows/appointments.py",
        "if role in GUARDED and not founding:",
        "if False:",
        "tests/test_second_yes.py::test_a_new_safeguarding_lead_holds_the_role_only_after_another_holders_yes",
    ),
    # Governors' reports: what no figure may tell
    Mutant(
        "a list is published that adds up to what another hides",
        "workflows/suppression.py",
        "whole = not any(map(hidden, (*first.values(), *counts.values())))",
        "whole = True",
        "tests/test_suppression.py::test_a_list_with_a_hidden_figure_stands_beside_no_other_list_of_the_same_reports",
    ),
    Mutant(
        "one who did not do it can be counted out",
        "workflows/suppression.py",
        "    if hidden(asked - done):\n",
        "    if False:\n",
        "tests/test_suppression.py::test_of_those_asked_neither_the_few_who_did_nor_the_few_who_did_not_can_be_counted",
    ),
    Mutant(
        "a report about somebody close to a reader is counted",
        "workflows/tallies.py",
        "and not people & leaders(unit, rules)",
        "",
        "tests/test_summaries.py::test_a_report_about_a_leader_or_a_reader_or_somebody_close_to_one_changes_no_byte",
    ),
    Mutant(
        "a concern about an adult is counted at a school",
        "workflows/tallies.py",
        "return not about_adult(unit, rules, case) and may_count(unit, rules, case)",
        "return may_count(unit, rules, case)",
        "tests/test_summaries.py::test_a_report_about_a_leader_or_a_reader_or_somebody_close_to_one_changes_no_byte",
    ),
)
