"""Which cases somebody may write a note on, to pick one from: where a chat has no thread to write it in."""

from storage.unit import Unit
from templates.shapes import Pairs
from workflows import access, people, states
from workflows.access import part_in
from workflows.people import Who
from workflows.rules import Rules
from workflows.working import parts_of


def open_to(unit: Unit, rules: Rules, by: Who) -> Pairs:
    """Their cases that take a note of theirs: each one's id, and its reference."""
    met = people.known(unit, by)
    if met is None or not met.confirmed:
        return ()
    theirs = [(case, part_in(unit, rules, case, met.person.id)) for case in access.mine(unit, rules, met.person.id)]
    return tuple(
        (case.id, case.reference)
        for case, party in theirs
        if party and states.may("note", case.state, *parts_of(unit, rules, case, party))
    )
