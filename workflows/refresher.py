"""After a serious case: somebody who knows of it is asked for a debrief, and nobody else learns that there was one."""

from collections.abc import Sequence

from storage.models import Case, Task
from storage.unit import Unit
from workflows import casting, parties, terms
from workflows.access import READS
from workflows.calendar import day_of
from workflows.duties import APART, after, duties_of
from workflows.floor import Duty
from workflows.rules import Rules
from workflows.schooldays import next_working_day


def asked_about(rules: Rules) -> Sequence[Duty]:
    """What the policy has a school do after a serious case."""
    return [duty for duty in duties_of(rules.pack, rules.floor) if duty.when == "incident"]


def begin(unit: Unit, rules: Rules, case: Case, closer: str) -> None:
    """The task, which names no case, stands in no count and is never raised: its very being says that there was one.

    It is the headteacher's where the case is with them; else it is ``closer``'s, who has just closed it.
    """
    if case.practice:
        return
    today, school = day_of(unit.now), terms.of(unit, case.school)
    for duty in asked_about(rules):
        for person in whom(unit, rules, case, duty) or [closer]:
            task = Task(
                id=unit.new_id(),
                school=case.school,
                person=person,
                duty=duty.id,
                period=f"{APART}{unit.new_id()}",
                policy=rules.pack.id,
                opened_on=today,
                due_on=after(school, today, duty.within),
                next_on=next_working_day(school, today),
                raised=2,
            )
            unit.add(task)


def whom(unit: Unit, rules: Rules, case: Case, duty: Duty) -> list[str]:
    """Holders of the duty's roles who read the case now, and are not shut out of it."""
    shut = parties.shut_out(unit, rules, case)
    reading = {each.person for each in parties.told(unit, case) if each.part in READS} - shut
    holders = casting.cast(unit, case.school).holders
    return [person for role in duty.to for person in holders.get(role, ()) if person in reading]
