"""Keeps a promise to fetch one screenshot: its bytes are sealed and durable before its row says so."""

import hashlib
from collections.abc import Mapping

from handlers.desk import Desk
from handlers.fetchers import Fetcher, Unfetched
from handlers.senders import Unreachable
from storage import promises
from storage.promises import Claim
from storage.unit import Unit
from workflows import evidence


async def fetch(desk: Desk, fetchers: Mapping[str, Fetcher], claim: Claim) -> None:
    """Raises Unreachable where the file may be had later."""
    wanted = await desk.look(evidence.wanted, claim.ids["evidence"])
    if wanted is None:
        await desk.database.run(desk.trust, promises.drop, claim.id, claim.lease)
        return
    fetcher = fetchers.get(wanted.platform)
    if fetcher is None:
        await desk.database.run(desk.trust, lost, claim, wanted, "place")
        return
    try:
        found = await fetcher.fetch(wanted.file)
    except Unfetched as no:
        if not (no.final or wanted.overdue):
            raise Unreachable(no.retry_after) from no
        await desk.database.run(desk.trust, lost, claim, wanted, no.reason)
        return
    sealed = await desk.database.run(desk.trust, evidence.seal_picture, wanted, found.content)
    await desk.keep_blob(wanted.id, sealed)
    digest = hashlib.sha256(found.content).hexdigest()
    await desk.database.run(desk.trust, gained, claim, wanted, (found.media, len(found.content), digest))


def gained(unit: Unit, claim: Claim, wanted: evidence.Wanted, found: tuple[str, int, str]) -> None:
    evidence.fetched(unit, wanted, *found)
    promises.keep(unit, claim.id, claim.lease)


def lost(unit: Unit, claim: Claim, wanted: evidence.Wanted, why: str) -> None:
    evidence.failed(unit, wanted, why)
    promises.keep(unit, claim.id, claim.lease)
