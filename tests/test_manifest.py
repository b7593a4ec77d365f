"""The Slack app that a school installs asks for what the bot uses, and Slack takes it."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from bot.manifest import manifest as printed
from workspace.shortcuts import OFFERED

TOP = Path(__file__).parent.parent
TEXT = (TOP / "app_manifest.yaml").read_text(encoding="utf-8")
SCHEMA = json.loads((TOP / "tests/schemas/slack-manifest-2.0.0.json").read_text(encoding="utf-8"))
# What each scope is for, as the bot calls it; a scope that nothing needs is not asked for.
USED = {
    "commands": "views_open",
    "chat:write": "chat_postMessage",
    "im:history": "channel_type",
    "groups:history": '"group"',
    "groups:read": "conversations_members",
    "reactions:read": "reaction_added",
    "im:write": "chat_postMessage",
    "users:read": "users_info",
    "users:read.email": "users_lookupByEmail",
    "files:read": "files_info",
    "files:write": "files_completeUploadExternal",
}


@pytest.fixture
def manifest() -> dict[str, Any]:
    return dict(yaml.safe_load(TEXT))


def complaints(manifest: dict[str, Any]) -> list[str]:
    return [error.message for error in jsonschema.Draft7Validator(SCHEMA).iter_errors(manifest)]


def test_slack_takes_the_manifest(manifest: dict[str, Any]) -> None:
    assert manifest["_metadata"] == {"major_version": 2}
    assert complaints(manifest) == []


def test_the_schema_would_refuse_a_slip(manifest: dict[str, Any]) -> None:
    manifest["features"]["slash_commands"][0]["usage_hint"] = ""
    assert complaints(manifest)


def test_the_app_asks_for_no_more_than_it_uses(manifest: dict[str, Any]) -> None:
    asked = manifest["oauth_config"]["scopes"]
    assert list(asked) == ["bot"]
    assert set(asked["bot"]) == set(USED)
    code = "".join(file.read_text(encoding="utf-8") for file in (TOP / "handlers/slack").glob("*.py"))
    assert [call for call in USED.values() if call not in code] == []


def test_every_scope_says_what_it_is_for() -> None:
    lines = [line.strip() for line in TEXT.splitlines()]
    for scope in USED:
        assert lines[lines.index(f"- {scope}") - 1].startswith("# "), scope


def test_everything_comes_to_the_one_door_over_tls(manifest: dict[str, Any]) -> None:
    doors = {
        manifest["settings"]["event_subscriptions"]["request_url"],
        manifest["settings"]["interactivity"]["request_url"],
        *(command["url"] for command in manifest["features"]["slash_commands"]),
    }
    assert doors == {"https://lanyard.example/slack/events"}
    assert manifest["settings"]["interactivity"]["is_enabled"] is True
    told = {
        "app_home_opened",
        "message.im",
        "message.groups",
        "reaction_added",
        "member_joined_channel",
        "app_uninstalled",
        "tokens_revoked",
        "user_change",
    }
    assert set(manifest["settings"]["event_subscriptions"]["bot_events"]) == told


def test_people_can_open_the_home_tab_and_write_to_the_bot(manifest: dict[str, Any]) -> None:
    home = manifest["features"]["app_home"]
    assert home["home_tab_enabled"]
    assert home["messages_tab_enabled"]
    assert not home["messages_tab_read_only_enabled"]


def test_the_shortcuts_are_those_that_the_demo_offers(manifest: dict[str, Any]) -> None:
    asked = manifest["features"]["shortcuts"]
    assert [{key: each[key] for key in ("name", "type", "callback_id")} for each in asked] == list(OFFERED)


def test_the_command_is_the_one_the_readme_tells_staff_to_type(manifest: dict[str, Any]) -> None:
    command, _ = manifest["features"]["slash_commands"]
    assert f"`{command['command']}` in Slack" in (TOP / "README.md").read_text(encoding="utf-8")
    assert command["usage_hint"]


def test_the_printed_manifest_has_the_schools_address_and_word_and_nothing_else_of_ours() -> None:
    text = printed("https://lanyard.brambledown.example/", "/safeguard", "/cover")
    given: dict[str, Any] = yaml.safe_load(text)
    jsonschema.validate(given, SCHEMA)
    assert "https://lanyard.example" not in text
    command, away = given["features"]["slash_commands"]
    assert (command["command"], away["command"]) == ("/safeguard", "/cover")
    assert command["url"] == "https://lanyard.brambledown.example/slack/events"
    assert given["settings"]["event_subscriptions"]["request_url"] == command["url"]
