"""Who has which part in the cases of the access matrix, what each may see of them, and making such a case."""

import json
from dataclasses import dataclass

from storage.events import Event
from storage.models import Case, Involved, Party
from storage.queries import people as queries
from storage.unit import Unit
from workflows import working

# What each field of a case says, so that it is known again wherever it is shown.
CANARIES = {
    "narrative": "CANARYNARRATIVE",
    "name": "Canaryname Typed",
    "note": "CANARYNOTE",
    "question": "CANARYQUESTION",
    "answer": "CANARYANSWER",
    "reason": "CANARYREASON",
    "agency": "CANARYAGENCY",
    "found": "CANARYFOUND",
}


@dataclass(frozen=True)
class Persona:
    """Somebody of the town: their name in it, their part in a case, and everything that lets them do."""

    name: str
    part: str = ""
    role: str = ""
    also: str = ""

    @property
    def parts(self) -> tuple[str, ...]:
        return tuple(each for each in (self.part, self.also) if each)


# Those who stand among the told and have no part for all that: they left it, or it is about them or somebody close.
FORMER = ("left", "subject", "close")
PERSONAS = {
    "lead": Persona("dsl", "lead", "dsl"),
    "left": Persona("ict", "", "ict"),
    "subject": Persona("deputy_head", "", "deputy_headteacher"),
    "close": Persona("deputy_dsl", "", "deputy_dsl"),
    "support": Persona("phase_lead", "support", "line_manager"),
    "decider": Persona("head", "informed", "headteacher", "decider"),
    "informed": Persona("business_manager", "informed", "dpo"),
    "reporter": Persona("teacher", "reporter"),
    "nobody": Persona("other_teacher"),
    "elsewhere": Persona("communications"),
    "guest": Persona("supply_teacher"),
    "foreign": Persona("stranger"),
}
EVERYTHING = frozenset(CANARIES)
# What a field may be seen by, beyond a plain no: nothing that is not here.
SEEN = {
    ("open", "lead"): EVERYTHING,
    ("open", "informed"): EVERYTHING,
    ("steps", "lead"): EVERYTHING,  # sent with nothing ticked, it shows the case again
    ("involve", "lead"): frozenset({"name"}),
    ("answer", "reporter"): frozenset({"question", "answer"}),
}


@dataclass(frozen=True)
class Kept:
    """A case as it was made: its id and reference, and ids of things in it."""

    id: str
    reference: str
    involved: str
    referral: str


def kept_case(
    unit: Unit, state: str, people: dict[str, str], told: dict[str, str] | None = None, school: str = ""
) -> Kept:
    """A case that stands so, with every part filled (or those of ``told``), and something written in every field."""
    parts = told or {who: each.part or "informed" for who, each in PERSONAS.items() if each.role or each.part}
    lead, reporter = (next(who for who, part in parts.items() if part == wanted) for wanted in ("lead", "reporter"))
    schools = [each.id for each in unit.find(queries.schools())]
    case = Case(
        id=unit.new_id(),
        school=school or schools[0],
        draft=unit.new_id(),
        reference=unit.new_id()[-6:].upper(),
        report="pupil_concern",
        reported="pupil_concern",
        policy="oak-trees",
        klass="now",
        state=state,
        harmed="pupil",
        reporter=people[reporter],
        opened_at=unit.now,
    )
    if state not in ("received", "opened"):
        case.acknowledged_at, case.acknowledged_by = unit.now, people[lead]
    unit.add(case)
    for who, part in parts.items():
        if part == "reporter":
            continue
        party = Party(id=unit.new_id(), case=case.id, person=people[who], role=PERSONAS[who].role or "dsl", part=part)
        party.source, party.why, party.since = "clause", "§8", unit.now
        party.until, party.ended = (unit.now, "recused") if who == "left" else (None, "")
        unit.add(party)
    typed = named(unit, case, people)
    words(unit, case, people[lead], typed)
    unit.record(Event.REPORT_SUBMITTED, case.id, case.reporter)
    (referral,) = working.written(unit, case, "referral")
    return Kept(case.id, case.reference, typed, referral.id)


def named(unit: Unit, case: Case, people: dict[str, str]) -> str:
    """Whom it is about and who is close to them, among the told; a child and a colleague harmed; a name typed."""
    for part, who in (("subject", "subject"), ("close", "close"), ("harmed", "nobody")):
        unit.add(Involved(id=unit.new_id(), case=case.id, part=part, person=people[who], kind="colleague"))
    typed: Involved = unit.add(Involved(id=unit.new_id(), case=case.id, part="witness", kind="pupil"))
    return typed.id


def words(unit: Unit, case: Case, lead: str, typed: str) -> None:
    answers = {"what": CANARIES["narrative"]}
    unit.seal(case.id, "answers", json.dumps({"answers": answers, "names": {typed: CANARIES["name"]}}))
    working.keep_note(unit, case, "note", CANARIES["note"], lead)
    working.keep_note(unit, case, "asked", CANARIES["question"], lead)
    working.keep_note(unit, case, "answered", CANARIES["answer"], case.reporter)
    working.keep_facts(unit, case, "decision", lead, decision="monitor", why=CANARIES["reason"])
    facts = {"to": "police", "on": "2026-11-20", "how": "telephone", "theirs": "", "chase": "", "said": ""}
    working.keep_facts(unit, case, "referral", lead, whom=CANARIES["agency"], **facts)
    found = {"row": typed, "name": CANARIES["name"], "part": "witness", "corrects": "", "why": CANARIES["found"]}
    working.keep_facts(unit, case, "named", lead, **found)
