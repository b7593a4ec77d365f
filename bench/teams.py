"""What Teams would send: the command, and steps of a report, each with a token that Microsoft's stand-in signed."""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from bench.letters import Ask, request, token
from bench.load import Sent
from handlers.teams.cards import OURS
from handlers.teams.surface import form_card
from templates.shapes import Form
from workflows.people import Who
from workspace.teams.tenant import APP, SECRET, TENANT

EMAILS = ("t.oyelaran@brambledown.example", "i.pemberton@brambledown.example", "m.kowalska@brambledown.example")
ID, USER = "the-id-of-this-one", "the-id-of-somebody"
TROUBLE = "▲ ".encode()


class Teams:
    """Microsoft's stand-in signs; a form is the answer itself."""

    name, floor, way = "teams", "bench.teams_floor", "/report to its dialog"
    reporters = tuple(str(uuid.uuid5(uuid.NAMESPACE_URL, email)) for email in EMAILS)

    def settings(self, url: str) -> Mapping[str, str]:
        return {
            "LANYARD_TEAMS_URL": url,
            "LANYARD_TEAMS_APP_ID": APP,
            "LANYARD_TEAMS_TENANT": TENANT,
            "LANYARD_TEAMS_SECRET": SECRET,
        }

    def somebody(self) -> Who:
        return Who("teams", TENANT, self.reporters[0], name="Tolu Oyelaran", emails=EMAILS[:1])

    def drawn(self, form: Form) -> Mapping[str, Any]:
        return form_card(form)

    def commands(self, ask: Ask, number: int) -> list[bytes]:
        asked = Invoke(ask, "composeExtension/fetchTask", {"commandId": "report", "commandContext": "compose"})
        return [asked.by(self.reporters[each % len(self.reporters)]) for each in range(number)]

    def opened(self, ask: Ask, sent: Sent) -> tuple[list[float], Mapping[str, Any]]:
        return sent.took, json.loads(sent.answers[-1][1])["task"]["value"]["card"]["content"]

    def step(self, ask: Ask, shown: Mapping[str, Any], answers: Mapping[str, str]) -> "Step":
        return Step(ask, shown, answers)

    def turned(self, body: bytes) -> bool:
        return TROUBLE in body


class Invoke:
    """Something that people do, the same but for who and when."""

    def __init__(self, ask: Ask, name: str, value: Mapping[str, Any]) -> None:
        signed = ask("/bench/token")
        self.headers = {"Content-Type": "application/json", "Authorization": f"Bearer {signed['token']}"}
        activity = {
            "type": "invoke",
            "id": ID,
            "timestamp": "2026-11-17T15:20:00.000Z",
            "channelId": "msteams",
            "serviceUrl": signed["service"],
            "from": {"id": f"29:{USER}", "name": "Somebody", "aadObjectId": USER},
            "recipient": {"id": f"28:{APP}", "name": "Lanyard"},
            "conversation": {"id": f"a:{USER}", "conversationType": "personal", "tenantId": TENANT},
            "channelData": {"tenant": {"id": TENANT}},
            "name": name,
            "value": value,
        }
        self.text = json.dumps(activity)

    def by(self, user: str, *changes: tuple[str, str]) -> bytes:
        text = self.text.replace(ID, token()).replace(USER, user)
        for old, new in changes:
            text = text.replace(old, new)
        return request("/teams/api/messages", self.headers, text.encode())


class Step:
    """One step of a form in a dialog."""

    def __init__(self, ask: Ask, card: Mapping[str, Any], answers: Mapping[str, str]) -> None:
        (send,) = [each for each in card["actions"] if "form" in each["data"].get(OURS, {})]
        boxes = {part["id"]: part for part in parts(card) if str(part.get("type")).startswith("Input.")}
        kept = {id: box["value"] for id, box in boxes.items() if "value" in box}
        given = {id: said for id, said in answers.items() if id in boxes}
        self.drawn_for = send["data"][OURS]["token"]
        value = {"commandId": "report", "commandContext": "compose", "data": {**send["data"], **kept, **given}}
        self.invoke = Invoke(ask, "composeExtension/submitAction", value)

    def letter(self, user: str, draft: str) -> bytes:
        return self.invoke.by(user, (self.drawn_for, draft))


def parts(card: Any) -> Iterator[Mapping[str, Any]]:
    """Every element of a card, wherever it stands."""
    if isinstance(card, Mapping):
        yield card
    inside: Iterable[Any] = card.values() if isinstance(card, Mapping) else card if isinstance(card, list) else ()
    for each in inside:
        yield from parts(each)
