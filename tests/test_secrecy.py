"""What people write stands in a form or page in front of somebody entitled to it, and nowhere else in the world."""

import json
import subprocess
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from templates.catalogue import Catalogue
from tests.canaries import Canaries, files_under
from tests.real_bot import School, a_school
from tests.slack_door import interaction, signed
from workspace.pages import Browser
from workspace.pictures import screenshot
from workspace.settings import Settings as Chat
from workspace.visitor import Visitor, Wrong, named, reference_in, words

pytestmark = pytest.mark.slow

# The only places where people's words may stand, and why.  Of the first three, whoever looks must be the author or
# somebody who was told; the last two were proved by a passphrase, or by a link made for one person and one case.
ALLOWED = {
    "views.open": "a form or case in front of the person who pressed the button",
    "views.update": "the same, drawn anew in the same window",
    "view_submission": "the answer to a form that was sent draws its next step, or the case again after a note",
    "/p/c/": "the case's page, for somebody signed in to this one case",
    "/p/e/": "what was said of each screenshot, beside it, behind a link that lives for ten minutes",
}
# These stand in none of them either: nobody is shown a file's name, what a camera hid in it, or a passphrase.
NEVER = ("file name", "hidden in the picture", "passphrase", "direct message")
PREFERRED = {"danger": "no", "child_shown": "no", "child_at_risk": "no", "pictures_sexual": "no", "by": "pupil"}
# What a lead does with a report, by its button: the boxes, and what is picked where nobody types.
WORKED = {
    "Add a note": {"note": ""},
    "Decide": {"decision": "monitor", "rationale": ""},
    "Record a referral": {
        "body": "csc",
        "way": "telephone",
        "referred_on": "2025-11-19",
        "whom": "",
        "theirs": "",
        "said": "",
    },
    "Record their answer": {
        "referral": "the first",
        "sense": "taken",
        "heard_on": "2025-11-19",
        "heard_from": "",
        "heard": "",
    },
    "Say who is involved": {"who_name": "", "who_kind": "pupil", "who_part": "witness", "who_why": ""},
    "Ask who sent it": {"asked": ""},
    "Close": {"reason": ""},
    "Reopen": {"reopened": ""},
}
# The reporter is shown what they are asked, and nothing else that a lead wrote.
THEIRS = tuple(f": {box}" for boxes in WORKED.values() for box, said in boxes.items() if not said and box != "asked")
TYPES = sorted(Catalogue.read().reports)


class Seen:
    """Every word that leaves the bot, by where it went, and who had it in front of them.

    ``writer`` is who made the reports, by the address that the bot knows them by; ``references`` are theirs.
    """

    writer = ""

    def __init__(self, school: School, canaries: Canaries) -> None:
        self.school, self.canaries = school, canaries
        self.references: dict[str, str] = {}
        self.drawn: list[tuple[str, str, str]] = []
        self.answers: list[tuple[str, bytes]] = []


class Watch(Seen):
    """The same, as it leaves for Slack."""

    def __init__(self, school: School, canaries: Canaries) -> None:
        super().__init__(school, canaries)
        self.world, self.writer = school.chat.workspace, school.people["teacher"].id
        self.world.on_call.append(self.called)
        assert self.world.knock.client
        self.world.knock.client.event_hooks = {"response": [self.answered]}

    def called(self, moment: str, about: Any) -> None:
        """Runs in the stand-in's loop, while the view's owner is still known."""
        if moment == "views.open:received":
            viewer = self.world.triggers.issued[about["trigger_id"]][0]
            self.drawn.append(("views.open", viewer, json.dumps(about["view"])))
        elif moment == "views.update:received":
            viewer = self.world.views.find(about["view_id"]).user
            self.drawn.append(("views.update", viewer, json.dumps(about["view"])))

    async def answered(self, response: httpx.Response) -> None:
        """What the bot answered Slack's own request with."""
        await response.aread()
        asked = httpx.QueryParams(response.request.content.decode()).get("payload", "{}")
        payload = json.loads(asked) if asked else {}
        if payload.get("type") == "view_submission" and response.is_success:
            self.drawn.append(("view_submission", payload["user"]["id"], response.text))
        else:
            self.answers.append((f"answer to {payload.get('type', 'Slack')}", response.content))

    def browsed(self, response: httpx.Response) -> None:
        """What a page said, with its headers; an error page is a page too."""
        response.read()
        path = response.request.url.path
        place = next((known for known in ("/p/c/", "/p/e/") if path.startswith(known)), "page")
        where = place if response.is_success else f"page {response.status_code}"
        self.answers.append((where, repr(response.headers).encode() + response.content))


class Telling:
    """The school's day: everything that people write carries a canary."""

    def __init__(self, school: School, canaries: Canaries, watch: Watch) -> None:
        self.school, self.canaries, self.watch = school, canaries, watch
        self.teacher = school.people["teacher"]
        self.references = watch.references

    def reports(self, story: str, about: str, danger: str = "no") -> None:
        """Fill in every box of every step, to the receipt."""
        form = self.teacher.types("/report")
        while form.get("callback_id"):
            form = self.teacher.sends(form, dict(self.filled(story, form, {"about": about, "danger": danger})))
        self.references[story] = reference_in(words(form))
        self.teacher.closes(form)

    def filled(self, story: str, form: Mapping[str, Any], told: Mapping[str, str]) -> Iterator[tuple[str, Any]]:
        for block in form["blocks"]:
            if block["type"] != "input":
                continue
            box, element = block["block_id"], block["element"]
            match element["type"]:
                case "plain_text_input":
                    word = self.canaries.new(f"{story}: {box}")
                    yield box, f"{word} Rahman" if box == "urgent_who" else word
                case "radio_buttons" | "static_select":
                    values = [each["value"] for each in options(element)]
                    wanted = told.get(box) or PREFERRED.get(box, "none" if box.startswith("same.") else "")
                    yield box, wanted if wanted in values else values[0]
                case "checkboxes":
                    yield box, [options(element)[0]["value"]]
                case "datepicker":
                    yield box, "2026-11-19"
                case "timepicker":
                    yield box, "10:10"
                case "file_input":
                    yield box, [self.attached(story)]

    def attached(self, story: str) -> Any:
        hidden = self.canaries.new(f"{story}: hidden in the picture")
        name = self.canaries.new(f"{story}: file name")
        return self.teacher.attaches(f"{name}.png", screenshot((60, 98, 160), hidden))

    def is_opened(self, story: str) -> Any:
        """Whoever in chat was told opens it and reads it all."""
        reader = self.readers(story)[0]
        return reader, self.presses(reader, "Open", story)

    def presses(self, who: Visitor, button: str, story: str) -> Any:
        """A button of the newest message about this report; the bot may be drawing it anew just then."""
        for _ in range(10):
            with suppress(Wrong):
                return who.presses(button, message=who.message(self.references[story], button))
        raise AssertionError(f"{who.name} could not press {button}")

    def readers(self, story: str) -> list[Visitor]:
        everybody = {each.id: each for each in self.school.people.values()}
        rows = parties(self.school, self.references[story])
        return [everybody[row.address] for row in rows if row.address in everybody]

    def is_worked(self, story: str) -> None:
        """Acknowledged, noted, decided on, referred, asked about, closed, reopened, answered, added to."""
        lead, opened = self.is_opened(story)
        lead.closes(lead.presses("Acknowledge", form=opened))
        for button, boxes in WORKED.items():
            _, opened = self.is_opened(story)
            form = lead.presses(button, form=opened)
            typed = {box: said or self.canaries.new(f"{story}: {box}") for box, said in boxes.items()}
            if typed.get("referral"):
                typed["referral"] = next(offered(form, "referral"))
            lead.closes(lead.sends(form, typed))
        form = self.presses(self.teacher, "Answer", story)
        self.teacher.closes(self.teacher.sends(form, {"answered": self.canaries.new(f"{story}: answered")}))
        form = self.presses(self.teacher, "Add to my report", story)
        self.teacher.closes(self.teacher.sends(form, {"added": self.canaries.new(f"{story}: added")}))
        lead, opened = self.is_opened(story)
        lead.closes(opened)

    def is_refused(self, story: str) -> None:
        """Somebody who was not told swaps the case into a press of their own."""
        case = self.school.query("SELECT id FROM cases WHERE reference = :r", r=self.references[story])[0].id
        stranger = self.school.people["ict"]
        form = stranger.types("/report")
        press = {"type": "button", "action_id": "open~0", "block_id": "b", "value": case, "action_ts": "1"}
        self.knocks(stranger, "block_actions", view=form, actions=[press], trigger_id="none")
        refusal = stranger.waits(
            "a refusal", lambda now: now["modals"][-1] if now["modals"][-1]["hash"] != form["hash"] else None
        )
        stranger.closes(refusal)

    def goes_wrong(self) -> None:
        """Answers that are none, a form that nobody can digest, requests that never should have come."""
        form = self.teacher.types("/report")
        form = self.teacher.sends(form, {"about": "policy_breach", "danger": "no"})
        typed = {"what": text(self.canaries.new("wrong answers: what"))}
        option = {"type": "radio_buttons", "selected_option": {"value": self.canaries.new("wrong answers: by")}}
        self.submits(form, {**typed, "by": option})
        kept = {"what": text(self.canaries.new("kept: what")), "opinion": text(self.canaries.new("kept: opinion"))}
        self.submits(form, {**kept, "date": {"type": "a box of next year", "value": self.canaries.new("kept: date")}})
        self.teacher.closes(form)
        raw = f"payload={self.canaries.new('no JSON: body')}".encode()
        media = "application/x-www-form-urlencoded"
        for secret in (Chat().signing_secret, "another"):
            self.asks("POST", "/slack/events", content=raw, headers=signed(raw, media, secret=secret))
        for path in ("/healthz", f"/p/{self.canaries.new('no page: address')}"):
            self.asks("GET", path)
        note = {"text.note": self.canaries.new("not signed in: note"), "step": "note", "action": "note"}
        self.asks("POST", "/p/c/nowhere", data=note)

    def submits(self, form: Mapping[str, Any], answers: Mapping[str, Any]) -> None:
        values = {box: {"answer": answer} for box, answer in answers.items()}
        self.knocks(self.teacher, "view_submission", view={**form, "state": {"values": values}})

    def knocks(self, who: Visitor, kind: str, **more: Any) -> None:
        """A request with the chat's own signature."""
        team = "T0BRAMBLE1"
        payload = {"type": kind, "team": {"id": team}, "user": {"id": who.id, "team_id": team}, **more}
        raw, media = interaction(payload)
        sent = signed(raw, media, secret=Chat().signing_secret)
        answer = httpx.post(f"{self.school.url}/slack/events", content=raw, headers=sent, trust_env=False)
        self.watch.answers.append((f"answer to a forged {kind}", answer.content))

    def asks(self, method: str, path: str, **more: Any) -> None:
        answer = httpx.request(method, f"{self.school.url}{path}", trust_env=False, **more)
        self.watch.answers.append((f"{method} {path.split('/')[1]} {answer.status_code}", answer.content))

    def chair(self, story: str) -> None:
        """Somebody without a chat account: a passphrase, a wrong one, the case's page, a note."""
        chair = self.school.people["chair_of_governors"]
        browser, passphrase = Browser(), self.canaries.new("the chair: passphrase")
        browser.client.event_hooks = {"response": [self.watch.browsed]}
        browser.opens(link_in(chair, "set your passphrase"))
        browser.presses("Continue")
        browser.presses(
            "Keep this passphrase", {"passphrase": f"{passphrase} harbour", "again": f"{passphrase} harbour"}
        )
        browser.opens(link_in(chair, self.references[story]))
        browser.presses("Continue")
        wrong = self.canaries.new("the chair: wrong passphrase")
        browser.presses("Open the report", {"passphrase": wrong})
        browser.presses("Open the report", {"passphrase": f"{passphrase} harbour"})
        assert self.canaries.named_in(browser.page.words), browser.page.words
        browser.presses("Acknowledge")
        browser.opens(f"{self.school.url}/p/c/")
        browser.presses("Add a note")
        browser.presses("Save", {"text.note": self.canaries.new(f"{story}: note")})
        browser.presses("Sign out")
        browser.close()

    def looks_at_pictures(self, story: str) -> None:
        """From the case to the screenshots' own page."""
        for _ in range(50):
            reader, opened = self.is_opened(story)
            reader.closes(opened)
            if found := named(opened, "See the screenshots"):
                break
        browser = Browser()
        browser.client.event_hooks = {"response": [self.watch.browsed]}
        page = browser.opens(found[1]["url"])
        assert [browser.picture(each).status_code for each in page.pictures] == [200]
        browser.opens(found[1]["url"][:-4] + "AAAA")
        browser.close()


def text(value: str) -> Mapping[str, str]:
    return {"type": "plain_text_input", "value": value}


def options(element: Mapping[str, Any]) -> list[Any]:
    return [each for group in element.get("option_groups") or [element] for each in group["options"]]


def offered(form: Any, box: str) -> Iterator[str]:
    """What may be picked in a box."""
    for block in form["blocks"]:
        if block.get("block_id") == box:
            yield from (each["value"] for each in block["element"]["options"])


def parties(school: School, reference: str) -> list[Any]:
    return school.query(
        'SELECT a.address FROM parties p JOIN cases c ON c.id = p."case" JOIN accounts a ON a.person = p.person'
        " WHERE c.reference = :r ORDER BY p.part DESC",
        r=reference,
    )


def link_in(reader: Visitor, subject: str) -> str:
    letter = reader.waits(
        subject, lambda now: next((each for each in now["inbox"] if subject in each["subject"]), None)
    )
    return next(word for word in str(letter["text"]).split() if word.startswith("http"))


def a_day(school: School, day: Telling) -> None:
    """Everything that can be done with a report, with every type, in fair weather and foul."""
    mischief = school.chat.workspace.mischief
    for about in TYPES:
        if about in ("cyberbullying", "data_breach"):
            mischief.order("drop" if about == "cyberbullying" else "slow", 2, 0.4)
        day.reports(about, about)
    day.reports("danger", "pupil_concern", danger="yes")
    for story in day.references:
        if day.readers(story):
            reader, opened = day.is_opened(story)
            reader.closes(opened)
    for story in ("pupil_concern", "cyberbullying"):
        day.is_refused(story)
        day.is_worked(story)
    day.looks_at_pictures("policy_breach")
    day.chair("head_concern")
    day.goes_wrong()
    left = day.teacher.types("/report")
    left = day.teacher.sends(left, {"about": "reputation", "danger": "no"})
    day.teacher.closes(day.teacher.sends(left, dict(day.filled("left in the middle", left, {}))))
    day.teacher.closes(day.teacher.types("/report"))
    with_bot = next(each["id"] for each in day.teacher.sees()["channels"] if each["kind"] == "bot")
    for said in ("report", "I have to tell you about"):
        word = day.canaries.new("the teacher: direct message")
        day.teacher.says("message", channel=with_bot, text=f"{said} {word}")
    school.chat.workspace.clock.forward("25m")
    school.people["deputy_dsl"].message(day.references["danger"], "Open")
    for somebody in ("teacher", "dsl", "headteacher", "ict"):
        school.people[somebody].home()
    time.sleep(1.5)


def every_place(school: School, watch: Seen, cluster: str) -> Iterator[tuple[str, bytes | str]]:
    """Everywhere that nobody's words may be."""
    for call in school.chat.workspace.calls:
        if call["method"] not in ALLOWED:
            yield f"call {call['method']}", json.dumps(call["args"])
    for letter in school.chat.workspace.letters:
        yield "e-mail", f"{letter.to} {letter.subject} {letter.text} {letter.html}"
    for place, answer in watch.answers:
        if place not in ALLOWED:
            yield place, answer
    for folder in filter(None, (school.folder, Path(cluster) if cluster else None)):
        for file, content in files_under(folder):
            yield f"file {file.relative_to(folder)}", content
    for (table,) in school.query(TABLES[school.rows.dialect.name]):
        yield f"table {table}", repr([tuple(row) for row in school.query(f'SELECT * FROM "{table}"')])


TABLES = {
    "sqlite": "SELECT name FROM sqlite_master WHERE type = 'table'",
    "postgresql": "SELECT tablename FROM pg_tables WHERE schemaname = 'public'",
}


def leaks(school: School, canaries: Canaries, watch: Seen, cluster: str) -> dict[str, set[str]]:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for place, content in every_place(school, watch, cluster):
        if traces := canaries.found_in(content):
            found[place] |= traces
    for place, content in watch.answers:
        if place in ALLOWED:
            found[place] |= {each for each in canaries.found_in(content) if each.endswith(NEVER)}
    return {place: boxes for place, boxes in found.items() if boxes}


def wrong_eyes(seen: Seen) -> list[tuple[str, str, str]]:
    """Who had words in front of them that were neither theirs nor told to them."""
    told = {
        story: {row.address for row in parties(seen.school, reference)} for story, reference in seen.references.items()
    }
    return [
        (where, viewer, box)
        for where, viewer, shown in seen.drawn
        for box in seen.canaries.named_in(shown)
        if (viewer != seen.writer and viewer not in told.get(box.split(":")[0], ()))
        or (viewer == seen.writer and box.endswith(THEIRS))
        or box.endswith(NEVER)
    ]


def was_read(seen: Seen) -> dict[str, set[str]]:
    """Which boxes' words somebody told has had in front of them, by report."""
    read: defaultdict[str, set[str]] = defaultdict(set)
    for _, viewer, shown in seen.drawn:
        if viewer != seen.writer:
            for box in seen.canaries.named_in(shown):
                read[box.split(":")[0]].add(box)
    return read


def errands(school: School) -> Iterator[tuple[str, subprocess.CompletedProcess[str]]]:
    for errand in (("verify",), ("unprocessed",), ("checkpoint", str(school.folder / "a.checkpoint"))):
        yield " ".join(errand[:1]), school.lanyard(*errand)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_people_write_stands_only_before_those_it_was_written_for(
    kind: str, request: pytest.FixtureRequest
) -> None:
    postgres = kind == "postgresql"
    url = request.getfixturevalue("new_postgres")() if postgres else ""
    cluster = request.getfixturevalue("postgres_cluster") if postgres else ""
    canaries = Canaries()
    with tempfile.TemporaryDirectory(prefix="lanyard-secrecy-") as folder, a_school(Path(folder), url) as school:
        watch = Watch(school, canaries)
        day = Telling(school, canaries, watch)
        a_day(school, day)
        for errand, done in errands(school):
            watch.answers.append((f"lanyard {errand}", (done.stdout + done.stderr).encode()))
            assert "Traceback" not in done.stderr, done.stderr
        assert leaks(school, canaries, watch, cluster) == {}
        assert wrong_eyes(watch) == []
        read = was_read(watch)
        unread = {
            box
            for box in canaries.boxes.values()
            if box.split(":")[0] in day.references and not box.endswith(NEVER) and day.readers(box.split(":")[0])
        } - set().union(*read.values())
        assert unread == set(), "the watch saw too little to be believed"
        log = school.log.read_text()
        assert "refused" in log
        assert "unexpected" in log
