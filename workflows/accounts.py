"""Role-holders' addresses: linked when school.toml is applied, and watched for being closed."""

from collections.abc import Iterable, Iterator

from storage.events import Event
from storage.models import Account, Person
from storage.queries import cases as case_queries
from storage.queries import met
from storage.queries import people as queries
from storage.unit import Unit
from workflows import people, telling
from workflows.people import Found, Who
from workflows.register import Change, Member
from workflows.rules import Rules


def account_lines(unit: Unit, person: Person, member: Member, accounts: Found) -> Iterator[Change]:
    """Their addresses: the file's e-mail addresses, and the chat accounts found by them."""
    mine: list[Account] = unit.find(queries.accounts_of((person.id,)))
    for email in member.emails:
        yield from linked(unit, person, mine, Who("mail", "", email.lower()))
    for email in member.emails:
        for who in accounts.get(email.lower(), ()):
            yield from linked(unit, person, mine, who)
    for row in mine:
        if row.platform == "mail" and row.address not in {email.lower() for email in member.emails}:
            if row.state == "active":
                yield Change("apply.mail_gone", {"who": person.name})
            row.state = "deactivated"


def linked(unit: Unit, person: Person, mine: Iterable[Account], who: Who) -> Iterator[Change]:
    known = next((row for row in mine if (row.platform, row.address) == (who.platform, who.address)), None)
    taken: list[Account] = [] if known else unit.find(queries.account(who.platform, who.workspace, who.address))
    if known is None and taken:
        known = taken[0]
        turned_out_to_be(unit, unit.get(Person, known.person), person)
        known.person = person.id
    if known is None:
        new = Account(
            id=unit.new_id(),
            person=person.id,
            platform=who.platform,
            workspace=who.workspace,
            address=who.address,
            state=who.standing,
        )
        unit.add(new)
        yield Change(f"apply.account_{who.standing}", {"who": person.name, "platform": who.platform})
    elif known.state != who.standing:
        known.state = who.standing
        yield Change(f"apply.account_{who.standing}", {"who": person.name, "platform": who.platform})


def turned_out_to_be(unit: Unit, earlier: Person, person: Person) -> None:
    """Somebody met before as a person of their own is this one: reports that name them, or are theirs, say so now.

    Exclusion is by person, so a report about the account they had must be kept from them in every role they hold.
    """
    if earlier.key or earlier.id == person.id:
        return
    for named in unit.find(met.named(earlier.id)):
        named.person = person.id
    for case in unit.find(case_queries.reported_by(earlier.id)):
        case.reporter = person.id
    for draft in unit.find(met.wrote(earlier.id)):
        draft.author = person.id
    for owed in unit.find(met.owed(earlier.id)):
        owed.to = person.id
    for receipt in unit.find(met.posted(earlier.id)):
        receipt.person = person.id
    person.also = list(dict.fromkeys([*person.also, *filter(None, [earlier.name]), *earlier.also]))


def stood(unit: Unit, rules: Rules, who: Who) -> bool:
    """How an account stands on its platform now; whether that changed.

    A role-holder whose last account is gone has left a vacant place: open cases move on, the operator is told.
    """
    found: list[Account] = unit.find(queries.account(who.platform, who.workspace, who.address))
    if not found or found[0].state in (who.standing, "unconfirmed") or who.standing == "unknown":
        return False
    if found[0].state == "shut" and who.standing == "active":
        return False  # its platform knows nothing of the bot being taken out there
    found[0].state = who.standing
    unit.record(Event.ACCOUNT_CHANGED, "", "", account=found[0].id, state=who.standing)
    if people.address(unit, found[0].person) is None:
        for row in unit.find(queries.roles_of(found[0].person, unit.now)):
            telling.vacant(unit, row.person, row.role, row.school)
        for case in unit.find(case_queries.told_to(found[0].person)):
            if case.state != "closed":
                telling.beyond_reach(unit, rules, case, found[0].person)
    elif who.standing == "active":
        returned(unit, found[0].person)
    return True


def returned(unit: Unit, person: str) -> None:
    """Somebody can be reached again: what they hold is theirs again, and the operator may wonder."""
    for row in unit.find(queries.roles_of(person, unit.now)):
        once = f"returned {person} {row.role} {row.school} {unit.now:%Y-%m-%d}"
        unit.promise("alarm", "", unit.now, once=once, message="operator.returned", role=row.role, school=row.school)


def news(unit: Unit, who: Who) -> bool:
    """Whether what a platform says of an account is new to us: of most changes to a profile nothing is."""
    found: list[Account] = unit.find(queries.account(who.platform, who.workspace, who.address))
    if not found:
        return False
    person: Person = unit.get(Person, found[0].person)
    known = (person.name, *person.also) if person.key else (person.name,)
    return who.standing != found[0].state or bool(who.name and who.name not in known)


def heard(unit: Unit, rules: Rules, who: Who) -> None:
    """A platform says that an account has changed: its owner's name, or whether it is still in use."""
    found: list[Account] = unit.find(queries.account(who.platform, who.workspace, who.address))
    if found and found[0].state != "unconfirmed":
        people.goes_by(unit.get(Person, found[0].person), who.name)
    stood(unit, rules, who)


def watched(unit: Unit) -> list[Account]:
    """The chat accounts of those who hold a role now."""
    holders = {row.person for row in unit.find(queries.roles_now(unit.now))}
    return [row for row in unit.find(queries.accounts_of(tuple(holders))) if row.platform in people.CHAT]
