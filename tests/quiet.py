"""Hears every reminder that a stand-in is given in any test, whatever it is about, and keeps those at a wrong time."""

import json
import re
from datetime import datetime
from typing import Any

from storage.models import CalendarSpan, School
from storage.queries import calendar as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows.calendar import LONDON
from workflows.schooldays import fixed, is_bank_holiday

# A message with something to do, a list of what others have not done, and the links of letters and of a term's figures.
REMINDS = re.compile(r"\bduty_(?:done|show|later|cannot)\b|Overdue among those you manage|/p/[tr]/")
# What the stand-ins say when something new comes; a message that is edited was heard before.
NEW = ("chat.postMessage:received", "mail:received", "teams:received")


class Ear:
    """Asks the school's own calendar at the moment at which something comes."""

    def __init__(self, world: Any) -> None:
        self.world, self.heard = world, 0
        self.wrong: list[str] = []
        world.workspace.on_call.append(self)

    def __call__(self, moment: str, about: Any) -> None:
        if moment not in NEW or not REMINDS.search(json.dumps(about, default=str)):
            return
        self.heard += 1
        at = self.world.clock.now().astimezone(LONDON)
        if not self.world.look(in_somebodys_time, at):
            self.wrong.append(f"a reminder at {at:%A %d %B %H:%M}")

    def closes(self) -> None:
        self.world.workspace.on_call.remove(self)
        assert self.wrong == [], "nobody is reminded out of school time"


def in_somebodys_time(unit: Unit, at: datetime) -> bool:
    """Whether any school here is in, with its staff, at this moment of London's."""
    schools: list[School] = unit.find(people_queries.schools())
    return any(is_in(each, unit.find(queries.spans(each.id)), at) for each in schools)


def is_in(school: School, spans: list[CalendarSpan], at: datetime) -> bool:
    """Said here once more, and plainly: what reminds asks the product's own calendar."""
    day = at.date()
    on = {span.kind for span in spans if span.first <= day <= span.last}
    free = on & {"half_term", "closed"} or day.weekday() > 4 or is_bank_holiday(day)
    opens, closes = school.opens or f"{fixed().opens:%H:%M}", school.closes or f"{fixed().closes:%H:%M}"
    return "term" in on and ("open" in on or not free) and opens <= f"{at:%H:%M}" < closes
