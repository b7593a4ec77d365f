"""`lanyard calendar`: a school's terms, half-terms, INSET days and hours."""

from typing import Annotated

import typer

from bot.command import File, Yes, settings_read

SchoolKey = Annotated[str, typer.Option("--school", metavar="ID", help="The school's id in school.toml.")]

calendar = typer.Typer(invoke_without_command=True, help="The school's terms, half-terms, INSET days and hours.")


@calendar.callback()
def show(context: typer.Context, school: SchoolKey = "") -> None:
    """Print the school's year as a person would read it."""
    if context.invoked_subcommand:
        return
    settings = settings_read()
    from bot import school_year

    raise typer.Exit(school_year.show_year(settings, school))


@calendar.command()
def apply(
    file: File,
    school: SchoolKey = "",
    yes: Yes = False,
) -> None:
    """Show what a calendar file (.toml, or the .ics of a school's website) changes, and change it."""
    settings = settings_read()
    from bot import school_year

    raise typer.Exit(school_year.apply_calendar(settings, file, school, yes=yes))
