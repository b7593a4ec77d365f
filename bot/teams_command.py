"""The command line's part about Microsoft Teams: the app that the school's administrator uploads."""

import io
import json
import sys
import zipfile
from collections.abc import Mapping, Sequence
from enum import StrEnum
from importlib import resources
from pathlib import Path
from typing import Annotated, Any

import typer

from bot.command import Yes, settings_read

MANIFEST = "1.30"
# So that Teams takes a package as an update: counted up when what is in it changes.
PACKAGE = "1.1.0"
ICONS = ("color.png", "outline.png")
SCHEMA = f"https://developer.microsoft.com/json-schemas/teams/v{MANIFEST}/MicrosoftTeams.schema.json"
# Whether a team is private, and a channel a standard one.
LOOK = ("TeamSettings.Read.Group", "ChannelSettings.Read.Group")
# What is written there without a mention, and whether that is granted.
HEAR = ("ChannelMessage.Read.Group", "TeamsAppInstallation.Read.Group")


class Heard(StrEnum):
    """What is kept of what a team writes under a card in its channel."""

    MENTION = "mention"
    EVERY = "every"


teams = typer.Typer(no_args_is_help=True, help="Lanyard in Microsoft Teams.")


@teams.command()
def package(
    file: Annotated[Path, typer.Argument(dir_okay=False, show_default=False)],
    app_id: Annotated[str, typer.Option(envvar="LANYARD_TEAMS_APP_ID", help="The bot's id, as it was registered.")],
    url: Annotated[str, typer.Option(envvar="LANYARD_URL", help="Where staff find the school's pages of Lanyard.")],
    school: Annotated[str, typer.Option(help="Who runs it, as staff call it.")] = "Your school",
    command: Annotated[str, typer.Option(envvar="LANYARD_COMMAND", help="What staff type.")] = "/report",
    rooms: Annotated[Heard | None, typer.Option(help="For teams' channels: which replies there are heard.")] = None,
) -> None:
    """Write the app's package, to be uploaded in the Teams admin centre."""
    if not url.startswith("https://"):
        print("Teams takes only an address that starts with https://. See --url.", file=sys.stderr)
        raise typer.Exit(2)
    told = manifest(app_id, url, school, command.removeprefix("/"))
    if rooms:
        told |= granted(app_id, url, (*LOOK, *HEAR) if rooms == Heard.EVERY else LOOK)
    file.write_bytes(packed(told))
    print(f"Written to {file}. Upload it in the Teams admin centre, under Teams apps, Manage apps.")


@teams.command()
def doctor() -> None:
    """Say what is still missing before Teams works: settings, permissions, the clock, who has no app."""
    from bot.teams_doctor import examine

    raise typer.Exit(examine(settings_read()))


@teams.command()
def certificate(
    file: Annotated[Path, typer.Argument(dir_okay=False, show_default=False)],
    school: Annotated[str, typer.Option(help="Whose it is, to be read in Entra.")] = "our school",
) -> None:
    """Make a certificate that says who the bot is, and beside it its public part, to be uploaded in Entra."""
    from bot.proof import made

    raise typer.Exit(made(file, school))


@teams.command()
def install(
    app: Annotated[str, typer.Option(metavar="ID", help="The App ID that the Teams admin centre shows.")] = "",
    yes: Yes = False,
) -> None:
    """Put the app into the Teams of every role-holder and everybody on the list of staff, after showing for whom."""
    from bot.teams_install import install

    raise typer.Exit(install(settings_read(), app, yes=yes))


def packed(manifest: Mapping[str, Any]) -> bytes:
    """The manifest and the icons; the same from the same, to the last byte."""
    held = io.BytesIO()
    icons = resources.files("bot") / "teams_app"
    contents = {"manifest.json": json.dumps(manifest, indent=2, ensure_ascii=False).encode()}
    contents |= {name: (icons / name).read_bytes() for name in ICONS}
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as out:
        for name, content in contents.items():
            out.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, zipfile.ZIP_DEFLATED)
    return held.getvalue()


def manifest(app_id: str, url: str, school: str, command: str) -> dict[str, Any]:
    """What Teams is told of the app: one bot, its two commands, and nothing that it does not need."""
    page = url.rstrip("/")
    return {
        "$schema": SCHEMA,
        "manifestVersion": MANIFEST,
        "version": PACKAGE,
        "id": app_id,
        "developer": {"name": school[:32], "websiteUrl": page, "privacyUrl": page, "termsOfUseUrl": page},
        "name": {"short": "Lanyard", "full": "Lanyard: report a worry to the right person"},
        "description": {
            "short": "Report a worry about a child or a colleague to the right person.",
            "full": "Worried about a child, or a colleague? Tell us in a short form, and it goes to the right person "
            f"at the school. It never goes to anybody it is about. Type /{command} in a chat or channel, or "
            "write “report” to Lanyard. If anyone is in danger now, call 999 first: nobody watches this live.",
        },
        "icons": {"color": ICONS[0], "outline": ICONS[1]},
        "accentColor": "#1F4E5F",
        "defaultInstallScope": "personal",
        "permissions": ["identity", "messageTeamMembers"],
        "bots": [bot(app_id)],
        "composeExtensions": [{"botId": app_id, "commands": commands(command)}],
        # So that Graph knows the app for this registration's own, when it is to install itself for somebody. Nobody
        # is signed in by it: Microsoft wants an address there all the same, and has this one for those who use none.
        "webApplicationInfo": {"id": app_id, "resource": "https://notapplicable"},
    }


def granted(app_id: str, url: str, permissions: Sequence[str]) -> dict[str, Any]:
    """What a team's owner is asked to grant, for that team alone, when the app is added to it."""
    asked = [{"name": name, "type": "Application"} for name in permissions]
    return {
        "authorization": {"permissions": {"resourceSpecific": asked}},
        "webApplicationInfo": {"id": app_id, "resource": url.rstrip("/")},
    }


def bot(app_id: str) -> dict[str, Any]:
    """It takes no files: a file that is sent to a bot lies in its sender's OneDrive."""
    said = [
        {"title": "report", "description": "Make a report"},
        {"title": "home", "description": "See your reports, and the cases that are with you"},
    ]
    return {
        "botId": app_id,
        "scopes": ["personal", "team", "groupChat"],
        "supportsFiles": False,
        "commandLists": [{"scopes": ["personal"], "commands": said}],
    }


def commands(word: str) -> list[dict[str, Any]]:
    """What is typed, or picked under the box; and the entry in a message's own menu."""
    typed = {"id": "report", "context": ["compose", "commandBox"], "title": word, "triggers": ["slash"]}
    picked = {"id": "report_message", "context": ["message"], "title": "Report this message"}
    dialog = {"type": "action", "fetchTask": True}
    return [
        dialog | typed | {"description": "Report a worry about a child or a colleague"},
        dialog | picked | {"description": "Make a report that this message goes with"},
    ]
