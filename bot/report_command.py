"""`lanyard report`: governors' and trust reports as PDF, as CSV and as one picture."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from bot.command import settings_read

Out = Annotated[Path, typer.Option("--out", metavar="FILE.pdf", help="A .csv and a .png are written beside it.")]
SchoolKey = Annotated[str, typer.Option("--school", metavar="ID", help="The school's id in school.toml.")]
Term = Annotated[bool, typer.Option("--term", help="The last term that ended (as without it).")]
Year = Annotated[bool, typer.Option("--year", help="Its school year, as far as its terms have ended.")]
From = Annotated[
    datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], metavar="DATE", help="The terms that ended since.")
]
To = Annotated[
    datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], metavar="DATE", help="The terms that ended by then.")
]
Checkpoint = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="Write the ledger's newest checkpoint of it, to be kept apart."),
]

report = typer.Typer(no_args_is_help=True, help="Governors' and trust reports: figures only, small ones hidden.")


@report.command()
def governors(  # noqa: PLR0913, PLR0917 - one for each option of the command line
    out: Out,
    school: SchoolKey = "",
    term: Term = False,
    year: Year = False,
    first: From = None,
    last: To = None,
    checkpoint: Checkpoint = None,
) -> None:
    """A school's report of a term or a school year, for its chair of governors and headteacher."""
    settings = settings_read()
    from bot import report_files

    asked = report_files.Asked(term=term, year=year, first=first, last=last, out=out, checkpoint=checkpoint)
    raise typer.Exit(report_files.write_for_school(settings, school, asked))


@report.command()
def trust(
    out: Out,
    term: Term = False,
    year: Year = False,
    first: From = None,
    last: To = None,
    checkpoint: Checkpoint = None,
) -> None:
    """The whole trust's report of a term or a school year, for its chief executive and chair of trustees."""
    settings = settings_read()
    from bot import report_files

    asked = report_files.Asked(term=term, year=year, first=first, last=last, out=out, checkpoint=checkpoint)
    raise typer.Exit(report_files.write_for_trust(settings, asked))
