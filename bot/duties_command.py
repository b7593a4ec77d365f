"""`lanyard duties`: how far each school has come with what its policy asks, in bars or as a spreadsheet."""

import csv
import sys

from rich.console import Console
from rich.progress_bar import ProgressBar
from rich.table import Table

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
        console = Console()
        for name, found, late in ground.database.look_now(ground.trust, standing, ground):
            console.print(f"[bold]{name}[/bold]" if found else f"{name}: nobody has been asked for anything yet.")
            if found:
                console.print(table(ground, found))
            for who, what in late:
                console.print(f"  overdue: {who}, {what}", markup=False)
    return 0


def standing(unit: Unit, ground: Ground) -> list[tuple[str, list[Progress], list[tuple[str, str]]]]:
    found = []
    schools: list[School] = unit.find(people_queries.schools())
    for school in schools:
        tasks = owing.current(unit.find(queries.tasks_at(school.id)))
        late = lines(unit, ground.rules, owing.overdue(unit, tasks))
        found.append((school.name, list(owing.progress(unit, tasks)), late))
    return found


def table(ground: Ground, found: list[Progress]) -> Table:
    grid = Table(box=None, show_header=False, pad_edge=False)
    for each in found:
        label = ground.rules.words.nudges[each.duty].label
        bar = ProgressBar(total=max(each.asked, 1), completed=each.done, width=20)
        grid.add_row(f"  {each.team}" if each.team else label, bar, f"{each.done} of {each.asked}")
    return grid


def print_csv(ground: Ground) -> int:
    out = csv.DictWriter(sys.stdout, (*COLUMNS, *PROOF))
    out.writeheader()
    for row in ground.database.look_now(ground.trust, lambda unit: list(owing.rows(unit, ground.rules))):
        out.writerow({key: f"'{value}" if value.startswith(FORMULA) else value for key, value in row.items()})
    return 0
