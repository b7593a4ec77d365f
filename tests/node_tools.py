"""Other people's programs for Node, pinned, and kept with pytest's cache from one run to the next."""

import hashlib
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest


def installed(pinned: Path, left_out: str, request: pytest.FixtureRequest) -> Path:
    """The folder where what ``pinned`` names lies ready; a test that cannot have it is skipped, with the reason."""
    if absent := [name for name in ("node", "npm") if not shutil.which(name)]:
        pytest.skip(f"{left_out}: no {' and no '.join(absent)} here")
    cache = getattr(request.config, "cache", None)
    made: pytest.TempPathFactory = request.getfixturevalue("tmp_path_factory")
    kept = cache.mkdir(pinned.name) if cache else made.mktemp(pinned.name)
    pins = sorted(each for each in pinned.iterdir() if each.is_file())
    folder: Path = kept / hashlib.sha256(b"".join(pin.read_bytes() for pin in pins)).hexdigest()[:16]
    if not folder.is_dir():
        install(pins, folder, left_out)
    return folder


def install(pins: list[Path], folder: Path, left_out: str) -> None:
    """Whole or not at all: another worker may be doing the same, and either's is as good."""
    with tempfile.TemporaryDirectory(dir=folder.parent) as workshop:
        making = Path(workshop, "made")
        making.mkdir()
        for pin in pins:
            shutil.copy(pin, making)
        quick = ("--prefer-offline", "--fetch-retries=1", "--fetch-retry-mintimeout=1000", "--no-update-notifier")
        quiet = ("--no-audit", "--no-fund", "--ignore-scripts")
        try:
            run([shutil.which("npm"), "install", *quiet, *quick], making).check_returncode()
        except subprocess.CalledProcessError as failed:
            code = re.search(r"code (E\w+)", failed.stderr)
            pytest.skip(f"{left_out}: npm could not install them{f', {code[1]}' if code else ''}")
        except subprocess.TimeoutExpired:
            pytest.skip(f"{left_out}: npm could not install them in a minute")
        try:
            making.rename(folder)
        except OSError:
            if not folder.is_dir():
                raise


def run(command: list[Any], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
