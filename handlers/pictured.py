"""A case's screenshots for the person of one link: the case and the person are looked at anew each time."""

from dataclasses import dataclass

from storage.models import Case
from storage.unit import Unit
from workflows import access, doors, evidence, opened
from workflows.people import Who
from workflows.refusals import Refused
from workflows.rules import Rules


@dataclass(frozen=True)
class Gallery:
    """The screenshots that one link shows: the case's reference, and what is known of each, by position."""

    reference: str
    items: tuple[tuple[int, tuple[str, ...]], ...]


def gallery(unit: Unit, rules: Rules, token: str) -> Gallery:
    case, by = behind(unit, rules, token)
    case, pictures = evidence.shown(unit, rules, case.id, by)
    return Gallery(case.reference, tuple((each.position, opened.known(rules, each)) for each in pictures))


def one_picture(unit: Unit, rules: Rules, token: str, position: int) -> evidence.Picture:
    case, _ = behind(unit, rules, token)
    found = [each for each in evidence.listed(unit, case) if each.position == position and each.state == "fetched"]
    if not found:
        raise Refused("link")
    return found[0]


def behind(unit: Unit, rules: Rules, token: str) -> tuple[Case, Who]:
    """The case of a link to pictures and whose link it is; for somebody who lost the case it is a link to nothing."""
    case_id, person = doors.evidence_for(unit, token)
    by = Who("person", "", person)
    try:
        case, party, _ = access.case_for(unit, rules, case_id, by)
        access.insist(party)
    except Refused:
        raise Refused("link") from None
    return case, by
