"""The case as somebody entitled to it sees it when they open it: the only place where its words are put together."""

import json
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from storage.models import Case, Entry, Party, Person
from storage.queries import cases as queries
from storage.unit import Unit
from templates.shapes import Answer, Answers, Field, Pairs
from workflows import (
    checklist,
    decisions,
    doors,
    evidence,
    exchange,
    heard,
    involving,
    parties,
    reseating,
    seen,
    states,
)
from workflows.describe import neutral
from workflows.involved import URGENT_WHO
from workflows.quoted import shown, whereabouts
from workflows.reports import answers_of
from workflows.rules import Rules
from workflows.times import spoken, spoken_day
from workflows.working import Writing, parts_of, written

# The latest lines of a case's history: opened often enough, it would else no longer fit the window it is shown in.
LINES = 100
NOTES = ("note", "asked", "answered", "reason", "reopened", "handed", "added")


def values(unit: Unit, rules: Rules, case: Case, party: Party) -> dict[str, Any]:
    """Everything that the words of an opened case need, for this party."""
    answers, _ = answers_of(unit, case)
    pictures = evidence.listed(unit, case)
    steps = tuple(checklist.lines(unit, rules, case))
    parts = parts_of(unit, rules, case, party)
    may = {action: states.may(action, case.state, *parts) for action in states.TABLE}
    may["steps"] &= bool(steps)
    may["ask"] &= exchange.can_be_asked(unit, rules, case)
    may["heard"] &= any(written(unit, case, "referral"))
    may["screenshots"] &= bool(rules.pages) and not evidence.never(case)
    fetched = sum(picture.state == "fetched" for picture in pictures)
    return {
        **neutral(unit, rules, case),
        "report": rules.reports[case.report].title,
        "reporter": unit.get(Person, case.reporter).name,
        "policy": rules.pack.name if case.policy == rules.pack.id else case.policy,
        "part": rules.words.sentence(f"part.{party.part}"),
        "facts": (*facts(unit, rules, case, answers), *whereabouts(unit, rules, case)),
        "quotes": (*shown(unit, rules, case), *quotes(rules, case, answers), *notes(unit, rules, case)),
        "involved": tuple(involving.lines(unit, rules, case)),
        "told": tuple(told(unit, rules, case)),
        "lost": tuple(seen.lines(unit, rules, case, kept_out(unit, case))),
        "evidence": tuple(listed(rules, picture) for picture in pictures),
        "pictures": fetched,
        "pictures_link": picture_link(unit, rules, case, party) if fetched else "",
        "steps": steps,
        "history": tuple(line for line, _ in groupby(history(unit, rules, case)))[-LINES:],
        "next": next((action for action in needed(unit, rules, case) if may[action]), ""),
        **{f"may_{action}": allowed for action, allowed in may.items()},
    }


def needed(unit: Unit, rules: Rules, case: Case) -> Iterator[str]:
    """What is still to be done with a case, in the order in which it is usually done."""
    yield "acknowledge"
    if any(item.asked and item.status == checklist.OPEN for item in checklist.listed(unit, rules, case)):
        yield "steps"
    if not any(written(unit, case, "decision")):
        yield "decide"
    yield "close"


def fields_of(rules: Rules, case: Case) -> tuple[Field, ...]:
    """The questions that may have been answered: the type's own, and those of the urgent path."""
    asked = {field.id: field for field in rules.reports[case.report].fields}
    for kind in rules.reports.values():
        for field in kind.fields:
            asked.setdefault(field.id, field)
    for field in rules.words.form("urgent", {}, {}).fields:
        asked.setdefault(field.id, field)
    return tuple(asked.values())


def facts(unit: Unit, rules: Rules, case: Case, answers: Answers) -> Pairs:
    """The short answers, under their questions."""
    return tuple(
        (field.label, spelt(unit, field, answers[field.id]))
        for field in fields_of(rules, case)
        if field.kind != "text" and not field.part and answers.get(field.id)
    )


def quotes(rules: Rules, case: Case, answers: Answers) -> Pairs:
    """People's own words, under the question they answer."""
    return tuple(
        (field.label, str(answers[field.id]))
        for field in fields_of(rules, case)
        if field.kind == "text" and not field.part and field.id != URGENT_WHO and answers.get(field.id)
    )


def spelt(unit: Unit, field: Field, answer: Answer) -> str:
    """An answer with its options in words and its people by name."""
    said = [answer] if isinstance(answer, str) else [str(each) for each in answer]
    if field.kind == "date":
        return spoken_day(said[0])
    if field.kind == "person":
        return ", ".join(unit.get(Person, each).name for each in said)
    labels = {option.value: option.label for option in field.options}
    return ", ".join(labels.get(each, each) for each in said)


def told(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[str, str]]:
    """Who was told, in what role, and by which clause or rule."""
    for party in parties.told(unit, case):
        name = unit.get(Person, party.person).name
        yield f"{name}, {rules.words.sentence(f'role.{party.role}')}", why(rules, party)


def kept_out(unit: Unit, case: Case) -> list[Party]:
    """Those who were told once, and then turned out to be somebody who must not be."""
    rows: list[Party] = unit.find(queries.parties(case.id))
    return [party for party in rows if party.ended == reseating.EXCLUDED]


def why(rules: Rules, party: Party) -> str:
    if party.source == "clause":
        return rules.words.sentence("why.clause", {"policy": rules.pack.name, "clause": party.why})
    key = party.why.replace(" ", "_") if party.source == "floor" else "default"
    return rules.words.sentence(f"why.{key}")


def listed(rules: Rules, picture: evidence.Picture) -> tuple[str, str]:
    """One picture, and what is known of it, in a line."""
    number = rules.words.sentence("words.screenshot", {"number": picture.position})
    return number, "; ".join(known(rules, picture))


def known(rules: Rules, picture: evidence.Picture) -> tuple[str, ...]:
    """A picture's day, time, place and account; what is missing is said to be."""
    given = {"date": spoken_day(picture.date), "time": picture.time, "place": picture.place, "account": picture.account}
    missing = rules.words.sentence("words.missing")
    lines = [f"{rules.words.sentence(f'picture.{what}')} {value or missing}" for what, value in given.items()]
    if picture.state != "fetched":
        lines.append(rules.words.sentence(f"picture.{picture.state}"))
    if picture.media == evidence.HEIC:
        lines.append(rules.words.sentence("picture.heic"))
    return tuple(lines)


def picture_link(unit: Unit, rules: Rules, case: Case, party: Party) -> str:
    """A link to the pictures' page for this person and case, made as the case is drawn."""
    return f"{rules.pages}/p/e/{doors.evidence_link(unit, case.id, party.person)}" if rules.pages else ""


def notes(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[str, str]]:
    """What was noted, added and given as a reason, in order, each under who wrote it and when."""
    texts: list[tuple[Writing, dict[str, str], str]] = [(each, {}, each.text) for each in written(unit, case, *NOTES)]
    steps = [(each, {"step": say}, each.facts["why"]) for each, say in checklist.reasons(unit, rules, case)]
    decided = decisions.told(unit, rules, case)
    found = [*involving.told(unit, rules, case), *heard.told(unit, rules, case)]
    for each, more, text in sorted((*texts, *steps, *decided, *found), key=lambda one: (one[0].at, one[0].id)):
        values = {"who": unit.get(Person, each.by).name, "when": spoken(each.at, unit.now), **more}
        yield rules.words.sentence(f"written.{each.kind}", values), text


def history(unit: Unit, rules: Rules, case: Case) -> Iterator[str]:
    """What the ledger says of this case, a line an entry; views included."""
    entries: list[Entry] = unit.find(queries.history(case.id))
    for entry in entries:
        told = json.loads(entry.entry)
        key = f"event.{told['event'].replace('.', '_')}"
        if key in rules.words.sentences:
            who = unit.get(Person, told["actor"]).name if told["actor"] else ""
            yield rules.words.sentence(key, {"who": who, "when": spoken(datetime.fromisoformat(told["at"]), unit.now)})
