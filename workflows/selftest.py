"""Each day: would every report find somebody?  Where one would not, it is said once, and again each week."""

import hashlib
from collections.abc import Sequence
from datetime import timedelta

from storage import promises
from storage.events import Event
from storage.models import Hole, School
from storage.promises import Claim
from storage.queries import people as queries
from storage.unit import Unit
from workflows import alarms
from workflows.rules import Rules

AGAIN = timedelta(days=7)


def tell(unit: Unit, rules: Rules, claim: Claim, found: Sequence[tuple[str, str]]) -> None:
    """Keep the day's promise: ``found`` holds each hole as (school's id in school.toml or "", its sentence).

    A hole that was mended and comes back is a new one.
    """
    digests = {digest(*each): each[0] for each in found}
    for row in unit.find(queries.holes()):
        if row.digest not in digests:
            unit.find(queries.mended(row.digest))
        elif row.said_at + AGAIN > unit.now:
            del digests[row.digest]
    schools = list(digests.values())
    for school in dict.fromkeys(schools):
        ring(unit, school, schools.count(school))
    for each in digests:
        said(unit, each)
    promises.keep(unit, claim.id, claim.lease)


def digest(school: str, sentence: str) -> str:
    return hashlib.sha256(f"{school}\n{sentence}".encode()).hexdigest()


def said(unit: Unit, digest: str) -> None:
    for row in unit.find(queries.holes()):
        if row.digest == digest:
            row.said_at = unit.now
            return
    unit.add(Hole(id=unit.new_id(), digest=digest, said_at=unit.now))


def ring(unit: Unit, key: str, count: int) -> None:
    """To the operator, who mends it, and to those at that school whose reports could be lost."""
    schools: list[School] = unit.find(queries.schools())
    school = next((each.id for each in schools if each.key == key), "")
    unit.record(Event.HOLE_FOUND, "", "", school=school, count=count)
    unit.promise("alarm", "", unit.now, message="operator.holes", school=school, count=str(count))
    for account in alarms.letterboxes(unit, school):
        unit.promise("mail", account.person, unit.now, message="mail.hole", account=account.id, school=school)
