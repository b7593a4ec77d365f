"""Who somebody is, whichever account they speak from, and who holds which role at this moment."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple, TypeVar

from storage.models import Account, Person, School
from storage.queries import people as queries
from storage.unit import Unit
from workflows.calendar import day_of

CHAT = ("slack", "teams")
MINUTE, NEVER = timedelta(minutes=1), datetime.min.replace(tzinfo=UTC)


class Standing(NamedTuple):
    """How an account stands, where nothing else of it matters."""

    platform: str
    state: str


Way = TypeVar("Way", Account, Standing)


@dataclass(frozen=True)
class Who:
    """An account that a platform vouches for, as it reached us.

    ``standing`` is that of ``Account.state``, or unknown where the platform did not say in time.

    Somebody signed in on our own pages is ``Who("person", "", <person's id>)``.
    """

    platform: str
    workspace: str
    address: str
    name: str = ""
    emails: tuple[str, ...] = ()
    standing: str = "active"


# The chat accounts found by an e-mail address, one a platform.
Found = Mapping[str, Sequence[Who]]


@dataclass(frozen=True)
class Met:
    """A person, and whether the account they speak from may open cases.

    An account that turned up later under a role-holder's e-mail address may report, and is excluded with its
    owner, but neither receives nor opens anything until ``lanyard people apply`` confirms it: whoever runs the
    workspace could otherwise make one in the chair's name.
    """

    person: Person
    confirmed: bool
    # Whether it is shown what its owner wrote from another account: not where it only claims to be theirs.
    theirs: bool = True


def meet(unit: Unit, who: Who) -> Met:
    """The person behind an account; somebody new becomes a person at first contact."""
    if who.platform == "person":
        return Met(unit.get(Person, who.address), confirmed=True)
    found = unit.find(queries.account(who.platform, who.workspace, who.address))
    if found:
        account = found[0]
        person = unit.get(Person, account.person)
        if (state := standing_now(unit, person, account, who)) != account.state:
            account.state = state
        if account.state != "unconfirmed":
            goes_by(person, who.name)
        return as_met(unit, person, account)
    return first_contact(unit, who)


def goes_by(person: Person, name: str) -> None:
    """They have a new name: it is shown from now on, and a report may still mean them by any earlier one.

    A role-holder is shown as school.toml has them.
    """
    if not name or name == person.name:
        return
    # Somebody known by an address only had no name before.
    earlier = name if person.key else "" if "@" in person.name else person.name
    person.also = list(dict.fromkeys([*person.also, *filter(None, [earlier])]))
    person.name = person.name if person.key else name


def as_met(unit: Unit, person: Person, account: Account) -> Met:
    theirs = account.state != "unconfirmed" or not receives(unit, person)
    return Met(person, account.state == "active", theirs)


def spoke(unit: Unit, who: Who) -> None:
    """From which of their accounts somebody does something: where they look, and so where they are told things."""
    found: list[Account] = unit.find(queries.account(who.platform, who.workspace, who.address))
    for account in found:
        # To the minute: most of what a person does needs no row written for it.
        if account.spoke_at is None or unit.now - account.spoke_at >= MINUTE:
            account.spoke_at = unit.now


def receives(unit: Unit, person: Person) -> bool:
    """Whether reports may be sent to them: they stand in school.toml, or manage somebody."""
    return bool(person.key or unit.find(queries.managed_by(person.id)))


def standing_now(unit: Unit, person: Person, account: Account, who: Who) -> str:
    """How an account stands after its platform has spoken.

    A closed one stays as it is, and so does that of whoever receives reports: whether theirs is still good is
    watched elsewhere (``accounts.stood``), where somebody hears of it.
    """
    if who.standing == "unknown" or account.state == "deactivated":
        return account.state
    if account.state == who.standing or account.state not in ("active", "unconfirmed"):
        return who.standing
    return account.state if receives(unit, person) else who.standing


def first_contact(unit: Unit, who: Who) -> Met:
    """Somebody met for the first time: known by their e-mail address, or new."""
    person = owner_of(unit, who)
    # Whatever its standing: a guest made in the chair's name would otherwise put the chair beyond reach.
    claims = bool(person and receives(unit, person))
    if person is None:
        person = unit.add(Person(id=unit.new_id(), name=who.name))
        for email in who.emails:
            is_theirs(unit, person, email.lower())
    elif not claims:
        goes_by(person, who.name)
    account = Account(
        id=unit.new_id(),
        person=person.id,
        platform=who.platform,
        workspace=who.workspace,
        address=who.address,
        state="unconfirmed" if claims or who.standing == "unknown" else who.standing,
    )
    return as_met(unit, person, unit.add(account))


def owner_of(unit: Unit, who: Who) -> Person | None:
    """Whose e-mail address it is.

    An address that comes with another account of the same platform has passed to somebody new, such as the next
    J. Smith, who must not find what the last one reported; only whoever receives reports is presumed to be behind both.
    """
    found: list[Person] = unit.find(queries.by_email(who.emails)) if who.emails else []
    for person in sorted(found, key=lambda each: not each.key):
        others = unit.find(queries.accounts_of((person.id,)))
        if not any(each.platform == who.platform for each in others) or receives(unit, person):
            return person
    return None


def is_theirs(unit: Unit, person: Person, email: str) -> None:
    """An e-mail address is somebody's from now on, whoever had it before."""
    found: list[Account] = unit.find(queries.account("mail", "", email))
    if found:
        found[0].person, found[0].state = person.id, "active"
    else:
        unit.add(Account(id=unit.new_id(), person=person.id, platform="mail", address=email))


def known(unit: Unit, who: Who) -> Met | None:
    """The person behind an account that has been met before, for reading."""
    if who.platform == "person":
        return Met(unit.get(Person, who.address), confirmed=True)
    found = unit.find(queries.account(who.platform, who.workspace, who.address))
    return as_met(unit, unit.get(Person, found[0].person), found[0]) if found else None


def away(unit: Unit, people: Iterable[str], at: datetime) -> frozenset[str]:
    """Those whose absence covers this day, as the school counts days."""
    return frozenset(unit.find(queries.away_on(tuple(sorted(people)), day_of(at))))


def unreachable(unit: Unit, people: Iterable[str]) -> frozenset[str]:
    """Those without a usable address."""
    asked = tuple(sorted(people))
    return without_a_way(asked, unit.find(queries.standing_of(asked)))


def without_a_way(people: Iterable[str], standing: Iterable[tuple[str, str, str]]) -> frozenset[str]:
    accounts: dict[str, list[Standing]] = {person: [] for person in people}
    for person, platform, state in standing:
        accounts[person].append(Standing(platform, state))
    return frozenset(person for person, theirs in accounts.items() if not usable(theirs))


def usable(accounts: Sequence[Way]) -> list[Way]:
    """The accounts at which a person may be told something, the best first.

    A deactivated account, a guest's or another workspace's makes its holder unreachable (floor rule 4), unless
    they also have a working one; somebody who never had chat is reached by e-mail.
    """
    chat = [account for account in accounts if account.platform in CHAT]
    if active := [account for account in chat if account.state == "active"]:
        return active
    if any(account.state in ("deactivated", "guest", "foreign") for account in chat):
        return []
    return [account for account in accounts if account.platform == "mail" and account.state == "active"]


def by_use(accounts: Sequence[Account]) -> list[Account]:
    """Where they spoke last before where they did not."""
    return sorted(accounts, key=lambda account: account.spoke_at or NEVER, reverse=True)


def address(unit: Unit, person: str) -> Account | None:
    """Where this person is told things now; none when they are unreachable."""
    return next(iter(by_use(usable(unit.find(queries.accounts_of((person,)))))), None)


def own_address(unit: Unit, person: str) -> Account | None:
    """Where this person hears how their own report goes on: a guest's account, too, or another workspace's."""
    accounts: list[Account] = unit.find(queries.accounts_of((person,)))
    spoken_from = (row for row in accounts if row.platform in CHAT and row.state in ("guest", "foreign"))
    return next(iter((*by_use(usable(accounts)), *spoken_from)), None)


def school_of(unit: Unit, person: Person) -> School:
    """The school a person works at; the trust's first where nothing is known."""
    schools: list[School] = unit.find(queries.schools())
    return next((school for school in schools if school.id == person.school), schools[0])
