"""What a very large number of promises and tasks changes for one school: its sweep, its day, and the room they take."""

import secrets
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlmodel import SQLModel, col, select

from bench import databases
from bench.duties import TERMS, TRUST, Year
from storage import promises
from storage.models import Person
from storage.statements import insert_into, insert_rows
from storage.unit import Unit
from workflows.schooldays import A_DAY

Row = dict[str, Any]
TURNS, DAYS, TOGETHER, CHUNK = 40, 5, 16, 100
SAMPLE = "sample"
# What another school's row has of its own; every other value is the sample's.
SCATTERED = {
    "sqlite": "printf('%08x', (n.k * 2654435761) & 4294967295) || substr({0}, 9)",
    "postgresql": "lpad(to_hex((n.k * 2654435761) & 4294967295), 8, '0') || substr({0}, 9)",
}
DICE = {"sqlite": "lower(hex(randomblob(16)))", "postgresql": "replace(gen_random_uuid()::text, '-', '')"}
NUMBERS = {
    "sqlite": "(with recursive n(k) as (select {0} union all select k + 1 from n where k < {1}) select k from n)",
    "postgresql": "(select generate_series({0}::bigint, {1}::bigint) as k)",
}
SIZE = {
    "sqlite": "select page_count * page_size from pragma_page_count(), pragma_page_size()",
    "postgresql": "select pg_database_size(current_database())",
}


def measured(schools: int, kinds: tuple[str, ...]) -> Row:
    """For each kind of database: how many times as long each thing takes beside so many schools as alone.

    Wall-clock, and the two taken in turn in one run: with PostgreSQL the work is done in another process.
    """
    with tempfile.TemporaryDirectory(prefix="lanyard-bench-") as name:
        rows = lived(Path(name))
        return {kind: beside(Path(name), kind, schools, rows) for kind in kinds}


def lived(folder: Path) -> dict[str, list[Row]]:
    """The promises and tasks of one school's year; on its last day everybody's next message is still waiting."""
    year = Year(folder / SAMPLE)
    year.founded()
    year.lives()
    year.database.run_now(TRUST, wait_for_all, year.now + timedelta(days=3650))
    year.database.close()
    engine = create_engine(year.url)
    with engine.connect() as connection:
        tables = {name: SQLModel.metadata.tables[name] for name in ("promises", "tasks")}
        found = {
            name: [dict(row) for row in connection.execute(select(one)).mappings()] for name, one in tables.items()
        }
    engine.dispose()
    return found


def wait_for_all(unit: Unit, due: datetime) -> None:
    """As on any morning: the school's opening, and a message for each of its people."""
    for person in unit.find(select(Person).where(col(Person.staff).is_(True))):
        unit.promise("nudge", person.id, due, once=f"nudge {person.id} last", school=person.school, overdue="")
    unit.promise("day", "", due, once="day last", school="")


def beside(folder: Path, kind: str, schools: int, rows: dict[str, list[Row]]) -> Row:
    with databases.two(kind, folder) as urls:
        alone, crowded = (Year(folder / f"{kind}{n}", url) for n, url in enumerate(urls))
        for year in (alone, crowded):
            year.founded()
        engine = create_engine(crowded.url, pool_size=1, max_overflow=0)
        if kind == "sqlite":  # only while they are put there: what is measured has its own connections
            with engine.connect() as connection:
                for pragma in ("cache_size = -1000000", "synchronous = off", "temp_store = memory"):
                    connection.exec_driver_sql(f"pragma {pragma}")
        try:
            found = {name: copied(engine, name, some, schools) for name, some in rows.items()}
            with engine.begin() as connection:
                waiting = connection.execute(text("select count(*) from promises where state = 'waiting'")).scalar_one()
                connection.execute(text("analyze"))
            found["promises"]["waiting"] = waiting
            return {**found, "the plan of a sweep": plan(engine), "times as long": in_turn(alone, crowded)}
        finally:
            engine.dispose()
            alone.database.close()
            crowded.database.close()


def copied(engine: Engine, name: str, rows: list[Row], schools: int) -> Row:
    """The sample's rows once for each school, each school a trust of its own."""
    kind, table = engine.dialect.name, SQLModel.metadata.tables[name]
    began, columns = time.monotonic(), [column.name for column in table.columns]
    own = {"id": DICE[kind], "trust": "'trust ' || n.k"}
    own |= {each: SCATTERED[kind].format(f'one."{each}"') for each in ("to", "person", "school") if each in columns}
    chosen = ", ".join(own.get(each, f'one."{each}"') for each in columns)
    named = ", ".join(f'"{each}"' for each in columns)
    before = size(engine)
    with engine.begin() as connection:
        insert_rows(connection, insert_into(table), [apart(row) for row in rows])
    for first in range(1, schools + 1, CHUNK):
        numbers = NUMBERS[kind].format(first, min(first + CHUNK - 1, schools))
        with engine.begin() as connection:
            copy = f"insert into {name} ({named}) select {chosen} from {numbers} as n, {name} as one"
            connection.execute(text(f"{copy} where one.trust = '{SAMPLE}'"))
    many = len(rows) * (schools + 1)
    bytes_each = round((size(engine) - before) / many)
    return {"rows": many, "bytes of disk each": bytes_each, "seconds to copy": round(time.monotonic() - began)}


def apart(row: Row) -> Row:
    """A row of the sample's that is nobody's whom the bench founds: those have the same ids in every database."""
    named = {name: f"ffffffff{row[name][8:]}" for name in ("to", "person", "school") if row.get(name)}
    return {**row, **named, "id": secrets.token_hex(16), "trust": SAMPLE}


def size(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text(SIZE[engine.dialect.name])).scalar_one())


def plan(engine: Engine) -> list[str]:
    """How the database goes about a sweep, in its own words."""
    now = datetime.now(UTC)
    asked = promises.ripe(now, TOGETHER, "lease", now)
    compiled = asked.statement.compile(engine)
    values = {**compiled.params, **asked.values}
    given = tuple(values[name] for name in compiled.positiontup) if compiled.positiontup else values
    explain = "explain query plan" if engine.dialect.name == "sqlite" else "explain"
    with engine.connect() as connection:
        rows = connection.exec_driver_sql(f"{explain} {compiled}", given).all()
    return [str(row[-1]).split("  (")[0].strip() for row in rows]


def in_turn(alone: Year, crowded: Year) -> Row:
    """Each thing done to both in turn; the first school day of a year, when everything is asked for, is left out."""
    years, day = (alone, crowded), TERMS[0][1]
    for year in years:
        year.day(day)
    days = [tuple(clocked(Year.day, year, day + n * A_DAY) for year in years) for n in range(1, DAYS + 1)]
    found = {"a school's day": ratio(days)}
    turns = [[tuple(clocked(do, year) for year in years) for do in DEEDS.values()] for _ in range(TURNS)]
    return found | {name: ratio([turn[at] for turn in turns]) for at, name in enumerate(DEEDS)}


def ratio(pairs: Sequence[tuple[float, ...]]) -> Row:
    small, large = (median(each) * 1000 for each in zip(*pairs, strict=True))
    return {"alone, ms": round(small, 2), "beside them, ms": round(large, 2), "times": round(large / small, 2)}


def clocked(do: Callable[..., object], *what: object) -> float:
    began = time.perf_counter()
    do(*what)
    return time.perf_counter() - began


def makes(year: Year) -> None:
    """As many promises as a sweep takes up."""

    def make(unit: Unit) -> None:
        for _ in range(TOGETHER):
            unit.promise("say", "somebody", unit.now, once=secrets.token_hex(8), slot="bench")

    year.database.run_now(TRUST, make)


def keeps(year: Year) -> None:
    for claim in year.database.run_now("", promises.claim, TOGETHER, 60):
        year.database.run_now(TRUST, promises.keep, claim.id, claim.lease)


DEEDS: dict[str, Callable[[Year], object]] = {
    "a sweep that finds nothing": lambda year: year.database.run_now("", promises.claim, TOGETHER, 60),
    "sixteen promises made": makes,
    "sixteen taken up and kept": keeps,
    "how long the oldest has waited": lambda year: year.database.look_now("", promises.overdue),
    "leases let go at a start": lambda year: year.database.run_now("", promises.release),
}
