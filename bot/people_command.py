"""`lanyard people`: who holds which role, and who manages whom; each command imports its part when it is run."""

from pathlib import Path
from typing import Annotated

import typer

from bot.command import File, Yes, settings_read

people = typer.Typer(no_args_is_help=True, help="Who holds which role, from school.toml.")


@people.command()
def apply(
    file: File,
    demo_clock: Annotated[Path | None, typer.Option(metavar="FILE", help="Found a demo, for ever.")] = None,
    yes: Yes = False,
) -> None:
    """Show what school.toml changes, and change it."""
    settings = settings_read()
    from bot import staff

    raise typer.Exit(staff.apply_people(settings, file, demo_clock, yes=yes))


@people.command()
def managers(
    file: File,
    yes: Yes = False,
) -> None:
    """Show what a list of line managers changes (columns email,manager_email), and change it."""
    settings = settings_read()
    from bot import managers as lists

    raise typer.Exit(lists.apply_managers(settings, file, yes=yes))


@people.command()
def invite(person: Annotated[str, typer.Argument(metavar="KEY", show_default=False)]) -> None:
    """Send somebody without a chat account the mail in which they set a passphrase."""
    settings = settings_read()
    from bot import staff

    raise typer.Exit(staff.invite_person(settings, person))


@people.command()
def staff(file: File, yes: Yes = False) -> None:
    """Show what a list of staff changes (email, name, manager_email, school, team, teaches, works, joined, leaves)."""
    settings = settings_read()
    from bot import staff_list

    raise typer.Exit(staff_list.apply_staff(settings, file, yes=yes))


@people.command()
def accounts() -> None:
    """Show the school's official accounts online: who looks after each, and what is missing."""
    settings = settings_read()
    from bot import accounts_command

    raise typer.Exit(accounts_command.show_accounts(settings))
