"""What the desk asks of the database in one go: what stands on every form, App Home, one step of a report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from storage.queries import people as queries
from storage.unit import Unit
from templates.shapes import Message, Pairs
from workflows import absences, describe, drafts, people, reports, second_yes
from workflows.people import Who
from workflows.rules import Rules
from workflows.steps import Ask
from workflows.taken import Sent
from workflows.times import spoken


@dataclass
class Standing:
    """What stands on every form, remembered so that the first one needs no database."""

    outside: Mapping[str, str] = field(default_factory=dict)
    schools: Pairs = ()
    phones: Pairs = ()


def reported(unit: Unit, rules: Rules, token: str, sent: Sent, by: Who) -> Ask | Message:
    """One step of a report, with the receipt's values when it was the last."""
    reply = reports.answer(unit, rules, token, sent, by)
    if isinstance(reply, Ask):
        return reply
    message, values = describe.receipt(unit, rules, reply.about)
    return Message(message.name, message.about, values)


def standing(unit: Unit, school_phone: str) -> Standing:
    schools = unit.find(queries.schools())
    phones = tuple((f"{each.name}" if len(schools) > 1 else school_phone, each.phone) for each in schools if each.phone)
    return Standing(describe.trust_of(unit).outside, tuple((each.id, each.name) for each in schools), phones)


def unfinished(unit: Unit, who: Who) -> Mapping[str, str] | None:
    met = people.known(unit, who)
    draft = drafts.unfinished(unit, met.person) if met and met.theirs else None
    return {"draft": draft.id, "kept_until": spoken(draft.expires_at, unit.now)} if draft else None


def at_home(unit: Unit, rules: Rules, who: Who) -> Sequence[tuple[str, Mapping[str, Any]]]:
    met = people.known(unit, who)
    asked, away = second_yes.home(unit, rules, met), absences.home(unit, rules, met)
    return (*asked, *describe.home(unit, rules, met), *away)
