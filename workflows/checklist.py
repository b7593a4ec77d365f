"""The policy's steps on a case, as a checklist: what was done, what is not needed and why, and what is still to do.

The steps are found anew from the route, so they branch where the policy does; what was answered stays, whether its
step is still asked for or not.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from storage.events import Event
from storage.models import Case, Person
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import parties, working
from workflows.people import Who
from workflows.refusals import BadAnswers
from workflows.rules import Rules
from workflows.times import spoken
from workflows.working import Writing

KIND = "step"
OPEN = "open"
HAPPENED = {"done": Event.STEP_DONE, "waived": Event.STEP_WAIVED, OPEN: Event.STEP_REOPENED}


@dataclass(frozen=True)
class Item:
    """One step as it stands: what was said of it last, and whether the route asks for it now."""

    id: str
    say: str
    must: bool = False
    asked: bool = True
    last: Writing | None = None

    @property
    def status(self) -> str:
        return self.last.facts["status"] if self.last else OPEN

    @property
    def ways(self) -> tuple[str, ...]:
        """What may be said of it now; what must be done is never found not to be needed."""
        other = [each for each in HAPPENED if each != self.status]
        return tuple(each for each in other if not (self.must and each == "waived"))


def listed(unit: Unit, rules: Rules, case: Case) -> tuple[Item, ...]:
    """Every step that the route asks for, then those it no longer does but somebody answered."""
    last = {each.facts["step"]: each for each in working.written(unit, case, KIND)}
    asked = [step for step in parties.route_now(unit, rules, case)[0].steps if not step.offers]
    now = [Item(step.id, step.say, step.must, last=last.pop(step.id, None)) for step in asked]
    said = {row.id: row.say for row in rules.pack.steps} | {rules.floor.child.step: rules.floor.child.say}
    return (*now, *(Item(id, said.get(id, id), asked=False, last=each) for id, each in last.items()))


def holds_open(unit: Unit, rules: Rules, case: Case) -> bool:
    """Whether something that must be done is not."""
    return any(item.must and item.status != "done" for item in listed(unit, rules, case) if item.asked)


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """The checklist as a form: for each step what may be said of it now."""
    case, _, _ = working.acting(unit, rules, "steps", case_id, by)
    asked = [item for item in listed(unit, rules, case) if item.asked]
    return {
        "steps": [
            {
                "id": item.id,
                "say": item.say,
                "stands": stands(unit, rules, item),
                "ways": [(way, rules.words.sentence(f"step.{way}")) for way in item.ways],
            }
            for item in asked
        ]
    }


def tick(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Keep what was said of each step; one left blank stays as it is."""
    case, _, met = working.acting(unit, rules, "steps", case_id, by)
    asked = {item.id: item for item in listed(unit, rules, case) if item.asked}
    said = {id: str(answers.get(f"step.{id}", "")) for id in asked}
    why = {id: str(answers.get(f"why.{id}", "")).strip() for id in asked}
    problems = {box: no for item in asked.values() for box, no in wrong(item, said[item.id], why[item.id])}
    if problems:
        raise BadAnswers(problems)
    for id, status in said.items():
        if status:
            working.keep_facts(unit, case, KIND, met.person.id, step=id, status=status, why=why[id])
            unit.record(HAPPENED[status], case.id, met.person.id, step=id)
    if any(said.values()):
        working.moved_on(unit, case, "steps")
    return Message("lead.case", about=case.id)


def wrong(item: Item, said: str, why: str) -> Iterator[tuple[str, str]]:
    """Words without a tick would be lost; what must be done is answered in words, as is what is not needed."""
    if not said and why:
        yield f"step.{item.id}", "required"
    elif said and said not in item.ways:
        yield f"step.{item.id}", "option"
    elif not why and (said == "waived" or (item.must and said == "done")):
        yield f"why.{item.id}", "required"


def stands(unit: Unit, rules: Rules, item: Item) -> str:
    """How a step stands, in words: by whom, and when."""
    if item.last is None:
        return rules.words.sentence("stands.must" if item.must else "stands.open")
    values = {"who": unit.get(Person, item.last.by).name, "when": spoken(item.last.at, unit.now)}
    return rules.words.sentence(f"stands.{item.status if item.asked else 'earlier'}", values)


def lines(unit: Unit, rules: Rules, case: Case) -> Iterator[str]:
    """The checklist as it is read on the opened case."""
    for item in listed(unit, rules, case):
        yield f"{item.say} ({stands(unit, rules, item)})"


def reasons(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[Writing, str]]:
    """What was written about steps, each with the step's own words."""
    said = {item.id: item.say for item in listed(unit, rules, case)}
    for each in working.written(unit, case, KIND):
        if each.facts["why"]:
            yield each, said[each.facts["step"]]
