"""Ringing the alarm: the operator hears of a fault, and those whom people will phone instead hear so too."""

from collections.abc import Mapping
from dataclasses import dataclass

from storage.models import Account
from storage.queries import people as queries
from storage.unit import Unit
from workflows import describe

# Those to whom people turn when the bot cannot take a report.
PHONED = ("headteacher", "chair_of_governors")
PHONE_IN = "mail.phone_in"
BY_DAY, BY_HOUR = "%Y-%m-%d", "%Y-%m-%d %H"


@dataclass(frozen=True)
class Fault:
    """What the operator is told; whether reports cannot come in; how often the same is said again."""

    message: str
    phone_in: bool = False
    again: str = BY_DAY


FAULTS: Mapping[str, Fault] = {
    "clock": Fault("operator.clock"),
    "queue": Fault("operator.queue", phone_in=True),
    "removed": Fault("operator.removed", phone_in=True, again=BY_HOUR),
    "revoked": Fault("operator.revoked", phone_in=True, again=BY_HOUR),
    "keys": Fault("operator.keys", phone_in=True, again=BY_HOUR),
    "token": Fault("operator.token", phone_in=True, again=BY_HOUR),
    "proof": Fault("operator.proof"),
    "socket": Fault("operator.socket", phone_in=True, again=BY_HOUR),
    "unsaved": Fault("operator.unsaved", phone_in=True, again=BY_HOUR),
    "rolled_back": Fault("operator.rolled_back"),
    "rewritten": Fault("operator.rewritten"),
}


def ring(unit: Unit, name: str, count: int = 1) -> None:
    """Promise the alarm, once for each fault and day (or hour): a fault that lasts is not said every second.

    Those who are phoned hear once for all faults of that day (or hour): what they do is the same for each.
    """
    fault = FAULTS[name]
    lasting = unit.now.strftime(fault.again)
    once = f"alarm {name} {lasting}"
    unit.promise("alarm", "", unit.now, once=once, message=fault.message, count=str(count))
    if fault.phone_in:
        for account in letterboxes(unit):
            said = {"message": PHONE_IN, "account": account.id}
            unit.promise("mail", account.person, unit.now, once=f"phoned {lasting} {account.id}", **said)


def phoned(unit: Unit) -> tuple[str, tuple[str, ...]]:
    """The school's name, and where those who will be phoned get e-mail."""
    return describe.trust_of(unit).name, tuple(account.address for account in letterboxes(unit))


def letterboxes(unit: Unit, school: str = "") -> list[Account]:
    """Where the headteachers and chairs (of one school, or all) get e-mail, whatever chat they have."""
    held = [row for row in unit.find(queries.roles_now(unit.now)) if row.role in PHONED]
    holders = {row.person for row in held if not school or row.school in ("", school)}
    accounts: list[Account] = unit.find(queries.accounts_of(tuple(sorted(holders))))
    return [each for each in accounts if each.platform == "mail" and each.state == "active"]
