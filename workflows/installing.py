"""Whom the school wants to have the app in their chat, and the record of having given it to them."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage.events import Event
from storage.models import Account, Person
from storage.queries import duties as staff_queries
from storage.queries import people as queries
from storage.unit import Unit
from workflows.reached import At, known


@dataclass(frozen=True)
class Wanted:
    """Somebody by name; ``account`` is theirs in that chat, else they are looked for by their addresses.

    ``spoken`` says that the bot knows where to speak to them.
    """

    person: str
    name: str
    account: str
    emails: tuple[str, ...]
    spoken: bool


def wanted(unit: Unit, platform: str, workspace: str) -> list[Wanted]:
    """Everybody who holds a role, then everybody on the list of staff."""
    held = holders(unit, platform, workspace)
    known_already = {each.person for each in held}
    staff: list[Person] = unit.find(staff_queries.staff())
    more = [each for each in staff if each.staff and each.id not in known_already]
    return [*held, *(one(unit, each, platform, workspace) for each in more)]


def holders(unit: Unit, platform: str, workspace: str) -> list[Wanted]:
    """Everybody who holds a role at this moment."""
    ids = tuple(dict.fromkeys(row.person for row in unit.find(queries.roles_now(unit.now))))
    people: list[Person] = unit.find(queries.by_ids(ids))
    return [one(unit, each, platform, workspace) for each in people]


def one(unit: Unit, person: Person, platform: str, workspace: str) -> Wanted:
    rows: list[Account] = unit.find(queries.accounts_of((person.id,)))
    mine = [row.address for row in rows if (row.platform, row.workspace) == (platform, workspace)
            and row.state in ("active", "shut")]  # fmt: skip
    places = [known(unit, At(platform, workspace, address)) for address in mine]
    emails = tuple(row.address for row in rows if row.platform == "mail")
    spoken = any(place and place.conversation for place in places)
    return Wanted(person.id, person.name, next(iter(mine), ""), emails, spoken)


def given(unit: Unit, people: Sequence[str], refused: int) -> None:
    """Who was given the app by an operator's errand, and for how many that failed."""
    unit.record(Event.APP_GIVEN, "", "", people=list(people), refused=refused)
