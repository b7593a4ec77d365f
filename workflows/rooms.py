"""A team's room: whether a case may be shown in it at this moment, what it says there, and when it is taken out.

A room is used for a case only while every member of it is a party that reads the case.  Whoever is told there is told
directly instead as soon as that has stopped being so.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from storage import promises
from storage.events import Event
from storage.models import Case, Party, Posted, School, TeamRoom
from storage.promises import Claim
from storage.queries import cases as case_queries
from storage.queries import rooms as queries
from storage.queries import talk
from storage.unit import Unit
from workflows import access, cards, describe, parties, people
from workflows.conversations import Place
from workflows.people import Who
from workflows.register import Change, Register
from workflows.rules import Rules


@dataclass(frozen=True)
class Shown:
    """What a room should say of a case: the words' name with their values, and where it said so before."""

    room: str
    platform: str
    channel: str
    message: str
    at: datetime
    values: Mapping[str, Any] = field(default_factory=dict)
    posted: str = ""
    stamp: str = ""
    true: bool = False  # what it says is what it said


def platform_of(channel: str) -> str:
    """Whose channel this is: a thread's name is of Teams."""
    return "teams" if "@thread" in channel else "slack"


def room_for(unit: Unit, rules: Rules, case: Case, claim: Claim, platform: str) -> TeamRoom | None:
    """The room of the team in which somebody has their part; none where they are to be told directly.

    ``platform`` is where they are told: who looks into one chat is not told in a room of the other.
    """
    if claim.ids.get("slot") != cards.CARD or claim.ids.get("direct"):
        return None
    found: list[TeamRoom] = unit.find(queries.at_school(case.school))
    party = access.part_in(unit, rules, case, claim.to) if found else None
    here = (each for each in found if each.platform == platform)
    return next((each for each in here if party and leads_for(rules, each, party)), None)


def leads_for(rules: Rules, room: TeamRoom, party: Party) -> bool:
    """Whether a room speaks to somebody: it asks for an answer, which only those who lead are asked for."""
    return party.part == "lead" and of_team(rules, room, party)


def of_team(rules: Rules, room: TeamRoom, party: Party) -> bool:
    """Whether somebody has their part by the room's role, or as its deputy."""
    return party.role in (room.role, rules.floor.deputies.get(room.role))


def instead(unit: Unit, rules: Rules, claim: Claim, room: str, members: Sequence[Who]) -> bool:
    """Whether the room tells them, all of its members being entitled; then the room owes the card, not the person."""
    case: Case = unit.get(Case, claim.about)
    if claim.to not in entitled(unit, rules, case, members):
        return False
    owe_in(unit, case, room, claim.made_at)
    promises.keep(unit, claim.id, claim.lease)
    return True


def entitled(unit: Unit, rules: Rules, case: Case, members: Sequence[Who]) -> frozenset[str]:
    """The persons in a room; nobody as soon as one of them may not read the case."""
    found = set()
    for who in members:
        met = people.known(unit, who)
        party = access.part_in(unit, rules, case, met.person.id) if met and met.confirmed else None
        if met is None or party is None or party.part not in access.READS or who.standing != "active":
            return frozenset()
        found.add(met.person.id)
    return frozenset(found)


def owe_in(unit: Unit, case: Case, room: str, since: datetime) -> None:
    """A room is to say how things stand with a case; ``since`` is when that was owed first."""
    unit.promise("room", room, unit.now, about=case.id, slot=cards.CARD, since=since.isoformat())


def owe_rooms(unit: Unit, claim: Claim) -> None:
    """Whenever somebody's card is to be made true, so is what a room says of the case."""
    if claim.ids.get("slot") == cards.CARD:
        for posted in unit.find(queries.shown(claim.about)):
            owe_in(unit, unit.get(Case, claim.about), posted.person, claim.made_at)


def set_up(unit: Unit, register: Register, schools: Mapping[str, School]) -> Iterator[Change]:
    """Bring the rooms in line with school.toml; what lies in one that is no longer a team's is taken out of it."""
    wanted = {(schools[key].id, role): channel for role, key, channel in register.rooms}
    names = {row.id: row.name for row in schools.values()}
    for row in unit.find(queries.rooms()):
        values = {"role": row.role, "school": names.get(row.school, "")}
        if wanted.get((row.school, row.role)) == row.channel:
            del wanted[row.school, row.role]
            continue
        for posted in unit.find(queries.posted_in(row.id)):
            owe_in(unit, unit.get(Case, posted.case), row.id, unit.now)
        unit.find(queries.no_room(row.id))
        unit.record(Event.ROOM_SET, "", "", role=row.role, channel="")
        yield Change("apply.room_ended", values)
    for (school, role), channel in wanted.items():
        unit.add(TeamRoom(id=unit.new_id(), school=school, role=role, platform=platform_of(channel), channel=channel))
        unit.record(Event.ROOM_SET, "", "", role=role, channel=channel)
        yield Change("apply.room", {"role": role, "school": names[school]})


def look_again(unit: Unit, rules: Rules, platform: str, channel: str) -> None:
    """Somebody has come into a room: whatever it shows is held against its members now."""
    for posted in all_shown(unit, platform, channel):
        owe_in(unit, unit.get(Case, posted.case), posted.person, posted.at)


def shows_anything(unit: Unit, platform: str, channel: str) -> bool:
    return bool(all_shown(unit, platform, channel))


def all_shown(unit: Unit, platform: str, channel: str) -> list[Posted]:
    """What lies in a room; in all of this platform's, where it does not say into which one somebody came."""
    return unit.find(queries.in_room(platform, channel) if channel else queries.in_rooms(platform))


def channel_of(unit: Unit, place: Place) -> str:
    """The channel of the room in which a message of ours lies; nothing where it is no room's."""
    lying: list[Posted] = unit.find(talk.lying(place.platform, place.channel, place.stamp))
    found: list[TeamRoom] = unit.find(queries.by_id(lying[0].person)) if lying else []
    return found[0].channel if found else ""


def platform_for(unit: Unit, claim: Claim) -> str:
    """Where the room of a promise is, also when it is no team's any more; nothing where it has neither."""
    found: list[TeamRoom | Posted] = [*unit.find(queries.by_id(claim.to)), *unit.find(queries.posted_in(claim.to))]
    return found[0].platform if found else ""


def showing(unit: Unit, rules: Rules, claim: Claim, room: TeamRoom, members: Sequence[Who]) -> Shown | None:
    """What the room should say now; none where it may say nothing of this case."""
    case: Case = unit.get(Case, claim.about)
    here = entitled(unit, rules, case, members)
    if not any(each.person in here and leads_for(rules, room, each) for each in parties.told(unit, case)):
        return None
    posted = lying(unit, case, room.id)
    return Shown(
        room=room.id,
        platform=room.platform,
        channel=room.channel,
        message=card_for(case),
        at=unit.now,
        values=describe.neutral(unit, rules, case),
        posted=posted.id if posted else "",
        stamp=posted.stamp if posted else "",
        true=bool(posted and posted.at >= datetime.fromisoformat(claim.ids["since"])),
    )


def card_for(case: Case) -> str:
    if case.state == "closed":
        return "room.closed"
    return "room.taken" if case.acknowledged_by else "room.new"


def lying(unit: Unit, case: Case, room: str) -> Posted | None:
    found: list[Posted] = [each for each in unit.find(queries.posted_in(room)) if each.case == case.id]
    return found[0] if found else None


def sent(unit: Unit, claim: Claim, shown: Shown, channel: str, stamp: str) -> None:
    """The platform took it: remember where it lies and what it was true of, and the promise is kept."""
    case: Case = unit.get(Case, claim.about)
    posted = lying(unit, case, shown.room)
    if posted is None:
        fresh = Posted(
            id=unit.new_id(),
            case=case.id,
            person=shown.room,
            platform=shown.platform,
            slot=cards.CARD,
            channel="",
            stamp="",
            at=shown.at,
        )
        posted = unit.add(fresh)
    posted.channel, posted.stamp, posted.at = channel, stamp, shown.at
    unit.record(Event.CARD_SENT, case.id, "", room=shown.room, words=shown.message)
    promises.keep(unit, claim.id, claim.lease)


def tell_directly(unit: Unit, rules: Rules, claim: Claim) -> Posted | None:
    """The room may not show the case, or cannot: those it told, or was to tell, are told directly, once.

    The answer is what still lies there and must be taken away.
    """
    case: Case = unit.get(Case, claim.about)
    posted = lying(unit, case, claim.to)
    for person in told_there(unit, rules, case, claim):
        once = f"direct {case.id} {posted.id if posted else claim.to} {person}"
        unit.promise("card", person, unit.now, once=once, about=case.id, slot=cards.CARD, direct="yes")
    return posted


def nowhere(unit: Unit, rules: Rules, claim: Claim) -> None:
    """The school no longer uses the chat that the room is in."""
    tell_directly(unit, rules, claim)
    promises.drop(unit, claim.id, claim.lease)


def told_there(unit: Unit, rules: Rules, case: Case, claim: Claim) -> Iterator[str]:
    """The team's members who have no card of their own."""
    rooms: list[TeamRoom] = unit.find(queries.by_id(claim.to))
    platform = platform_for(unit, claim)
    for party in parties.told(unit, case):
        account = people.address(unit, party.person)
        if account is None or account.platform != platform or (rooms and not of_team(rules, rooms[0], party)):
            continue
        if not unit.find(case_queries.posted(case.id, party.person, platform, cards.CARD)):
            yield party.person


def left(unit: Unit, claim: Claim, posted: str, removed: bool) -> None:
    """Nothing lies there any more."""
    unit.find(queries.no_longer(posted))
    if removed:
        unit.record(Event.CARD_REMOVED, claim.about, "", room=claim.to)
    promises.keep(unit, claim.id, claim.lease)
