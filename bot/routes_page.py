"""The page of every route, made from the policies: `python -m bot.routes_page` writes docs/routes.md."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

from bot.route_words import PARTS, Speech, how_soon, named_alike
from templates.catalogue import Catalogue
from workflows.floor import Floor
from workflows.packs import all_packs, load_floor, load_pack
from workflows.policy import Pack, mark
from workflows.routing import Place
from workflows.rules import Rules
from workflows.survey import Outcome, surveyed

PAGE = Path(__file__).parent.parent / "docs" / "routes.md"
RULES = {
    "floor 1": "A child may be at risk, so the designated safeguarding lead is told.",
    "floor 2": "Nobody whom a report is about, nor anyone close to them, receives it, sees it or learns of it.",
    "floor 3": "Whom a report is about decides who hears of it, whichever kind was picked: an adult here, the "
    "headteacher; the headteacher, the chair of governors; and so on up.",
    "floor 4": "Nothing goes to nobody: a deputy stands in for somebody who is away, and above them stands the ladder.",
    "floor 5": "Nobody is alone with their own report.",
}
HEAD = """\
# Who gets which report, and why

Made from the files in `policies/` by `python3 run.py docs`; change those, not this page. Each table is what one policy
comes to in a school where every role is held by one person who is there and whom the report is not about. To try your
own school (one person in two roles, somebody away, a report about one of them), ask `lanyard route`; to see it with
your people's names, ask `lanyard check`.

England only: the roles, the rungs and the advice are those of English schools.
"""


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"Written to {PAGE.relative_to(PAGE.parent.parent)}.")


def page() -> str:
    """The whole page, as Markdown."""
    floor, words = load_floor(), Catalogue.read()
    parts = [HEAD, "\n".join(under_all(floor, words))]
    for id in all_packs():
        parts.append("\n".join(of_policy(Rules(load_pack(id), floor, words))))
    return "\n".join(part.rstrip("\n") + "\n" for part in parts)


def under_all(floor: Floor, words: Catalogue) -> Iterator[str]:
    """What holds whatever the policy says."""
    yield "## Under every policy\n"
    yield "Where a table says *floor*, no policy put the person there and none can take them out:\n"
    yield from (f"- **{rule}.** {said}" for rule, said in RULES.items())
    yield "\n*Our own choice* stands where the policy names nobody; a school may decide otherwise in its own file.\n"
    yield "How soon somebody must acknowledge, before the next person is asked:\n"
    for klass in floor.strictest_first:
        types = ", ".join(f"`{report}`" for report, kind in floor.types.items() if kind.klass == klass)
        besides = " Also whatever harmed a pupil, and whenever danger is ticked." if klass == "now" else ""
        yield f"- **{klass}**, within {how_soon(floor, klass)}: {types}.{besides}"
    rungs = ", ".join(words.sentence(f"role.{rung}") for rung in floor.ladder)
    yield f"\nThe ladder, as far as a school has its rungs: {rungs}; where it ends, the reporter is told whom to phone."


def of_policy(rules: Rules) -> Iterator[str]:
    pack = rules.pack
    speech = Speech(pack, rules.floor, rules.words)
    source, clause = mark(pack.review.why)
    why = clause if source == "clause" else "our own choice"
    yield f"## {pack.name}\n"
    yield f"`{pack.id}`, {pack.edition}. Looked at again {pack.review.every} ({why}); next: {pack.review.next}."
    if pack.klass:
        yield f"Every report is at least **{pack.klass}** here."
    yield "\n| report | when | who | why |\n|---|---|---|---|"
    for report, same in groupby(surveyed(rules, named_alike(pack)), key=lambda outcome: outcome.report):
        name = f"**{cell(rules.reports[report].title)}** `{report}`"
        for outcome in same:
            yield row(speech, name, outcome)
            name = ""
    yield "\nThe clauses, in our words:\n"
    used = cited(pack)
    yield from (f"- **{clause}**: {said}" for clause, said in pack.clauses.items() if clause in used)


def row(speech: Speech, name: str, outcome: Outcome) -> str:
    told = [f"{speech.role(each.role)} {part(outcome, each)}" for each in outcome.recipients]
    told += [f"where a pupil was harmed, {speech.role(each.role)} {PARTS[each.part]}" for each in outcome.child]
    why = [speech.why(each) for each in (*outcome.recipients, *outcome.child)]
    if not told:
        offers = [each for each in speech.pack.routes if each.report == outcome.report and each.offer]
        may = "".join(f", and may tell the {speech.role(each.offer)}" for each in offers)
        told = [f"nobody; the reporter is told what to do, keeps a receipt{may}"]
        why = [speech.cited(each.why[each.offer]) for each in offers]
    return f"| {name} | {cell(speech.when(outcome) or 'always')} | {lines(told)} | {lines(why)} |"


def part(outcome: Outcome, place: Place) -> str:
    words = PARTS[place.part]
    if place.part == "choice" and outcome.several:
        words += ", also with others"
    return f"**{words}**" if place.part == "lead" else words


def cited(pack: Pack) -> frozenset[str]:
    """The clauses that a route stands on or stands next to."""
    whys = (why for route in pack.routes for why in route.why.values())
    return frozenset(clause for why in (*whys, pack.review.why) for clause in mark(why)[1].split(", "))


def lines(said: Iterable[str]) -> str:
    return "<br>".join(cell(one) for one in said)


def cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


if __name__ == "__main__":
    main()
