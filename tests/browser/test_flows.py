"""The four flows in a real browser, the people of each at the same time, on a laptop and on a phone."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.somebody import Somebody
from workspace.pictures import screenshot

pytestmark = pytest.mark.browser

Be = Callable[..., Somebody]
TEACHER, ASSISTANT, LEAD, DEPUTY = "U0OYELARAN", "U0KOWALSKA", "U0RAHMAN01", "U0FAIRCLGH"
HEAD, OWNER, CHAIR = "U0WHITLOCK", "U0TREGENZA", "M0OKAFOR01"
PASSPHRASE = "harbour lantern tuesday"


def taken_on(lead: Somebody, teacher: Somebody, reference: str) -> None:
    """The lead acknowledges in the open report; both see it at once."""
    lead.presses("Acknowledge")
    lead.sees(f"{reference}: you have it")
    lead.looks("has-it")
    lead.closes()
    lead.card(f"{reference}: you have it")
    teacher.card(f"{reference}: acknowledged")


def test_a_pupils_friend_request_reaches_the_headteacher_and_the_receipt_follows(be: Be) -> None:
    teacher, head = be(TEACHER), be(HEAD)
    head.goes_to("Lanyard", "Messages")
    teacher.reports()
    teacher.looks("first-step")
    teacher.form.get_by_label("What is it about?").select_option(
        label="A pupil or former pupil has tried to contact me online"
    )
    teacher.chooses("Is anyone in danger right now?", "No")
    teacher.presses("Next")
    teacher.sees("Contact from a pupil")
    teacher.looks("questions")
    teacher.chooses("Are you worried that this pupil", "No")
    teacher.chooses("Is the pupil a member of your family?", "No")
    teacher.fills({"Who is the pupil?": "Alfie Marsden", "What happened?": "He asked to follow me on a photo site."})
    teacher.presses("Next")
    teacher.sees("Screenshots")
    teacher.looks("pictures-question")
    teacher.chooses("Does any picture show a child undressed", "I have no screenshots")
    teacher.presses("Next")
    reference = teacher.receipt()
    teacher.looks("receipt")
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")
    teacher.card(f"{reference}: received")
    teacher.looks("message")

    card = head.card(f"A report for you: {reference}")
    expect(card).not_to_contain_text("Alfie")
    head.looks("card")
    card.get_by_role("button", name="Open").click()
    head.sees(f"{reference}: Contact from a pupil")
    expect(head.form).to_contain_text("He asked to follow me on a photo site.")
    expect(head.form).to_contain_text("Alfie Marsden")
    head.looks("report")
    teacher.card(f"{reference}: opened")
    taken_on(head, teacher, reference)
    teacher.looks("acknowledged")
    head.looks("card-afterwards")
    teacher.goes_to("Lanyard", "Home")
    expect(teacher.page.get_by_role("tabpanel", name="Home")).to_contain_text(reference)
    teacher.looks("home")
    head.goes_to("Lanyard", "Home")
    expect(head.page.get_by_role("tabpanel", name="Home")).to_contain_text(reference)
    head.looks("home")


def test_cyberbullying_comes_with_screenshots_that_the_lead_sees_on_our_page(be: Be) -> None:
    teacher, lead = be(TEACHER), be(LEAD)
    lead.goes_to("Lanyard", "Messages")
    teacher.reports(about="Someone is being bullied, threatened or mocked online", danger="No")
    teacher.presses("Next")
    teacher.sees("Online bullying")
    teacher.looks("questions")
    teacher.chooses("Who did it?", "A pupil")
    teacher.chooses("Who is it aimed at?", "A pupil")
    teacher.fills({"Which pupils is it aimed at?": "Ella Brown", "What was said or posted?": "A group chat mocks her."})
    teacher.presses("Next")
    teacher.chooses("Does any picture show a child undressed", "No")
    teacher.presses("Next")
    teacher.sees("Add screenshots")
    files = [
        {"name": f"chat-{n}.png", "mimeType": "image/png", "buffer": screenshot((170, 60 * n, 60), "here")}
        for n in (1, 2)
    ]
    teacher.form.get_by_label("Your screenshots").set_input_files(files)
    expect(teacher.form.get_by_role("button", name="Remove chat-2.png")).to_be_visible()
    teacher.looks("files")
    teacher.presses("Next")
    details_given(teacher)
    reference = teacher.receipt()
    expect(teacher.form).to_contain_text("Your chat still has its own copy of the screenshots.")
    teacher.looks("receipt")
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")

    shots = opened_with_pictures(lead, reference)
    expect(lead.form).to_contain_text("missing")
    lead.looks("report")
    with lead.context.expect_page() as opening:
        shots.click()
    page = opening.value
    expect(page.get_by_role("heading", name=f"Screenshots for {reference}")).to_be_visible()
    for n in (1, 2):
        drawn_anew(page, n)
    lead.looks("screenshots", page)
    page.close()
    taken_on(lead, teacher, reference)


def details_given(teacher: Somebody) -> None:
    """Everything but one time, which is asked for once."""
    teacher.sees("About the pictures")
    asked = teacher.form.get_by_text(re.compile(r"^Picture \d:")).all_inner_texts()
    assert [words[:9] for words in asked] == ["Picture 1"] * 4 + ["Picture 2"] * 4
    teacher.looks("details")
    for n in ("1", "2"):
        teacher.form.get_by_label(f"Picture {n}: what day").fill("2026-11-19")
        teacher.fills({f"Picture {n}: which app": "A group chat", f"Picture {n}: which account": "yearsix_truth"})
    teacher.form.get_by_label("Picture 1: about what time?").fill("16:10")
    teacher.presses("Send")
    expect(teacher.form.get_by_text("Something is still missing below.")).to_be_in_viewport()
    expect(teacher.form.get_by_label("Picture 1: which app")).to_have_value("A group chat")
    teacher.looks("details-again")
    teacher.presses("Send")


def opened_with_pictures(lead: Somebody, reference: str) -> Any:
    """The report, opened again until both pictures have come; they follow the receipt."""
    card = lead.card(f"A report for you: {reference}")
    for _ in range(20):
        card.get_by_role("button", name="Open").click()
        lead.sees(f"{reference}: Online bullying")
        link = lead.form.get_by_role("link", name="See the screenshots (2)")
        if link.count():
            return link
        lead.closes()
    pytest.fail("the screenshots never came")


def drawn_anew(page: Page, n: int) -> None:
    picture = page.get_by_role("img", name=f"Screenshot {n}")
    expect(picture).to_be_visible()
    page.wait_for_function("([n]) => document.images[n - 1].naturalWidth > 100", arg=[n])


def test_a_concern_about_a_colleague_leaves_no_trace_for_them_or_the_workspaces_owner(be: Be) -> None:
    teacher, head, subject, owner = be(TEACHER), be(HEAD), be(ASSISTANT), be(OWNER)
    for each in (head, subject, owner):
        each.goes_to("Lanyard", "Messages")
    before = [each.settled() for each in (subject, owner)]
    teacher.reports(about="Something an adult who works here has said or done", danger="No")
    teacher.presses("Next")
    teacher.sees("About an adult here")
    teacher.picks("Who is it about?", "Marta Kowalska")
    teacher.looks("picked")
    teacher.fills({"What did you see or hear?": "She pulled a child along by the arm."})
    teacher.chooses("Was anyone hurt or upset", "A pupil")
    teacher.presses("Send")
    reference = teacher.receipt()
    expect(teacher.form).not_to_contain_text("Kowalska")
    teacher.looks("receipt")
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")

    head.card(f"A report for you: {reference}").get_by_role("button", name="Open").click()
    head.sees(reference)
    expect(head.form).to_contain_text("Marta Kowalska")
    head.looks("report")
    taken_on(head, teacher, reference)
    for each, words in zip((subject, owner), before, strict=True):
        assert without_the_time(each.settled()) == without_the_time(words)
        each.goes_to("Lanyard", "Home")
        expect(each.page.get_by_role("tabpanel", name="Home")).to_contain_text("Nothing here yet")
        expect(each.page.get_by_role("tabpanel", name="Home")).not_to_contain_text(reference)
        each.looks("home")


def without_the_time(words: str) -> str:
    return re.sub(r"\b\d\d:\d\d\b", "", words)


def test_a_concern_about_the_headteacher_reaches_the_chair_and_never_the_headteacher(be: Be) -> None:
    teacher, head, chair = be(TEACHER), be(HEAD), be(CHAIR)
    head.goes_to("Lanyard", "Home")
    expect(head.page.get_by_role("tabpanel", name="Home")).to_contain_text("Make a report")
    before = head.settled()
    page = chair_signs_up(chair)
    page.close()
    teacher.reports(about="Something the headteacher has said or done", danger="No")
    teacher.presses("Next")
    teacher.sees("About the headteacher")
    teacher.looks("questions")
    teacher.fills({"What did you see or hear?": "She shouted into a child’s face."})
    teacher.chooses("Was anyone hurt or upset", "A pupil")
    teacher.presses("Send")
    reference = teacher.receipt()
    teacher.looks("receipt")
    teacher.closes()
    teacher.goes_to("Lanyard", "Messages")

    page = reads_letter(chair, f"a report for you, {reference}", "Open the report")
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Passphrase", exact=True).fill(PASSPHRASE)
    page.get_by_role("button", name="Open the report").click()
    expect(page.get_by_text("She shouted into a child’s face.")).to_be_visible()
    chair.looks("report", page)
    page.screenshot(path=chair.folder / f"{next(chair.count):02}-chair-report-whole.png", full_page=True)
    teacher.card(f"{reference}: opened")
    page.get_by_role("button", name="Acknowledge").click()
    teacher.card(f"{reference}: acknowledged")
    chair.looks("acknowledged", page)
    page.get_by_role("link", name="Back to the report").click()
    page.get_by_role("button", name="Add a note").click()
    page.get_by_label("Your note").fill("Spoke to the LADO at ten.")
    chair.looks("note", page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Spoke to the LADO at ten.")).to_be_visible()
    teacher.card(f"{reference}: being worked on")
    teacher.looks("worked-on")
    assert without_the_time(head.settled()) == without_the_time(before)
    head.looks("home")


def chair_signs_up(chair: Somebody) -> Page:
    page = reads_letter(chair, "please set your passphrase", "Set my passphrase")
    chair.looks("door", page)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Your passphrase").fill(PASSPHRASE)
    page.get_by_label("The same again").fill(PASSPHRASE)
    chair.looks("passphrase", page)
    page.get_by_role("button", name="Keep this passphrase").click()
    expect(page.get_by_role("heading", name="Your passphrase is set")).to_be_visible()
    chair.looks("passphrase-set", page)
    return page


def reads_letter(chair: Somebody, subject: str, link: str) -> Page:
    """Open an e-mail in the inbox, and follow its link into a tab of its own."""
    inbox = chair.page.get_by_role("region", name="Inbox")
    if not inbox.get_by_role("link", name=re.compile(subject)).is_visible():
        chair.page.goto(f"{chair.chat}/?as={chair.id}#/inbox")
    inbox.get_by_role("link", name=re.compile(re.escape(subject))).click()
    chair.looks("letter")
    with chair.context.expect_page() as opening:
        chair.page.frame_locator("iframe").get_by_role("link", name=link, exact=True).click()
    page: Page = opening.value
    page.wait_for_load_state()
    return page
