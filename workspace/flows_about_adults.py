"""Two flows about adults: a concern about a colleague, and one about the headteacher."""

from __future__ import annotations

from workspace.flows_about_pupils import acknowledged
from workspace.forged import tries_everything
from workspace.pages import Browser
from workspace.refusal import Json
from workspace.telling import Story
from workspace.town import Town
from workspace.visitor import Visitor, case_in, insist, reference_in, words

NOTE = "Spoke to the LADO at ten. They will call back today."
PASSPHRASE = "harbour lantern tuesday"  # noqa: S105 - an invented chair's
# As long as a case's own id, and nobody's.
MADE_UP = "0123456789abcdef0123456789abcdef"


def colleague(town: Town, story: Story) -> None:
    story.chapter("3  A concern about a colleague")
    teacher, head, subject, owner = town.teacher, town.head, town.assistant, town.owner
    with town.nobody_learns(subject, owner):
        form = teacher.sends(teacher.types("/report"), {"about": "colleague_concern", "danger": "no"})
        what = "She pulled a child along the corridor by the arm. He was crying."
        asked = {"subject_staff": [subject.id], "harmed": "pupil", "harmed_names": "Ella Brown", "what": what}
        receipt = teacher.sends(form, asked)
        reference = reference_in(words(receipt))
        insist("Kowalska" not in words(receipt), "The receipt names the colleague.")
        teacher.closes(receipt)
        story.step(
            teacher.name,
            f"picks {subject.name} from the list of staff, says what happened, and has a receipt, {reference}.",
        )
        card = head.message(f"A report for you: {reference}", "Open")
        opened = head.presses("Open", message=card)
        insist(subject.name in words(opened) and what in words(opened), "The report is not all there.")
        town.lead.message(f"{reference}")
        story.step(head.name, f"is told, and leads. {town.lead.name} is told too, because a child was hurt.")
        acknowledged(town, head, opened, reference, story)
    story.step(
        subject.name, "and the workspace’s owner see what they saw before: every room, App Home, what is unread."
    )
    case = case_in(card[1])
    for somebody in (subject, owner):
        nothing_there(town, somebody, case)
    story.step(
        subject.name,
        "by a press with the case’s own id in it learns nothing: a case that does not exist is answered alike.",
    )


def nothing_there(town: Town, somebody: Visitor, case: str) -> None:
    """Whatever is tried with a real case's id is answered like a made-up one."""
    real, made_up = (tries_everything(town.bot, somebody, id) for id in (case, MADE_UP))
    for action, answer in real.items():
        insist(answer == made_up[action], f"“{action}” tells {somebody.name} that a case exists.")
        insist("Ella" not in answer and "Kowalska" not in answer, f"“{action}” tells {somebody.name} what a case says.")


def headteacher(town: Town, story: Story) -> None:
    story.chapter("4  A concern about the headteacher")
    teacher, head = town.teacher, town.head
    with town.nobody_learns(head, town.lead, town.owner, town.people["deputy_headteacher"]):
        form = teacher.sends(teacher.types("/report"), {"about": "head_concern", "danger": "no"})
        what = "She held a child by the shoulders and shouted into his face."
        receipt = teacher.sends(form, {"harmed": "pupil", "what": what})
        reference = reference_in(words(receipt))
        teacher.closes(receipt)
        story.step(teacher.name, f"says what the headteacher did, and has a receipt, {reference}.")
        browser = invited(town, story)
        case_read(town, browser, (reference, what), story)
        browser.close()
    story.step(
        head.name,
        "her deputy, the lead and the workspace’s owner have nothing: no message, no count, no change on Home.",
    )
    case = reference_only(town, teacher, reference)
    nothing_there(town, head, case)
    story.step(
        head.name,
        "by a press with the case’s own id in it learns nothing: a case that does not exist is answered alike.",
    )


def invited(town: Town, story: Story) -> Browser:
    """The chair sets a passphrase by the invitation."""
    browser, letter = Browser(), town.letter(town.chair, "please set your passphrase")
    browser.opens(link_in(letter))
    browser.presses("Continue")
    page = browser.presses("Keep this passphrase", {"passphrase": PASSPHRASE, "again": PASSPHRASE})
    insist("Your passphrase is set" in page.words, f"The passphrase was not kept: {page.words[:200]}")
    story.step(
        town.chair.name, "who chairs the governors and has no chat account, sets a passphrase by her invitation."
    )
    return browser


def case_read(town: Town, browser: Browser, report: tuple[str, str], story: Story) -> None:
    """The chair opens her link, reads, acknowledges and notes; the receipt moves on."""
    reference, what = report
    letter = town.letter(town.chair, f"a report for you, {reference}")
    insist(what not in str(letter) and "headteacher" not in str(letter), "The e-mail tells what it is about.")
    link = link_in(letter)
    for _ in range(2):
        browser.opens(link)
    browser.presses("Continue")
    page = browser.presses("Open the report", {"passphrase": PASSPHRASE})
    insist(what in page.words, f"The report is not all there: {page.words[:200]}")
    town.teacher.message(f"{reference}: opened")
    story.step(
        town.chair.name,
        "has an e-mail with a link and no story. Looking twice used nothing up: link and passphrase open the report.",
    )
    browser.presses("Acknowledge")
    town.teacher.message(f"{reference}: acknowledged")
    browser.opens(browser.at.partition("/p/")[0] + "/p/c/")
    browser.presses("Add a note")
    page = browser.presses("Save", {"text.note": NOTE})
    insist(NOTE in page.words, f"The note was not kept: {page.words[:200]}")
    town.teacher.message(f"{reference}: being worked on")
    story.step(
        town.chair.name, f"reads, acknowledges and adds a note. {town.teacher.name}’s receipt moves on each time."
    )
    browser.presses("Sign out")


def link_in(letter: Json) -> str:
    """The address that an e-mail gives."""
    return next(word for word in str(letter["text"]).split() if word.startswith("http"))


def reference_only(town: Town, reporter: Visitor, reference: str) -> str:
    """The case's id, as only the reporter's own receipt carries it."""
    return case_in(reporter.message(f"{reference}: being worked on")[1])
