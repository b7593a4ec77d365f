"""People for the places of a report: rule 4 (empty places), rule 5 (the reporter), one person, one part."""

from dataclasses import replace

from workflows.ladder import above, holding, rungs
from workflows.matter import Matter
from workflows.seats import Seat, deciding


def filled(matter: Matter, seats: list[Seat]) -> list[Seat]:
    """Rule 4: a lead is found up the ladder or outside; other empty places are dropped, options later."""
    seated = [led(matter, seat) if seat.part == "lead" else seat for seat in seats]
    found = [seat if seat.part == "lead" else seated_in(matter, seat) for seat in seated]
    told = {person for seat in found for person in seat.people if seat.part in ("lead", "informed")}
    sure = [told_instead(matter, seat, told) if seat.child and not seat.people else seat for seat in found]
    nowhere = matter.floor.outside
    return [seat for seat in sure if seat.people or seat.part == "choice" or seat.role == nowhere]


def led(matter: Matter, seat: Seat) -> Seat:
    """A lead: the holder, the deputy, the next rung up that somebody stands on, or outside."""
    if seat.role == matter.floor.outside:
        return seat
    found = holding(matter, seat.role) or next(above(matter, matter.acting_as(seat.role)), None)
    return seat.taken_by(found, matter) if found else outside(matter)


def outside(matter: Matter) -> Seat:
    return Seat(matter.floor.outside, "lead", "floor", "floor 4")


def seated_in(matter: Matter, seat: Seat) -> Seat:
    found = holding(matter, seat.role, support=seat.part == "support")
    return seat.taken_by(found, matter) if found else seat


def told_instead(matter: Matter, seat: Seat, told: set[str]) -> Seat:
    """Who hears for a vacant or absent DSL under rule 1: up the ladder; a rung already told is enough.

    An option of a choice is not told yet, so it is not enough.  A DSL who is shut out (close to a subject) is
    not replaced: the lead is asked who keeps the child safe.
    """
    if matter.kept.keys() & set(matter.holders(seat.role)):
        return seat
    found = next(above(matter, seat.role), None)
    if found is None:
        return outside(matter)
    return seat if told.intersection(found.people) else seat.taken_by(found, matter)


def settled(matter: Matter, seats: list[Seat]) -> list[Seat]:
    """A choice: without who is told anyway (rules 1 and 4), without the reporter (rule 5), with what was picked.

    The rules in their order: an option left alone by rule 4 leads, and stays the lead if it is the reporter.
    """
    if not any(seat.part == "choice" for seat in seats):
        return seats
    others = [seat for seat in seats if seat.part != "choice"]
    told = {person for seat in others if seat.child for person in seat.people}
    free = [seat for seat in seats if seat.part == "choice" and not told.issuperset(seat.people)]
    options = distinct(free, told)
    if len(options) > 1:
        options = distinct([without_reporter(matter, seat) for seat in free], told)
    return [*chosen(matter, options), *others]


def distinct(options: list[Seat], told: set[str]) -> list[Seat]:
    """The options that still have somebody who is neither told anyway nor an option already."""
    seen, kept = set(told), []
    for option in options:
        people = tuple(person for person in option.people if person not in seen)
        seen.update(people)
        if people:
            kept.append(replace(option, people=people))
    return kept


def without_reporter(matter: Matter, seat: Seat) -> Seat:
    """Rule 5: the reporter is no option; where the headteacher reports, the chair takes that place."""
    reporter, offices = matter.facts.reporter, matter.floor.offices
    people = tuple(person for person in seat.people if person != reporter)
    if people or seat.place != offices.head:
        return replace(seat, people=people)
    chair = holding(matter, offices.chair)
    people = tuple(person for person in chair.people if person != reporter) if chair else ()
    return Seat(chair.role if chair else "", "choice", "floor", "floor 5", place=offices.chair, people=people)


def chosen(matter: Matter, options: list[Seat]) -> list[Seat]:
    """Rule 4: none left is the headteacher's ladder, one left the lead; else what the reporter picked."""
    if not options:
        return [top_of_choice(matter)]
    if len(options) == 1:
        return [replace(options[0], part="lead", source="floor", why="floor 4")]
    picks = [seat for role in matter.facts.picked for seat in options if role in (seat.role, seat.place)]
    if not picks:
        return options
    row = deciding(matter)
    wanted = list(dict.fromkeys(picks))[: None if row and row.several else 1]
    return [replace(seat, part="lead") for seat in wanted]


def top_of_choice(matter: Matter) -> Seat:
    head = matter.floor.ladder.index(matter.floor.offices.head)
    found = next(rungs(matter, head), None)
    if found is None:
        return outside(matter)
    return Seat(found.role, "lead", "floor", "floor 4", place=found.place, people=found.people)


def accompanied(matter: Matter, seats: list[Seat]) -> list[Seat]:
    """Rule 5: nobody is alone with their own report; the next other person above them is informed as well."""
    alone = matter.facts.harmed_persons | {matter.facts.reporter}
    told = {person for seat in seats for person in seat.people if seat.part in ("lead", "informed")}
    added: list[Seat] = []
    for seat in seats:
        if seat.part != "lead" or not alone.intersection(seat.people):
            continue
        for found in above(matter, seat.place):
            others = tuple(person for person in found.people if person not in seat.people)
            if others and not told.intersection(others):
                added.append(Seat(found.role, "informed", "floor", "floor 5", place=found.place, people=others))
            if others:
                break
    return [*seats, *added]
