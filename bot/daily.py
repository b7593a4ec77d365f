"""What the clock sees to each day: absences begin, every role is looked at, what is left over is swept away."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import time, timedelta
from functools import partial

from bot import holes, proof
from bot.alarms import Bell, compare
from bot.clock import Daily, machine
from bot.holes import Checked
from bot.settings import Settings
from bot.upkeep import keep_checkpoint
from handlers.desk import Desk
from storage import promises
from storage.promises import Claim
from storage.queries import leftovers as queries
from storage.queries import people
from storage.unit import Unit
from workflows import absences, leftovers, selftest
from workflows.calendar import day_of
from workflows.roll import called
from workflows.rules import Rules

log = logging.getLogger(__name__)

# A younger blob may have its row on its way.
YOUNG = timedelta(days=1)
Errand = Callable[[Desk, Claim], Awaitable[None]]


def jobs(desk: Desk, settings: Settings, bell: Bell) -> tuple[Daily, ...]:
    """In the small hours and before school; a second time on one date changes nothing that matters."""
    found = [
        Daily("begin the day", time(0, 10), partial(promise, desk, "begin")),
        Daily("look at every role", time(7), partial(promise, desk, "inspect")),
        Daily("sweep what is left over", time(3, 40), partial(sweep, desk, settings, bell)),
    ]
    if settings.teams_app_id:
        found.append(Daily("look at what runs out", time(3, 10), partial(run_out, settings, bell)))
    if settings.checkpoints:
        found.append(
            Daily("write a checkpoint", time(3, 20), partial(keep_checkpoint, desk, settings.checkpoints, bell))
        )
    return tuple(found)


def errands(settings: Settings) -> Mapping[str, Errand]:
    """How the promises that are made each day are kept."""
    return {"begin": begin, "inspect": partial(inspect, settings)}


async def promise(desk: Desk, kind: str) -> None:
    """Once for each local date, however many processes there are and however often they start."""
    await desk.database.run(desk.trust, promised, kind)
    desk.afterwards()


def promised(unit: Unit, kind: str) -> None:
    unit.promise(kind, "", unit.now, once=f"{kind} {day_of(unit.now)}")


async def begin(desk: Desk, claim: Claim) -> None:
    """Whoever is away from today on is not waited for."""
    await desk.run(begun, claim)


def begun(unit: Unit, rules: Rules, claim: Claim) -> None:
    absences.begin(unit, rules)
    promises.keep(unit, claim.id, claim.lease)


async def inspect(settings: Settings, desk: Desk, claim: Claim) -> None:
    """Does every role on every route of every school resolve to somebody who can be reached?"""
    roll = await desk.look(called, desk.rules)
    found = tuple(holes.gaps(Checked(roll, desk.rules, settings)))
    await desk.run(selftest.tell, claim, found)


async def run_out(settings: Settings, bell: Bell) -> None:
    """Our proof at Microsoft ends on a day that is known: it is said before, while there is time for a new one."""
    with suppress(OSError, ValueError):  # the doctor says what is wrong with the file
        left = proof.days_left(settings, machine())
        if left in proof.RUNG:
            bell("proof", left)


async def sweep(desk: Desk, settings: Settings, bell: Bell) -> None:
    """Throw away pictures that no row speaks of, links that open nothing, sessions that ended.

    Nothing is thrown away while the database is older than it should be: its rows may still come back.
    """
    if not await compare(desk, settings.checkpoints, bell):
        return
    await desk.database.run(desk.trust, leftovers.sweep_doors, machine())
    trusts: list[str] = await desk.database.look("", lambda unit: [row.id for row in unit.find(people.trust())])
    known: set[str] = set()
    for trust in trusts:
        known.update(await desk.database.look(trust, blobs_known))
    gone = await asyncio.to_thread(desk.blobs.sweep, known, (machine() - YOUNG).timestamp())
    if gone:
        log.warning("swept: %d", len(gone))


def blobs_known(unit: Unit) -> list[str]:
    return [*unit.find(queries.pictures()), *unit.find(queries.certificates())]
