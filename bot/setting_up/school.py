"""The parts of the set-up about the school: its policy, its people, and the numbers outside it."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path

from bot.clock import machine
from bot.mailboxes import shared
from bot.register import OUTSIDE
from bot.setting_up.checks import Checks, full, parted
from bot.setting_up.terminal import Check, Terminal
from templates.catalogue import Catalogue
from workflows.calendar import day_of
from workflows.packs import PackError, all_packs, load_floor, load_pack, read_pack, text_of
from workflows.people import Who
from workflows.policy import Pack


@dataclass
class Somebody:
    """A role-holder as they stand in school.toml."""

    id: str
    name: str
    email: str
    phone: str = ""
    roles: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """A role that is being asked about, as it is spoken of, and whether somebody must hold it."""

    role: str
    spoken: str
    needed: bool


@dataclass
class School:
    """Everything that school.toml says."""

    trust: str
    name: str
    phone: str
    pack: str
    review: str
    outside: dict[str, str] = field(default_factory=dict)
    people: dict[str, Somebody] = field(default_factory=dict)


def policy(at: Terminal, checks: Checks, home: Path) -> tuple[Pack, str]:
    """One of ours or the school's own, and the day of the school's own next review."""
    at.say("policy.intro")
    known = [load_pack(id) for id in all_packs()]
    lines = [at.word("policy.line", name=pack.name, edition=pack.edition, every=pack.review.every,
                     next=pack.review.next) for pack in known]  # fmt: skip
    chosen = at.choose("policy.which", lines, key="policy.which", free=own_problem(at))
    pack = known[int(chosen) - 1] if chosen.isdigit() else own(at, full(chosen), home)
    today = day_of(machine())
    example = (today + timedelta(days=365)).isoformat()
    review = at.ask("policy.review", checks.day_from(today, example), example=example)
    return pack, review


def own_problem(at: Terminal) -> Check:
    """What is wrong with a policy file of the school's own, each line of it."""

    def check(answer: str) -> str:
        file = full(answer)
        if not file.is_file():
            return at.word("no.file")
        try:
            pack = read_pack(text_of(file), file.name, load_floor())
        except PackError as wrong:
            return " / ".join(str(wrong).splitlines())
        return "" if pack.id == file.stem else at.word("no.named", id=pack.id)

    return check


def own(at: Terminal, file: Path, home: Path) -> Pack:
    """A policy of the school's own, copied to where the bot looks for it."""
    place = home / "policies" / file.name
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if file != place:
        shutil.copyfile(file, place)
    pack = load_pack(file.stem, place.parent)
    at.say("policy.own", name=pack.name, edition=pack.edition, file=place)
    return pack


def names(at: Terminal, checks: Checks) -> tuple[str, str, str]:
    """School, trust and telephone."""
    school = at.ask("people.school")
    return school, at.ask("people.trust", default=school), at.ask("people.phone", checks.phone())


Find = Callable[[str], Who | None]


def people(at: Terminal, checks: Checks, pack: Pack, school: School, find: Find) -> None:
    """Who holds which role: first those whom no school can do without.  ``find`` looks an address up in Slack."""
    at.say("people.intro")
    words, needed = Catalogue.read(), indispensable(pack)
    for role in asked(pack):
        spoken = words.sentence(f"role.{role}")
        spoken = spoken[0].upper() + spoken[1:] + (f" ({at.word('people.needed')})" if role in needed else "")
        place = Place(role, spoken, role in needed)
        while not seated(at, checks, school, place, find):
            at.kept.put(f"people.{role}", "")


def seated(at: Terminal, checks: Checks, school: School, place: Place, find: Find) -> bool:
    """Whether the holders of one role are named; else the address is asked for again."""
    floor = load_floor()
    given = at.ask("people.email", checks.emails(needed=place.needed), key=f"people.{place.role}", role=place.spoken)
    emails = parted(given.lower())
    heads = {each.email for each in school.people.values() if floor.offices.head in each.roles}
    if place.role == floor.offices.chair and heads & {*emails}:
        print(f"  {at.word('no.other')}")
        return False
    found = {email: find(email) for email in emails if email not in school.people}
    for email, who in found.items():
        if who is None and not at.yes("people.by_mail", email=email):
            return False
    for position, email in enumerate(emails, 1):
        if known := school.people.get(email):
            known.roles.append(place.role)
            at.say("people.same", name=known.name)
            continue
        who = found[email]
        school.people[email] = holder(at, checks, place, (email, who.name if who else ""), position)
    return True


def holder(at: Terminal, checks: Checks, place: Place, known: tuple[str, str], position: int) -> Somebody:
    """One holder of a role, by the name that stands in Slack or another."""
    email, name = known
    if shared(email):
        at.say("no.shared")
    name = at.ask("people.name", checks.full_name, name, key=f"name {email}", role=place.spoken)
    number = ""
    if place.role in called():
        number = at.ask("people.number", checks.phone(optional=True), key=f"number {email}", role=place.spoken)
    id = place.role.replace("_", "-") + (f"-{position}" if position > 1 else "")
    return Somebody(id, name, email, number, [place.role])


def called() -> frozenset[str]:
    """Those whom a reporter may be told to phone: whoever can lead, or come next."""
    floor = load_floor()
    return frozenset((*floor.ladder, floor.offices.child, *floor.deputies.values()))


def indispensable(pack: Pack) -> frozenset[str]:
    """Roles without which a report could be lost: the floor's, and whoever a route of the policy names."""
    floor = load_floor()
    roles = {floor.held_by.get(role, role) for row in pack.routes for role in row.roles}
    return frozenset({floor.offices.head, floor.offices.child, floor.offices.chair, *roles})


def asked(pack: Pack) -> Iterator[str]:
    """Every role of the policy, the indispensable first; whoever manages whom comes by a list of its own."""
    floor = load_floor()
    first = (floor.offices.head, floor.offices.child, floor.offices.chair)
    for role in dict.fromkeys((*first, *pack.cast)):
        if role != floor.offices.line_manager and role not in floor.held_by:
            yield role


def numbers(at: Terminal, checks: Checks) -> dict[str, str]:
    """The three that stand on every form."""
    at.say("numbers.intro")
    given = {name: at.ask(f"numbers.{name}", checks.phone()) for name in OUTSIDE}
    if len({number.replace(" ", "") for number in given.values()}) < len(given):
        at.say("numbers.same")
    return given


def as_toml(school: School) -> str:
    """school.toml, as somebody would write it."""
    id = slug(school.name)
    lines = [
        "# Who holds which role. After a change: lanyard people apply school.toml, then lanyard check.",
        f"trust = {quoted(school.trust)}",
        f"pack = {quoted(school.pack)}",
        f"review = {date.fromisoformat(school.review)}",
        "",
        "[outside]",
        *(f"{name} = {quoted(number)}" for name, number in school.outside.items()),
        "",
        "[[school]]",
        f"id = {quoted(id)}",
        f"name = {quoted(school.name)}",
        f"phone = {quoted(school.phone)}",
    ]
    for each in school.people.values():
        lines += ["", "[[person]]", f"id = {quoted(each.id)}", f"name = {quoted(each.name)}", "also = []"]
        lines += [f"emails = [{quoted(each.email)}]"]
        lines += [f"phone = {quoted(each.phone)}"] if each.phone else []
        lines += [
            "roles = [",
            *(f"    {{ role = {quoted(role)}, school = {quoted(id)} }}," for role in each.roles),
            "]",
        ]
    return "\n".join(lines) + "\n"


def quoted(text: str) -> str:
    """A basic string of TOML."""
    plain = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(letter for letter in plain if letter.isprintable()) + '"'


def slug(name: str) -> str:
    """The school's permanent id: its name without what every school's has."""
    kept = "".join(letter if letter.isalnum() and letter.isascii() else " " for letter in name.lower()).split()
    own = [
        word
        for word in kept
        if word not in ("primary", "school", "infant", "junior", "academy", "the", "and", "c", "e")
    ]
    return "-".join(own or kept) or "school"
