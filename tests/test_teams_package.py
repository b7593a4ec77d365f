"""The Teams app that an administrator uploads asks for what the bot uses, and Teams takes it."""

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import typer
from PIL import Image
from typer.testing import CliRunner

from bot.main import app
from bot.proof import RUNG, SOON
from bot.settings import Settings
from bot.teams_command import HEAR, LOOK, manifest, packed
from bot.teams_doctor import SAID
from bot.teams_install import PERMISSION
from handlers.teams.entrance import ASKED
from handlers.teams.examined import DOOR
from handlers.teams.rooms import HEARS_ALL
from workspace.teams.tenant import APP

SCHEMA = json.loads((Path(__file__).parent / "schemas/teams-manifest-1.30.json").read_text(encoding="utf-8"))


@pytest.fixture
def made(tmp_path: Path) -> zipfile.ZipFile:
    file = tmp_path / "lanyard.zip"
    asked = ["teams", "package", str(file), "--app-id", APP, "--url", "https://lanyard.brambledown.example/"]
    said = CliRunner().invoke(app(), asked)
    assert said.exit_code == 0, said.output
    return zipfile.ZipFile(file)


def complaints(manifest: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema.Draft4Validator(SCHEMA).iter_errors(manifest)]


def test_teams_takes_the_package(made: zipfile.ZipFile) -> None:
    assert sorted(made.namelist()) == ["color.png", "manifest.json", "outline.png"]
    told = json.loads(made.read("manifest.json"))
    assert complaints(told) == []
    assert tuple(map(int, told["manifestVersion"].split("."))) >= (1, 29)
    assert told["id"] == told["bots"][0]["botId"] == told["composeExtensions"][0]["botId"] == APP
    assert complaints({**told, "id": "no id"})


@pytest.mark.parametrize(("heard", "how_many"), [("mention", 2), ("every", 4)])
def test_a_team_is_looked_at_and_its_replies_heard_only_where_its_owner_grants_it(
    made: zipfile.ZipFile, tmp_path: Path, heard: str, how_many: int
) -> None:
    assert "authorization" not in json.loads(made.read("manifest.json"))
    file = tmp_path / "rooms.zip"
    asked = ["teams", "package", str(file), "--app-id", APP, "--url", "https://lanyard.brambledown.example/"]
    assert CliRunner().invoke(app(), [*asked, "--rooms", heard]).exit_code == 0
    told = json.loads(zipfile.ZipFile(file).read("manifest.json"))
    assert complaints(told) == []
    names = [each["name"] for each in told["authorization"]["permissions"]["resourceSpecific"]]
    assert len(names) == how_many
    assert (HEARS_ALL in names) == (heard == "every")
    assert told["webApplicationInfo"]["id"] == APP


def test_the_icons_are_of_the_size_and_look_that_teams_wants(made: zipfile.ZipFile) -> None:
    colour, outline = (Image.open(io.BytesIO(made.read(f"{name}.png"))) for name in ("color", "outline"))
    assert (colour.size, outline.size) == ((192, 192), (32, 32))
    seen = {point[:3] for point in outline.convert("RGBA").get_flattened_data() if point[3]}
    assert seen == {(255, 255, 255)}
    assert outline.convert("RGBA").getpixel((0, 0))[3] == 0


def test_the_command_is_typed_and_a_message_can_be_reported() -> None:
    typed, picked = manifest(APP, "https://lanyard.example", "Brambledown", "worry")["composeExtensions"][0]["commands"]
    assert (typed["title"], typed["triggers"], typed["fetchTask"]) == ("worry", ["slash"], True)
    assert (picked["title"], picked["context"], picked["fetchTask"]) == ("Report this message", ["message"], True)
    assert "composeExtension/fetchTask" in ASKED


def test_the_app_asks_for_nothing_that_it_does_not_use() -> None:
    told = manifest(APP, "https://lanyard.example", "Brambledown", "report")
    assert told["permissions"] == ["identity", "messageTeamMembers"]
    assert not {"authorization", "devicePermissions", "validDomains"} & told.keys()
    assert told["webApplicationInfo"] == {"id": APP, "resource": "https://notapplicable"}, "it signs nobody in"
    assert told["bots"][0]["supportsFiles"] is False


def test_the_same_ids_make_the_same_package() -> None:
    told = manifest(APP, "https://lanyard.example", "Brambledown", "report")
    assert packed(told) == packed(told)


def test_an_address_without_tls_is_refused(tmp_path: Path) -> None:
    asked = ["teams", "package", str(tmp_path / "x.zip"), "--app-id", APP, "--url", "http://10.0.0.1"]
    said = CliRunner().invoke(app(), asked)
    assert said.exit_code == 2
    assert not (tmp_path / "x.zip").exists()


def test_a_school_on_slack_alone_needs_nothing_of_microsofts() -> None:
    asked = "import sys, bot.main, bot.compose, bot.errands, bot.staff, bot.checking; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=120, check=True)
    assert not {"microsoft_teams", "msal", "jwt", "httpx"} & {name.split(".")[0] for name in done.stdout.split()}


def test_the_administrators_page_names_what_there_is() -> None:
    page = (Path(__file__).parent.parent / "docs/teams.md").read_text(encoding="utf-8")
    root = typer.main.get_command(app())
    for line in set(re.findall(r"^lanyard ([^\n]+)$|`lanyard ([^`]+)`", page, re.MULTILINE)):
        command: Any = root
        for word in "".join(line).split():
            if not (word.isalpha() and hasattr(command, "commands")):
                break
            command = command.commands[word]
    settings = {f"LANYARD_{name.upper()}" for name in Settings.model_fields}
    assert set(re.findall(r"LANYARD_[A-Z_]+", page)) <= settings
    granted = set(re.findall(r"^\| `([A-Za-z.]+)` \|", page, re.MULTILINE))
    assert granted == {"User.Read.All", PERMISSION, *LOOK, *HEAR}
    assert "User.Read.All" in SAID["denied"]
    assert f"https://YOUR-ADDRESS{DOOR}" in page
    assert f"{SOON}, 14, 7, 3, 2 and 1 days" in page
    assert RUNG == (30, 14, 7, 3, 2, 1, 0)
