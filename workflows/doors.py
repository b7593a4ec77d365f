"""The doors for people without a chat account: links, invitations, passphrases and sessions on our pages.

A token is shown once and only its SHA-256 is kept.  ``at`` is the machine's own time where that differs from
the unit's: a demo's clock moves on, and must not lock a visitor out.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Literal

from storage.events import Event
from storage.models import Link, Passphrase, WebSession
from storage.queries import doors as queries
from storage.unit import Unit
from workflows import passphrases, people
from workflows.packs import load_floor
from workflows.refusals import Refused
from workflows.visits import Answer, Doorway, Visit

Purpose = Literal["invite", "case", "evidence", "add", "task", "office", "report", "certificate", "certificates"]
LIVES = {
    "invite": timedelta(days=7),
    "case": timedelta(hours=72),
    "evidence": timedelta(minutes=10),
    "add": timedelta(minutes=30),
    "task": timedelta(days=30),
    "office": timedelta(days=7),
    "report": timedelta(days=60),
    "certificate": timedelta(minutes=30),
    "certificates": timedelta(minutes=10),
}
# Those that lead, with a passphrase, to a page.
DOORS: tuple[Purpose, ...] = ("case", "office")
SESSION = timedelta(minutes=30)
SHUT = timedelta(minutes=15)
# How long a spent or expired case link may still ask for a fresh one, which goes to its owner's inbox only.
MEMORY = timedelta(days=60)


def case_link(unit: Unit, case: str, person: str, at: datetime | None = None) -> str:
    """A fresh token that opens the door to one case for one person, for 72 hours."""
    unit.record(Event.LINK_MADE, case, person, purpose="case")
    return make_link(unit, "case", person, case, at)


def invite_link(unit: Unit, person: str, at: datetime | None = None) -> str:
    """A fresh token with which a person chooses their passphrase, once, within seven days."""
    unit.record(Event.LINK_MADE, "", person, purpose="invite")
    return make_link(unit, "invite", person, "", at)


def evidence_link(unit: Unit, case: str, person: str, at: datetime | None = None) -> str:
    """A fresh token that shows one person the screenshots of one case, for ten minutes."""
    return make_link(unit, "evidence", person, case, at)


def task_link(unit: Unit, task: str, person: str) -> str:
    """A fresh token with which one person says that one task is done, for 30 days: it shows nothing secret."""
    return make_link(unit, "task", person, task, None)


def task_for(unit: Unit, token: str) -> tuple[str, str]:
    """The task and the person that a link was made for, by the school's own clock."""
    link = open_link(unit, token, unit.now, "task")
    return link.case, link.person


def report_link(unit: Unit, counted: str, person: str) -> str:
    """A fresh token with which one reader opens the report of one counted term, for 60 days: it holds figures only."""
    unit.record(Event.LINK_MADE, "", person, purpose="report")
    return make_link(unit, "report", person, counted, None)


def report_for(unit: Unit, token: str) -> tuple[str, str]:
    """The counted term and the reader that a link was made for, by the school's own clock."""
    link = open_link(unit, token, unit.now, "report")
    return link.case, link.person


def office_link(unit: Unit, appointment: str, person: str) -> str:
    """A fresh token with which one person can answer to one appointment, for as long as it waits."""
    unit.record(Event.LINK_MADE, "", person, purpose="office")
    return make_link(unit, "office", person, appointment, None)


def invite(unit: Unit, person: str, by: str) -> None:
    """Ask somebody to choose a passphrase; when they had one, the others on the ladder hear of it."""
    again = bool(unit.find(queries.passphrase(person)))
    unit.record(Event.PASSPHRASE_RESET if again else Event.PERSON_INVITED, "", by, person=person)
    unit.promise("mail", person, unit.now, message="mail.invited")
    if again:
        for other in unit.find(queries.beside(person, load_floor().ladder, unit.now)):
            unit.promise("mail", other, unit.now, message="mail.reinvited", person=person)


def invited(unit: Unit, person: str) -> bool:
    """Whether somebody has been sent an invitation, or has a passphrase already."""
    return bool(unit.find(queries.passphrase(person)) or unit.find(queries.unused_links(person, "invite")))


def invite_once(unit: Unit, person: str) -> bool:
    """Ask somebody who is reached by e-mail only to choose a passphrase, if nobody has yet; whether it was done."""
    where = people.address(unit, person)
    if where is None or where.platform != "mail" or invited(unit, person):
        return False
    invite(unit, person, "")
    return True


def behind(unit: Unit, token: str, at: datetime) -> Doorway:
    """What a link opens now; unknown, spent and expired ones are refused alike."""
    link = open_link(unit, token, at, "invite", *DOORS)
    kept = _passphrase(unit, link.person)
    return Doorway(link.purpose, kept is not None, bool(kept and _is_shut(kept, at)))


def salt_for(unit: Unit, token: str, at: datetime) -> tuple[str, bytes]:
    """What the link is for, and the salt for a tried passphrase; a fresh one, where none is known, takes as long."""
    link = open_link(unit, token, at, *DOORS)
    kept = _passphrase(unit, link.person)
    return link.purpose, kept.salt if kept else passphrases.salt()


def choose(unit: Unit, token: str, salt: bytes, stretched: bytes, at: datetime) -> None:
    """Keep the passphrase that an invited person chose; the invitation and their open sessions end."""
    link = open_link(unit, token, at, "invite")
    for spent in [*unit.find(queries.unused_links(link.person, "invite")), link]:
        spent.used_at = at
    for session in unit.find(queries.sessions_of(link.person, at)):
        session.expires_at = at
    kept = _passphrase(unit, link.person) or Passphrase(id=link.person, salt=b"", hash=b"", set_at=at)
    kept.salt, kept.hash, kept.set_at, kept.failures, kept.shut_until = salt, stretched, at, 0, None
    unit.add(kept)
    unit.record(Event.PASSPHRASE_SET, "", link.person)
    unit.promise("mail", link.person, unit.now, message="mail.passphrase_set")


def sign_in(unit: Unit, token: str, stretched: bytes, at: datetime) -> Answer:
    """Try a passphrase at the door of a case or an appointment; a right one spends the link and begins a session."""
    try:
        link = open_link(unit, token, at, *DOORS)
    except Refused:
        return Answer("gone")
    kept = _passphrase(unit, link.person)
    if kept is None:
        return Answer("gone")
    if _is_shut(kept, at):
        return Answer("shut")
    if not passphrases.same(kept.hash, stretched):
        return _failed(unit, kept, link, at)
    kept.failures, kept.shut_until, link.used_at = 0, None, at
    unit.record(Event.LINK_USED, _case_of(link), link.person)
    return Answer("in", begin(unit, link, at))


def begin(unit: Unit, link: Link, at: datetime) -> str:
    """Begin a session for what a link was made for; the answer is its cookie."""
    cookie, ends = secrets.token_urlsafe(32), at + SESSION
    owned = {"person": link.person, "case": link.case, "purpose": link.purpose}
    unit.add(WebSession(id=unit.new_id(), token=hashed(cookie), expires_at=ends, **owned))
    return cookie


def send_again(unit: Unit, token: str, at: datetime) -> None:
    """Promise a fresh link to the inbox that this one was sent to, at most once an hour, and never say so."""
    found: list[Link] = unit.find(queries.link(hashed(token)))
    for link in found:
        if link.purpose not in DOORS or at >= link.made_at + MEMORY:
            continue
        once = f"again {link.person} {link.case} {at:%Y-%m-%dT%H}"
        if link.purpose == "office":
            unit.promise("office", link.person, unit.now, once=once, appointment=link.case)
        else:
            unit.promise("mail", link.person, unit.now, once=once, message="mail.again", about=link.case)


def visit(unit: Unit, cookie: str, at: datetime) -> Visit:
    """Who is signed in with this cookie, and for which case."""
    found: list[WebSession] = unit.find(queries.session(hashed(cookie)))
    for session in found:
        if at < session.expires_at and session.purpose in DOORS:
            return Visit(session.person, session.case, session.purpose)
    raise Refused("session")


def sign_out(unit: Unit, cookie: str, at: datetime) -> None:
    """End a session at once."""
    for session in unit.find(queries.session(hashed(cookie))):
        session.expires_at = at
        unit.add(session)


def evidence_for(unit: Unit, token: str, at: datetime | None = None) -> tuple[str, str]:
    """The case and the person that a screenshot link was made for."""
    link = open_link(unit, token, at or unit.now, "evidence")
    return link.case, link.person


def make_link(unit: Unit, purpose: Purpose, person: str, case: str, at: datetime | None) -> str:
    token, made = secrets.token_urlsafe(32), at or unit.now
    unit.add(
        Link(
            id=unit.new_id(),
            purpose=purpose,
            person=person,
            case=case,
            token=hashed(token),
            made_at=made,
            expires_at=made + LIVES[purpose],
        )
    )
    return token


def open_link(unit: Unit, token: str, at: datetime, *purposes: Purpose) -> Link:
    found: list[Link] = unit.find(queries.link(hashed(token)))
    for link in found:
        if link.purpose in purposes and link.used_at is None and at < link.expires_at:
            return link
    raise Refused("link")


def _passphrase(unit: Unit, person: str) -> Passphrase | None:
    return next(iter(unit.find(queries.passphrase(person))), None)


def _is_shut(kept: Passphrase, at: datetime) -> bool:
    return kept.shut_until is not None and at < kept.shut_until


def _failed(unit: Unit, kept: Passphrase, link: Link, at: datetime) -> Answer:
    kept.failures += 1
    left = passphrases.TRIES - kept.failures
    if left <= 0:
        kept.failures, kept.shut_until = 0, at + SHUT
    unit.add(kept)
    unit.record(Event.PASSPHRASE_FAILED, _case_of(link), link.person)
    return Answer("shut" if left <= 0 else "wrong", tries_left=max(left, 0))


def _case_of(link: Link) -> str:
    return link.case if link.purpose == "case" else ""


def hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
