"""The page of who may do what with a report and when, made from the table: `python -m bot.cases_page` writes it."""

from collections.abc import Iterator
from pathlib import Path

from bot.routes_page import cell
from templates.catalogue import Catalogue
from workflows.states import PARTS, STATES, TABLE, Rule, may

PAGE = Path(__file__).parent.parent / "docs" / "cases.md"
HEAD = """\
# Who may do what with a report, and when

Made from the table in `workflows/states.py` by `python3 run.py docs`; change that, not this page. The same table
decides which buttons an opened report shows and what is refused to somebody who presses one regardless. It is asked
after the floor: whoever a report is about, or is close to somebody it is about, has no part in it at all, and for them
it answers like a report that does not exist.

The parts: somebody who **leads** works it; somebody who is **informed** reads it; somebody asked to **support** a
colleague sees no more than whom; the **reporter** has a receipt. A **decider** is somebody who leads or is informed
and holds a rung of the ladder, as the headteacher and the chair of governors do, or stands in for one who does.
"""
WHAT = {
    "open": "Open it; that is recorded, and somebody asked to support sees no more than whom",
    "acknowledge": "Acknowledge it",
    "note": "Add a note",
    "steps": "Say of each of the policy's steps that it is done, or why it is not needed",
    "involve": "Add or correct who is involved; the floor is applied at once, to whoever does so as well",
    "decide": "Decide, with reasons; low-level or LADO is offered to a decider only, and nothing else to one who does "
    "not lead",
    "refer": "Keep to whom it was referred, when, how, and when to chase it",
    "heard": "Keep what came back from those it was referred to, which ends the chase",
    "ask": "Ask the reporter, who sees the question in a form and nothing else of it",
    "answer": "Answer what was asked",
    "recuse": "Say “I should not have this”",
    "close": "Close it, with the reason, once everything that must be done is",
    "reopen": "Reopen it, with the reason; whoever does has it in hand",
    "handover": "Hand it to somebody on its route or its ladder; whoever did still reads it",
    "add": "Add to it",
    "screenshots": "Add screenshots on our own page, by a link for one person and half an hour; never to a report of "
    "indecent images",
    "sent_pictures": "Say of pictures sent in a chat whether any shows a child undressed; only then are they fetched",
    "tell": "Take up the offer of a policy that tells nobody",
}
AFTER = {
    "open": "(opened by somebody who reads it)",
    "recuse": "(where they had acknowledged it)",
    "handover": "(where they had acknowledged it)",
}


def main() -> None:
    PAGE.write_text(page(), encoding="utf-8", newline="\n")
    print(f"Written to {PAGE.relative_to(PAGE.parent.parent)}.")


def page() -> str:
    """The whole page, as Markdown."""
    words = Catalogue.read()
    lines = [f"- `{state}`: {words.sentence(f'state.{state}')}" for state in STATES]
    parts = [HEAD, "\n".join(["## The states\n", *lines]), "\n".join(table()), "\n".join(cells())]
    return "\n\n".join(part.rstrip("\n") for part in parts) + "\n"


def table() -> Iterator[str]:
    """What can be done, a row each."""
    yield "## What can be done\n"
    yield "| what | | who | while it is | then it is |\n|---|---|---|---|---|"
    for action, rule in TABLE.items():
        while_it_is = "anything" if rule.states == STATES else ", ".join(rule.states)
        then = " ".join(filter(None, (moves(rule), AFTER.get(action, ""))))
        yield f"| {cell(WHAT[action])} | `{action}` | {', '.join(rule.parts)} | {while_it_is} | {then or 'as it was'} |"


def moves(rule: Rule) -> str:
    led = dict.fromkeys(rule.leads_to.values())
    return ", ".join(
        f"{state} (from {', '.join(was for was, then in rule.leads_to.items() if then == state)})" for state in led
    )


def cells() -> Iterator[str]:
    """The same, part by part: the table that is checked for every state."""
    yield "## Part by part\n"
    yield f"| | {' | '.join(STATES)} |\n|---{'|---' * len(STATES)}|"
    for part in PARTS:
        each = (", ".join(f"`{action}`" for action in TABLE if may(action, state, part)) for state in STATES)
        yield f"| **{part}** | {' | '.join(each)} |"


if __name__ == "__main__":
    main()
