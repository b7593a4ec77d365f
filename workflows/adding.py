"""Screenshots added on our own page: who may, behind which link, and how each picture joins its report."""

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from storage import sealed
from storage.events import Event
from storage.models import Case, WebSession
from storage.queries import doors as queries
from storage.sealing import Sealing
from storage.unit import Unit
from templates.shapes import Message
from workflows import access, cards, doors, evidence, parties
from workflows.evidence import Came
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.working import acting, insist, own

ACT = "screenshots"
MOST = 10
# A session's purpose: it has been opened; it was said that no picture shows a child undressed.
ASKING, ADDING = "add", "adding"
# How many letters each thing that is told of a picture may have, as in the form.
TOLD = {"picture_date": 10, "picture_time": 5, "picture_place": 500, "picture_account": 200}
TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
ONCE = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Adding:
    """Somebody on the page: their report's reference, how many pictures it has from this visit, and what they said."""

    reference: str
    kept: int
    asked: bool
    practice: bool


@dataclass(frozen=True)
class Upload:
    """A picture on its way in: the id it will be kept under, and what seals its bytes as they come."""

    id: str
    sealing: Sealing


def offer(unit: Unit, rules: Rules, case_id: str, by: Who) -> Message:
    """A link to the page, once, for this person and case, for half an hour."""
    case, person = entitled(unit, rules, case_id, by)
    if evidence.never(case):
        raise Refused("no_pictures")
    if not rules.pages:
        raise Refused("no_pages")
    token = doors.make_link(unit, "add", person, case.id, None)
    unit.record(Event.LINK_MADE, case.id, person, purpose="add")
    return Message("reporter.add_pictures", case.id, {"link": f"{rules.pages}/p/a/{token}"})


def entitled(unit: Unit, rules: Rules, case_id: str, by: Who, act: str = ACT) -> tuple[Case, str]:
    """The case and the person, for its reporter and for whoever leads on it.  Raises Refused."""
    try:
        case = own(unit, case_id, by)
    except Refused:
        case, _, met = acting(unit, rules, act, case_id, by)
        return case, met.person.id
    insist(act, unit, case, "reporter")
    return case, case.reporter


def enter(unit: Unit, rules: Rules, token: str) -> str:
    """Spend a link and begin its session; the answer is the session's cookie.  Raises Refused("link")."""
    link = doors.open_link(unit, token, unit.now, "add")
    may_still(unit, rules, link.case, link.person)
    link.used_at = unit.now
    unit.record(Event.LINK_USED, link.case, link.person)
    return doors.begin(unit, link, unit.now)


def here(unit: Unit, rules: Rules, cookie: str) -> Adding:
    """Where somebody on the page stands.  Raises Refused("link")."""
    session, case = behind(unit, rules, cookie)
    return Adding(case.reference, len(kept(unit, case, session)), session.purpose == ADDING, case.practice)


def answer(unit: Unit, rules: Rules, cookie: str, said: str) -> bool:
    """Whether pictures may come; after a yes none may, and those who must know hear that there is one.

    Raises BadAnswers where nothing was said, Refused("link").
    """
    session, case = behind(unit, rules, cookie)
    if said not in ("yes", "no", "none"):
        raise BadAnswers({"pictures_sexual": "option"})
    if said == "no":
        session.purpose = ADDING
        return True
    session.expires_at = unit.now
    if said == "yes":
        hold_back(unit, rules, case, session)
    return False


def hold_back(unit: Unit, rules: Rules, case: Case, session: WebSession) -> None:
    """There is a picture that must not come here: whoever leads and whoever answers for children hear of it."""
    unit.record(Event.EVIDENCE_HELD, case.id, session.person)
    for party in parties.told(unit, case):
        concerned = party.part == "lead" or party.role == rules.floor.offices.child
        if concerned and party.person != session.person:
            cards.say(unit, case, party.person, "lead.held_back", once=f"held {session.id} {party.person}")


def begin(unit: Unit, rules: Rules, cookie: str) -> Upload:
    """Let one picture come.  Raises Refused("link"), Refused("enough") after the tenth."""
    session, case = welcome(unit, rules, cookie)
    if len(kept(unit, case, session)) >= MOST:
        raise Refused("enough")
    id = unit.new_id()
    return Upload(id, sealed.sealing(unit, case.id, ("evidence", "blob", id)))


def came(unit: Unit, rules: Rules, cookie: str, told: Mapping[str, str], found: Came) -> None:
    """The sealed picture is durable: it joins the report; sent again after a doubt it does so once."""
    session, case = welcome(unit, rules, cookie)
    theirs = kept(unit, case, session)
    if any(hmac.compare_digest(each.get("once", ""), told["once"]) for each in theirs):
        return
    if len(theirs) >= MOST:
        raise Refused("enough")
    evidence.join(unit, case, session.person, {**told, "by": session.person, "visit": session.id}, found)
    session.expires_at = max(session.expires_at, unit.now + doors.SESSION)
    if session.person != case.reporter:
        return
    for party in parties.told(unit, case):
        if party.part in access.READS and party.person != session.person:
            cards.say(unit, case, party.person, "lead.added", once=f"added {session.id} {party.person}")


def leave(unit: Unit, rules: Rules, cookie: str) -> Adding:
    """Somebody has finished; how many pictures are with the report from this visit."""
    found = here(unit, rules, cookie)
    session, _ = behind(unit, rules, cookie)
    session.expires_at = unit.now
    return found


def in_order(told: Mapping[str, str]) -> bool:
    """Whether what came with a picture is what the page sends."""
    if not set(told) <= {"once", *TOLD} or not ONCE.fullmatch(told.get("once", "")):
        return False
    if any(len(text) > TOLD[what] for what, text in told.items() if what in TOLD):
        return False
    day, time = told.get("picture_date", ""), told.get("picture_time", "")
    try:
        return not (day and date.fromisoformat(day).isoformat() != day) and not (time and not TIME.fullmatch(time))
    except ValueError:
        return False


def welcome(unit: Unit, rules: Rules, cookie: str) -> tuple[WebSession, Case]:
    """The session and case of somebody who has answered what must be asked first."""
    session, case = behind(unit, rules, cookie)
    if session.purpose != ADDING:
        raise Refused("link")
    return session, case


def behind(unit: Unit, rules: Rules, cookie: str) -> tuple[WebSession, Case]:
    """The session of a cookie and its case, for somebody who may still add to that: asked anew each time."""
    found: list[WebSession] = unit.find(queries.session(doors.hashed(cookie)))
    for session in found:
        if session.purpose in (ASKING, ADDING) and unit.now < session.expires_at:
            return session, may_still(unit, rules, session.case, session.person)
    raise Refused("link")


def may_still(unit: Unit, rules: Rules, case_id: str, person: str) -> Case:
    try:
        case, _ = entitled(unit, rules, case_id, Who("person", "", person))
    except Refused:
        raise Refused("link") from None
    if evidence.never(case):
        raise Refused("link")
    return case


def kept(unit: Unit, case: Case, session: WebSession) -> list[Mapping[str, str]]:
    """What was told of each picture that came in this visit."""
    return [told for told in evidence.all_told(unit, case) if told.get("visit") == session.id]
