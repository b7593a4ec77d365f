"""Until when Microsoft takes our proof of who we are: a certificate says so itself, of a secret it was noted down."""

import sys
from datetime import date, datetime
from pathlib import Path

from bot.clock import machine
from bot.settings import Settings
from storage import certificate
from workflows.calendar import day_of

# From here on it is said; a new one takes an administrator at Microsoft, and whoever runs this machine.
SOON = 30
# The days before the end on which the operator hears of it; afterwards the alarm is that no token is given.
RUNG = (SOON, 14, 7, 3, 2, 1, 0)


def made(file: Path, school: str) -> int:
    """A new certificate in a file that is not there yet; 2 where one is."""
    if file.exists():
        print(f"{file} is there already, and stays as it is. Name another file.", file=sys.stderr)
        return 2
    shown = certificate.make(file, school, machine())
    public = file.with_suffix(".cer")
    public.write_bytes(shown.public)
    print(f"Made: {file}. It holds a key: keep it outside LANYARD_HOME, and show it to nobody.")
    print(f"Upload {public} in Entra: App registrations, Lanyard, Certificates & secrets, Certificates.")
    print(f"Entra then shows the thumbprint {shown.thumbprint}. It runs out on {shown.until:%-d %B %Y}.")
    print("Put LANYARD_TEAMS_CERTIFICATE into .env, restart Lanyard, and see: lanyard teams doctor")
    return 0


def ends(settings: Settings) -> date | None:
    """The last day in London; none where nobody noted it.  Raises OSError or ValueError for a certificate unread."""
    if settings.teams_certificate:
        return day_of(certificate.read(settings.teams_certificate).until)
    return settings.teams_secret_until


def days_left(settings: Settings, now: datetime) -> int | None:
    """Until then, below nought afterwards."""
    last = ends(settings)
    return (last - day_of(now)).days if last else None
