"""What is wrong with a school's set-up, in words: what it must not go live with, and what is worth a look."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from bot.mailboxes import same_house, shared
from bot.register import OUTSIDE
from bot.route_words import Speech
from bot.settings import Settings
from workflows.ladder import holding, rungs
from workflows.matter import Facts, Matter
from workflows.roll import AtSchool, Holder, Roll
from workflows.rules import Rules

NUMBERS = {
    "social_care": "children's social care",
    "out_of_hours": "social care out of hours",
    "lado": "the local authority designated officer (LADO)",
}


@dataclass(frozen=True)
class Checked:
    """A roll, the rules it is checked against, and the settings it will run with."""

    roll: Roll
    rules: Rules
    settings: Settings

    @property
    def speech(self) -> Speech:
        return Speech(self.rules.pack, self.rules.floor, self.rules.words)


def refused(checked: Checked) -> Iterator[str]:
    """What would leave a report with nobody, or a reporter without a number to call."""
    names = {school.key: school.name for school in checked.roll.schools}
    yield from (f"{names[school]}: {line}" if school else line for school, line in gaps(checked))


def gaps(checked: Checked) -> Iterator[tuple[str, str]]:
    """The same, each with the id of its school, "" where it is about all of them."""
    yield from (("", line) for line in everywhere(checked))
    for school in checked.roll.schools:
        yield from ((school.key, line) for line in (*empty(checked, school), *alone(checked, school)))


def everywhere(checked: Checked) -> Iterator[str]:
    """What no single school is short of."""
    roll = checked.roll
    for name in OUTSIDE:
        if not any(letter.isdigit() for letter in roll.outside.get(name, "")):
            yield f"The number of {NUMBERS[name]} is blank, and stands on every form. In school.toml it is {name}."
    if not roll.schools:
        yield "There is no school."
    by_mail = [each.name for each in roll.holders.values() if each.reached == "mail"]
    if by_mail and not checked.settings.url:
        yield (
            f"LANYARD_URL is not set, and {' and '.join(sorted(by_mail))} can be reached by e-mail only: "
            "without a link to open the case a message tells them nothing."
        )


def warned(checked: Checked) -> Iterator[str]:
    """What works, and may still go wrong one day."""
    roll = checked.roll
    if roll.review_on is None or roll.review_on < roll.today:
        state = "missing" if roll.review_on is None else f"past ({roll.review_on})"
        example = f"review = {roll.today.year + 1}-07-01"
        yield (
            f"The date of the policy's review is {state}. Ask for the date of the school's own next review, "
            f"and write it at the top of school.toml, as in {example}."
        )
    for school in roll.schools:
        yield from (f"{school.name}: {line}" for line in (*thin(checked, school), *own_domain(checked, school)))
    for each in sorted(roll.holders.values(), key=lambda each: each.name):
        yield from about(each)
    names_manager = any(checked.rules.floor.offices.line_manager in row.roles for row in checked.rules.pack.routes)
    if names_manager and not roll.managed:
        yield (
            "The policy names the line manager, and nobody has one on record: that place is left out. "
            "lanyard people managers FILE.csv puts them in."
        )


def about(holder: Holder) -> Iterator[str]:
    if not holder.reached:
        yield f"{holder.name} holds a role and can be reached nowhere; whoever else holds it, or stands in, is told."
    if holder.reached == "mail" and not holder.passphrase:
        again = f" lanyard people invite {holder.key} sends the link again." if holder.key else ""
        yield f"{holder.name} is reached by e-mail and has set no passphrase yet, so can open no case.{again}"
    for address in holder.emails:
        if shared(address):
            yield f"{address} ({holder.name}) looks like a shared mailbox: all who read it would learn of a report."


def matter_of(checked: Checked, school: AtSchool) -> Matter:
    """Nobody in particular reports nothing in particular; who is away today comes back."""
    present = replace(school.cast, absent=frozenset())
    return Matter(checked.rules.pack, checked.rules.floor, present, Facts(report=""))


def empty(checked: Checked, school: AtSchool) -> Iterator[str]:
    """Roles that a route or the floor names, and that nobody reachable fills."""
    matter, offices = matter_of(checked, school), checked.rules.floor.offices
    named: dict[str, list[str]] = {role: [] for role in (offices.head, offices.child, offices.chair)}
    for row in checked.rules.pack.routes:
        for role in row.roles:
            if role != offices.line_manager:
                types = named.setdefault(matter.acting_as(role), [])
                types += [] if row.report in types else [row.report]
    for role, types in named.items():
        if holding(matter, role):
            continue
        held = [checked.roll.holders[one].name for one in matter.holders(role) if one in checked.roll.holders]
        who = f"{' and '.join(held)} cannot be reached" if held else "nobody holds it"
        where = f" ({', '.join(types)})" if types else ""
        head = f" A concern about the {checked.speech.role(offices.head)} goes there." if role == offices.chair else ""
        yield f"{checked.speech.role(role)}{where}: {who}. Name somebody in school.toml.{head}"


def alone(checked: Checked, school: AtSchool) -> Iterator[str]:
    """A safeguarding lead after whom nobody could be asked."""
    matter, child = matter_of(checked, school), checked.rules.floor.offices.child
    found = holding(matter, child)
    if found is None or others(matter, child, found.people):
        return
    above = {person for rung in rungs(matter, 0) for person in rung.people} - {*found.people}
    if not above:
        yield (
            f"{checked.speech.role(child)}: there is one holder, no deputy, and nobody else on the ladder; "
            "if they are away, or a report is about them, it goes to nobody at the school."
        )


def others(matter: Matter, role: str, people: Sequence[str]) -> bool:
    """Whether a role has a second holder, or a deputy who is somebody else."""
    deputies = matter.cast.holders.get(matter.floor.deputies.get(role, ""), ())
    reachable = {*matter.holders(role), *deputies} - matter.cast.unreachable
    return len(reachable) > 1 or not reachable.issubset(people)


def thin(checked: Checked, school: AtSchool) -> Iterator[str]:
    """Places that are filled today by one person, or by somebody else than the policy means."""
    matter, floor, speech = matter_of(checked, school), checked.rules.floor, checked.speech
    for role in dict.fromkeys((floor.offices.head, floor.offices.child, floor.offices.chair)):
        found, acting = holding(matter, role), matter.acting_as(role)
        if found and acting != role:
            yield f"no {speech.role(role)}: {speech.role(acting)} takes that place. Right only if there is none."
        elif found and found.role != role:
            yield f"the {speech.role(found.role)} stands in: nobody is {speech.role(role)} who can be reached."
        elif found and not others(matter, role, found.people):
            yield f"{speech.role(role)}: one holder and no deputy; while they are away the next on the ladder is told."
    for rung in floor.ladder:
        known = rung in checked.rules.pack.cast and rung not in (floor.offices.head, floor.offices.chair)
        if known and not holding(matter, rung):
            yield f"{speech.role(rung)}: nobody is on this rung of the ladder; it is stepped over."
    for person in sorted(school.cast.absent & checked.roll.holders.keys()):
        yield f"{checked.roll.holders[person].name} is away today; the table shows who is told meanwhile."


def own_domain(checked: Checked, school: AtSchool) -> Iterator[str]:
    """The chair's address where the school's own ICT, and so its headteacher, could read it."""
    floor, settings = checked.rules.floor, checked.settings
    above = {*floor.ladder, *floor.roles.governors, *floor.roles.trust} - {floor.offices.head}
    chairs = {*school.cast.holders.get(floor.offices.chair, ())}
    staff = {person for role, people in school.cast.holders.items() if role not in above for person in people} - chairs
    addresses = [one for person in staff for one in emails(checked, person)]
    addresses += [settings.operator_email, settings.mail_from]
    for person in sorted(chairs):
        for address in emails(checked, person):
            if same_house(address, addresses):
                yield (
                    f"the address of the {checked.speech.role(floor.offices.chair)}, {address}, is on the school's own "
                    "mail domain: whoever runs that could read what is for the chair alone. One of their own is safer."
                )


def emails(checked: Checked, person: str) -> tuple[str, ...]:
    return checked.roll.holders[person].emails if person in checked.roll.holders else ()
