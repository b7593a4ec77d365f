"""Taking one step's answers into what has been written, or saying which of them need another look."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from storage.unit import Unit
from templates.shapes import Answer, Answers, Field, File
from workflows import people
from workflows.drafts import NOBODY, UNSURE, Written
from workflows.involved import URGENT_WHO
from workflows.people import Who
from workflows.refusals import BadAnswers
from workflows.rules import Rules
from workflows.steps import next_ask, schools

URGENT = ("what", URGENT_WHO)
DETAILS = ("picture_date", "picture_time", "picture_place", "picture_account")
MOST_FILES = 10


def taken(unit: Unit, rules: Rules, written: Written, step: tuple[str, Answers], by: Who) -> Written:
    """What is written after this step.

    Raises BadAnswers, with field ids and the names of what is wrong.
    """
    name, answers = step
    if name not in TAKE:
        raise BadAnswers({"": "expired"})
    return TAKE[name](unit, rules, written, answers, by)


def start(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    report, danger = str(answers.get("about", "")), str(answers.get("danger", ""))
    if report not in rules.reports:
        raise BadAnswers({"about": "choose_one"})
    if danger not in ("yes", "no"):
        raise BadAnswers({"danger": "choose_one"})
    chosen = str(answers.get("school", ""))
    known = chosen if chosen in {each.id for each in schools(unit)} else ""
    return written.after("start", report=report, danger=danger == "yes", school=known)


def school(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    chosen = str(answers.get("school", ""))
    if chosen not in {each.id for each in schools(unit)}:
        raise BadAnswers({"school": "choose_one"})
    return written.after("school", school=chosen)


def questions(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    kind = rules.reports.get(written.report)
    if kind is None:
        raise BadAnswers({"": "expired"})
    check(kind.fields, answers)
    kept = {field.id: resolved(unit, field, answers[field.id], by) for field in kind.fields if field.id in answers}
    written = written.after("questions", answers={**written.answers, **kept})
    other = kind.gives(written.answers).becomes
    return replace(written, report=other) if other else written


def urgent(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    """Two fields: what is happening, and who it is about."""
    kept = {id: answers[id] for id in URGENT if str(answers.get(id, "")).strip()}
    if missing := [id for id in URGENT if id not in kept]:
        raise BadAnswers(dict.fromkeys(missing, "answer_this"))
    return written.after("urgent", answers={**written.answers, **kept})


def names(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    """What each doubtful name means: one of those it could be, nobody, or not sure."""
    author = people.meet(unit, by).person
    ask = next_ask(unit, rules, written, author)
    if ask is None or ask.step != "names":
        return written
    problems, meant, perhaps = {}, dict(written.names), dict(written.perhaps)
    for position, (name, alike) in enumerate(ask.names):
        said = str(answers.get(f"same.{position}", ""))
        if said not in {UNSURE, NOBODY, *(face.id for face in alike)}:
            problems[f"same.{position}"] = "choose_one"
            continue
        meant[name] = said
        perhaps[name] = tuple(face.id for face in alike) if said == UNSURE else ()
    if problems:
        raise BadAnswers(problems)
    return written.after("names", names=meant, perhaps=perhaps)


def choice(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    author = people.meet(unit, by).person
    ask = next_ask(unit, rules, written, author)
    if ask is None or ask.step != "choice":
        return written
    said = answers.get("told_to", ())
    picked = (said,) if isinstance(said, str) else tuple(str(each) for each in said)
    if not picked or not set(picked) <= {role for role, _ in ask.choices}:
        raise BadAnswers({"told_to": "choose_one"})
    return written.after("choice", picked=picked)


def pictures(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    """A picture of a child undressed is never uploaded: the report becomes one of indecent images."""
    said = str(answers.get("pictures_sexual", ""))
    if said not in ("yes", "no", "none"):
        raise BadAnswers({"pictures_sexual": "choose_one"})
    written = written.after("pictures", pictures=said)
    return replace(written, report="indecent_images", files=()) if said == "yes" else written


def files(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    chosen = [file for file in answers.get("screenshots", ()) if isinstance(file, File)]
    return written.after("files", files=tuple(chosen[:MOST_FILES]))


def details(unit: Unit, rules: Rules, written: Written, answers: Answers, by: Who) -> Written:
    """When and where each picture was taken; what is missing is asked for once, then shown as missing."""
    fields = [f"{what}.{n}" for n in range(1, len(written.files) + 1) for what in DETAILS]
    given = {id: str(answers[id]) for id in fields if answers.get(id)}
    missing = [id for id in fields if id not in given]
    if missing and "asked" not in written.details:
        return replace(written, details={**given, "asked": "yes"})
    return written.after("details", details=given)


def check(fields: tuple[Field, ...], answers: Answers) -> None:
    problems = {field.id: problem for field in fields if (problem := problem_of(field, answers.get(field.id)))}
    if problems:
        raise BadAnswers(problems)


def problem_of(field: Field, given: Answer | None) -> str:
    """The name of what is wrong with an answer, or nothing."""
    if not given or (isinstance(given, str) and not given.strip()):
        return "answer_this" if field.required else ""
    offered = {option.value for option in field.options}
    said = (given,) if isinstance(given, str) else given
    if field.kind in ("choice", "many") and not set(said) <= offered:
        return "choose_one"
    return ""


def resolved(unit: Unit, field: Field, given: Answer, by: Who) -> Answer:
    """People picked on a platform become persons, met for the first time if need be."""
    if field.kind != "person":
        return given
    addresses = (given,) if isinstance(given, str) else given
    met = (people.meet(unit, Who(by.platform, by.workspace, str(each))) for each in addresses)
    return tuple(each.person.id for each in met)


Take = Callable[[Unit, Rules, Written, Answers, Who], Written]
TAKE: Mapping[str, Take] = {
    each.__name__: each for each in (start, school, questions, urgent, names, choice, pictures, files, details)
}
