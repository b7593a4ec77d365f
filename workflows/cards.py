"""What is owed to somebody about a case: their card and the reporter's receipt made true, or one message more."""

from storage.models import Case
from storage.unit import Unit

# Where a message lies: the slot of a recipient's card, and that of the reporter's receipt.
CARD, RECEIPT = "card", "receipt"


def owe(unit: Unit, case: Case, person: str) -> None:
    """Somebody's card is to say how things stand; what that is, is found when it is sent."""
    unit.promise("card", person, unit.now, about=case.id, slot=CARD)


def owe_receipt(unit: Unit, case: Case) -> None:
    """The same for whoever reported it."""
    unit.promise("card", case.reporter, unit.now, about=case.id, slot=RECEIPT)


def say(unit: Unit, case: Case, person: str, message: str, *, once: str | None = None) -> None:
    """One message of its own, by the name of its words; a second one with the same ``once`` is not said."""
    unit.promise("say", person, unit.now, once=once, about=case.id, message=message)
