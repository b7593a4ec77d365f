"""Teams set up by the school's administrator: from nothing, or beside the Slack that the school has."""

import json
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from storage import certificate
from tests.graph_edge import APP, SECRET, TENANT, Edge, microsoft, refused
from tests.test_setup import Admin, mode

URL = "https://lanyard.brambledown.example"


class TeamsAdmin(Admin):
    """The same somebody, whose school uses Teams; what they do not say is as before."""

    words = ("setup", "teams")

    def plain(self) -> dict[str, list[str]]:
        theirs = super().plain()
        for question in ("Which way", "What staff type", "Press Enter when it is installed", "“Signing Secret”"):
            del theirs[question]
        asked = {question: lines for question, lines in theirs.items() if not question.startswith(("“Bot", "App-"))}
        names = {
            "Headteacher (needed): full": ["Helen Whitlock"],
            "Designated safeguarding lead (needed): full": ["Nasreen Rahman"],
        }
        return {
            **asked,
            **names,
            "Nobody in Teams has the address": ["y"],
            "The address, such as": [URL],
            "“Application (client) ID”": [APP.upper()],
            "“Directory (tenant) ID”": [TENANT],
            "Press Enter when all three": [""],
            "Which way": ["1"],
            "File for the certificate": [""],
            "Press Enter when Entra has it": [""],
            "Press Enter when Teams has it": [""],
            "Its “Value”": [SECRET],
            "“Expires”": ["2099-07-31"],
            "Do you want to grant the second": [""],
            "Press Enter when consent": [""],
            "Try again": ["y"],
        }

    def env(self) -> dict[str, str | None]:
        return super().env() | {"LANYARD_SLACK_URL": None}


@pytest.fixture
def edge() -> Iterator[Edge]:
    with microsoft() as made:
        for email in ("head", "n.rahman", "o.fairclough", "s.adeyemi", "k.tregenza", "p.bhatt", "m.callaghan"):
            made.moves_in(f"{email}@brambledown.example")
        yield made


@pytest.fixture
def admin(chat: Any, tmp_path: Path, edge: Edge) -> TeamsAdmin:
    chat.workspace.reset()
    folder = tmp_path / "desk"
    folder.mkdir()
    return TeamsAdmin(folder, chat)


def test_from_nothing_to_a_school_in_teams(admin: TeamsAdmin, edge: Edge) -> None:
    code, said = admin.sets_up()
    assert code == 0, said
    settings = admin.settings()
    assert (settings.teams_app_id, settings.teams_tenant, settings.url) == (APP, TENANT, URL)
    assert settings.slack_team == ""
    assert f"“Messaging endpoint”: {URL}/teams/api/messages" in " ".join(said.split())
    assert "Microsoft knows it: the bot may speak." in said
    assert "Microsoft lets the bot look people up." in said
    assert "Every role on every route has somebody who can be reached." in said
    assert "To mend: Helen Whitlock has not had the app yet." in said
    assert "Practice report" in said
    made = certificate.read(admin.folder / "lanyard-teams.pem")
    assert made.thumbprint in said
    assert f"{made.until:%-d %B %Y}" in said
    assert (admin.folder / "lanyard-teams.cer").read_bytes() == made.public
    assert mode(admin.folder / "lanyard-teams.pem") == 0o600
    told = json.loads(zipfile.ZipFile(admin.folder / "lanyard.zip").read("manifest.json"))
    assert (told["id"], told["developer"]["websiteUrl"]) == (APP, URL)
    assert "Slack" not in said
    assert not (admin.folder / ".lanyard-setup.json").exists()


def test_a_secret_is_never_shown_and_its_last_day_is_noted(admin: TeamsAdmin, edge: Edge) -> None:
    admin.answers |= {"Which way": ["2"], "Its “Value”": [TENANT, "short", SECRET]}
    code, said = admin.sets_up()
    assert code == 0, said
    assert "That is the “Secret ID”." in said
    assert "a single word of about 40 characters" in said
    assert SECRET not in said
    settings = admin.settings()
    assert settings.teams_secret
    assert settings.teams_secret.get_secret_value() == SECRET
    assert str(settings.teams_secret_until) == "2099-07-31"
    assert mode(admin.folder / ".env") == 0o600


def test_what_microsoft_does_not_take_is_said_and_asked_for_again(admin: TeamsAdmin, edge: Edge) -> None:
    edge.refusals = ["AADSTS700016: Application 'x' was not found.", "AADSTS700027: assertion", "AADSTS53003: blocked"]
    edge.busy = [refused(403, "Insufficient privileges to complete the operation.")]
    admin.answers["“Application (client) ID”"] = ["not an id", TENANT, APP]
    admin.answers["“Directory (tenant) ID”"] = [TENANT.upper(), TENANT]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "must be an id of 32 hex digits" in said
    assert "That is the same id twice." in said
    for sentence in (
        "The tenant knows no such app.",
        "The certificate is not one of this app's.",
        "Conditional Access",
    ):
        assert sentence in said
    assert "Grant User.Read.All (application)" in said
    assert admin.settings().teams_app_id == APP


def test_a_set_up_that_was_interrupted_makes_no_second_certificate(admin: TeamsAdmin, edge: Edge) -> None:
    code, said = admin.sets_up(until=14)
    assert (code, "run lanyard setup teams here again" in said) == (1, True)
    first = (admin.folder / "lanyard-teams.pem").read_bytes()
    for question in ("“Application (client) ID”", "“Directory (tenant) ID”", "Which way"):
        admin.answers[question] = [""]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "It stays as it is." in said
    assert (admin.folder / "lanyard-teams.pem").read_bytes() == first


def test_an_address_that_teams_cannot_reach_is_refused(admin: TeamsAdmin, edge: Edge) -> None:
    admin.answers["The address, such as"] = ["http://10.0.0.1", URL]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "Teams speaks to no address that does not start with https://." in said


def test_a_school_on_slack_gets_teams_beside_it_and_keeps_what_it_has(admin: TeamsAdmin, edge: Edge) -> None:
    first = Admin(admin.folder, admin.chat)
    code, said = first.sets_up()
    assert code == 0, said
    env = admin.folder / ".env"
    env.write_text("# kept by us\n" + env.read_text())
    before = env.read_text()
    admin.answers |= {".env is there already": ["y"], "Apply this": ["y"]}
    code, said = admin.sets_up()
    assert code == 0, said
    assert "There is a school here already" in said
    assert env.read_text().startswith(before)
    settings = admin.settings()
    assert (settings.teams_app_id, bool(settings.slack_team)) == (APP, True)
    assert "Mail server" not in said
    assert "Is your school in England" not in said
    assert edge.door.status_code == httpx.codes.UNAUTHORIZED
