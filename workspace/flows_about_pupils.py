"""Two flows about pupils: a friend request, and cyberbullying with screenshots."""

from __future__ import annotations

from workspace.pages import Browser
from workspace.pictures import screenshot
from workspace.refusal import Json
from workspace.telling import Story
from workspace.town import Town
from workspace.visitor import Visitor, insist, named, reference_in, words

PLACE = "taken by an invented phone, 51.0000 N 1.0000 W"
DAY = "2026-11-19"
KNOWN = {
    **{f"picture_date.{n}": DAY for n in (1, 2)},
    **{f"picture_place.{n}": "A group chat" for n in (1, 2)},
    **{f"picture_account.{n}": "yearsix_truth" for n in (1, 2)},
    "picture_time.1": "16:10",
}


def friend_request(town: Town, story: Story) -> None:
    story.chapter("1  A pupil asks to be a friend")
    teacher, head = town.teacher, town.head
    form = teacher.types("/report")
    insist("call 999 first" in words(form), "The form does not say to call 999 first.")
    form = teacher.sends(form, {"about": "pupil_contact", "danger": "no"})
    story.step(teacher.name, "types /report. Before any box it says to call 999, and gives the numbers outside.")
    what = "A pupil in Year 6 asked to follow me on a photo site. I have not answered."
    asked = {"harmed": "nobody", "family": "no", "subject_names": "Alfie Marsden", "what": what}
    form = teacher.sends(form, asked)
    receipt = teacher.sends(form, {"pictures_sexual": "none"})
    reference = reference_in(words(receipt))
    story.step(teacher.name, f"says what happened, and has a receipt, {reference}: what happens next, and by when.")
    teacher.closes(receipt)
    with town.nobody_learns(town.lead, town.owner):
        card = head.message(f"A report for you: {reference}", "Open")
        insist("Alfie" not in words(card) and what not in words(card), "The card tells what it is about.")
        story.step(head.name, "has a card with a reference and an urgency, and no story in it.")
        opened = head.presses("Open", message=card)
        insist("Alfie Marsden" in words(opened) and what in words(opened), "The report is not all there.")
        teacher.message(f"{reference}: opened")
        story.step(head.name, f"opens it and reads it. {teacher.name}’s receipt now says so.")
        acknowledged(town, head, opened, reference, story)
    story.step("Everybody else", "was told nothing: the policy names nobody else for this.")


def acknowledged(town: Town, lead: Visitor, opened: Json, reference: str, story: Story) -> None:
    """Somebody takes a report on, and the reporter hears of it."""
    lead.closes(lead.presses("Acknowledge", form=opened))
    lead.message(f"{reference}: you have it")
    town.teacher.message(f"{reference}: acknowledged")
    story.step(lead.name, f"acknowledges it. {town.teacher.name}’s receipt now says that somebody has it in hand.")


def screenshots(town: Town, story: Story) -> None:
    story.chapter("2  Cyberbullying, with screenshots")
    teacher, lead = town.teacher, town.lead
    form = teacher.sends(teacher.types("/report"), {"about": "cyberbullying", "danger": "no"})
    asked = {"by": "pupil", "harmed": "pupil", "harmed_names": "Ella Brown", "subject_names": "Jonah Pell"}
    form = teacher.sends(
        form, {**asked, "what": "A group chat in which a Year 6 girl is mocked, evening after evening."}
    )
    insist("undressed" in words(form), "Nobody asks whether a picture shows a child undressed.")
    form = teacher.sends(form, {"pictures_sexual": "no"})
    story.step(
        teacher.name, "says what was posted, and that no picture shows a child undressed. Only now may files be added."
    )
    pictures = [teacher.attaches(f"chat-{n}.png", screenshot(colour, PLACE)) for n, colour in enumerate(COLOURS, 1)]
    form = teacher.sends(form, {"screenshots": pictures})
    again = teacher.sends(form, KNOWN)
    insist(again["callback_id"] == form["callback_id"], "What is missing was not asked for.")
    receipt = teacher.sends(again, {})
    insist(receipt["callback_id"] != form["callback_id"], "What is missing was asked for twice.")
    reference = reference_in(words(receipt))
    insist("delete" in words(receipt), "The receipt does not say how to delete the chat’s own copy.")
    teacher.closes(receipt)
    story.step(teacher.name, "adds two pictures and leaves one time out: asked for once, then let go.")
    story.step(teacher.name, f"has a receipt, {reference}, which says how to delete the chat’s own copies.")
    card = lead.message(f"A report for you: {reference}", "Open")
    opened = seen_with_pictures(lead, card)
    insist("Ella Brown" in words(opened) and "time: missing" in words(opened), "The report is not all there.")
    story.step(lead.name, "opens it: the time that nobody gave stands there as missing.")
    looks(opened, story, lead)
    acknowledged(town, lead, opened, reference, story)


def seen_with_pictures(lead: Visitor, card: tuple[str, Json]) -> Json:
    """The report, opened again until both pictures have come: they are fetched after the receipt."""
    for _ in range(40):
        opened = lead.presses("Open", message=card)
        if named(opened, "See the screenshots (2)"):
            return opened
        lead.closes(opened)
    insist(False, "The screenshots did not come.")
    raise AssertionError


def looks(opened: Json, story: Story, lead: Visitor) -> None:
    """Follow the link to our own page: pictures drawn anew, and nothing for anybody without the link."""
    found = named(opened, "See the screenshots")
    browser = Browser()
    page = browser.opens(found[1]["url"] if found else "")
    insist(browser.status == 200 and len(page.pictures) == 2, "The page does not show two pictures.")
    for source in page.pictures:
        shown = browser.picture(source)
        insist(
            shown.status_code == 200 and shown.headers["content-type"].startswith("image/"), "A picture is not shown."
        )
        insist(PLACE.encode() not in shown.content, "A picture still says where it was taken.")
        insist(shown.headers["cache-control"] == "no-store", "A browser may keep a picture.")
    browser.opens(f"{(found[1]['url'] if found else '')[:-6]}AAAAAA")
    insist(browser.status in {403, 404, 410}, "A made-up link opens something.")
    browser.close()
    story.step(
        lead.name,
        "follows “See the screenshots (2)” to our page: both are there, drawn anew, without the place they were taken.",
    )


COLOURS = ((178, 70, 60), (60, 98, 160))
