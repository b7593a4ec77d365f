"""What every command begins with: a file that is there, and the settings, complete or refused."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from bot.settings import Incomplete, Settings

File = Annotated[Path, typer.Argument(exists=True, dir_okay=False, show_default=False)]
Yes = Annotated[bool, typer.Option("--yes", help="Apply without asking.")]


def settings_read() -> Settings:
    """The settings of the environment and of .env; where one is missing, all that are missing, and exit code 2."""
    try:
        return Settings.read(dotenv=Path(".env"))
    except Incomplete as refused:
        print(refused, file=sys.stderr)
        raise typer.Exit(2) from None
