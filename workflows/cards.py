"""What is owed to somebody about a case: their card and the reporter's receipt made true, or one message more."""

from datetime import datetime

from storage.events import Event
from storage.models import Case
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import calendar, terms

# Where a message lies: the slot of a recipient's card, and that of the reporter's receipt.
CARD, RECEIPT = "card", "receipt"
# What a practice report says instead of sending anybody to the telephone.
PRACTISED = {"reporter.late": "reporter.late_practice", "reporter.nobody": "reporter.nobody_practice"}


def when(unit: Unit, case: Case) -> datetime:
    """When to tell people: now; of a practice report in school time only, for it wakes nobody."""
    return calendar.next_opening(unit.now, terms.of(unit, case.school)) if case.practice else unit.now


def owe(unit: Unit, case: Case, person: str) -> None:
    """Somebody's card is to say how things stand; what that is, is found when it is sent."""
    unit.promise("card", person, when(unit, case), about=case.id, slot=CARD)


def owe_all(unit: Unit, case: Case, person: str) -> None:
    """The same for everything that was said to them about it; what they are told as its reporter stays."""
    said = [] if person == case.reporter else unit.find(queries.slots(case.id, person))
    for slot in dict.fromkeys((CARD, *said)):
        unit.promise("card", person, unit.now, about=case.id, slot=slot)


def owe_receipt(unit: Unit, case: Case) -> None:
    """The same for whoever reported it."""
    unit.promise("card", case.reporter, when(unit, case), about=case.id, slot=RECEIPT)


def warn(unit: Unit, case: Case) -> None:
    """The reporter is told whom to phone; nobody is, of a practice report."""
    if not case.practice:
        unit.record(Event.REPORTER_WARNED, case.id, case.reporter)


def say(unit: Unit, case: Case, person: str, message: str, *, once: str | None = None) -> None:
    """One message of its own, by the name of its words; a second one with the same ``once`` is not said."""
    name = PRACTISED.get(message, message) if case.practice else message
    unit.promise("say", person, when(unit, case), once=once, about=case.id, message=name)
