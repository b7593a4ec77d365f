"""Somebody with a browser that runs no script: opens addresses, reads what they say, fills in and presses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin

import httpx

from workspace.visitor import Wrong

POSTED = {"Content-Type": "application/x-www-form-urlencoded"}


@dataclass
class Form:
    """A form of a page: where it goes, what stands in it, and its buttons (label, name, value)."""

    action: str
    values: dict[str, str] = field(default_factory=dict)
    buttons: list[tuple[str, str, str]] = field(default_factory=list)


class Page(HTMLParser):
    """What a page says, and what can be pressed and followed on it."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[tuple[str, str]] = []
        self.pictures: list[str] = []
        self.said: list[str] = []
        self.pressing: dict[str, str | None] | None = None
        self.leading: str | None = None
        self.feed(html)
        self.words = " ".join(" ".join(self.said).split())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "form":
            self.forms.append(Form(given.get("action") or ""))
        elif tag in {"input", "textarea"} and self.forms:
            self.forms[-1].values[given.get("name") or ""] = given.get("value") or ""
        elif tag == "button":
            self.pressing = given
        elif tag == "a":
            self.leading = given.get("href")
        elif tag == "img":
            self.pictures.append(given.get("src") or "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "button":
            self.pressing = None
        elif tag == "a":
            self.leading = None

    def handle_data(self, data: str) -> None:
        self.said.append(data)
        if self.pressing is not None and self.forms and data.strip():
            name, value = self.pressing.get("name") or "", self.pressing.get("value") or ""
            self.forms[-1].buttons.append((data.strip(), name, value))
        elif self.leading and data.strip():
            self.links.append((data.strip(), self.leading))


class Browser:
    """One person's browser, with the cookies it was given."""

    def __init__(self) -> None:
        self.client = httpx.Client(trust_env=False, timeout=10, follow_redirects=True)
        self.page = Page("")
        self.at = ""
        self.status = 0

    def opens(self, address: str) -> Page:
        return self.take(self.client.get(address))

    def presses(self, label: str, typed: Mapping[str, str] | None = None) -> Page:
        """Fill in the form that has this button and press it."""
        for form in self.page.forms:
            for words, name, value in form.buttons:
                if words == label:
                    pressed = {name: value} if name else {}
                    there = urljoin(self.at, form.action)
                    sent = urlencode({**form.values, **(typed or {}), **pressed})
                    return self.take(self.client.post(there, content=sent, headers=POSTED))
        raise Wrong(f"There is no button “{label}” on the page, which says: {self.page.words[:200]}")

    def picture(self, source: str) -> httpx.Response:
        return self.client.get(urljoin(self.at, source))

    def take(self, answer: httpx.Response) -> Page:
        self.at, self.status, self.page = str(answer.url), answer.status_code, Page(answer.text)
        return self.page

    def close(self) -> None:
        self.client.close()
