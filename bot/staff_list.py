"""Reads the list of staff from a spreadsheet saved as CSV, shows what that changes, and changes it."""

import asyncio
import sys
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

from bot import managers
from bot.chats import accounts_in_chat
from bot.ground import Ground, errand
from bot.register import ADDRESS, WrongFile
from bot.rehearsal import agreed, difference, in_words
from bot.settings import Settings
from handlers.senders import Unreachable
from workflows import staff_list
from workflows.schooldays import WEEK
from workflows.staff_list import Member

COLUMNS = ("email", "name", "manager_email", "school", "team", "teaches", "works", "joined", "leaves")
SAYS = {**managers.SAYS, "staff": "{who}: on the list of staff", "staff_gone": "{who}: no longer on the list of staff"}
YES, NO = {"yes", "y", "true", "1", "x"}, {"no", "n", "false", "0", ""}


def apply_staff(settings: Settings, file: Path, *, yes: bool) -> int:
    """Show what the file changes and change it; 0 when it was done, 1 when not wanted, 2 when it cannot be."""
    try:
        with errand(settings) as ground:
            members = read_staff(file, ground.database.look_now(ground.trust, staff_list.school_keys))
            return applied(ground, members, yes=yes)
    except WrongFile as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (Unreachable, OSError):
        print("The chat could not be asked; nothing was changed. Try again in a while.", file=sys.stderr)
        return 2


def applied(ground: Ground, members: Sequence[Member], *, yes: bool) -> int:
    accounts = asyncio.run(accounts_in_chat(ground.settings, [each.email for each in members]))
    changes = difference(ground.database, ground.trust, staff_list.apply, ground.rules, members, accounts)
    code = agreed([in_words(ground, change, SAYS) for change in changes], yes=yes)
    if code is not None:
        return code
    ground.database.run_now(ground.trust, staff_list.apply, ground.rules, members, accounts)
    print(f"{len(members)} on the list of staff.")
    return 0


def read_staff(file: Path, schools: Sequence[str]) -> tuple[Member, ...]:
    """The file's lines.  Raises WrongFile, with every problem in words and by its line."""
    problems: list[str] = []
    found = tuple(members_in(managers.text_of(file), problems, schools))
    emails = [member.email for member in found]
    problems += [f"line {each.line}: {each.email} stands twice." for each in found if emails.count(each.email) > 1][1:]
    problems += [
        f"line {each.line}: there is nobody {each.manager} on this list to be their line manager."
        for each in found
        if each.manager and each.manager not in emails
    ]
    if problems:
        raise WrongFile("\n".join(f"{file.name}, {problem}" for problem in problems))
    return found


def members_in(text: str, problems: list[str], schools: Sequence[str]) -> Iterator[Member]:
    header: list[str] = []
    try:
        for at, cells in managers.rows(text):
            if not header:
                header = named(at, cells)
                continue
            row = {name: cell.strip() for name, cell in zip(header, cells, strict=False)}
            try:
                yield member(at, row, schools)
            except ValueError as wrong:
                problems.append(f"line {at}: {wrong}.")
        if not header:
            named(1, ())
    except WrongFile as error:
        problems.append(str(error))


def named(at: int, cells: Sequence[str]) -> list[str]:
    """The columns, by their names."""
    names = [cell.strip().casefold().replace(" ", "_").replace("-", "_") for cell in cells]
    if "email" not in names:
        raise WrongFile(f"line {at}: the first line must name the columns, with email among them: {','.join(COLUMNS)}.")
    return names


def member(at: int, row: Mapping[str, str], schools: Sequence[str]) -> Member:
    """One line.  Raises ValueError in words."""
    for column in ("email", "manager_email"):
        address = row.get(column, "")
        if (address or column == "email") and not ADDRESS.fullmatch(address):
            raise ValueError(f"{column} is not one e-mail address: {address[:60]!a}")
    if row.get("school") and row["school"] not in schools:
        raise ValueError(f"there is no school {row['school'][:60]!a}; use one of {', '.join(schools)}")
    joined, leaves = (day(column, row.get(column, "")) for column in ("joined", "leaves"))
    if joined and leaves and leaves < joined:
        raise ValueError("they leave before they have joined")
    return Member(
        line=at,
        email=row["email"].lower(),
        name=row.get("name", ""),
        manager=row.get("manager_email", "").lower(),
        school=row.get("school", ""),
        team=row.get("team", ""),
        teaches=yes_or_no(row.get("teaches", "")),
        works=weekdays(row.get("works", "")),
        joined=joined,
        leaves=leaves,
    )


def day(column: str, text: str) -> date | None:
    """A date as 2026-09-01 or 01/09/2026."""
    if not text:
        return None
    try:
        return date(*map(int, reversed(text.split("/")))) if "/" in text else date.fromisoformat(text)
    except (ValueError, TypeError):
        raise ValueError(f"{column} is no date: {text[:30]!a}; write 2026-09-01") from None


def yes_or_no(text: str) -> bool:
    if text.casefold() not in YES | NO:
        raise ValueError(f"teaches is yes or no, not {text[:30]!a}")
    return text.casefold() in YES


def weekdays(text: str) -> tuple[str, ...]:
    """`mon tue wed` as the weekdays' names."""
    words = text.casefold().replace(",", " ").replace(";", " ").split()
    found = tuple(each for each in WEEK if any(len(word) >= 3 and each.startswith(word) for word in words))
    if len(found) != len(set(words)):
        raise ValueError(f"works is a list of weekdays, such as mon tue wed, not {text[:60]!a}")
    return found
