"""One report as the floor sees it: the facts, the school's people, and whom rules 2 and 3 shut out of it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from workflows.floor import Floor, Line
from workflows.policy import Pack


@dataclass(frozen=True)
class Facts:
    """What a report says that decides who hears of it; people by id, never words.

    ``subjects`` are adults working in or for the school: pupils, parents and outsiders change nothing in
    rule 3 and are told by ``by`` alone.  ``close`` are partners, relatives and friends of *any* subject, a
    pupil's too.  ``offices`` are roles a subject holds where nobody is known to hold them (a vacant office).
    """

    report: str
    by: str = "unknown"
    harmed: str = "nobody"
    subjects: frozenset[str] = frozenset()
    close: frozenset[str] = frozenset()
    harmed_persons: frozenset[str] = frozenset()
    offices: frozenset[str] = frozenset()
    reporter: str = "teacher"
    danger: bool = False
    picked: tuple[str, ...] = ()
    answers: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Cast:
    """Who holds what at one school at this moment.

    A role that is missing from ``holders`` is one the school does not have; one with nobody in it is vacant.
    Only for the chair of governors does that make a difference (rule 3).
    """

    holders: Mapping[str, tuple[str, ...]]
    absent: frozenset[str] = frozenset()
    unreachable: frozenset[str] = frozenset()
    line_managers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Kept:
    """Somebody kept out by rule 2 or 3."""

    person: str
    why: str


@dataclass(frozen=True)
class Matter:
    """A report, the pack and floor it falls under, and the people of its school."""

    pack: Pack
    floor: Floor
    cast: Cast
    facts: Facts

    @cached_property
    def subjects(self) -> frozenset[str]:
        """Rule 2: those named, and whom the type itself makes a subject (head_concern, self_report)."""
        kind = self.floor.kind(self.facts.report)
        implied: Iterable[str] = ()
        if kind.subject == "headteacher":
            implied = self.holders(self.floor.offices.head)
        elif kind.subject == "reporter":
            implied = (self.facts.reporter,)
        return self.facts.subjects.union(implied)

    @cached_property
    def offices(self) -> frozenset[str]:
        """Every role that a subject holds; `head_concern` is about the headteacher even if there is none."""
        held = {role for role, people in self.cast.holders.items() if self.subjects.intersection(people)}
        kind = self.floor.kind(self.facts.report)
        implied = {self.floor.offices.head} if kind.subject == "headteacher" else set()
        return self.facts.offices.union(held, implied)

    @cached_property
    def lines(self) -> tuple[Line, ...]:
        """Rule 3: the lines that fit a subject, the furthest last.

        `by` a colleague whom nobody named is still an adult working in the school: line (a) fits, so that
        leaving the name out never sends a report about a colleague past the headteacher.
        """
        anybody = self.subjects or self.facts.offices or self.facts.by in self.floor.colleague
        return tuple(
            line
            for line in self.floor.lines
            if (anybody if not line.subjects else self.offices.intersection(line.subjects))
        )

    @cached_property
    def report(self) -> str:
        """The type as routed: a concern about the headteacher becomes a `head_concern`, whatever was picked.

        So it does when a further line (another governor, the chair) decides the lead as well.
        """
        return next((line.becomes for line in self.lines if line.becomes), self.facts.report)

    @cached_property
    def kept(self) -> Mapping[str, str]:
        """Rules 2 and 3 (b): who is shut out in every role, and by which rule.

        Line (b) shuts the safeguarding team out whenever it fits, even where a further line decides the lead.
        """
        out = dict.fromkeys(sorted(self.subjects | self.facts.close), "floor 2")
        for line in self.lines:
            spared = self.holders(line.spares) if line.spares else ()
            for role in line.excludes:
                for person in self.holders(role):
                    if person not in spared:
                        out.setdefault(person, "floor 3")
        return out

    @cached_property
    def child_at_risk(self) -> bool:
        """Rule 1: by who was harmed or by what was reported, as it was reported."""
        kind, facts = self.floor.kind(self.facts.report), self.facts
        return facts.harmed in self.floor.child.harmed or kind.child or facts.by in kind.child_by

    @cached_property
    def safeguarding_is_subject(self) -> bool:
        """Rule 1's exception: the headteacher, the DSL or a deputy DSL is a subject."""
        return bool(self.offices.intersection(self.floor.child.unless_about))

    def acting_as(self, role: str) -> str:
        """The role a place is really about: its own if the school named somebody, else where it falls to."""
        if role in self.floor.held_by and not self.cast.holders.get(role):
            return self.floor.held_by[role]
        offices = self.floor.offices
        if role == offices.chair and role not in self.cast.holders and offices.chair_where_none in self.pack.cast:
            return offices.chair_where_none
        return role

    def holders(self, role: str, support: bool = False) -> tuple[str, ...]:
        """Those who hold a role, here or not; a line manager is the reporter's, in support the harmed's."""
        if role == self.floor.offices.line_manager:
            whose = sorted(self.facts.harmed_persons) if support else (self.facts.reporter,)
            managers = (self.cast.line_managers.get(person, "") for person in whose)
            return tuple(dict.fromkeys(manager for manager in managers if manager))
        return self.cast.holders.get(self.acting_as(role), ())
