"""The command line's errands about people: who holds which role, as school.toml says, and inviting somebody."""

import asyncio
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import typer

from bot.chats import accounts_in_chat
from bot.clock import DemoClock, machine
from bot.ground import dice, errand, open_database, rules_of
from bot.register import WrongFile, read_register
from bot.rehearsal import difference
from bot.settings import Settings
from handlers.senders import Unreachable
from storage import setting
from storage.database import Database
from storage.queries import people as queries
from storage.unit import Unit
from workflows import appointments, doors, official
from workflows.register import Change, Register

PLATFORMS = {"slack": "Slack", "teams": "Teams", "mail": "an e-mail address"}


def apply_people(settings: Settings, file: Path, demo_clock: Path | None, *, yes: bool) -> int:
    """Show what the file changes and change it; the first time, this founds the school."""
    try:
        register = read_register(file, settings.home / "policies")
        accounts = asyncio.run(accounts_in_chat(settings, addresses(register)))
    except WrongFile as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (Unreachable, OSError):
        print(
            "The chat could not be asked; nothing was changed. Check the settings and the address, then try again.",
            file=sys.stderr,
        )
        return 2
    database = open_database(settings, DemoClock(demo_clock).now if demo_clock else machine)
    try:
        trust, founding = trust_of(database, register, demo=bool(demo_clock))
        rules = rules_of(register.pack, settings)
        changes = difference(database, trust, appointments.apply, rules, register, accounts, founding)
        for change in changes:
            print(" ", rules.words.sentence(change.name, spoken(change, rules.words.sentence)))
        if not founding and changes and not yes and not typer.confirm("Apply this?"):
            print("Nothing was changed.")
            return 1
        database.run_now(trust, appointments.apply, rules, register, accounts, founding)
        print(closing(changes, founding))
        for role in appointments.holders_missing(rules, register):
            print("  Nobody holds:", rules.words.sentence(f"role.{role}"))
        for account in register.accounts:
            if len({*account.administrators}) < official.ENOUGH:
                print(f"  {account.name} ({account.service}): give at least {official.ENOUGH} administrators.")
        return 0
    finally:
        database.close()


def trust_of(database: Database, register: Register, *, demo: bool) -> tuple[str, bool]:
    """The database's trust, founded now if there is none; and whether it was."""
    known = database.look_now("", lambda unit: [row.id for row in unit.find(queries.trust())])
    if known:
        return known[0], False
    trust = dice()
    if demo:
        database.run_now("", setting.tell, setting.DEMO, "for ever")
    database.run_now(trust, appointments.found, trust, register, demo)
    return trust, True


def spoken(change: Change, sentence: Callable[[str], str]) -> Mapping[str, str]:
    """The values of one line, with its role in words."""
    values = dict(change.values)
    if "role" in values:
        values["role"] = sentence(f"role.{values['role']}")
    if "platform" in values:
        values["platform"] = PLATFORMS.get(values["platform"], values["platform"])
    return values


def closing(changes: list[Change], founding: bool) -> str:
    waiting = sum(change.waits for change in changes)
    if founding:
        return f"Founded, with {len(changes)} entries. Role-holders without a chat account are being invited by e-mail."
    if not changes:
        return "Nothing to change."
    done = f"{len(changes) - waiting} changed."
    return f"{done} {waiting} waiting for a yes." if waiting else done


def addresses(register: Register) -> set[str]:
    people = {member.key for member in register.members}
    named = {name for account in register.accounts for _, names in account.parts() for name in names}
    return {email.lower() for member in register.members for email in member.emails} | {
        name.lower() for name in named - people
    }


def invite_person(settings: Settings, key: str) -> int:
    """Send somebody without a chat account the mail in which they set a passphrase."""
    with errand(settings) as ground:
        found = ground.database.run_now(ground.trust, invite, key)
        print(
            "The invitation goes out as soon as the bot runs." if found else f"There is nobody {key!r} in school.toml."
        )
        return 0 if found else 2


def invite(unit: Unit, key: str) -> bool:
    people = unit.find(queries.by_key(key))
    for person in people:
        doors.invite(unit, person.id, "")
    return bool(people)
