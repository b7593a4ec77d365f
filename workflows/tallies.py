"""Counts one term at one school, for governors: counts only, and none of what a reader of them is in any way part of.

Left out of every figure: practice, whatever is about an adult who works here, and whatever names a leader or a reader
of the report (or somebody close to one).  All readers see the same report, so what one must not see nobody sees.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from statistics import median
from typing import Any

from storage.events import Event
from storage.models import Case, Entry, Involved, Task
from storage.queries import cases as case_queries
from storage.queries import duties as duty_queries
from storage.queries import figures as queries
from storage.unit import Unit
from workflows import checklist, describe, owing, parties, terms, working
from workflows.calendar import LONDON
from workflows.duties import duties_of
from workflows.involved import by_whom
from workflows.rules import Rules
from workflows.schooldays import A_DAY, Span
from workflows.suppression import SMALL, Facet, Shown, Table, facet, hidden, part_of, shown, table

# Who the report is for, at a school and in the trust.
GOVERNORS, TRUSTEES = ("chair_of_governors", "headteacher"), ("chief_executive", "chair_of_trustees")
# About adults here: no school's report counts these; the trust's has one number.
ADULTS = "colleague"
# Median times, as bands: a time to the minute could be recognised.
ANSWERED = (("hour", timedelta(hours=1)), ("two_hours", timedelta(hours=2)), ("day", timedelta(days=1)))
CLOSED = (("week", timedelta(days=7)), ("fortnight", timedelta(days=14)), ("month", timedelta(days=31)))
LONGER = "longer"
# With fewer schools than this a number over all of them could be about one.
SCHOOLS = 3


@dataclass(frozen=True)
class Counted:
    """One report as it counts: no id, no time, no name."""

    kind: str
    by: str
    answered: str
    standing: str
    answered_after: timedelta | None
    closed_after: timedelta | None
    decisions: tuple[str, ...]
    referrals: tuple[str, ...]


def of_term(unit: Unit, rules: Rules, school: str, span: Span) -> Mapping[str, Any]:
    """What may be published of a term at a school, as it is kept: figures as pairs, lowest and highest."""
    cases: list[Case] = unit.find(queries.opened_between(school, *moments(span)))
    kept = [counted(unit, rules, case) for case in cases if counts(unit, rules, case)]
    kinds = Counter(each.kind for each in kept)
    enough = any(n for n in kinds.values() if n and not hidden(n))
    return {
        "kind": pairs(table(kinds)),
        "by": faceted(facet(kinds, Counter(each.by for each in kept), "")),
        "answered": faceted(facet(kinds, Counter(each.answered for each in kept), "in_time")),
        "standing": faceted(facet(kinds, Counter(each.standing for each in kept), "closed")),
        "typical": {
            "answered": middle((each.answered_after for each in kept), ANSWERED) if enough else "",
            "closed": middle((each.closed_after for each in kept), CLOSED) if enough else "",
        },
        "decision": pairs(table(Counter(one for each in kept for one in each.decisions))),
        "referral": pairs(table(Counter(one for each in kept for one in each.referrals))),
        "duty": dict(duties(unit, rules, school, span.last)),
        "practice": practice([case for case in cases if case.practice]),
        "review": str(describe.trust_of(unit).review_on or ""),
    }


def of_trust(unit: Unit, rules: Rules, schools: Sequence[str], span: Span) -> Mapping[str, Any]:
    """How many concerns about adults there were, as one number over all schools; none where they are too few."""
    if len(schools) < SCHOOLS:
        return {"adults": None}
    found = 0
    for school in schools:
        cases: list[Case] = unit.find(queries.opened_between(school, *moments(span)))
        found += sum(about_adult(unit, rules, case) and may_count(unit, rules, case) for case in cases)
    return {"adults": pair(shown(found))}


def counts(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether a school's report counts this one."""
    return not about_adult(unit, rules, case) and may_count(unit, rules, case)


def about_adult(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether it is, or ever was thought to be, about somebody who works here, named or not."""
    named: list[Involved] = unit.find(case_queries.ever_involved(case.id))
    kinds = (rules.reports[kind].by for kind in (case.report, case.reported) if kind in rules.reports)
    picked = any(each.part == "subject" and (each.person or each.perhaps or each.kind == ADULTS) for each in named)
    return picked or ADULTS in kinds or by_whom(case, named) == ADULTS


def may_count(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether no leader and no reader is its subject, or close to one; practice is none of it."""
    if case.practice:
        return False
    named: list[Involved] = unit.find(case_queries.ever_involved(case.id))
    about = {rules.floor.kind(kind).subject for kind in (case.report, case.reported)}
    people = {each.person for each in named if each.part != "harmed"}
    people.update(one for each in named if each.part != "harmed" for one in each.perhaps)
    people |= {case.reporter} if "reporter" in about else set()
    people |= parties.shut_out(unit, rules, case)
    return rules.floor.offices.head not in about and not people & leaders(unit, rules)


def leaders(unit: Unit, rules: Rules) -> frozenset[str]:
    """Everybody who leads or governs, or ever did: whoever reads a report, or could be recognised in one."""
    floor = rules.floor
    roles = {*floor.ladder, *floor.deputies, *floor.deputies.values(), *GOVERNORS, *TRUSTEES}
    roles |= {*floor.roles.governors, *floor.roles.trust, floor.offices.child}
    roles |= {role for role, held_by in floor.held_by.items() if held_by in roles}
    return frozenset(unit.find(queries.ever_held(tuple(sorted(roles)))))


def counted(unit: Unit, rules: Rules, case: Case) -> Counted:
    """What of a report goes into the figures."""
    named: list[Involved] = unit.find(case_queries.involved(case.id))
    due = terms.due(unit, rules.floor.classes[case.klass], case.school, case.opened_at)
    answered = case.acknowledged_at
    closed = closing(unit, case) if case.state == "closed" else None
    holds = closed is None and checklist.holds_open(unit, rules, case)
    written = list(working.written(unit, case, "decision", "referral"))
    return Counted(
        kind=case.report,
        by=by_whom(case, named),
        answered="waiting" if answered is None else "in_time" if answered <= due else "late",
        standing="closed" if closed else "step" if holds else "open",
        answered_after=answered - case.opened_at if answered else None,
        closed_after=closed - case.opened_at if closed else None,
        decisions=tuple(each.facts["decision"] for each in written if each.kind == "decision"),
        referrals=tuple(each.facts["to"] for each in written if each.kind == "referral"),
    )


def closing(unit: Unit, case: Case) -> datetime:
    """When it was closed last, as the ledger has it."""
    history: list[Entry] = unit.find(case_queries.history(case.id))
    entries = (json.loads(each.entry) for each in history)
    return max(datetime.fromisoformat(each["at"]) for each in entries if each["event"] == Event.CASE_CLOSED)


def duties(unit: Unit, rules: Rules, school: str, last: date) -> Iterator[tuple[str, list[int] | None]]:
    """How many have done what the policy asks, with how many were asked; none where they are too few to say.

    What is asked after a serious case is left out: that it was asked tells of the case.
    """
    quiet = {duty.id for duty in duties_of(rules.pack, rules.floor) if duty.when == "incident"}
    tasks: list[Task] = unit.find(duty_queries.tasks_at(school))
    for each in owing.progress(unit, owing.current(task for task in tasks if task.opened_on <= last)):
        if not each.team and each.duty not in quiet:
            done = part_of(each.done, each.asked)
            yield each.duty, [*pair(done), each.asked] if done else None


def practice(cases: Iterable[Case]) -> str:
    """Whether the chain was tried out, and how that ended; practice is no case, and is counted among none."""
    tried = list(cases)
    late = [each for each in tried if each.acknowledged_at is None or each.outside]
    return "none" if not tried else "unanswered" if late else "answered"


def middle(times: Iterable[timedelta | None], bands: Sequence[tuple[str, timedelta]]) -> str:
    known = [each.total_seconds() for each in times if each is not None]
    if len(known) < SMALL:
        return ""
    return next((name for name, most in bands if median(known) <= most.total_seconds()), LONGER)


def moments(span: Span) -> tuple[datetime, datetime]:
    """From the first midnight, in London, to the last."""
    first, end = (datetime.combine(day, time(), LONDON).astimezone(UTC) for day in (span.first, span.last + A_DAY))
    return first, end


def faceted(found: Facet) -> dict[str, Any]:
    return {"table": None if found.table is None else pairs(found.table), "share": found.share}


def pairs(found: Table) -> dict[str, list[int]]:
    return {row: pair(figure) for row, figure in found.items()}


def pair(figure: Shown) -> list[int]:
    return [figure.low, figure.high]
