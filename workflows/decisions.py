"""What is decided on a case and why, and to whom it is referred: not referring is a decision, too."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from storage.events import Event
from storage.models import Case
from storage.unit import Unit
from templates.shapes import Answers, Message
from workflows import chasing, terms, working
from workflows.calendar import day_of
from workflows.people import Who
from workflows.refusals import BadAnswers
from workflows.rules import Rules
from workflows.schooldays import next_working_day
from workflows.times import spoken, spoken_day
from workflows.working import Writing

# What a report is about when it is about an adult here (templates/reports: by).
ADULTS = "colleague"
# The glossary's names; whether a concern about an adult is one or the other, the head or the chair decides (floor 8).
LEADS = ("monitor", "early_help", "csc", "police", "channel", "nrm", "no_further_action")
THRESHOLD = ("low_level", "lado")
# What comes of it once the LADO is told, in the words of Keeping Children Safe in Education, part four.
OUTCOMES = ("substantiated", "malicious", "false", "unsubstantiated", "unfounded")
REFERRED_TO = ("csc", "police", "lado", "early_help", "prevent", "nrm", "other")
# They decide within one working day what becomes of a referral (Working Together).
DECIDES_IN_A_DAY = ("csc",)
HOW = ("telephone", "online", "mail", "person")
BOXES = ("body", "whom", "referred_on", "way", "theirs", "chase", "said")
LATEST = timedelta(days=730)
Pairs = list[tuple[str, str]]


def offered(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """The decisions that are this person's to take."""
    case, party, _ = working.acting(unit, rules, "decide", case_id, by)
    parts = working.parts_of(unit, rules, case, party)
    return {"decisions": labels(rules, "decision", may_decide(unit, rules, case, parts)), "decider": "decider" in parts}


def may_decide(unit: Unit, rules: Rules, case: Case, parts: tuple[str, ...]) -> tuple[str, ...]:
    """What is theirs to decide, the likeliest first; what came of it, only once it was for the LADO."""
    told = any(chasing.LADO in each.facts.values() for each in working.written(unit, case, "decision", "referral"))
    theirs = (*(OUTCOMES if told else ()), *THRESHOLD) if "decider" in parts else ()
    leads = LEADS if "lead" in parts else ()
    return (*theirs, *leads) if rules.reports[case.report].by == ADULTS else (*leads, *theirs)


def decide(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Keep a decision with its reasons; a LADO is to be told within one working day, and the lead is reminded."""
    case, party, met = working.acting(unit, rules, "decide", case_id, by)
    decision, why = str(answers.get("decision", "")), str(answers.get("rationale", "")).strip()
    theirs = may_decide(unit, rules, case, working.parts_of(unit, rules, case, party))
    problems = {} if decision in theirs else {"decision": "option"}
    if problems := problems | ({} if why else {"rationale": "required"}):
        raise BadAnswers(problems)
    working.keep_facts(unit, case, "decision", met.person.id, decision=decision, why=why)
    unit.record(Event.CASE_DECIDED, case.id, met.person.id, decision=decision)
    working.moved_on(unit, case, "decide")
    if decision != chasing.LADO:
        return Message("lead.case", about=case.id)
    chasing.remind(unit, case, case.acknowledged_by, met.person.id)
    by_then = chasing.lado_by(unit.now, terms.office(unit, case.school))
    return Message("lead.to_lado", about=case.id, values={"lado_by": spoken(by_then, unit.now)})


def to_refer(unit: Unit, rules: Rules, case_id: str, by: Who) -> Mapping[str, Any]:
    """To whom, and how, a case may be referred."""
    working.acting(unit, rules, "refer", case_id, by)
    return {"bodies": labels(rules, "referred", REFERRED_TO), "ways": labels(rules, "how", HOW)}


def refer(unit: Unit, rules: Rules, case_id: str, answers: Answers, by: Who) -> Message:
    """Keep to whom it was referred, when, how and under what reference; the day to chase it is a promise."""
    case, _, met = working.acting(unit, rules, "refer", case_id, by)
    given = {box: str(answers.get(box, "")).strip() for box in BOXES}
    if problems := dict(wrong(given, day_of(unit.now))):
        raise BadAnswers(problems)
    if given["body"] in DECIDES_IN_A_DAY and not given["chase"]:
        given["chase"] = str(next_working_day(terms.office(unit, case.school), day_of(unit.now)))
    facts = {"to": given["body"], "whom": given["whom"], "on": given["referred_on"], "how": given["way"]}
    facts |= {"theirs": given["theirs"], "chase": given["chase"], "said": given["said"]}
    working.keep_facts(unit, case, "referral", met.person.id, **facts)
    unit.record(Event.CASE_REFERRED, case.id, met.person.id, to=given["body"])
    chasing.remind(unit, case, case.acknowledged_by)
    working.moved_on(unit, case, "refer")
    return Message("lead.case", about=case.id)


def wrong(given: Mapping[str, str], today: date) -> Iterator[tuple[str, str]]:
    """A referral has been made, so its day has been; the day to chase it is still to come."""
    if given["body"] not in REFERRED_TO:
        yield "body", "option"
    if given["way"] not in HOW:
        yield "way", "option"
    made = day(given["referred_on"])
    if made is None or made > today:
        yield "referred_on", "has_been"
    chase = day(given["chase"])
    if given["chase"] and (chase is None or not today < chase <= today + LATEST):
        yield "chase", "to_come"


def day(said: str) -> date | None:
    try:
        return date.fromisoformat(said)
    except ValueError:
        return None


def labels(rules: Rules, table: str, values: tuple[str, ...]) -> Pairs:
    return [(value, capital(rules.words.sentence(f"{table}.{value}"))) for value in values]


def capital(line: str) -> str:
    return line[:1].upper() + line[1:]


def told(unit: Unit, rules: Rules, case: Case) -> Iterator[tuple[Writing, dict[str, str], str]]:
    """Decisions and referrals as they are read on the opened case: what stands above each, and its words."""
    for each in working.written(unit, case, "decision", "referral"):
        facts = each.facts
        if each.kind == "decision":
            yield each, {"decision": rules.words.sentence(f"decision.{facts['decision']}")}, facts["why"]
        else:
            yield each, {"to": rules.words.sentence(f"referred.{facts['to']}")}, "\n".join(referral(rules, facts))


def referral(rules: Rules, facts: Mapping[str, str]) -> Iterator[str]:
    """One referral, a line for each thing that is known of it."""
    how, made = rules.words.sentence(f"how.{facts['how']}"), spoken_day(facts["on"])
    yield rules.words.sentence("referral.on", {"day": made, "how": how})
    known = {"whom": facts["whom"], "theirs": facts["theirs"], "chase": facts["chase"] and spoken_day(facts["chase"])}
    yield from (rules.words.sentence(f"referral.{name}", {"value": value}) for name, value in known.items() if value)
    if facts["said"]:
        yield facts["said"]
