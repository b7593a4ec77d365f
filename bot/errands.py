"""The command line's errands about what is kept: checking and signing the ledger, and trying a submission again."""

import asyncio
from pathlib import Path

from bot.ground import Ground, dice, errand
from bot.settings import Settings
from handlers.desk import Desk
from handlers.slack.kept import submission
from storage import checkpoints
from storage.blobs import Blobs
from storage.queries import cases
from storage.verify import verify
from templates.shapes import Answers
from workflows import unprocessed
from workflows.people import Who
from workflows.times import spoken_whole


def make_checkpoint(settings: Settings, file: Path | None) -> int:
    """Sign the ledger as it stands, to be kept elsewhere: in a file, or on the screen."""
    with errand(settings) as ground:
        text = ground.database.run_now(ground.trust, checkpoints.make, "")
    if file:
        file.write_text(text, encoding="utf-8")
        print(f"Written to {file}. Keep it away from this machine; it counts entries, so show it to nobody else.")
    else:
        print(text)
    return 0


def retry_unprocessed(settings: Settings) -> int:
    """Try again what something unexpected stopped; says how many are left."""
    with errand(settings) as ground:
        done, left = asyncio.run(retried(ground))
    for each in left:
        print(f"  Came at {spoken_whole(each.at)}, stopped by {each.fault}: kept, and stopped again.")
    print(f"{done} went through, {len(left)} did not." if done or left else "Nothing is waiting.")
    return 1 if left else 0


async def retried(ground: Ground) -> tuple[int, list[unprocessed.Waiting]]:
    """Each kept submission is answered as if it came now; its draft's id keeps it from being counted twice."""
    desk = Desk(ground.database, ground.trust, ground.rules, Blobs(ground.settings.home / "evidence"), dice)
    await desk.refresh()
    waiting = ground.database.look_now(ground.trust, unprocessed.waiting)
    left = []
    for each in waiting:
        # What nobody expected may happen again: it is not told (its sentence may repeat people's words), and the
        # next one is tried all the same.
        (made,) = await asyncio.gather(answered(desk, each.payload, ground.settings), return_exceptions=True)
        if made is True:
            ground.database.run_now(ground.trust, unprocessed.done, each.id)
        else:
            left.append(each)
    return len(waiting) - len(left), left


async def answered(desk: Desk, payload: str, settings: Settings) -> bool:
    """Whether a case came of it; a refusal, or one more question to a reporter who is gone, is no report."""
    step, token, answers, who = in_teams(payload, settings) or submission(payload, settings.slack_team)
    await desk.answer(step, token, answers, who)
    return bool(await desk.look(lambda unit: unit.find(cases.by_draft(token))))


def in_teams(payload: str, settings: Settings) -> tuple[str, str, Answers, Who] | None:
    """What was kept from Teams; its part is loaded only where the school uses it."""
    if not settings.teams_app_id:
        return None
    from handlers.teams.kept import submission as kept

    return kept(payload, settings.teams_tenant)


def verify_ledger(settings: Settings, checkpoint: Path | None) -> int:
    """Derive the ledger again; 0 when it is whole, 1 when it is not, 2 when it could not be checked."""
    with errand(settings) as ground:
        return say_findings(ground, checkpoint.read_text(encoding="utf-8") if checkpoint else None)


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
