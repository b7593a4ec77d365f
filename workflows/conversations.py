"""What people write and do under a card: kept as a note by somebody entitled to the case, and else not read."""

import re
from dataclasses import dataclass

from storage.events import Event
from storage.models import Case, Heard, Posted
from storage.queries import cases as case_queries
from storage.queries import talk as queries
from storage.unit import Unit
from templates.shapes import Message
from workflows import access, cases, evidence, sent_pictures, working
from workflows.people import Who
from workflows.refusals import Refused
from workflows.rules import Rules

# What somebody may write in place of pressing Acknowledge.
ACKNOWLEDGES = re.compile(r"\W*(ack|acknowledged?|white_check_mark|heavy_check_mark|✅|✔\ufe0f?)\W*", re.IGNORECASE)


@dataclass(frozen=True)
class Place:
    """Where a message lies: the platform's own names for the conversation and for the message."""

    platform: str
    channel: str
    stamp: str


@dataclass(frozen=True)
class Said:
    """What somebody wrote, and under what.

    ``files`` are the platform's ids of what can be fetched, ``left`` how many more lie with it where they are;
    ``direct`` says that it was said to us alone, or to us by name, and wants an answer.
    """

    at: Place
    under: Place
    text: str
    files: tuple[str, ...] = ()
    direct: bool = True
    left: int = 0


def under(unit: Unit, place: Place) -> str:
    """The case whose message lies there; nothing where none of ours does."""
    found: list[Posted] = unit.find(queries.lying(place.platform, place.channel, place.stamp))
    return found[0].case if found else ""


def hear(unit: Unit, rules: Rules, said: Said, by: Who) -> Message | None:
    """Keep what somebody wrote in a case's thread as their note, or take it as their acknowledgement.

    The first time in a case they are told that it was kept; the same message delivered again is not kept again.
    Raises Refused: to those who are not entitled, as if there were no case.
    """
    case_id = under(unit, said.under)
    if ACKNOWLEDGES.fullmatch(said.text) and not (said.files or said.left):
        cases.acknowledge(unit, rules, case_id, by)
        return None
    case, _, met = working.acting(unit, rules, "note", case_id, by)
    if not unit.find(queries.heard(said.at.platform, said.at.channel, said.at.stamp)):
        keep(unit, rules, case, said, by)
        at = said.at
        unit.add(
            Heard(
                id=unit.new_id(),
                case=case.id,
                person=met.person.id,
                platform=at.platform,
                channel=at.channel,
                stamp=at.stamp,
                at=unit.now,
            )
        )
    told = {"reference": case.reference, "case_id": case.id}
    if (said.files or said.left) and not evidence.never(case):
        return Message("lead.pictures_asked" if said.files else "lead.pictures_left", case.id, told)
    first: Heard = unit.find(queries.heard_from(case.id, met.person.id))[0]
    new = first.channel == said.at.channel and first.stamp == said.at.stamp
    return Message("lead.kept", case.id, told) if new else None


def keep(unit: Unit, rules: Rules, case: Case, said: Said, by: Who) -> None:
    """The words as a note; the files wait for an answer of whoever sent them, save where none may ever be fetched."""
    if said.text.strip():
        cases.note(unit, rules, case.id, said.text, by)
    if said.files and not evidence.never(case):
        files = [{"file": file, "platform": said.at.platform} for file in said.files]
        sent_pictures.hold(unit, rules, case.id, files, by)


def warn(unit: Unit, rules: Rules, said: Said, by: Who) -> None:
    """A file under a case of indecent images stays where it is, and those who must know hear that it is there.

    Whoever may write there at all is heard, the reporter under their receipt as well.
    """
    found: list[Case] = unit.find(case_queries.by_id(under(unit, said.under)))
    if not found or not evidence.never(found[0]) or not has_part(unit, rules, found[0], by):
        return
    once = f"{said.at.platform} {said.at.channel} {said.at.stamp}"
    unit.record(Event.EVIDENCE_LEFT, found[0].id, "", count=len(said.files) + said.left)
    sent_pictures.left_there(unit, rules, found[0], once)


def has_part(unit: Unit, rules: Rules, case: Case, by: Who) -> bool:
    try:
        access.case_for(unit, rules, case.id, by)
    except Refused:
        pass
    else:
        return True
    try:
        working.own(unit, case.id, by)
    except Refused:
        return False
    return True


def tick(unit: Unit, rules: Rules, at: Place, by: Who) -> None:
    """A reaction that stands for pressing Acknowledge.  Raises Refused, as the button does."""
    cases.acknowledge(unit, rules, under(unit, at), by)


def is_kept(unit: Unit, at: Place) -> bool:
    """Whether this message was kept as a note."""
    return bool(unit.find(queries.heard(at.platform, at.channel, at.stamp)))


def altered(unit: Unit, rules: Rules, at: Place, edit: str) -> None:
    """A message that was kept has been edited (``edit`` is the platform's name for that) or, without one, deleted.

    The note stays as it is; that they differ from now on is on the record.
    """
    found: list[Heard] = unit.find(queries.heard(at.platform, at.channel, at.stamp))
    for row in found:
        if edit and not row.deleted and edit > row.edited:
            row.edited = edit
            unit.record(Event.MESSAGE_EDITED, row.case, row.person)
        elif not edit and not row.deleted:
            row.deleted = True
            # Whoever runs the workspace can delete it as well as its author: the platform does not say who did.
            unit.record(Event.MESSAGE_DELETED, row.case, "")
