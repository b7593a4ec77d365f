"""The school's official accounts online, as they stand: who looks after each, who left, and since when too few do."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from storage.models import OfficialAccount, OfficialHolder, Person
from storage.queries import official as queries
from storage.queries import people as people_queries
from storage.unit import Unit
from workflows.calendar import day_of

OWNER, ADMINISTRATOR, MODERATOR, POSTER = "owner", "administrator", "moderator", "poster"
# So many people must be able to get in, so that nobody who is ill or leaves takes an account with them.
ENOUGH = 2


@dataclass(frozen=True)
class Kept:
    """One account in use, with everybody who has or had a part in it, the earliest first."""

    row: OfficialAccount
    holders: tuple[OfficialHolder, ...]
    people: Mapping[str, Person]

    @property
    def label(self) -> str:
        return called(self.row)

    def now(self, part: str, today: date) -> list[Person]:
        """Who has this part and is still there."""
        found = [self.people[each.person] for each in self.holders if each.part == part and each.until is None]
        return [person for person in found if not has_left(person, today)]

    def shared_with(self, gone: Person, last: date, today: date) -> list[Person]:
        """Who could get in together with somebody who no longer should, and still can."""
        began = min(each.since for each in self.holders if each.person == gone.id)
        together = {each.person for each in self.holders if each.since < last or each.since <= began}
        return [each for each in self.now(ADMINISTRATOR, today) if each.id in together and each.id != gone.id]

    def departed(self, today: date) -> Iterator[tuple[Person, date]]:
        """Who could get in as an administrator and is to no longer, and the last day on which they were to."""
        still = {each.person for each in self.holders if each.part == ADMINISTRATOR and each.until is None}
        for each in self.holders:
            person = self.people[each.person]
            last = each.until or person.leaves
            back = each.until and each.person in still and not has_left(person, today)
            if each.part == ADMINISTRATOR and last and last <= today and not back:
                yield person, last

    def short_since(self, today: date) -> date | None:
        """Since when it has too few administrators, or no owner; none where it has enough."""
        if len(self.now(ADMINISTRATOR, today)) >= ENOUGH and self.now(OWNER, today):
            return None
        guarding = [each for each in self.holders if each.part in (ADMINISTRATOR, OWNER)]
        ends = [each.until or self.people[each.person].leaves for each in guarding]
        return max([self.row.added_on, *(day for day in ends if day and day <= today)])


def called(row: OfficialAccount) -> str:
    return f"{row.name} ({row.service})"


def has_left(person: Person, today: date) -> bool:
    return person.leaves is not None and person.leaves < today


def kept(unit: Unit) -> list[Kept]:
    """The accounts in use, by their ids in school.toml."""
    rows: list[OfficialAccount] = unit.find(queries.accounts())
    holders: list[OfficialHolder] = unit.find(queries.holders()) if rows else []
    ids = tuple({each.person for each in holders})
    people = {person.id: person for person in unit.find(people_queries.by_ids(ids))} if ids else {}
    return [
        Kept(row, tuple(each for each in holders if each.account == row.id), people)
        for row in rows
        if row.ended_at is None
    ]


def posting_since(unit: Unit) -> dict[str, date]:
    """Who may post for the school, and since when, for the first time."""
    today, since = day_of(unit.now), dict[str, date]()
    for account in kept(unit):
        for each in account.holders:
            if each.part == POSTER and each.until is None and not has_left(account.people[each.person], today):
                since[each.person] = min(since.get(each.person, date.max), each.since)
    return since
