"""What one policy says: its offices, its clauses in our words, its routes and its steps."""

from collections.abc import Mapping
from typing import Literal, Self

from pydantic import Field, model_validator

from workflows.floor import Duty, Row

Source = Literal["clause", "floor", "default"]


class Conditions(Row):
    """When a row counts: an empty list means any; all words of `answers` must be true, none of `unless`."""

    by: tuple[str, ...] = ()
    harmed: tuple[str, ...] = ()
    answers: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()

    def fits(self, by: str, harmed: str, answers: frozenset[str]) -> bool:
        """Whether this row counts for a report with these facts."""
        return (
            (not self.by or by in self.by)
            and (not self.harmed or harmed in self.harmed)
            and answers.issuperset(self.answers)
            and answers.isdisjoint(self.unless)
        )

    @property
    def closeness(self) -> tuple[int, int]:
        """How exactly the row speaks of the case: of two that give a lead, the closer one counts."""
        return len(self.answers) + len(self.unless), bool(self.by) + bool(self.harmed)


class RouteRow(Conditions):
    """One cell of the policy's table: who leads, or may be chosen, or `nobody`; who else is told; and why."""

    report: str
    lead: str = ""
    choice: tuple[str, ...] = ()
    several: bool = False
    nobody: bool = False
    offer: str = ""
    informed: tuple[str, ...] = ()
    support: tuple[str, ...] = ()
    klass: str = Field("", alias="class")
    why: Mapping[str, str]

    @property
    def decides(self) -> bool:
        """Whether this row says who leads; the others only add people."""
        return bool(self.lead or self.choice or self.nobody)

    @property
    def roles(self) -> tuple[str, ...]:
        """Every role that the row names."""
        return tuple(r for r in (self.lead, *self.choice, *self.informed, *self.support, self.offer) if r)

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if bool(self.lead) + bool(self.choice) + self.nobody > 1:
            raise ValueError("one row gives a lead, a choice or nobody, never two of them")
        if silent := sorted({*self.roles} - self.why.keys()):
            raise ValueError(f"`why` must give a clause for {', '.join(silent)}: this route names them")
        if idle := sorted(self.why.keys() - {*self.roles}):
            raise ValueError(f"`why` gives a clause for {', '.join(idle)}, whom this route does not name")
        return self


class StepRow(Conditions):
    """One thing the lead (or, where nobody leads, the reporter) is walked through; `why` is its clause."""

    id: str
    report: tuple[str, ...]
    say: str
    why: str
    offers: str = ""


class Review(Row):
    """When the policy says it is looked at again."""

    every: str
    next: str
    why: str


class Pack(Row):
    """One policy: its offices, its clauses in our words, its routes and its steps."""

    id: str
    name: str
    edition: str
    review: Review
    klass: str = Field("", alias="class")
    cast: tuple[str, ...]
    clauses: Mapping[str, str]
    routes: tuple[RouteRow, ...] = Field(alias="route")
    steps: tuple[StepRow, ...] = Field((), alias="step")
    duties: tuple[Duty, ...] = Field((), alias="duty")


def mark(why: str) -> tuple[Source, str]:
    """The source of a `why`: `floor 1`, `default`, `default: 1.4` (a clause near by), else the clause."""
    if why.startswith("floor "):
        return "floor", why
    if why.startswith("default"):
        return "default", why.removeprefix("default").removeprefix(": ") or "default"
    return "clause", why
