"""Reads school.toml: who holds which role, checked whole before anything is changed."""

import re
import tomllib
from collections.abc import Collection, Iterator
from datetime import date
from pathlib import Path
from typing import Annotated
from urllib.parse import parse_qs, unquote

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from workflows.packs import PackError, load_floor, load_pack
from workflows.register import Member, Official, Register

ADDRESS = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\"]+")


class WrongFile(ValueError):
    """The school file cannot be used: every line says where and what."""


class Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SchoolTable(Table):
    id: str
    name: str
    phone: str = ""


class RoleTable(Table):
    role: str
    school: str = ""


class AwayTable(Table):
    first: date = Field(alias="from")
    last: date = Field(alias="until")


class PersonTable(Table):
    id: str
    name: str
    also: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    phone: str = ""
    school: str = ""
    line_manager: str = ""
    roles: tuple[RoleTable, ...] = ()
    away: tuple[AwayTable, ...] = ()


# Slack's own id of a channel, or what Teams copies as a link to one.
IN_SLACK = re.compile(r"[CG][A-Z0-9]{8,}")
IN_TEAMS = re.compile(r"https://teams\.(?:microsoft\.com|cloud\.microsoft)/l/channel/([^/?#]+)/[^?#]*\?([^#]+)")
THREAD = re.compile(r"19:[\w-]+@thread\.[a-z0-9]+")
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


def channel(said: str) -> str:
    """A channel by one name: Slack's id of it, or those of the team and channel in Teams.  Raises ValueError."""
    if IN_SLACK.fullmatch(said):
        return said
    found = IN_TEAMS.fullmatch(said)
    thread, team = (unquote(found[1]), parse_qs(found[2]).get("groupId", [""])[0].lower()) if found else ("", "")
    if not (THREAD.fullmatch(thread) and GUID.fullmatch(team)):
        raise ValueError(CHANNEL)
    return f"{team}/{thread}"


CHANNEL = (
    "give a channel of Slack's by its id, such as G0DSLTEAM1; one of Teams by the link that its menu copies with "
    "“Get link to channel”"
)


class RoomTable(Table):
    role: str
    school: str
    channel: Annotated[str, AfterValidator(channel)]


class AccountTable(Table):
    """One [[account]]: people stand in it by their id in this file, or by an e-mail address; never a password."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True)

    id: str = Field(pattern="^[a-z0-9][a-z0-9-]{0,39}$")
    service: str = Field(min_length=1, max_length=30)
    name: str = Field(min_length=1, max_length=60)
    address: str = Field("", max_length=200)
    school: str = ""
    owner: str
    administrators: tuple[str, ...] = ()
    moderators: tuple[str, ...] = ()
    posters: tuple[str, ...] = ()
    opens: date | None = None
    closes: date | None = None
    evaluate: date | None = None

    def official(self) -> Official:
        return Official(key=self.id, **{name: value for name, value in self if name != "id"})


class FileTable(Table):
    trust: str
    pack: str
    review: date | None = None
    outside: dict[str, str]
    school: tuple[SchoolTable, ...] = Field(min_length=1)
    person: tuple[PersonTable, ...] = ()
    room: tuple[RoomTable, ...] = ()
    account: tuple[AccountTable, ...] = ()


def read_register(file: Path, policies: Path | None = None) -> Register:
    """The file as a Register; `policies` has the school's own packs.  Raises WrongFile, with every problem in words."""
    try:
        table = FileTable.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except tomllib.TOMLDecodeError as wrong:
        raise WrongFile(f"{file.name} is not TOML: {wrong}") from None
    except ValidationError as wrong:
        lines = (f"{file.name}: {'.'.join(map(str, each['loc']))}: {each['msg']}" for each in wrong.errors())
        raise WrongFile("\n".join(lines)) from None
    if problems := [*wrongs(table, policies)]:
        raise WrongFile("\n".join(f"{file.name}: {problem}" for problem in problems))
    return Register(
        trust=table.trust,
        pack=table.pack,
        outside=table.outside,
        schools=tuple((school.id, school.name, school.phone) for school in table.school),
        members=tuple(member(person) for person in table.person),
        review_on=table.review,
        rooms=tuple((room.role, room.school, room.channel) for room in table.room),
        accounts=tuple(account.official() for account in table.account),
    )


def member(table: PersonTable) -> Member:
    return Member(
        key=table.id,
        name=table.name,
        also=table.also,
        emails=table.emails,
        phone=table.phone,
        school=table.school,
        line_manager=table.line_manager,
        roles=tuple((role.role, role.school) for role in table.roles),
        away=tuple((away.first, away.last) for away in table.away),
    )


def wrongs(table: FileTable, policies: Path | None) -> list[str]:
    """What no single line can know."""
    try:
        pack, floor = load_pack(table.pack, policies), load_floor()
    except PackError as problem:
        return [f"pack: {line}" for line in str(problem).splitlines()]
    roles = {*pack.cast, *floor.held_by, *floor.governors_of(pack.cast)}
    schools = {school.id for school in table.school}
    people = [person.id for person in table.person]
    found = [
        f"outside.{name}: write the number; it stands on every form."
        for name in OUTSIDE
        if not table.outside.get(name, "").strip()
    ]
    found += [
        f"person.{id}: this id stands twice; it must be one person's for ever." for id in people if people.count(id) > 1
    ]
    emails = [email.lower() for person in table.person for email in {each.lower() for each in person.emails}]
    found += [
        f"{email}: two people have this address; a report to one must not be read by the other."
        for email in sorted({email for email in emails if emails.count(email) > 1})
    ]
    for person in table.person:
        if not person.emails:
            found.append(f"person.{person.id}: give at least one e-mail address.")
        if person.line_manager and person.line_manager not in people:
            found.append(f"person.{person.id}: there is no person {person.line_manager!r} to be their line manager.")
        for role in person.roles:
            if role.role not in roles:
                found.append(
                    f"person.{person.id}: there is no role {role.role!r}; use one of {', '.join(sorted(roles))}."
                )
            if role.school and role.school not in schools:
                found.append(f"person.{person.id}: there is no school {role.school!r} in this file.")
    rooms = wrong_rooms(table, roles - {floor.offices.line_manager}, schools)
    return [*found, *rooms, *wrong_accounts(table, schools, people)]


def wrong_rooms(table: FileTable, roles: set[str], schools: set[str]) -> Iterator[str]:
    known: set[object] = set()
    for room in table.room:
        if room.role not in roles:
            yield f"room.{room.channel}: there is no team of the role {room.role!r}."
        if room.school not in schools:
            yield f"room.{room.channel}: there is no school {room.school!r} in this file."
        if room.channel in known or (room.role, room.school) in known:
            yield f"room.{room.channel}: a channel is one team's, and a team has one."
        known |= {room.channel, (room.role, room.school)}


def wrong_accounts(table: FileTable, schools: set[str], people: Collection[str]) -> Iterator[str]:
    ids = [account.id for account in table.account]
    for account in table.account:
        place = f"account.{account.id}"
        if ids.count(account.id) > 1:
            yield f"{place}: this id stands twice; it must be one account's for ever."
        if account.school and account.school not in schools:
            yield f"{place}: there is no school {account.school!r} in this file."
        for named in (account.owner, *account.administrators, *account.moderators, *account.posters):
            if named not in people and not ADDRESS.fullmatch(named):
                yield f"{place}: {named!r} is neither a person's id in this file nor an e-mail address."
        if account.opens and account.closes and account.closes < account.opens:
            yield f"{place}: it closes before it opens."


OUTSIDE = ("social_care", "out_of_hours", "lado")
