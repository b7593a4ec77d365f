"""Routes in words, for the command line and for the page of every route: when, who, and why."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from templates.catalogue import Catalogue
from workflows.floor import Floor
from workflows.policy import Pack, Source, mark
from workflows.routing import Cast, Place
from workflows.survey import SOMEBODY, TEACHER, Outcome, Situation

PARTS = {"lead": "leads", "choice": "may be chosen", "informed": "is told", "support": "supports whoever was harmed"}
BY = {
    "pupil": "a pupil",
    "colleague": "an adult who works here",
    "parent": "a parent or carer",
    "outsider": "an outsider",
    "unknown": "somebody unknown",
}
HARMED = {"pupil": "a pupil", "staff": "an adult who works here", "nobody": "nobody"}


@dataclass(frozen=True)
class Speech:
    """The words of one policy's routes."""

    pack: Pack
    floor: Floor
    words: Catalogue

    def role(self, role: str) -> str:
        known = f"role.{role}"
        return self.words.sentence(known) if known in self.words.sentences else role

    def why(self, place: Place) -> str:
        """A clause as the policy numbers it, a rule of the floor in words, or our own choice."""
        return self.said(place.source, place.why)

    def cited(self, why: str) -> str:
        """The same of a `why` as it stands in the policy's file."""
        return self.said(*mark(why))

    def said(self, source: Source, why: str) -> str:
        if source == "floor":
            return f"{why}: {self.words.sentence('why.' + why.replace(' ', '_'))}"
        if source == "default":
            return f"our own choice, next to {why}" if why != "default" else "our own choice"
        return why

    def when(self, outcome: Outcome) -> str:
        """In which situations a report goes there; nothing where it always does."""
        if len(outcome.situations) == len(outcome.every):
            return ""
        return "; or ".join(self.box(box, outcome.every) for box in boxes(outcome.situations))

    def box(self, box: Sequence[Situation], every: Sequence[Situation]) -> str:
        said = []
        by, harmed = (list(dict.fromkeys(getattr(each, name) for each in box)) for name in ("by", "harmed"))
        if len(by) < len({each.by for each in every}):
            asked = {each.by for each in every} - {*self.floor.colleague} != {"unknown"}
            said.append(
                "done by " + listed([BY[word] if asked or word != "unknown" else "anybody else" for word in by])
            )
        if len(harmed) < len({each.harmed for each in every}):
            said.append("harmed: " + listed([HARMED[word] for word in harmed]))
        answers, known = {each.answers for each in box}, {each.answers for each in every}
        if answers != known:
            told = sorted({word for some in answers for word in some})
            said.append(" and ".join(self.floor.answers[word] for word in told) if told else "otherwise")
        return ", ".join(said)


def boxes(situations: Sequence[Situation]) -> list[list[Situation]]:
    """Situations parted into those that one phrase can tell: the same harmed and answers for each `by`."""
    shapes: dict[str, list[tuple[str, frozenset[str]]]] = {}
    for each in situations:
        shapes.setdefault(each.by, []).append((each.harmed, each.answers))
    alike: dict[tuple[tuple[str, frozenset[str]], ...], list[str]] = {}
    for by, shape in shapes.items():
        alike.setdefault(tuple(shape), []).append(by)
    found = []
    for told, bys in alike.items():
        shape, harmed = list(told), {one for one, _ in told}
        answers = dict.fromkeys(some for _, some in shape)
        whole = len(shape) == len(harmed) * len(answers)
        parts = [shape] if whole else [[one for one in shape if one[1] == some] for some in answers]
        found += [[Situation(by, *one) for by in bys for one in part] for part in parts]
    return found


def listed(words: Iterable[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} or {last}" if most else last


def how_soon(floor: Floor, klass: str) -> str:
    """Within what time a class of report is to be acknowledged."""
    kind = floor.classes[klass]
    if kind.school_days:
        return f"{kind.school_days} school day"
    if kind.minutes % 60:
        return f"{kind.minutes} minutes, at any hour"
    return f"{kind.minutes // 60} hours of school time"


def named_alike(pack: Pack) -> Cast:
    """A school in which each role of the pack is one person of that name."""
    line_manager = "line_manager"
    holders: Mapping[str, tuple[str, ...]] = {role: (role,) for role in pack.cast}
    return Cast(holders, line_managers={TEACHER: line_manager, SOMEBODY: line_manager})
