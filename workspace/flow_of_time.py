"""The flow of time: nobody answers, the clock is moved on, and the report goes to the next person."""

from __future__ import annotations

from workspace.telling import Story
from workspace.town import Town
from workspace.visitor import insist, reference_in, words


def nobody_answers(town: Town, story: Story) -> None:
    story.chapter("5  Nobody answers, and time goes by")
    teacher, lead, deputy = town.teacher, town.lead, town.deputy
    form = teacher.sends(teacher.types("/report"), {"about": "pupil_concern", "danger": "yes"})
    boxes = [block["block_id"] for block in form["blocks"] if block["type"] == "input"]
    insist(len(boxes) == 2, f"In danger, {len(boxes)} questions are asked, not two.")
    what = "He has climbed onto the bike shed and will not come down. Mrs Pell is with him."
    receipt = teacher.sends(form, {"what": what, "urgent_who": "Jonah Pell"})
    reference = reference_in(words(receipt))
    teacher.closes(receipt)
    story.step(teacher.name, f"says that somebody is in danger: two questions are enough. The receipt is {reference}.")
    card = lead.message(f"A report for you: {reference}", "Open")
    insist("Now" in words(card[1]), "The card does not say “Now”.")
    story.step(lead.name, "has a card that says “Now”, and does not answer.")
    with town.nobody_learns(town.owner, town.assistant):
        town.moves_on("20m")
        story.step("The clock", "is moved on by 20 minutes.")
        late = deputy.message(f"{reference} is now with you", "Open")
        story.step(deputy.name, "is told that nobody has acknowledged it, and that it is now with him.")
        warned = teacher.message(f"{reference}: please phone")
        insist("01632 960121" in words(warned), "The warning does not give the number of the next person.")
        story.step(teacher.name, "is told so, and whom to phone: the numbers stand in the message.")
        opened = deputy.presses("Open", message=late)
        insist(what in words(opened), "The report is not all there.")
        deputy.closes(deputy.presses("Acknowledge", form=opened))
        lead.message(f"{deputy.name} has acknowledged {reference}")
        teacher.message(f"{reference}: acknowledged")
    story.step(
        deputy.name,
        f"acknowledges it. {lead.name}’s card says who has it, and {teacher.name}’s receipt says that somebody has.",
    )
