"""`lanyard backup` and `lanyard restore`: everything that the key opens, in one file, without the key."""

import shutil
import sys
import tempfile
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

from pydantic import SecretStr

from bot.clock import machine
from bot.ground import Ground, NotReady, errand, open_ground
from bot.settings import Settings
from storage import checkpoints, copies, parcel
from storage.durable import appearing, sync_folder
from storage.faults import Unopenable
from storage.parcel import CHECKPOINT, DATABASE, EVIDENCE, POLICIES, Damaged, Parcel
from storage.queries import cases, leftovers
from storage.unit import Unit
from storage.verify import Findings, verify
from storage.witnesses import VERIFIER, Seen, newest

WITHOUT_ITS_KEY = (
    "This backup is incomplete: no key in {} opens it. Bring back the key that sealed it; nothing was restored."
)
NOT_EMPTY = "There is a school here already, and a restore writes over nothing. Move {} away first."


def back_up(settings: Settings, file: Path) -> int:
    """Pack the house while it is lived in; 0 when the file is whole and safe on disk."""
    if file.exists():
        print(f"There is a file at {file} already; a backup is never written over.", file=sys.stderr)
        return 2
    try:
        with errand(settings) as ground:
            lost = pack(ground, file)
    except Unopenable:
        print(f"The key in {settings.key_file} does not open this database: nothing was backed up.", file=sys.stderr)
        return 2
    size = file.stat().st_size
    print(f"Written to {file}, {size / 1e6:.1f} MB. Its words open only with the key in {settings.key_file},")
    print("which is not in it: keep a copy of that key somewhere else.")
    if lost:
        print(f"{len(lost)} screenshots are on record and not on this disk: {', '.join(lost)}", file=sys.stderr)
    return 1 if lost else 0


def pack(ground: Ground, file: Path) -> list[str]:
    """The checkpoint first and the database after it, then the pictures: each is in what follows it."""
    settings = ground.settings
    text = ground.database.run_now(ground.trust, checkpoints.make, "")
    vkey = ground.database.look_now(ground.trust, checkpoints.verifier_key) or ""
    clear_away(settings.home, ".backup-")
    with tempfile.TemporaryDirectory(prefix=".backup-", dir=settings.home) as aside, appearing(file) as out:
        copy = Path(aside) / DATABASE
        copies.copy_out(settings.database_url.get_secret_value(), copy)
        packing = Parcel(out, machine().timestamp())
        packing.put(DATABASE, copy)
        packing.write(CHECKPOINT, text.encode())
        packing.write(VERIFIER, vkey.encode())
        for name, each in beside(settings.home):
            packing.put(name, each)
        packing.seal({"made_at": machine().isoformat(), "version": version("lanyard"), "trust": ground.trust})
    return missing_pictures(ground)


def beside(home: Path) -> Iterator[tuple[str, Path]]:
    """The sealed pictures, and the policies of the school's own."""
    for folder, kind in ((EVIDENCE, "*"), (POLICIES, "*.toml")):
        for file in sorted((home / folder).glob(kind)):
            if parcel.KNOWN.fullmatch(f"{folder}/{file.name}"):
                yield f"{folder}/{file.name}", file


def restore(settings: Settings, file: Path, checkpoint: Path | None) -> int:
    """0 when all is back, 1 when something is missing or wrong, 2 when nothing was restored."""
    url, home = settings.database_url.get_secret_value(), settings.home
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    clear_away(home, ".restore-")
    try:
        copies.insist_on_empty(url)
        insist_on_room(home)
        with tempfile.TemporaryDirectory(prefix=".restore-", dir=home) as aside:
            told = parcel.unpack(file, Path(aside))
            print(f"The backup is whole: made {told['made_at'][:16].replace('T', ' ')} UTC.")
            seen, found, lost = examine(settings, Path(aside), checkpoint)
            put_in_place(Path(aside), home, url)
    except copies.NotEmpty:
        print(NOT_EMPTY.format(f"the database and {home / EVIDENCE}"), file=sys.stderr)
        return 2
    except Unopenable:
        print(WITHOUT_ITS_KEY.format(settings.key_file), file=sys.stderr)
        return 2
    except (Damaged, NotReady) as problem:
        print(f"{problem} Nothing was restored.", file=sys.stderr)
        return 2
    return say_what_is_back(seen, found, lost)


def insist_on_room(home: Path) -> None:
    if any((home / EVIDENCE).glob("*")):
        raise copies.NotEmpty


def examine(settings: Settings, aside: Path, checkpoint: Path | None) -> tuple[Seen | None, Findings, list[str]]:
    """What the backup is worth, before any of it is in place."""
    here = {"home": aside, "database_url": SecretStr(f"sqlite:///{aside / DATABASE}")}
    ground = open_ground(settings.model_copy(update=here), None, any_clock=True)
    try:
        places = [aside / CHECKPOINT, *filter(None, (settings.checkpoints, checkpoint))]
        seen: Seen | None = ground.database.look_now(ground.trust, newest, places)
        found = ground.database.look_now(ground.trust, verify, *((seen.text, seen.vkey) if seen else ()))
        return seen, found, missing_pictures(ground)
    finally:
        ground.database.close()


def missing_pictures(ground: Ground) -> list[str]:
    look = ground.database.look_now
    known = [*look(ground.trust, Unit.find, cases.fetched()), *look(ground.trust, Unit.find, leftovers.certificates())]
    return [id for id in known if not (ground.settings.home / EVIDENCE / id).is_file()]


def put_in_place(aside: Path, home: Path, url: str) -> None:
    """The database last: without it, whatever a crash left is no school."""
    for folder in (EVIDENCE, POLICIES):
        if (aside / folder).is_dir():
            (home / folder).mkdir(mode=0o700, exist_ok=True)
            for file in (aside / folder).iterdir():
                if not (home / folder / file.name).exists():
                    file.rename(home / folder / file.name)
            sync_folder(home / folder)
    copies.copy_in(aside / DATABASE, url)


def say_what_is_back(seen: Seen | None, found: Findings, lost: list[str]) -> int:
    problems = [each for each in found.problems if each.name != "ahead"]
    print(f"Restored: {found.size} entries.", "The ledger is whole." if not problems else "The ledger is NOT whole.")
    for problem in problems:
        print(f"  {problem.name} at entry {problem.position}")
    missing = seen.missing if seen else 0
    if seen and missing:
        print(f"{missing} entries are missing: {seen.file} has seen {seen.checkpoint.size}.")
        print("Whatever was reported since this backup was made is not in it: ask people to report it again.")
    elif seen:
        print(f"No entry is missing against the newest checkpoint found, of {seen.checkpoint.size} entries.")
    if lost:
        print(f"{len(lost)} screenshots are on record and were not in the backup: {', '.join(lost)}")
    return 1 if problems or missing or lost else 0


def clear_away(home: Path, prefix: str) -> None:
    """What an errand that was killed left behind, once it cannot be another's that still runs."""
    day_ago = machine().timestamp() - 86400
    for left in home.glob(f"{prefix}*"):
        if left.stat().st_mtime < day_ago:
            shutil.rmtree(left)
