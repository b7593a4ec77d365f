"""Certificates kept with what somebody says they have done: added once by themselves, opened by few, and recorded."""

from collections.abc import Sequence
from dataclasses import dataclass

from storage import sealed
from storage.events import Event
from storage.models import Certificate, Person, RoleHeld, School, Task, WebSession
from storage.queries import doors as door_queries
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from templates.shapes import Message
from workflows import doors, people
from workflows.adding import Upload
from workflows.duties import NUDGE
from workflows.evidence import Came
from workflows.owing import OVERSEES
from workflows.people import Who
from workflows.refusals import Refused
from workflows.rules import Rules
from workflows.tasked import adds_certificate, called
from workflows.tasks import own
from workflows.times import spoken_day

# What a certificate may be, by its content.
KINDS = ("application/pdf", "image/png", "image/jpeg")
MOST = 3
FIELD = "certificate"


@dataclass(frozen=True)
class Adding:
    """Somebody on the page where a certificate is added: what it is for, and how many are kept with that."""

    label: str
    kept: int


@dataclass(frozen=True)
class Shown:
    """One certificate as it is listed: whose, for what, done on which day, and what kind of file it is."""

    id: str
    task: str
    who: str
    label: str
    done: str
    media: str


def offer(unit: Unit, rules: Rules, task_id: str, by: Who) -> Message:
    """A link to the page, once, for this person and task, for half an hour."""
    task = own(unit, task_id, by)
    if not adds_certificate(rules, task):
        raise Refused("expired")
    link = f"{rules.pages}/p/k/{link_for(unit, task)}"
    return Message("nudge.add_certificate", values={"label": called(unit, rules, task), "link": link})


def link_for(unit: Unit, task: Task) -> str:
    unit.record(Event.LINK_MADE, "", task.person, purpose="certificate")
    return doors.make_link(unit, "certificate", task.person, task.id, None)


def enter(unit: Unit, rules: Rules, token: str) -> str:
    """Spend a link and begin its session; the answer is the session's cookie.  Raises Refused("link")."""
    link = doors.open_link(unit, token, unit.now, "certificate")
    may_still(unit, rules, link.case, link.person)
    link.used_at = unit.now
    unit.record(Event.LINK_USED, "", link.person)
    unit.seal(link.case, FIELD, "")  # the key that the file is sealed under as it comes
    return doors.begin(unit, link, unit.now)


def here(unit: Unit, rules: Rules, cookie: str) -> Adding:
    """Where somebody on the page stands.  Raises Refused("link")."""
    _, task = behind(unit, rules, cookie)
    return Adding(called(unit, rules, task), len(unit.find(queries.certificates((task.id,)))))


def begin(unit: Unit, rules: Rules, cookie: str) -> Upload:
    """Let one file come.  Raises Refused("link"), Refused("enough")."""
    _, task = behind(unit, rules, cookie)
    if len(unit.find(queries.certificates((task.id,)))) >= MOST:
        raise Refused("enough")
    id = unit.new_id()
    return Upload(id, sealed.sealing(unit, task.id, place(id)))


def came(unit: Unit, rules: Rules, cookie: str, found: Came) -> None:
    """The sealed file is durable: it is kept with what was done; the same file again changes nothing."""
    session, task = behind(unit, rules, cookie)
    kept: list[Certificate] = unit.find(queries.certificates((task.id,)))
    if found.sha256 in {each.sha256 for each in kept}:
        return
    if len(kept) >= MOST:
        raise Refused("enough")
    row = Certificate(
        id=found.id,
        task=task.id,
        person=session.person,
        media=found.media,
        size=found.size,
        sha256=found.sha256,
        added_at=unit.now,
    )
    unit.add(row)
    facts = {"certificate": row.id, "duty": task.duty, "period": task.period, "sha256": row.sha256}
    unit.record(Event.CERTIFICATE_ADDED, "", session.person, **facts)
    unit.promise(NUDGE, session.person, unit.now, task=task.id)
    session.expires_at = max(session.expires_at, unit.now + doors.SESSION)


def leave(unit: Unit, rules: Rules, cookie: str) -> Adding:
    """Somebody has finished; how many files are kept with what they did."""
    found = here(unit, rules, cookie)
    behind(unit, rules, cookie)[0].expires_at = unit.now
    return found


def look(unit: Unit, rules: Rules, about: str, by: Who) -> Message:
    """A link to the certificates of a task, for whoever it is of, or of a school, for those who see to it there.

    It works for ten minutes.  Raises Refused("not_yours") whether there is none or it is another's.
    """
    met = people.known(unit, by)
    if met is None or not met.confirmed or not rules.pages:
        raise Refused("not_yours")
    found = visible(unit, rules, about, met.person.id)
    if not found:
        raise Refused("not_yours")
    token = doors.make_link(unit, "certificates", met.person.id, about, None)
    return Message("nudge.certificates", values={"count": len(found), "link": f"{rules.pages}/p/v/{token}"})


def listed(unit: Unit, rules: Rules, token: str) -> tuple[Shown, ...]:
    """What a link shows to whoever it was made for, as long as they may see it.  Raises Refused("link")."""
    link = doors.open_link(unit, token, unit.now, "certificates")
    found = visible(unit, rules, link.case, link.person)
    if not found:
        raise Refused("link")
    return found


def take(unit: Unit, rules: Rules, token: str, id: str) -> Shown:
    """One of them, for the same; that it was opened is recorded.  Raises Refused("link")."""
    for each in listed(unit, rules, token):
        if each.id == id:
            by = doors.open_link(unit, token, unit.now, "certificates").person
            unit.record(Event.CERTIFICATE_VIEWED, "", by, certificate=id)
            return each
    raise Refused("link")


def opened(unit: Unit, shown: Shown, sealed_blob: bytes) -> bytes:
    """The file as it came."""
    return sealed.open_bytes(unit, shown.task, place(shown.id), sealed_blob)


def place(id: str) -> tuple[str, str, str]:
    return "certificates", "blob", id


def visible(unit: Unit, rules: Rules, about: str, person: str) -> tuple[Shown, ...]:
    """The certificates of a task of this person's, or of every task at a school that they see to, the newest first."""
    if oversees(unit, about, person):
        tasks: Sequence[Task] = unit.find(queries.tasks_at(about))
    else:
        tasks = [task for task in unit.find(queries.by_ids((about,))) if task.person == person]
    by_id = {task.id: task for task in tasks}
    rows: list[Certificate] = unit.find(queries.certificates(tuple(by_id))) if by_id else []
    return tuple(
        Shown(
            row.id,
            row.task,
            unit.get(Person, row.person).name,
            called(unit, rules, by_id[row.task]),
            spoken_day(str(by_id[row.task].done_on)),
            row.media,
        )
        for row in rows
    )


def oversees(unit: Unit, school: str, person: str) -> bool:
    """Whether this is a school, and somebody sees to it there that things get done."""
    if school not in {row.id for row in schools(unit)}:
        return False
    held: list[RoleHeld] = unit.find(people_queries.roles_of(person, unit.now))
    return any(row.role in OVERSEES and row.school == school for row in held)


def schools(unit: Unit) -> list[School]:
    return list(unit.find(people_queries.schools()))


def behind(unit: Unit, rules: Rules, cookie: str) -> tuple[WebSession, Task]:
    """The session of a cookie and its task, asked anew each time."""
    found: list[WebSession] = unit.find(door_queries.session(doors.hashed(cookie)))
    for session in found:
        if session.purpose == "certificate" and unit.now < session.expires_at:
            return session, may_still(unit, rules, session.case, session.person)
    raise Refused("link")


def may_still(unit: Unit, rules: Rules, task_id: str, person: str) -> Task:
    try:
        task = own(unit, task_id, Who("person", "", person))
    except Refused:
        raise Refused("link") from None
    if not adds_certificate(rules, task):
        raise Refused("link")
    return task
