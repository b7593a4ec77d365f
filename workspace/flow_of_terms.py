"""The flow of the terms: a new one begins, a teacher does one thing, and the head sees how far."""

from __future__ import annotations

import time
from datetime import datetime
from zoneinfo import ZoneInfo

from workspace.refusal import Json
from workspace.telling import Story
from workspace.town import Town
from workspace.visitor import Wrong, insist, words

LONDON = ZoneInfo("Europe/London")
# On a slow machine the bot may begin the day late: how often the clock is moved on then, and how long each is waited.
TURNS, LOOKS = 10, 30


def next_term(town: Town, story: Story) -> None:
    story.chapter("6  A new term begins")
    teacher, head = town.teacher, town.head
    town.moves_on("term")
    story.step("The clock", "is moved on to next term, whose first morning goes by in seconds, until ten o’clock.")
    asked, done = first_message(town)
    insist("Show me" in words(asked[1]), "What the teacher has to do cannot be looked at.")
    story.step(teacher.name, "is asked for one thing that the policy asks for; what else there is stands on Home.")
    shown = teacher.presses("Show me", message=asked)
    insist("From the school's policy" in words(shown), "What is shown does not name the policy.")
    form = teacher.presses(done, form=shown)
    day = datetime.fromisoformat(teacher.sees()["clock"]["now"]).astimezone(LONDON).date()
    teacher.closes(teacher.sends(form, {"done_on": str(day)}))
    teacher.message("Done: ")
    story.step(teacher.name, "looks at what it is about, says on which day it was done, and the message says so, too.")
    home = words(head.home()["blocks"])
    insist("How far Brambledown Primary School has come" in home, "The head's Home does not show how far they are.")
    insist("1 of " in home, "The head's Home does not count what was done.")
    story.step(head.name, "sees on Home how far the school has come, by duty and by team.")


def first_message(town: Town) -> tuple[tuple[str, Json], str]:
    """What the teacher is asked, and what its first button says: people are told minutes apart."""
    for _ in range(TURNS):
        for _ in range(LOOKS):
            for room, messages in town.teacher.sees()["messages"].items():
                for message in messages:
                    if "please, by" in message["text"]:
                        return (room, message), first_button(message)
            time.sleep(0.05)
        town.moves_on("20m")
    raise Wrong("The teacher was asked for nothing on the first morning of next term.")


def first_button(message: Json) -> str:
    row = next(block for block in message["blocks"] if block["type"] == "actions")
    return str(row["elements"][0]["text"]["text"])
