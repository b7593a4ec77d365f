"""What may be done with a report, in which state of it and by whom: one table, which everything else asks."""

from collections.abc import Mapping
from dataclasses import dataclass, field

WAITING = ("received", "opened")
IN_HAND = ("acknowledged", "working")
STATES = (*WAITING, *IN_HAND, "closed")
PARTS = ("lead", "informed", "support", "reporter", "decider")

LEAD, READERS, TOLD, REPORTER = ("lead",), ("lead", "informed"), ("lead", "informed", "support"), ("reporter",)
EITHER = ("lead", "reporter")

# A head or a chair who reads it decides, besides whoever leads, what is theirs alone to decide.
DECIDES = ("lead", "decider")


@dataclass(frozen=True)
class Rule:
    """Whose part lets them do one thing, in which states, and the state it leads to; elsewhere that stays."""

    parts: tuple[str, ...]
    states: tuple[str, ...]
    leads_to: Mapping[str, str] = field(default_factory=dict)


WORKS = {"acknowledged": "working"}
TABLE: Mapping[str, Rule] = {
    "open": Rule(TOLD, STATES, {"received": "opened"}),
    "acknowledge": Rule(LEAD, WAITING, dict.fromkeys(WAITING, "acknowledged")),
    "note": Rule(LEAD, STATES, WORKS),
    "steps": Rule(LEAD, IN_HAND, WORKS),
    "involve": Rule(LEAD, (*WAITING, *IN_HAND), WORKS),
    "decide": Rule(DECIDES, IN_HAND, WORKS),
    "refer": Rule(DECIDES, IN_HAND, WORKS),
    "heard": Rule(DECIDES, IN_HAND, WORKS),
    "ask": Rule(LEAD, IN_HAND, WORKS),
    "recuse": Rule(TOLD, (*WAITING, *IN_HAND), dict.fromkeys(IN_HAND, "opened")),
    "close": Rule(LEAD, IN_HAND, dict.fromkeys(IN_HAND, "closed")),
    "reopen": Rule(LEAD, ("closed",), {"closed": "working"}),
    "handover": Rule(LEAD, (*WAITING, *IN_HAND), dict.fromkeys(IN_HAND, "opened")),
    "add": Rule(REPORTER, STATES),
    "screenshots": Rule(EITHER, STATES),
    "sent_pictures": Rule(EITHER, STATES),
    "answer": Rule(REPORTER, STATES),
    "tell": Rule(REPORTER, ("received",)),
}


# What the reporter does; the rest is for those who were told.
REPORTERS = tuple(action for action, rule in TABLE.items() if rule.parts == REPORTER)


def may(action: str, state: str, *parts: str) -> bool:
    """Whether somebody with these parts may do this to a report that stands so."""
    return not refusal(action, state, *parts)


def refusal(action: str, state: str, *parts: str) -> str:
    """The name of the no, or nothing."""
    rule = TABLE[action]
    if not set(parts) & set(rule.parts):
        return "not_yours" if rule.parts == REPORTER else "not_leading"
    if state in rule.states:
        return ""
    if rule.parts == REPORTER:
        return "not_yours"
    if rule.states == ("closed",):
        return "not_closed"
    if state == "closed":
        return "closed"
    return "not_acknowledged" if state in WAITING else "already"


def after(action: str, state: str) -> str:
    """The state in which a report stands when this has been done."""
    return TABLE[action].leads_to.get(state, state)
