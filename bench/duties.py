"""What asking people costs: one school's day measured, and from a year of a few schools that of all of England."""

import argparse
import json
import tempfile
import time
from datetime import UTC, date, datetime
from datetime import time as clock_time
from pathlib import Path
from typing import Any

from sqlmodel import col, func, select

from storage import promises
from storage.database import Database
from storage.models import Promise, Task
from storage.unit import Unit
from storage.vault import Vault, create_key_file
from templates.catalogue import Catalogue
from workflows import appointments, nudges, nudging, staff_list, tasks, timetable
from workflows.calendar import LONDON, day_of
from workflows.packs import load_floor, load_pack
from workflows.people import Who
from workflows.register import Member, Register
from workflows.rules import Rules
from workflows.schooldays import A_DAY, Span
from workflows.tasked import PUT_OFF
from workflows.timetable import Dates

TRUST, SCHOOL, STAFF = "bench-trust", "beckside", 45
MILLION = 1_000_000
TERMS = (("Autumn", date(2026, 9, 2), date(2026, 12, 18)), ("Spring", date(2027, 1, 4), date(2027, 3, 25)))
LAST_TERM = ("Summer", date(2027, 4, 12), date(2027, 7, 22))
OFFICES = ("headteacher", "dsl", "deputy_dsl", "social_media", "ict")
# One in so many puts off, and one in so many never answers; everybody else does it on the day.
SLOW, NEVER = 5, 10
Row = dict[str, Any]


class Year:
    """One school of 45 staff, whose year goes by in seconds on a database of its own."""

    def __init__(self, folder: Path, url: str = "") -> None:
        folder.mkdir(exist_ok=True)
        key = folder / "key"
        create_key_file(key)
        self.file = folder / "year.db"
        self.url = url or f"sqlite:///{self.file}"
        self.now = datetime.combine(TERMS[0][1], clock_time(7), LONDON).astimezone(UTC)
        self.dice = iter(range(10**9))
        vault = Vault.from_key_file(key)
        self.database = Database.open(
            self.url, vault=vault, clock=lambda: self.now, dice=lambda: f"{next(self.dice):032x}"
        )
        self.rules = Rules(load_pack("oak-trees"), load_floor(), Catalogue.read(), "https://bench.example")
        self.seconds: dict[str, float] = {"opening": 0.0, "sending": 0.0, "claiming": 0.0}
        self.first_day: Row = {}

    def founded(self) -> None:
        people = [
            Member(f"m{n}", f"Somebody {n}", emails=(address(n),), roles=((role, SCHOOL),))
            for n, role in enumerate(OFFICES)
        ]
        numbers = {"social_care": "01632 960101", "out_of_hours": "01632 960102", "lado": "01632 960103"}
        found = Register("Bench", "oak-trees", numbers, ((SCHOOL, "Beckside School", ""),), tuple(people), None)
        spans = [("term", Span(first, last, name)) for name, first, last in (*TERMS, LAST_TERM)]
        run = self.database.run_now
        run(TRUST, appointments.found, TRUST, found, False)
        run(TRUST, appointments.apply, self.rules, found, {}, True)
        run(TRUST, staff_list.apply, self.rules, listed(), accounts())
        run(TRUST, timetable.apply, self.rules, SCHOOL, Dates(tuple(sorted(spans))))

    def lives(self) -> None:
        day = TERMS[0][1]
        while day <= LAST_TERM[2]:
            self.day(day)
            day += A_DAY

    def day(self, day: date) -> None:
        """The day is opened at eight; at half past eleven everybody's minute has come."""
        self.now = datetime.combine(day, clock_time(8), LONDON).astimezone(UTC)
        self.database.run_now(TRUST, nudges.begin)
        self.keeps("opening")
        self.now = datetime.combine(day, clock_time(11, 30), LONDON).astimezone(UTC)
        if self.keeps("sending") and not self.first_day:
            opened = round(1000 * self.seconds["opening"], 1)
            self.first_day = {"tasks": self.count(Task), "messages": STAFF, "opening, ms of processor": opened}

    def keeps(self, what: str) -> int:
        kept = 0
        while True:
            began = time.process_time()
            claims = self.database.run_now("", promises.claim, 200, 60)
            self.seconds["claiming"] += time.process_time() - began
            if not claims:
                return kept
            began = time.process_time()
            for one in claims:
                self.database.run_now(TRUST, self.kept, one)
            self.seconds[what] += time.process_time() - began
            kept += len(claims)

    def kept(self, unit: Unit, claim: promises.Claim) -> None:
        if claim.kind == nudges.DAY:
            nudges.open_day(unit, self.rules, claim.ids["school"])
            promises.keep(unit, claim.id, claim.lease)
            return
        told = nudging.telling(unit, self.rules, claim) if claim.kind == "nudge" else None
        if told is None:
            promises.drop(unit, claim.id, claim.lease)
            return
        nudging.sent(unit, claim, told, "D1", "1.0")
        if told.message == "nudge.ask" and "task" not in claim.ids:
            self.answers(unit, str(told.values["task_id"]), told.person)

    def answers(self, unit: Unit, task: str, person: str) -> None:
        mood = int(task[-8:], 16)
        if mood % NEVER == 0:
            return
        if mood % SLOW == 0 and unit.get(Task, task).put_off < PUT_OFF:
            tasks.put_off(unit, self.rules, task, Who("person", "", person))
        else:
            tasks.finish(unit, self.rules, task, {"done_on": str(day_of(unit.now))}, Who("person", "", person))

    def count(self, table: type[Task] | type[Promise]) -> int:
        found: int = self.database.look_now(TRUST, lambda unit: unit.find(select(func.count(col(table.id)))))[0]
        return found


def address(number: int) -> str:
    return f"s{number}@{SCHOOL}.example"


def listed() -> tuple[staff_list.Member, ...]:
    return tuple(
        staff_list.Member(n, address(n), f"Somebody {n}", address(0) if n else "", SCHOOL, f"Team {n % 5}", n % 3 > 0)
        for n in range(STAFF)
    )


def accounts() -> dict[str, tuple[Who, ...]]:
    return {address(n): (Who("slack", "T1", f"U{n:08}", address(n), (address(n),)),) for n in range(STAFF)}


def measured() -> Row:
    """One school's year; every figure for all of England is this one's, times a million staff over its own 45.

    Processor time of this process, so that what else the machine does counts for nothing.
    """
    with tempfile.TemporaryDirectory(prefix="lanyard-bench-") as name:
        year = Year(Path(name))
        year.founded()
        empty = year.file.stat().st_size
        year.lives()
        made, owed = year.count(Promise), year.count(Task)
        year.database.close()
        grown = year.file.stat().st_size - empty
    people = MILLION / STAFF
    spent = sum(year.seconds.values())
    return {
        "one school": {"staff": STAFF, "tasks": owed, "promises": made, "KiB": grown // 1024},
        "first morning of term": year.first_day,
        "seconds of processor": {name: round(each, 2) for name, each in year.seconds.items()},
        "all of England, times a million over 45": {
            "promises in millions": round(made * people / 1e6, 1),
            "tasks in millions": round(owed * people / 1e6, 1),
            "GiB": round(grown * people / 2**30, 1),
            "hours of one core in the year": round(spent * people / 3600, 1),
            "first morning: messages": round(year.first_day["messages"] * people),
        },
    }


def main() -> None:
    """Print the measurements as JSON."""
    from bench import crowd

    asks = argparse.ArgumentParser(prog="bench.duties", description=__doc__)
    asks.add_argument("--schools", type=int, help="measure one school's day beside so many others' rows instead")
    asks.add_argument("--database", choices=("sqlite", "postgresql"), action="append", help="only this one")
    asked = asks.parse_args()
    kinds = tuple(asked.database or ("sqlite", "postgresql"))
    print(json.dumps(crowd.measured(asked.schools, kinds) if asked.schools else measured(), indent=1))


if __name__ == "__main__":
    main()
