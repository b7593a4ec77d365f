"""`lanyard duties`: how far each school has come with what its policy asks, in bars or as a spreadsheet."""

import csv
import sys
from collections.abc import Iterable

from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from bot.ground import Ground, errand
from bot.settings import Settings
from storage.models import School
from storage.queries import duties as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows import owing
from workflows.owing import Progress
from workflows.tasked import lines

COLUMNS = ("school", "name", "team", "duty", "period", "policy", "asked_on", "due_on", "state", "done_on")
PROOF = ("policy_version", "sha256")
# A cell that begins so is a formula to a spreadsheet.
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def show_duties(settings: Settings, *, as_csv: bool) -> int:
    """Print how duties stand."""
    with errand(settings) as ground:
        if as_csv:
            return print_csv(ground)
        console = Console(highlight=False)
        for at, (name, found, late) in enumerate(ground.database.look_now(ground.trust, standing, ground)):
            console.print("\n" * bool(at) + f"[bold]{escape(name)}[/bold]")
            console.print(bars(ground, found) if found else "  Nobody has been asked for anything yet.")
            if late:
                who = "1 person" if len(late) == 1 else f"{len(late)} people"
                console.print(f"\n  Overdue: {who}, the longest overdue first", style="bold")
                console.print(columns(late))
    return 0


def standing(unit: Unit, ground: Ground) -> list[tuple[str, list[Progress], list[tuple[str, str]]]]:
    found = []
    schools: list[School] = unit.find(people_queries.schools())
    for school in schools:
        tasks = owing.current(unit.find(queries.tasks_at(school.id)))
        late = lines(unit, ground.rules, owing.overdue(unit, tasks))
        found.append((school.name, list(owing.progress(unit, tasks)), late))
    return found


def bars(ground: Ground, found: list[Progress]) -> Table:
    """A bar for each duty, and for its teams where they differ."""
    nudges = ground.rules.words.nudges
    told = owing.telling(found)
    return columns([(f"  {each.team}" if each.team else nudges[each.duty].label, each.bar) for each in told])


def columns(rows: Iterable[tuple[str, str]]) -> Table:
    """Two columns without lines; what is too long goes on below itself."""
    grid = Table(box=None, show_header=False, pad_edge=False, padding=(0, 2, 0, 0))
    for first, second in rows:
        grid.add_row("", Text(first), Text(second))
    return grid


def print_csv(ground: Ground) -> int:
    out = csv.DictWriter(sys.stdout, (*COLUMNS, *PROOF))
    out.writeheader()
    for row in ground.database.look_now(ground.trust, lambda unit: list(owing.rows(unit, ground.rules))):
        out.writerow({key: f"'{value}" if value.startswith(FORMULA) else value for key, value in row.items()})
    return 0
