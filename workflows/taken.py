"""Taking one step's answers into what has been written, or saying which of them need another look."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

from storage.unit import Unit
from templates.shapes import Answer, Answers, Field, File
from workflows import people
from workflows.drafts import NOBODY, UNSURE, Quoted, Written
from workflows.involved import URGENT_WHO
from workflows.names import Face
from workflows.people import Who
from workflows.refusals import BadAnswers, Refused
from workflows.rules import Rules
from workflows.steps import TYPED, next_ask, schools

URGENT = ("what", URGENT_WHO)
DETAILS = ("picture_date", "picture_time", "picture_place", "picture_account")
MOST_FILES = 10


@dataclass(frozen=True)
class Sent:
    """One step as it was sent; ``faces`` are the profiles of those picked in it, by their platform's user id."""

    step: str
    answers: Answers
    faces: Mapping[str, Who] = field(default_factory=dict)


def taken(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    """What is written after this step.

    Raises BadAnswers, with field ids and the names of what is wrong; Refused("expired") for a step that is not
    asked, or not yet.
    """
    if sent.step not in TAKE or (sent.step != "start" and not written.report):
        raise Refused("expired")
    return TAKE[sent.step](unit, rules, written, sent, by)


def outlived(rules: Rules, written: Written, sent: Sent) -> Answers:
    """What was typed in a form of questions that stood open for longer than its draft was kept.

    Under any type's questions: which type's they were, only the draft knew.
    """
    if written.report or sent.step not in ("questions", "urgent"):
        return {}
    known = {each.id for kind in rules.reports.values() for each in kind.fields if each.kind in TYPED} | {URGENT_WHO}
    return {id: said for id, said in sent.answers.items() if id in known and isinstance(said, str) and said.strip()}


def start(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    report, danger = str(sent.answers.get("about", "")), str(sent.answers.get("danger", ""))
    if report not in rules.reports:
        raise BadAnswers({"about": "about"})
    if danger not in ("yes", "no"):
        raise BadAnswers({"danger": "danger"})
    message = left_in(written, sent)
    chosen = str(sent.answers.get("school", ""))
    known = chosen if chosen in {each.id for each in schools(unit)} else ""
    if written.report not in ("", report):  # another window, begun anew: its questions are still to be answered
        written = Written(answers=written.answers, names=written.names, perhaps=written.perhaps, asked=written.asked)
    return written.after("start", report=report, danger=danger == "yes", school=known, message=message)


def left_in(written: Written, sent: Sent) -> Quoted | None:
    """The message that is reported, unless its reporter leaves it out; one that we failed to keep is owned up to."""
    said = str(sent.answers.get("message", ""))
    if said == "yes" and written.message is None:
        raise BadAnswers({"message": "message"})
    if said not in ("yes", "no") and written.message:
        raise BadAnswers({"message": "option"})
    return written.message if said == "yes" else None


def school(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    chosen = str(sent.answers.get("school", ""))
    if chosen not in {each.id for each in schools(unit)}:
        raise BadAnswers({"school": "school"})
    return written.after("school", school=chosen)


def questions(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    kind = rules.reports[written.report]
    check(kind.fields, sent.answers)
    asked = [each for each in kind.fields if sent.answers.get(each.id)]
    kept = {each.id: resolved(unit, each, sent, by) for each in asked}
    # What was shown filled in may be emptied; whoever was named once stays named, whatever another window says.
    emptied = {each.id for each in kind.fields if each.kind in TYPED and not each.part} - kept.keys()
    before = {id: said for id, said in written.answers.items() if id not in emptied}
    written = written.after("questions", answers={**before, **kept})
    other = kind.gives(written.answers).becomes
    return replace(written, report=other) if other else written


def urgent(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    """Two fields: what is happening, and who it is about."""
    kept = {id: sent.answers[id] for id in URGENT if str(sent.answers.get(id, "")).strip()}
    if missing := [id for id in URGENT if id not in kept]:
        raise BadAnswers(dict.fromkeys(missing, "required"))
    return written.after("urgent", answers={**written.answers, **kept})


def names(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    """What each doubtful name means: one of those it could be, nobody, or not sure."""
    author = people.meet(unit, by).person
    ask = next_ask(unit, rules, written, author)
    if ask is None or ask.step != "names":
        return written
    if {name: ids(alike) for name, alike in ask.names} != written.asking:
        return written  # roles changed while they thought: what they saw is not what they would be answering
    problems, meant, perhaps, asked = {}, dict(written.names), dict(written.perhaps), dict(written.asked)
    for position, (name, alike) in enumerate(ask.names):
        said = str(sent.answers.get(f"same.{position}", ""))
        if said not in {UNSURE, NOBODY, *ids(alike)}:
            problems[f"same.{position}"] = "option"
            continue
        # An earlier "not sure", about other people, is not taken back by a "none of these".
        meant[name] = UNSURE if said == NOBODY and meant.get(name) == UNSURE else said
        asked[name] = (*asked.get(name, ()), *ids(alike))
        perhaps[name] = (*perhaps.get(name, ()), *(ids(alike) if said == UNSURE else ()))
    if problems:
        raise BadAnswers(problems)
    return written.after("names", names=meant, perhaps=perhaps, asked=asked)


def ids(faces: tuple[Face, ...]) -> tuple[str, ...]:
    return tuple(sorted(face.id for face in faces))


def choice(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    author = people.meet(unit, by).person
    ask = next_ask(unit, rules, written, author)
    if ask is None or ask.step != "choice":
        return written
    said = sent.answers.get("told_to", ())
    picked = (said,) if isinstance(said, str) else tuple(str(each) for each in said)
    if not picked or not set(picked) <= {role for role, _ in ask.choices}:
        raise BadAnswers({"told_to": "told_to"})
    return written.after("choice", picked=picked)


def pictures(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    """A picture of a child undressed is never uploaded: the report becomes one of indecent images."""
    said = str(sent.answers.get("pictures_sexual", ""))
    if said not in ("yes", "no", "none"):
        raise BadAnswers({"pictures_sexual": "option"})
    written = written.after("pictures", pictures=said)
    return replace(written, report="indecent_images", files=()) if said == "yes" else written


def files(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    if written.pictures != "no":
        raise Refused("expired")
    chosen = [file for file in sent.answers.get("screenshots", ()) if isinstance(file, File)]
    return written.after("files", files=tuple(chosen[:MOST_FILES]))


def details(unit: Unit, rules: Rules, written: Written, sent: Sent, by: Who) -> Written:
    """When and where each picture was taken; what is missing is asked for once, then shown as missing."""
    fields = [f"{what}.{n}" for n in range(1, len(written.files) + 1) for what in DETAILS]
    given = {id: str(sent.answers[id]) for id in fields if sent.answers.get(id)}
    missing = [id for id in fields if id not in given]
    if missing and "asked" not in written.details:
        return replace(written, details={**given, "asked": "yes"})
    return written.after("details", details=given)


def check(fields: tuple[Field, ...], answers: Answers) -> None:
    problems = {each.id: problem for each in fields if (problem := problem_of(each, answers.get(each.id)))}
    if problems:
        raise BadAnswers(problems)


def problem_of(asked: Field, given: Answer | None) -> str:
    """The name of what is wrong with an answer, or nothing."""
    if not given or (isinstance(given, str) and not given.strip()):
        return "required" if asked.required else ""
    offered = {option.value for option in asked.options}
    said = (given,) if isinstance(given, str) else given
    if asked.kind in ("choice", "many") and not set(said) <= offered:
        return "option"
    return ""


def resolved(unit: Unit, asked: Field, sent: Sent, by: Who) -> Answer:
    """People picked on a platform become persons, met for the first time if need be."""
    given = sent.answers[asked.id]
    if asked.kind != "person":
        return given
    picked = [str(each) for each in ((given,) if isinstance(given, str) else given)]
    met = (people.meet(unit, sent.faces.get(each) or Who(by.platform, by.workspace, each)) for each in picked)
    return tuple(each.person.id for each in met)


Take = Callable[[Unit, Rules, Written, Sent, Who], Written]
TAKE: Mapping[str, Take] = {
    each.__name__: each for each in (start, school, questions, urgent, names, choice, pictures, files, details)
}
