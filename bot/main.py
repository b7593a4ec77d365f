"""The command line: everything that an operator can ask of Lanyard."""

import gc
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import typer

from bot.command import File, settings_read


def run() -> None:
    """The entry of the command, and of python -m bot.main."""
    gc.set_threshold(100_000)  # much is read in at first, and none of it is rubbish
    app()()


def app() -> typer.Typer:
    """The whole command line; each command imports its part when it is run, so that --help is quick."""
    from bot.calendar_command import calendar
    from bot.people_command import people
    from bot.policy_command import policy
    from bot.report_command import report
    from bot.route_command import route_command
    from bot.setup_command import setup
    from bot.teams_command import teams

    # A traceback with local values would print what a report says.
    line = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False, add_completion=False)
    line.callback()(lanyard)
    line.command("route")(route_command)
    errands = (verify, checkpoint, duties, unprocessed, key, rotate, backup, restore)
    for command in (setup, manifest, check, practice, serve, demo, *errands):
        line.command()(command)
    groups = {"people": people, "policy": policy, "calendar": calendar, "report": report, "teams": teams}
    for name, group in groups.items():
        line.add_typer(group, name=name)
    return line


def _print_version(wanted: bool) -> None:
    if wanted:
        print(version("lanyard"))
        raise typer.Exit


def lanyard(
    _: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Say which version.")
    ] = False,
) -> None:
    """Safeguarding reports from the chat staff already use, to the right person, on the record."""


def check(
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object, alone on stdout.")] = False,
) -> None:
    """Show who would get which report, by which clause and how; refuse what would leave one with nobody."""
    settings = settings_read()
    from bot import checking

    raise typer.Exit(checking.check(settings, as_json=as_json))


def manifest(
    url: Annotated[str, typer.Option(envvar="LANYARD_URL", help="Where Slack reaches the bot.")],
    command: Annotated[str, typer.Option(envvar="LANYARD_COMMAND", help="What staff type.")] = "/report",
    away: Annotated[
        str, typer.Option(envvar="LANYARD_AWAY_COMMAND", help="What role-holders type before they are away.")
    ] = "/im-away",
    socket: Annotated[bool, typer.Option("--socket", help="For Socket Mode: without any address.")] = False,
) -> None:
    """Print the Slack app's manifest, to be pasted at api.slack.com/apps."""
    from bot.manifest import manifest

    print(manifest(url, command, away, socket=socket), end="")


def serve(
    demo_clock: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="Move this demo's time on by the seconds that the file says."),
    ] = None,
    host: Annotated[
        str, typer.Option(help="The address to listen on; a proxy with TLS stands before it.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The port to listen on.")] = 8090,
    metrics_port: Annotated[
        int | None, typer.Option(metavar="PORT", help="Show /metrics on this port of this machine alone.")
    ] = None,
) -> None:
    """Be the bot: answer Slack, keep promises, show pages."""
    settings = settings_read()  # first: what is missing is said before anything heavy is loaded
    from bot import compose

    compose.serve(settings, compose.Listening(host, port, metrics_port), demo_clock)


def demo(
    script: Annotated[
        bool, typer.Option("--script", help="Walk the four flows without a browser, and say so.")
    ] = False,
    port: Annotated[int, typer.Option(help="Where the workspace's page is.")] = 8080,
    socket: Annotated[bool, typer.Option("--socket", help="Over lines of the bot's own: Socket Mode.")] = False,
    teams: Annotated[bool, typer.Option("--teams", help="With a Microsoft Teams beside the chat.")] = False,
) -> None:
    """Show Lanyard at work in an invented school: no Slack account needed."""
    from bot import demo as invented

    raise typer.Exit(invented.demo(script=script, port=port, socket_mode=socket, teams=teams))


def verify(
    checkpoint: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, metavar="FILE", help="One that was kept elsewhere."),
    ] = None,
) -> None:
    """Derive the ledger again from its entries, and say whether any was changed, cut off or rolled back."""
    settings = settings_read()
    from bot import errands

    raise typer.Exit(errands.verify_ledger(settings, checkpoint))


def checkpoint(
    file: Annotated[Path | None, typer.Argument(dir_okay=False, show_default=False)] = None,
) -> None:
    """Sign the ledger as it stands, to be kept where nobody can change both."""
    from bot import errands

    raise typer.Exit(errands.make_checkpoint(settings_read(), file))


def duties(
    as_csv: Annotated[bool, typer.Option("--csv", help="Every task as a row, for a spreadsheet.")] = False,
) -> None:
    """Show how far each school has come with what its policy asks of people."""
    settings = settings_read()
    from bot import duties_command

    raise typer.Exit(duties_command.show_duties(settings, as_csv=as_csv))


def unprocessed() -> None:
    """Try again what something unexpected stopped."""
    from bot import errands

    raise typer.Exit(errands.retry_unprocessed(settings_read()))


def key(
    file: Annotated[Path, typer.Argument(show_default=False)],
    sheet: Annotated[
        Path | None, typer.Option(metavar="PAGE", help="Write the recovery sheet of this key: a page to print.")
    ] = None,
    from_sheet: Annotated[bool, typer.Option("--from-sheet", help="Type the key in from its recovery sheet.")] = False,
    compare: Annotated[bool, typer.Option("--compare", help="Prove that a sheet is this key's: type it in.")] = False,
    school: Annotated[str, typer.Option(help="The school's name, for the sheet.")] = "Our school",
) -> None:
    """Make the key that seals every report, in a new file that only you can read.

    Without this key a backup opens nothing; with it, it opens everything: keep a copy apart from both.
    """
    from bot import recovery

    try:
        if sheet:
            recovery.print_sheet(file, sheet, school)
        elif compare:
            raise typer.Exit(0 if recovery.is_its_sheet(file, input) else 1)
        elif from_sheet:
            recovery.bring_back(file, input)
        else:
            recovery.make(file)
    except FileExistsError as there:
        print(there, file=sys.stderr)
        raise typer.Exit(2) from None
    except EOFError:
        print("Nothing was changed.", file=sys.stderr)
        raise typer.Exit(2) from None
    except (OSError, ValueError) as wrong:
        print(f"{file} cannot be used as a key file: {wrong}", file=sys.stderr)
        raise typer.Exit(2) from None


def practice(
    by: Annotated[
        str,
        typer.Option(metavar="E-MAIL", help="In whose name; LANYARD_OPERATOR_EMAIL without it.", show_default=False),
    ] = "",
    school: Annotated[str, typer.Option(metavar="ID", help="Which school, where there are several.")] = "",
    listed: Annotated[bool, typer.Option("--list", help="Show how each of them has gone.")] = False,
) -> None:
    """Send one report marked PRACTICE for ever through the real chain, in school time; or see how they went.

    A real worry is never reported like this: staff type /report.
    """
    settings = settings_read()
    from bot.practising import practise, show_practice

    raise typer.Exit(show_practice(settings) if listed else practise(settings, by or settings.operator_email, school))


def rotate(
    file: Annotated[
        Path | None, typer.Argument(exists=True, dir_okay=False, help="The key file; LANYARD_KEY_FILE without it.")
    ] = None,
    finish: Annotated[bool, typer.Option("--finish", help="Take the old key out, once nothing needs it.")] = False,
) -> None:
    """Put a new key before the old one, and wrap everything under it; killed at any moment, run it again."""
    settings = settings_read()
    from bot import rotation

    raise typer.Exit(rotation.rotate(settings, file, finish=finish))


def backup(file: Annotated[Path, typer.Argument(dir_okay=False, show_default=False)]) -> None:
    """Pack everything but the key into one new file, while the bot runs."""
    settings = settings_read()
    from bot import backup as packing

    raise typer.Exit(packing.back_up(settings, file))


def restore(
    file: File,
    checkpoint: Annotated[
        Path | None,
        typer.Option(exists=True, dir_okay=False, metavar="FILE", help="One that was kept elsewhere."),
    ] = None,
) -> None:
    """Bring back what a backup holds, where there is nothing yet, and say what is missing."""
    settings = settings_read()
    from bot import backup as packing

    raise typer.Exit(packing.restore(settings, file, checkpoint))


if __name__ == "__main__":
    run()
