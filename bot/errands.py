"""The command line's errands: who holds which role, inviting somebody, and checking the ledger."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path

import typer

from bot.clock import DemoClock, machine
from bot.compose import Ground, NotReady, dice, open_database, open_ground, rules_of
from bot.register import WrongFile, read_register
from bot.settings import Settings
from handlers.desk import Desk
from handlers.senders import Unreachable
from handlers.slack.app import Slack, Workspace
from handlers.slack.kept import submission
from storage import checkpoints, setting
from storage.blobs import Blobs
from storage.database import Database
from storage.queries import cases
from storage.queries import people as queries
from storage.unit import Unit
from storage.verify import verify
from workflows import appointments, doors, unprocessed
from workflows.appointments import Rehearsed
from workflows.people import Who
from workflows.register import Change, Register
from workflows.rules import Rules


def apply_people(settings: Settings, file: Path, demo_clock: Path | None, *, yes: bool) -> int:
    """Show what the file changes and change it; the first time, this founds the school."""
    try:
        register = read_register(file, settings.home / "policies")
        accounts = asyncio.run(accounts_in_slack(settings, addresses(register)))
    except WrongFile as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except (Unreachable, OSError):
        print(
            "Slack could not be asked; nothing was changed. Check the token and the address, then try again.",
            file=sys.stderr,
        )
        return 2
    database = open_database(settings, DemoClock(demo_clock).now if demo_clock else machine)
    try:
        trust, founding = trust_of(database, register, demo=bool(demo_clock))
        rules = rules_of(register.pack, settings)
        changes = difference(database, trust, (rules, register, accounts), founding)
        for change in changes:
            print(" ", rules.words.sentence(change.name, spoken(change, rules.words.sentence)))
        if not founding and changes and not yes and not typer.confirm("Apply this?"):
            print("Nothing was changed.")
            return 1
        database.run_now(trust, appointments.apply, rules, register, accounts, founding)
        print(closing(changes, founding))
        for role in appointments.holders_missing(rules, register):
            print("  Nobody holds:", rules.words.sentence(f"role.{role}"))
        return 0
    finally:
        database.close()


def difference(
    database: Database, trust: str, file: tuple[Rules, Register, Mapping[str, Who]], founding: bool
) -> list[Change]:
    """What the file would change; nothing is changed yet."""
    rules, register, accounts = file
    try:
        database.run_now(trust, appointments.rehearse, rules, register, accounts, founding)
    except Rehearsed as shown:
        return shown.changes
    raise AssertionError("a rehearsal always ends in its difference")


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
    return values


def closing(changes: list[Change], founding: bool) -> str:
    waiting = sum(change.waits for change in changes)
    if founding:
        return f"Founded, with {len(changes)} entries. Role-holders without a chat account are being invited by e-mail."
    if not changes:
        return "Nothing to change."
    done = f"{len(changes) - waiting} changed."
    return (
        f"{done} {waiting} not done: the founding apply is the only one that appoints to these roles."
        if waiting
        else done
    )


def addresses(register: Register) -> set[str]:
    return {email.lower() for member in register.members for email in member.emails}


async def accounts_in_slack(settings: Settings, emails: Iterable[str]) -> Mapping[str, Who]:
    """The chat accounts of people, by e-mail address; somebody without one is no fault."""
    slack = Slack(
        Workspace(
            settings.slack_team,
            settings.slack_bot_token.get_secret_value(),
            settings.slack_signing_secret.get_secret_value(),
            settings.slack_url,
        )
    )
    try:
        found = {}
        for email in emails:
            if who := await slack.people.by_email(email):
                found[email] = who
        return found
    finally:
        await slack.close()


def invite_person(settings: Settings, key: str) -> int:
    """Send somebody without a chat account the mail in which they set a passphrase."""
    try:
        ground = open_ground(settings, None, any_clock=True)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        found = ground.database.run_now(ground.trust, invite, key)
        print(
            "The invitation goes out as soon as the bot runs." if found else f"There is nobody {key!r} in school.toml."
        )
        return 0 if found else 2
    finally:
        ground.database.close()


def invite(unit: Unit, key: str) -> bool:
    people = unit.find(queries.by_key(key))
    for person in people:
        doors.invite(unit, person.id, "")
    return bool(people)


def make_checkpoint(settings: Settings, file: Path | None) -> int:
    """Sign the ledger as it stands, to be kept elsewhere: in a file, or on the screen."""
    try:
        ground = open_ground(settings, None, any_clock=True)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        text = ground.database.run_now(ground.trust, checkpoints.make, "")
    finally:
        ground.database.close()
    if file:
        file.write_text(text, encoding="utf-8")
        print(f"Written to {file}. Keep it away from this machine; it counts entries, so show it to nobody else.")
    else:
        print(text)
    return 0


def retry_unprocessed(settings: Settings) -> int:
    """Try again what something unexpected stopped; says how many are left."""
    try:
        ground = open_ground(settings, None, any_clock=True)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        done, left = asyncio.run(retried(ground))
    finally:
        ground.database.close()
    print(f"{done} went through, {left} did not." if done or left else "Nothing is waiting.")
    return 1 if left else 0


async def retried(ground: Ground) -> tuple[int, int]:
    """Each kept submission is answered as if it came now; its draft's id keeps it from being counted twice."""
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(ground.settings.home / "evidence"), dice)
    await desk.refresh()
    waiting = ground.database.look_now(ground.trust, unprocessed.waiting)
    done = 0
    for id, payload in waiting:
        # What nobody expected may happen again: it is not told (its sentence may repeat people's words), and the
        # next one is tried all the same.
        (made,) = await asyncio.gather(answered(desk, payload, ground.settings), return_exceptions=True)
        if made is True:
            ground.database.run_now(ground.trust, unprocessed.done, id)
            done += 1
    return done, len(waiting) - done


async def answered(desk: Desk, payload: str, settings: Settings) -> bool:
    """Whether a case came of it; a refusal, or one more question to a reporter who is gone, is no report."""
    step, token, answers, who = submission(payload, settings.slack_team)
    await desk.answer(step, token, answers, who)
    return bool(await desk.look(lambda unit: unit.find(cases.by_draft(token))))


def verify_ledger(settings: Settings, checkpoint: Path | None) -> int:
    """Derive the ledger again; 0 when it is whole, 1 when it is not, 2 when it could not be checked."""
    try:
        ground = open_ground(settings, None, any_clock=True)
    except NotReady as problem:
        print(problem, file=sys.stderr)
        return 2
    try:
        return say_findings(ground, checkpoint.read_text(encoding="utf-8") if checkpoint else None)
    finally:
        ground.database.close()


def say_findings(ground: Ground, checkpoint: str | None) -> int:
    found = ground.database.look_now(ground.trust, verify, checkpoint)
    for problem in found.problems:
        print(f"  {problem.name} at entry {problem.position}")
    print(f"{found.size} entries, root {found.root}")
    if found.closed:
        print(f"{len(found.closed)} can no longer be opened: their cases were erased. The tree holds.")
    if checkpoint is None:
        print("Without a checkpoint kept elsewhere, entries cut off the end cannot be missed. See --checkpoint.")
    print("The ledger is whole." if found.whole else "The ledger is NOT whole: see above.")
    return 0 if found.whole else 1
