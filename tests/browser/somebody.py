"""Somebody at the chat's page: finds things by what people see and hear of them, and keeps pictures."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from playwright.sync_api import BrowserContext, Locator, Page, expect

# What must have a name that a screen reader can say.
NAMED = {
    "textbox", "searchbox", "combobox", "listbox", "checkbox", "radio", "radiogroup", "button", "link", "tab", "dialog",
    "spinbutton", "menuitem", "Date", "InputTime", "DateTime",
}  # fmt: skip
# Sideways scrolling, as a visitor meets it.
TOO_WIDE = "() => document.documentElement.scrollWidth - innerWidth"
BODY = "() => document.querySelector('dialog .modal-body')"


class Somebody:
    """One person, one browser."""

    def __init__(self, context: BrowserContext, chat: str, id: str, pictures: tuple[Path, Iterator[int]]) -> None:
        self.context, self.chat, self.id = context, chat, id
        self.folder, self.count = pictures
        self.page = context.new_page()
        self.page.goto(f"{chat}/?as={id}")
        expect(self.page.get_by_role("navigation").or_(self.page.get_by_role("main")).first).to_be_visible()

    @property
    def form(self) -> Locator:
        return self.page.get_by_role("dialog")

    def goes_to(self, place: str, tab: str = "") -> None:
        """A channel, the app or the inbox, from the list at the side; on a phone the list is a place of its own."""
        listed = self.page.get_by_role("navigation", name="Channels and messages")
        link = listed.get_by_role("link", name=re.compile(rf"^{re.escape(place)}\b"))
        back = self.page.get_by_role("link", name="Back to the list")
        expect(link.or_(back).filter(visible=True).first).to_be_visible()
        if not link.is_visible():
            back.filter(visible=True).click()
        link.click()
        if tab:
            self.page.get_by_role("tab", name=tab).click()

    def reports(self, **first: str) -> None:
        """Type /report and answer the first step."""
        self.goes_to("staffroom")
        self.page.get_by_role("textbox", name="Message #staffroom").fill("/report")
        self.page.get_by_role("button", name="Send").click()
        expect(self.form.get_by_role("heading", name="Make a report")).to_be_visible()
        if first:
            self.form.get_by_label("What is it about?").select_option(label=first["about"])
            self.chooses("Is anyone in danger right now?", first["danger"])

    def chooses(self, question: str, answer: str) -> None:
        group = self.form.get_by_role("radiogroup", name=question)
        group.get_by_role("radio", name=answer, exact=True).check()

    def fills(self, answers: Mapping[str, str]) -> None:
        for question, answer in answers.items():
            self.form.get_by_label(question).fill(answer)

    def picks(self, question: str, name: str) -> None:
        box = self.form.get_by_role("combobox", name=question)
        box.fill(name)
        self.form.get_by_role("option", name=re.compile(name)).click()

    def presses(self, button: str) -> None:
        """A button of the form."""
        self.form.get_by_role("button", name=button, exact=True).click()

    def sees(self, heading: str) -> None:
        """A heading of the form."""
        expect(self.form.get_by_role("heading", name=heading)).to_be_visible()

    def receipt(self) -> str:
        """The reference on the receipt."""
        self.sees("Thank you. Your report is in")
        found = re.search(r"reference is ([0-9A-Z]{2,3}-[0-9A-Z]{3})", self.form.inner_text())
        assert found
        return found[1]

    def closes(self) -> None:
        self.form.get_by_role("button", name="Close", exact=True).last.click()
        expect(self.form).to_have_count(0)

    def leaves(self) -> None:
        """Close whatever is open, so that whoever is this person next finds nothing in the way."""
        if self.page.get_by_role("dialog").count():
            self.page.get_by_test_id("modal-x").click()
            expect(self.form).to_have_count(0)

    def card(self, words: str) -> Locator:
        """The newest message with these words, whenever it comes; nothing is reloaded."""
        card = self.page.get_by_role("article").filter(has_text=words).last
        expect(card).to_be_visible()
        return card

    def settled(self) -> str:
        """All the words of the page, once nothing has moved for a second."""
        words, quiet = "", 0
        while quiet < 5:
            now = self.page.inner_text("body")
            quiet, words = (quiet + 1 if now == words else 0), now
            self.page.wait_for_timeout(200)
        return words

    def looks(self, what: str, page: Page | None = None) -> None:
        """Keep a picture of what is there, and stop at what nobody could use."""
        page = page or self.page
        page.wait_for_timeout(150)
        self.keep(page, what)
        if page.evaluate(f"() => {{ const b = ({BODY})(); return b && b.scrollHeight > b.clientHeight + 40; }}"):
            page.evaluate(f"() => {{ const b = ({BODY})(); b.scrollTop = b.scrollHeight; }}")
            self.keep(page, f"{what}-end")
            page.evaluate(f"() => {{ ({BODY})().scrollTop = 0; }}")
        assert page.evaluate(TOO_WIDE) <= 0, f"{what}: the page scrolls sideways"
        assert nameless(self.context, page) == [], f"{what}: something has no name"

    def keep(self, page: Page, what: str) -> None:
        page.screenshot(path=self.folder / f"{next(self.count):02}-{self.id[2:9].lower()}-{what}.png")


def nameless(context: BrowserContext, page: Page) -> list[str]:
    """What a screen reader would come upon without a name."""
    session = context.new_cdp_session(page)
    nodes = session.send("Accessibility.getFullAXTree")["nodes"]
    session.detach()
    return [found for node in nodes if (found := unnamed(node))]


def unnamed(node: Mapping[str, Any]) -> str:
    role = node.get("role", {}).get("value", "")
    name = str(node.get("name", {}).get("value", "")).strip()
    return f"{role} {node['nodeId']}" if role in NAMED and not node.get("ignored") and not name else ""
