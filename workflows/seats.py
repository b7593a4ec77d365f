"""The places a report has before people are found for them: the policy's table, then rules 3 and 1."""

from dataclasses import dataclass, replace

from workflows.ladder import Found
from workflows.matter import Matter
from workflows.policy import RouteRow, Source, mark


@dataclass(frozen=True)
class Seat:
    """A place on its way through the rules; ``child`` marks the one that rule 1 insists on."""

    role: str
    part: str
    source: Source
    why: str
    child: bool = False
    place: str = ""
    people: tuple[str, ...] = ()

    def taken_by(self, found: Found, matter: Matter) -> "Seat":
        """This place with people in it; a stand-in or a higher rung is there by rule 4, not by the policy."""
        seat = replace(self, role=found.role, place=found.place, people=found.people)
        return seat if found.role == matter.acting_as(self.role) else replace(seat, source="floor", why="floor 4")


def deciding(matter: Matter) -> RouteRow | None:
    """The row of the policy's table that says who leads; none where the policy does not route the type."""
    return max((row for row in rows(matter) if row.decides), key=lambda row: row.closeness, default=None)


def rows(matter: Matter) -> tuple[RouteRow, ...]:
    facts = matter.facts
    return tuple(
        row
        for row in matter.pack.routes
        if row.report == matter.report and row.fits(facts.by, facts.harmed, facts.answers)
    )


def table(matter: Matter) -> list[Seat]:
    """What the policy says, before the floor."""
    main = deciding(matter)
    if main is None and not matter.child_at_risk:
        return [Seat(matter.floor.unrouted, "lead", "default", "default")]
    adding = [row for row in rows(matter) if row is main or not row.decides]
    return [seat for row in adding for seat in of_row(matter, row)]


def of_row(matter: Matter, row: RouteRow) -> list[Seat]:
    facts, child = matter.facts, matter.floor.offices.child
    lead, choice = row.lead, row.choice
    if row.nobody and row.offer in facts.picked:
        lead = row.offer
    if choice and facts.danger:  # an urgent report skips a choice: DSL, else (rule 4) headteacher
        lead, choice = child, ()
    asked = [(lead, "lead")] if lead else []
    asked += [(role, "choice") for role in choice]
    asked += [(role, "informed") for role in row.informed] + [(role, "support") for role in row.support]
    return [seat_for(matter, role, part, row.why.get(role, "default")) for role, part in asked]


def seat_for(matter: Matter, role: str, part: str, why: str) -> Seat:
    """A role that the school gave to nobody falls to the one the floor names: our choice, so `default`."""
    source, text = mark(why)
    acting = matter.acting_as(role)
    if role in matter.floor.held_by and acting != role:
        return Seat(acting, part, "default", text)
    return Seat(role, part, source, text)


def heard(matter: Matter, seats: list[Seat]) -> list[Seat]:
    """Rule 3: the furthest line that fits any subject decides the lead.

    A lead that the table gives to the same office keeps the policy's own source.  Under (c) the table read is
    already that of `head_concern`, and all of its informed and support places count.
    """
    if not matter.lines:
        return seats
    line, floor = matter.lines[-1], matter.floor
    office = line.lead if line.lead in matter.pack.cast else floor.outside
    same = [seat for seat in seats if seat.part == "lead" and seat.role == office]
    lead = same[0] if same else Seat(office, "lead", "floor", "floor 3")
    others: list[Seat] = []
    if line.keeps or line.becomes:
        others = [seat for seat in seats if seat.part in ("informed", "support")]
    if line.keeps:
        others = [seat for seat in others if seat.part != "informed" or seat.role not in line.not_informed]
        # The DPO hears of a breach whoever caused it: a lead that drops out stays informed.
        privacy = (seat for seat in seats if seat.part == "lead" and seat.role == floor.offices.privacy)
        others += [replace(seat, part="informed") for seat in privacy]
    return [lead, *others]


def child_first(matter: Matter, seats: list[Seat]) -> list[Seat]:
    """Rule 1: a child may be at risk, so the DSL is told: as the table says, else informed, else leading.

    On a choice the DSL is told whatever is picked, and is no option.  Where rule 3 sent the lead outside, the
    DSL is informed and does not lead: the earlier rule wins.
    """
    role = matter.floor.offices.child
    if not matter.child_at_risk or matter.safeguarding_is_subject:
        return seats
    seats = [seat for seat in seats if not (seat.part == "choice" and seat.role == role)]
    if any(seat.role == role and seat.part in ("lead", "informed") for seat in seats):
        return [replace(seat, child=True) if seat.role == role else seat for seat in seats]
    part = "informed" if seats else "lead"
    return [*seats, Seat(role, part, "floor", "floor 1", child=True)]
