"""What people write in Teams stands in a dialog in front of somebody entitled to it, and nowhere else in the world."""

import json
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from templates.edges import READ_ON
from tests.adaptive_rules import parts, words
from tests.canaries import Canaries
from tests.killing import moment
from tests.real_bot import School, a_school
from tests.teams_town import Dialog, Json, Member
from tests.test_secrecy import PREFERRED, TYPES, WORKED, Seen, errands, leaks, parties, was_read, wrong_eyes
from tests.world import until
from workspace.teams.talks import profile

pytestmark = pytest.mark.slow

DIALOG = ("composeExtension/fetchTask", "composeExtension/submitAction", "task/fetch", "task/submit")
ROLES = ("teacher", "dsl", "deputy_dsl", "headteacher", "ict", "teaching_assistant", "social_media", "dpo")


class Watched(Member):
    """Somebody whose every answer is looked at: a dialog is in front of them alone, all else is in the chat."""

    def __init__(self, school: School, day: Seen, role: str) -> None:
        town = school.chat.workspace.town
        super().__init__(school.chat.workspace.teams, school.url, profile(town.people[school.people[role].id]))
        self.day = day

    def posts(self, activity: Json, token: str = "") -> httpx.Response:
        answer, name = super().posts(activity, token), str(activity.get("name", activity["type"]))
        if name in DIALOG:
            self.day.drawn.append((name, self.person["id"], answer.text))
        else:
            self.day.answers.append((f"answer to {name}", answer.content))
        return answer

    def opens_all(self, reference: str) -> Dialog:
        """The report, to its last page."""
        told = [each for each in self.messages() if reference in words(each["card"]) and opens(each["card"])]
        shown = opened = self.presses("Open", told[-1])
        while READ_ON in shown.said:
            shown = shown.presses(READ_ON)
        return opened


class Day:
    """A school's day in Teams: everything that people write carries a canary."""

    def __init__(self, school: School, canaries: Canaries) -> None:
        self.school, self.canaries = school, canaries
        self.seen = Seen(school, canaries)
        self.people = {role: Watched(school, self.seen, role) for role in ROLES}
        self.seen.writer = self.people["teacher"].person["id"]
        for each in self.people.values():
            each.installs()

    def reports(self, story: str, about: str, danger: str = "no") -> None:
        """Fill in every box of every step, to the receipt."""
        shown = self.people["teacher"].types()
        while shown.step:
            shown = sent(shown, dict(self.filled(story, shown, {"about": about, "danger": danger})))
        self.seen.references[story] = shown.reference

    def filled(self, story: str, form: Dialog, told: dict[str, str]) -> Iterator[tuple[str, str]]:
        for id, box in form.boxes.items():
            if box["type"] == "Input.Text":
                word = self.canaries.new(f"{story}: {id}")
                yield id, f"{word} Rahman" if id == "urgent_who" else word
            elif box["type"] == "Input.ChoiceSet" and box["choices"]:
                values = [each["value"] for each in box["choices"]]
                wanted = told.get(id) or PREFERRED.get(id, "none" if id.startswith("same.") else "")
                yield id, wanted if wanted in values else values[0]
            elif box["type"] != "Input.ChoiceSet":
                yield id, {"Input.Date": "2026-11-19", "Input.Time": "10:10"}[box["type"]]

    def readers(self, story: str) -> list[Watched]:
        told = [row.address for row in parties(self.school, self.seen.references[story])]
        return [each for role, each in self.people.items() if each.person["id"] in told and role != "teacher"]

    def is_worked(self, story: str) -> None:
        """Acknowledged, noted, decided on, referred, asked about, closed, reopened, answered, added to."""
        teacher, reference = self.people["teacher"], self.seen.references[story]
        lead = max(self.readers(story), key=lambda each: "Acknowledge" in words(each.card(reference)["card"]))
        lead.presses("Acknowledge", lead.card(reference))
        for label, boxes in WORKED.items():
            shown = lead.opens_all(reference)
            form = shown.presses(button(shown.card, label))
            typed = {box: said or self.canaries.new(f"{story}: {box}") for box, said in boxes.items()}
            if "referral" in typed:
                typed["referral"] = form.boxes["referral"]["choices"][0]["value"]
            sent(form, typed)
        until(lambda: "Answer" in words(teacher.card(reference)["card"]), "the question")
        for label, box in (("Answer", "answered"), ("Add to my report", "added")):
            mine = [each for each in teacher.messages() if reference in words(each["card"])]
            card = next(each for each in reversed(mine) if label in words(each["card"]))
            teacher.presses(label, card).sends(**{box: self.canaries.new(f"{story}: {box}")})
        lead.opens_all(reference)

    def is_written_in_the_chat(self, story: str) -> None:
        """A lead's own words are offered as a note, and kept; anybody else's are not."""
        lead, case = self.readers(story)[0], self.case(story)
        for who in (lead, self.people["teacher"]):
            word = self.canaries.new("in the chat: direct message" if who is not lead else f"{story}: note in the chat")
            before = len(who.messages())
            who.writes(f"I rang them. {word}")
            until(lambda who=who, before=before: len(who.messages()) > before, "the answer")
        offer = next(each for each in reversed(lead.messages()) if "keep" in json.dumps(each["card"]))
        lead.keeps(offer, case)
        lead.opens_all(self.seen.references[story])

    def is_refused(self, story: str) -> None:
        for action in ("open", "note", "acknowledge"):
            self.people["ict"].forges(action, self.case(story))
        self.people["ict"].forges_form("note", self.case(story), {"note": self.canaries.new("not told: note")})

    def case(self, story: str) -> str:
        return str(self.school.query("SELECT id FROM cases WHERE reference = :r", r=self.seen.references[story])[0].id)

    def quotes(self) -> None:
        """A message is reported from its own menu."""
        content = self.canaries.new("quoted: the message")
        message = {"id": "1", "body": {"contentType": "html", "content": f"<p>{content}</p>"}, "attachments": []}
        shown = self.people["teacher"].reports_message(message).sends(about="pupil_concern", danger="no")
        while shown.step:
            shown = sent(shown, dict(self.filled("quoted", shown, {})))
        self.seen.references["quoted"] = shown.reference

    def goes_wrong(self) -> None:
        """Answers that are none, a form that nobody can digest, a body that is not JSON, and one left in the middle."""
        teacher = self.people["teacher"]
        form = teacher.types().sends(about="policy_breach", danger="no")
        form.sends(what=self.canaries.new("wrong answers: what"), by=self.canaries.new("wrong answers: by"))
        kept = form.sending(what=self.canaries.new("kept: what"))
        kept["value"]["data"]["lanyard"]["form"]["fields"][0]["kind"] = self.canaries.new("kept: a kind of next year")
        teacher.got(kept)
        teacher.posts({**kept, "channelId": self.canaries.new("turned away: channel"), "id": "f:1"})
        left = teacher.types().sends(about="reputation", danger="no")
        left.sends(**dict(self.filled("left in the middle", left, {})))
        teacher.types()


def sent(form: Dialog, answers: dict[str, str]) -> Dialog:
    """Send is pressed again where the bot asks for that: a test's machine may be busy."""
    shown = form.sends(**answers)
    for _ in range(5):
        if not shown.troubles:
            return shown
        shown = shown.sends(**answers)
    raise AssertionError(shown.troubles)


def all_is_said(school: School) -> None:
    now = school.chat.workspace.clock.now()
    owed = "SELECT due_at FROM promises WHERE state = 'waiting'"
    until(lambda: all(moment(row.due_at) > now for row in school.query(owed)), "the end of what the bot owes")


def opens(card: Json) -> bool:
    return any(part.get("title") == "Open" for part in parts(card))


def button(card: Json, label: str) -> str:
    """The whole of what stands on the button that begins so."""
    return next(str(part["title"]) for part in parts(card) if str(part.get("title", "")).startswith(label))


def a_day(day: Day) -> None:
    heard: list[tuple[str, bytes]] = day.seen.answers

    def called(moment: str, about: Any) -> None:
        if moment.endswith(":received"):
            heard.append((f"Microsoft's {moment}", json.dumps(about).encode()))

    day.school.chat.workspace.teams.on_call.append(called)
    for about in TYPES:
        day.reports(about, about)
    day.reports("danger", "pupil_concern", danger="yes")
    day.quotes()
    all_is_said(day.school)
    for story, reference in day.seen.references.items():
        for reader in day.readers(story):
            reader.opens_all(reference)
    day.is_refused("pupil_concern")
    day.is_worked("pupil_concern")
    day.is_written_in_the_chat("cyberbullying")
    day.goes_wrong()
    day.school.chat.workspace.clock.forward("25m")
    all_is_said(day.school)
    for each in day.people.values():
        each.writes("home")
    all_is_said(day.school)


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_what_people_write_in_teams_stands_only_before_those_it_was_written_for(
    kind: str, request: pytest.FixtureRequest
) -> None:
    postgres = kind == "postgresql"
    url = request.getfixturevalue("new_postgres")() if postgres else ""
    cluster = request.getfixturevalue("postgres_cluster") if postgres else ""
    canaries = Canaries()
    with (
        tempfile.TemporaryDirectory(prefix="lanyard-secrecy-") as folder,
        a_school(Path(folder), url, teams=True) as school,
    ):
        day = Day(school, canaries)
        try:
            a_day(day)
        finally:
            for each in day.people.values():
                each.closes()
        for errand, done in errands(school):
            day.seen.answers.append((f"lanyard {errand}", (done.stdout + done.stderr).encode()))
        cards = [each for lying in school.chat.workspace.teams.messages.values() for each in lying if each.card]
        day.seen.answers.append(("what stands in the chats", repr(cards).encode()))
        assert len([place for place, _ in day.seen.answers if place.startswith("Microsoft's chat")]) > len(TYPES)
        assert leaks(school, canaries, day.seen, cluster) == {}
        assert wrong_eyes(day.seen) == []
        read = set().union(*was_read(day.seen).values())
        told = {story for story in day.seen.references if day.readers(story)}
        unread = {box for box in canaries.boxes.values() if box.split(":")[0] in told} - read
        assert unread == set(), "the watch saw too little to be believed"
        log = school.log.read_text()
        assert "Traceback" not in log
        assert "unexpected" in log
