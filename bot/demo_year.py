"""Gives the demo's school a year: terms around today, a list of staff, and two versions of its policy."""

import io
from contextlib import redirect_stdout
from datetime import UTC, datetime, timedelta
from importlib.resources import files
from pathlib import Path

from bot import adoption, calendar_file, school_year, staff_list
from bot.adoption import Approval
from bot.ground import errand
from bot.settings import Settings
from workflows.calendar import day_of
from workflows.staff_list import school_keys

# How many days ago each version was approved: everybody is to read the second one.
VERSIONS = (("1", 400), ("2", 5))


def live_by(settings: Settings) -> None:
    """What `lanyard staff apply`, `lanyard calendar apply` and `lanyard policy adopt` do."""
    from workspace.year import calendar_around

    given, today = Path(str(files("workspace"))), day_of(datetime.now(UTC))
    terms = settings.home / "calendar.toml"
    terms.write_text(calendar_around(today))
    with redirect_stdout(io.StringIO()), errand(settings) as ground:
        members = staff_list.read_staff(given / "staff.csv", ground.database.look_now(ground.trust, school_keys))
        staff_list.applied(ground, members, yes=True)
        school_year.applied(ground, calendar_file.read_calendar(terms), "brambledown", yes=True)
        for version, ago in VERSIONS:
            day = today - timedelta(days=ago)
            approval = Approval(version, "Ngozi Okafor", "chair of governors", str(day))
            content = (given / "policy" / f"{version}.md").read_bytes()
            adoption.adopted(ground, (".md", content), approval, day)
