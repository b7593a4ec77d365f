"""A member of staff reports something: step by step, then once and for all."""

import json
from collections.abc import Mapping
from dataclasses import replace

from storage import sealed
from storage.events import Event
from storage.models import Case, Involved, Person
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import cards, drafts, evidence, parties, people, quoted, references
from workflows.drafts import Written
from workflows.involved import facts, named_in
from workflows.people import Who
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.steps import Ask, next_ask
from workflows.taken import Sent, ids, outlived, taken

RECEIPT = "reporter.receipt"


def answer(unit: Unit, rules: Rules, token: str, sent: Sent, by: Who) -> Ask | Message:
    """Take one step's answers: the next step, or the receipt of the case that they made.

    Pressing Send again after the case was made gives the same receipt: ``token`` is the case's unique key.  Where
    there is no such draft of theirs (any more), what they typed begins a new one, whose token goes with the step.
    Raises BadAnswers (nothing is kept of that step), Refused when the draft is somebody else's.
    """
    author = people.meet(unit, by).person
    people.spoke(unit, by)
    made: list[Case] = unit.find(queries.by_draft(token))
    if made and made[0].reporter == author.id:
        return Message(RECEIPT, about=made[0].id)
    written = Written() if made else drafts.load(unit, token, author)
    if typed := outlived(rules, written, sent):
        return begun_anew(unit, rules, drafts.anew(token, author), typed, author)
    if made:
        raise Refused("expired")
    written = taken(unit, rules, written, sent, by)
    if ask := next_ask(unit, rules, written, author):
        asking = {name: ids(alike) for name, alike in ask.names}
        drafts.save(unit, token, author, replace(written, asking=asking))
        return replace(ask, token=token)
    return Message(RECEIPT, about=submit(unit, rules, token, written, author).id)


def begun_anew(unit: Unit, rules: Rules, token: str, typed: Answers, author: Person) -> Ask | Message:
    """The first step of a new draft with what was typed; sent once more, how far that one has come."""
    if made := unit.find(queries.by_draft(token)):
        return Message(RECEIPT, about=made[0].id)
    if not drafts.load(unit, token, author).report:
        drafts.save(unit, token, author, Written(answers=typed))
    return replace(resumed(unit, rules, token, author), token=token)


def resume(unit: Unit, rules: Rules, token: str, by: Who) -> Ask:
    """The step at which a draft was left.  Raises Refused("gone") where it is no longer there, or another's."""
    return resumed(unit, rules, token, people.meet(unit, by).person)


def resumed(unit: Unit, rules: Rules, token: str, author: Person) -> Ask:
    written = drafts.load(unit, token, author)
    if not (written.report or written.message or written.answers):
        raise Refused("gone")
    return next_ask(unit, rules, written, author) or Ask("questions", written.report, last=True)


def submit(unit: Unit, rules: Rules, token: str, written: Written, author: Person) -> Case:
    """Open the case, tell those on its route, promise what follows: one unit."""
    case = unit.add(drawn_up(unit, rules, token, written, author))
    involved = involve(unit, case, rules, written)
    route = parties.open_route(unit, rules, case, facts(case, [row for row, _ in involved]))
    keep_words(unit, case, written, {row.id: name for row, name in involved if name})
    if written.message:
        quoted.keep(unit, case, written.message)
    case.proof = unit.record(
        Event.REPORT_SUBMITTED,
        case.id,
        author.id,
        report=case.report,
        klass=case.klass,
        told=[f"{place.part}:{place.role}:{place.person}:{place.why}" for place in route.recipients],
        excluded=[f"{kept.person}:{kept.why}" for kept in route.excluded],
        outside=list(route.outside),
        message=int(written.message is not None),
        practice=int(case.practice),
    )
    cards.owe_receipt(unit, case)
    if rules.reports[written.report].files:  # by what was reported: a case about the head has become another type
        gather(unit, case, written)
    drafts.forget(unit, token)
    return case


def drawn_up(unit: Unit, rules: Rules, token: str, written: Written, author: Person) -> Case:
    """The case as the answers make it; its class and type are for the route to say."""
    given = rules.reports[written.report].gives(written.answers)
    return Case(
        id=unit.new_id(),
        school=written.school or people.school_of(unit, author).id,
        draft=token,
        reference=references.fresh(unit),
        report=written.report,
        reported=written.report,
        policy=rules.pack.id,
        klass="soon",
        by=given.by,
        harmed=given.harmed,
        danger=written.danger,
        flags=list(given.flags),
        practice=written.practice,
        picked=list(written.picked),
        reporter=author.id,
        opened_at=unit.now,
    )


def involve(unit: Unit, case: Case, rules: Rules, written: Written) -> list[tuple[Involved, str]]:
    """A row for everybody named, with the name that was typed for them."""
    rows = []
    for named in named_in(rules.reports[written.report], written):
        row = Involved(
            id=unit.new_id(),
            case=case.id,
            part=named.part,
            person=named.person,
            kind=named.kind,
            perhaps=list(named.perhaps),
        )
        rows.append((unit.add(row), named.name))
    return rows


def keep_words(unit: Unit, case: Case, written: Written, names: Mapping[str, str]) -> None:
    """Seal everything that was said, under the case's own key."""
    kept = {"answers": dict(written.answers), "names": names, "asked": dict(written.asked), "report": case.report}
    unit.seal(case.id, "answers", json.dumps(kept))


def gather(unit: Unit, case: Case, written: Written) -> None:
    """Promise to fetch each picture; its name and place stay sealed."""
    for position, file in enumerate(written.files, start=1):
        about = {
            key.partition(".")[0]: value
            for key, value in written.details.items()
            if key.partition(".")[2] == str(position)
        }
        evidence.promise(unit, case, position, {"file": file.id, "name": file.name, **about})


def discard(unit: Unit, token: str, by: Who) -> Message:
    """Throw a draft away."""
    drafts.discard(unit, token, people.meet(unit, by).person)
    return Message("reporter.discarded")


def answers_of(unit: Unit, case: Case) -> tuple[Answers, Mapping[str, str]]:
    """What was answered, and the typed names by the id of who is involved."""
    kept = json.loads(sealed.opened_field(unit, case.id, "answers") or '{"answers": {}, "names": {}}')
    return {id: drafts.answer(value) for id, value in kept["answers"].items()}, kept["names"]
