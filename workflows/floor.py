"""What is true under every policy: how soon, who stands in, who hears about whom, what a type needs."""

from collections.abc import Container, Mapping
from datetime import time
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

# What hangs on an official account online, and who may be asked about one.
OF_ACCOUNTS = ("closing", "evaluation", "short", "departure")
LOOKING_AFTER = {"departure": "account_administrators"}


class Row(BaseModel):
    """A table of a policy file: frozen, and a word it does not know is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Class(Row):
    """How soon somebody must acknowledge, and on which clock."""

    clock: Literal["always", "school"]
    minutes: int = 0
    school_days: int = 0
    # Whether it may wait for the end of a holiday.
    rests: bool = False


class Kind(Row):
    """What the floor knows of one type of report; an unlisted one is `soon` and needs nothing special."""

    klass: str = Field("soon", alias="class")
    child: bool = False
    child_by: tuple[str, ...] = ()
    subject: Literal["", "headteacher", "reporter"] = ""


class Line(Row):
    """One line of rule 3: whom a subject's office sends the report to."""

    id: str
    subjects: tuple[str, ...] = ()
    lead: str
    keeps: bool = False
    not_informed: tuple[str, ...] = ()
    excludes: tuple[str, ...] = ()
    spares: str = ""
    becomes: str = ""


class Offices(Row):
    """The roles that the floor itself speaks of."""

    head: str
    child: str
    chair: str
    chair_where_none: str
    line_manager: str
    privacy: str


class Words(Row):
    """The words that a route may be told apart by."""

    by: tuple[str, ...]
    harmed: tuple[str, ...]


class Cares(Row):
    """Rule 1: whose harm calls for the DSL, who must not be a subject then, and the step that stands in."""

    harmed: tuple[str, ...]
    unless_about: tuple[str, ...]
    step: str
    say: str


class Duty(Row):
    """What a policy has people do, again and again; its words are the section of its id in `nudges.toml`.

    ``to`` names roles, or an audience of the floor's; ``each`` is what it is asked
    about one by one: an account online.  What has no date of its own is asked for when its time
    begins and is overdue ``within`` working days; what has one is reminded of that many days ``before`` it.
    """

    id: str
    to: tuple[str, ...]
    when: Literal[
        "term",
        "year",
        "years",
        "joining",
        "leaving",
        "review",
        "version",
        "incident",
        "closing",
        "evaluation",
        "short",
        "departure",
    ]
    each: Literal["", "account"] = ""
    within: int = Field(15, ge=1, le=60)
    before: tuple[int, ...] = ()
    every: int = Field(1, ge=1, le=10)
    why: str

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if not self.each and (self.when in OF_ACCOUNTS or "account_owner" in self.to):
            raise ValueError('it hangs on an account: say each = "account"')
        if self.each and self.when not in (*OF_ACCOUNTS, "term"):
            raise ValueError("what is asked about each account is termly, or hangs on its days or its administrators")
        if self.each and self.to != (LOOKING_AFTER.get(self.when, "account_owner"),):
            raise ValueError("what is asked about an account goes to its owner, of a departure to its administrators")
        return self


class SchoolTime(Row):
    """When school time runs: days of the week by name, hours on London's clock."""

    zone: Literal["Europe/London"]
    days: tuple[str, ...]
    opens: time = Field(alias="from")
    closes: time = Field(alias="until")


class Roles(Row):
    """The offices every pack has, and those that rule 3 knows besides."""

    every: tuple[str, ...]
    governors: tuple[str, ...]
    trust: tuple[str, ...]


class Floor(Row):
    """What is true in every pack."""

    ladder: tuple[str, ...]
    outside: str
    unrouted: str
    strictest_first: tuple[str, ...]
    harmed_now: tuple[str, ...]
    colleague: tuple[str, ...]
    offices: Offices
    words: Words
    answers: Mapping[str, str]
    classes: Mapping[str, Class]
    school_time: SchoolTime
    roles: Roles
    deputies: Mapping[str, str]
    held_by: Mapping[str, str]
    audiences: tuple[str, ...]
    duties: tuple[Duty, ...] = Field((), alias="duty")
    child: Cares
    lines: tuple[Line, ...]
    types: Mapping[str, Kind]

    def kind(self, report: str) -> Kind:
        """What the floor knows of this type; a type added by a form file alone is an ordinary one."""
        return self.types.get(report) or Kind.model_validate({})

    def governors_of(self, cast: Container[str]) -> tuple[str, ...]:
        """The offices besides a pack's own that rule 3 knows: trustees only where the pack has a trust."""
        return (*self.roles.governors, *(self.roles.trust if self.offices.chair_where_none in cast else ()))

    def strictest(self, *classes: str) -> str:
        """The class that waits least."""
        return min((klass for klass in classes if klass), key=self.strictest_first.index)
