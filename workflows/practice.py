"""A practice report: it takes the way of a real one, says so in its first word, and never becomes one."""

from collections.abc import Sequence

from storage.models import Case
from storage.queries import cases as queries
from storage.unit import Unit
from workflows import people, reports
from workflows.drafts import Written
from workflows.people import Who
from workflows.rules import Rules

# The report that goes to the safeguarding lead under every policy.
REPORT = "pupil_concern"


def begin(unit: Unit, rules: Rules, by: Who, school: str = "") -> Case:
    """Report, for practice, in this person's name; ``school`` is one's id, theirs without it.

    Its words are ours, so that nobody's worry can stand in it.
    """
    author = people.meet(unit, by).person
    told = {"what": rules.words.sentence("words.practice_story")}
    written = Written(report=REPORT, school=school, answers=told, practice=True)
    return reports.submit(unit, rules, unit.new_id(), written, author)


def made(unit: Unit) -> Sequence[Case]:
    """Every practice report, the latest first."""
    found: list[Case] = unit.find(queries.practised())
    return found
