"""Keeping a promise to tell somebody: whom it reaches, what it says and where it lies, found at that moment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from storage import promises
from storage.events import Event
from storage.models import Account, Case, Person, Posted, RoleHeld, School
from storage.promises import Claim
from storage.queries import cases as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from templates.shapes import Message
from workflows import cards, cases, chasing, copies, describe, doors, exchange, parties, people, rooms
from workflows.access import part_in
from workflows.rules import Rules
from workflows.times import spoken

MOVED = "lead.moved"
# An address that somebody had before may be gone by now.
TRIES = 8
# What a card says by e-mail; what is not here is not worth a mail.
BY_MAIL = {
    "lead.new": "mail.case",
    "lead.given": "mail.case",
    "lead.reminder": "mail.late",
    "lead.informed": "mail.informed",
    "lead.support_asked": "mail.informed",
    "lead.taken": "mail.news",
    "lead.closed": "mail.news",
    "lead.added": "mail.news",
    "lead.due": "mail.news",
    "lead.evidence_failed": "mail.news",
    "lead.left_there": "mail.news",
    "mail.again": "mail.news",
}


@dataclass(frozen=True)
class Telling:
    """One message on its way: the address, the words' name with their values, and what it should be edited over."""

    person: str
    platform: str
    address: str
    message: str
    account: str = ""
    values: Mapping[str, Any] = field(default_factory=dict)
    channel: str = ""
    stamp: str = ""
    # The id and the channel of a room where it may be said in place of this, if everybody there may see the case.
    room: tuple[str, str] = ("", "")
    # What a nudge speaks of: each task's next reminder, and how far what is overdue has been raised.
    reminded: Mapping[str, date] = field(default_factory=dict)
    raised: Mapping[str, int] = field(default_factory=dict)


def telling(unit: Unit, rules: Rules, claim: Claim) -> Telling | None:
    """What to send for this promise now; None where it is no longer to be sent.

    The recipient is held against the rules as they stand at this moment: somebody excluded since the report was
    made gets nothing, and whoever should have it instead is brought in.
    """
    case: Case = unit.get(Case, claim.about)
    slot = claim.ids.get("slot", "")
    rooms.owe_rooms(unit, claim)
    if claim.to == case.reporter and slot == cards.RECEIPT:
        return addressed(unit, rules, case, claim, (describe.receipt_for(unit, case).name, slot))
    if withheld(unit, rules, case, claim):
        return None
    if claim.to == case.reporter and claim.ids.get("message", "").startswith("reporter."):
        return addressed(unit, rules, case, claim, (claim.ids["message"], ""))
    if part_in(unit, rules, case, claim.to) is None:
        parties.settle(unit, rules, case)
        return moved(unit, case, claim, slot or cards.CARD)
    account = people.address(unit, claim.to)
    # A letter whose link leads nowhere reaches nobody either.
    if account is None or (account.platform == "mail" and not rules.pages):
        beyond_reach(unit, rules, case, claim.to)
        return None
    name = claim.ids.get("message") or describe.card_for(unit, rules, case, claim.to).name
    told = addressed(unit, rules, case, claim, (name, slot))
    room = rooms.room_for(unit, rules, case, claim, told.platform) if told and not told.stamp else None
    return replace(told, room=(room.id, room.channel)) if told and room else told


def withheld(unit: Unit, rules: Rules, case: Case, claim: Claim) -> bool:
    """Whether this has become nothing to say: a reminder of what is done, a question to somebody it may be about."""
    message = claim.ids.get("message", "")
    if message == exchange.ASKED:
        return not exchange.can_be_asked(unit, rules, case)
    return message == chasing.MESSAGE and not chasing.still_due(unit, rules, case, claim.to, claim.ids["item"])


def addressed(unit: Unit, rules: Rules, case: Case, claim: Claim, said: tuple[str, str]) -> Telling | None:
    """The message (its name, and its slot) with its values, at the person's best address, over their earlier card."""
    (name, slot), person = said, claim.to
    find = people.own_address if name.startswith("reporter.") else people.address
    account = copies.account_for(unit, claim, find)
    if account is None:
        return None
    values = describe.neutral(unit, rules, case)
    if account.platform == "mail":
        if name not in BY_MAIL or not rules.pages:
            return None
        name = BY_MAIL[name]
        values["link"] = f"{rules.pages}/p/l/{doors.case_link(unit, case.id, person)}"
    posted = lying(unit, case.id, person, account.platform, slot)
    where = (posted.channel, posted.stamp) if posted else ("", "")
    return Telling(person, account.platform, account.address, name, account.id, values, *where)


def moved(unit: Unit, case: Case, claim: Claim, slot: str) -> Telling | None:
    """Whoever lost their part has what they got edited; whoever never got anything gets nothing."""
    for account in copies.chats(unit, claim.to):
        posted = lying(unit, case.id, claim.to, account.platform, slot)
        if posted and claim.ids.get("on", account.platform) == account.platform:
            values, at = {"practice": case.practice}, (posted.channel, posted.stamp)
            return Telling(claim.to, account.platform, account.address, MOVED, account.id, values, *at)
    return None


def beyond_reach(unit: Unit, rules: Rules, case: Case, person: str) -> None:
    """No message would reach them: they leave the case, and the next person comes in."""
    for party in parties.told(unit, case):
        if party.person == person:
            parties.let_go(unit, rules, case, party, "unreachable")
            vacant(unit, person, party.role, case.school)
    left = [party for party in parties.told(unit, case) if party.part == "lead"]
    if not left and not case.acknowledged_at and case.state != "closed":
        cases.follow_up(unit, rules, case, parties.climb(unit, rules, case))


def vacant(unit: Unit, person: str, role: str, school: str) -> None:
    """The operator hears, once a day, of a role whose holder can no longer be reached."""
    once = f"vacant {person} {role} {school} {unit.now:%Y-%m-%d}"
    unit.promise("alarm", "", unit.now, once=once, message="operator.vacant", role=role, school=school)


def lying(unit: Unit, about: str, person: str, platform: str, slot: str) -> Posted | None:
    """The card to edit, if this promise is about one that was sent before."""
    return next(iter(unit.find(queries.posted(about, person, platform, slot))), None) if slot else None


def sent(unit: Unit, claim: Claim, told: Telling, channel: str, stamp: str) -> bool:
    """The platform took it: remember where it lies, record it, and the promise is kept.

    False where the lease ran out meanwhile: whoever holds it now will do so.
    """
    if not promises.keep(unit, claim.id, claim.lease):
        return False
    slot = claim.ids.get("slot", "")
    if slot or (claim.about and told.platform != "mail"):
        # What is said once lies under a name of its own: somebody may write beneath it.
        remember(unit, claim, told, slot or claim.id, (channel, stamp))
        if (
            told.message.startswith("lead.")
            and told.message != MOVED
            and not parties.has(unit, claim.about, told.person)
        ):
            # They lost it while this was on its way.
            cards.owe_all(unit, unit.get(Case, claim.about), told.person)
    event = Event.RECEIPT_SENT if slot == cards.RECEIPT else Event.CARD_SENT
    unit.record(event, claim.about, told.person, platform=told.platform, words=told.message)
    copies.owe(unit, claim, told.platform, slot)
    return True


def remember(unit: Unit, claim: Claim, told: Telling, slot: str, where: tuple[str, str]) -> None:
    about = claim.ids.get("appointment", claim.about)
    posted = lying(unit, about, told.person, told.platform, slot)
    if posted is None:
        row = Posted(
            id=unit.new_id(),
            case=about,
            person=told.person,
            platform=told.platform,
            slot=slot,
            channel="",
            stamp="",
            at=unit.now,
        )
        posted = unit.add(row)
    posted.channel, posted.stamp = where
    posted.at = unit.now


def refused(unit: Unit, claim: Claim, told: Telling, shut: bool = False) -> None:
    """This address will not work again: the person is reached another way, or the next one is."""
    account: Account = unit.get(Account, told.account)
    account.state = "shut" if shut else "deactivated"
    unit.record(Event.CARD_FAILED, claim.about, told.person, platform=told.platform)
    promises.put_off(unit, claim, unit.now, claim.attempts + 1)


def mailing(unit: Unit, rules: Rules, claim: Claim) -> Telling | None:
    """A mail that is about a person's door rather than a case: invited, invited again, a fresh link."""
    name = {"mail.invited": "mail.invite"}.get(claim.ids["message"], claim.ids["message"])
    if claim.about:
        case: Case = unit.get(Case, claim.about)
        may = part_in(unit, rules, case, claim.to)
        return addressed(unit, rules, case, claim, (name, "")) if may else None
    earlier = claim.ids.get("account")
    account = unit.get(Account, earlier) if earlier else people.address(unit, claim.to)
    if account is None or (earlier and claim.attempts >= TRIES):
        return None
    values = door_values(unit, rules, claim.ids.get("person") or claim.to, claim.ids.get("school", ""))
    if name == "mail.invite":
        values["link"] = f"{rules.pages}/p/l/{doors.invite_link(unit, claim.to)}"
    return Telling(claim.to, account.platform, account.address, name, account.id, values)


def door_values(unit: Unit, rules: Rules, person: str, where: str = "") -> dict[str, Any]:
    """Who they are to the school, in words; to this one, where it matters."""
    held: list[RoleHeld] = unit.find(people_queries.roles_of(person, unit.now))
    schools: list[School] = unit.find(people_queries.schools())
    named = where or (held[0].school if held else "")
    school = next((each for each in schools if each.id == named), schools[0])
    return {
        "who": unit.get(Person, person).name,
        "role": rules.words.sentence(f"role.{held[0].role}") if held else "",
        "school": school.name,
        "valid": rules.words.sentence("words.invite_holds"),
    }


def alarm(unit: Unit, rules: Rules, claim: Claim) -> Message:
    """What the operator is told: the fault, never a case, a type or a person."""
    case = unit.get(Case, claim.about) if claim.about else None
    where = case.school if case else claim.ids.get("school", "")
    school = unit.get(School, where).name if where else describe.trust_of(unit).name
    unit.record(Event.OPERATOR_ALARMED, claim.about, "", words=claim.ids["message"])
    role = claim.ids.get("role", "")
    values = {
        "school": school,
        "practice": bool(case and case.practice),
        "when": spoken(unit.now, unit.now),
        "count": int(claim.ids.get("count", "1")),
        "role": rules.words.sentence(f"role.{role}") if role else "",
        "missing": rules.words.sentence("words.ways_out"),
    }
    return Message(claim.ids["message"], values=values)
