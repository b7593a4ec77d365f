"""What keeping a promise changes, or putting it off, where nothing is said to anybody by it."""

from datetime import timedelta

from handlers.senders import Unreachable
from storage import promises
from storage.promises import Claim
from storage.unit import Unit
from workflows import alarms, cases, nudges, termly
from workflows.rules import Rules

LONGEST = timedelta(minutes=1)  # between two tries
IN_VAIN = 7  # tries, two minutes: then the operator hears that messages do not go out


def later(unit: Unit, claim: Claim, no: Unreachable) -> None:
    soon, asked = min(LONGEST, timedelta(seconds=2 ** min(claim.attempts, 6))), timedelta(seconds=no.retry_after or 0)
    wait = max(soon, asked) if no.tried else asked
    promises.put_off(unit, claim, unit.now + wait, claim.attempts + no.tried, no.unsure)
    if claim.kind not in ("card", "say"):
        return
    if no.barred:
        alarms.ring(unit, "revoked")
    elif asked > LONGEST:
        alarms.ring(unit, "queue")
    elif no.tried and claim.attempts == IN_VAIN:
        once = f"unreachable {unit.now:%Y-%m-%d}"
        unit.promise("alarm", "", unit.now, once=once, message="operator.unreachable")


def climbed(unit: Unit, rules: Rules, claim: Claim) -> None:
    cases.escalate(unit, rules, claim.about)
    promises.keep(unit, claim.id, claim.lease)


def day_opened(unit: Unit, rules: Rules, claim: Claim) -> None:
    nudges.open_day(unit, rules, claim.ids["school"])
    termly.begin(unit, claim.ids["school"])
    promises.keep(unit, claim.id, claim.lease)
