#!/usr/bin/env python3
"""The one command a newcomer needs: makes .venv, installs what is locked, and hands over."""

# An older Python must get as far as the sentence that refuses it: no newer syntax in this file.
from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / ("Scripts" if os.name == "nt" else "bin")
PYTHON = BIN / ("python.exe" if os.name == "nt" else "python")
STAMP = VENV / "installed-from"
DECIDES = ("pyproject.toml", "requirements.lock")

PYTEST = ("-m", "pytest", "-m")
COMMANDS = {
    "demo": "the bot against a small chat workspace in the browser (--script: without a browser)",
    "test": "every test but the browser's, on SQLite and on PostgreSQL; says what it left out",
    "browser": "the tests that drive a real browser",
    "bench": "how fast, beside floors measured in the same run",
    "docs": "write the pages that are made from the policies and tables",
    "check": "style, types and the shape of the code",
    "install": "only what the others need",
}
# One more than there are cores: much of the time is spent waiting for the disk.
HANDS = str((os.cpu_count() or 1) + 1)
DOES = {
    "demo": ("-m", "bot.main", "demo"),
    "test": (*PYTEST, "not browser", "-n", HANDS),
    "browser": (*PYTEST, "browser"),
    "bench": ("-m", "bench"),
}
PAGES = ("bot.routes_page", "bot.cases_page", "tests.parity_page")


def main(words: list[str]) -> int:
    """Answer with the exit code of what was asked for."""
    command, *rest = words or [""]
    if command not in COMMANDS:
        print("usage: python3 run.py COMMAND [...]\n")
        print("\n".join(f"  {name:9}{says}" for name, says in COMMANDS.items()))
        return 0 if command in {"-h", "--help"} else 2
    install()
    if command in DOES:
        return python(*DOES[command], *rest)
    if command == "docs":
        return max(python("-m", page, *rest) for page in PAGES)
    return check() if command == "check" else 0


def check() -> int:
    """All four, whatever the first one says."""
    return max(
        python("-m", "ruff", "check", "."),
        python("-m", "ruff", "format", "--check", "."),
        python("-m", "mypy"),
        call(BIN / "lint-imports"),
    )


def install() -> None:
    """Bring .venv up to what is locked; nothing is done when neither the lock nor pyproject.toml changed."""
    wanted = fingerprint()
    if STAMP.is_file() and STAMP.read_text() == wanted and PYTHON.exists():
        return
    print("installing what Lanyard needs into .venv (once; under a minute) ...", file=sys.stderr)
    uv = shutil.which("uv")
    if not PYTHON.exists():
        make_room(uv)
    pip = [uv, "pip", "install", "--quiet", "--python", PYTHON] if uv else [PYTHON, "-m", "pip", "install", "--quiet"]
    must(*pip, "--require-hashes", "-r", ROOT / "requirements.lock")
    # The builder is among what is locked, so that nothing unlocked is fetched to build the project itself.
    must(*pip, "--no-deps", "--no-build-isolation", "-e", ROOT)
    STAMP.write_text(wanted)


def make_room(uv: str | None) -> None:
    """An empty environment for this very Python."""
    if uv:
        must(uv, "venv", "--quiet", "--clear", "--python", sys.executable, VENV)
    elif subprocess.call([sys.executable, "-c", "import ensurepip"], stderr=subprocess.DEVNULL):
        sys.exit("This Python cannot make environments. On Debian and Ubuntu: apt-get install python3-venv")
    else:
        must(sys.executable, "-m", "venv", "--clear", VENV)


def fingerprint() -> str:
    """What an installation depends on, in one line."""
    files = b"".join((ROOT / name).read_bytes() for name in DECIDES)
    return f"{sys.version_info[:2]} {ROOT} {hashlib.sha256(files).hexdigest()}"


def must(*words: str | Path) -> None:
    """Run it, or stop with its own last words."""
    code = call(*words)
    if code:
        sys.exit(f"That did not work ({code}): {' '.join(map(str, words))}")


def python(*words: str) -> int:
    """Run it with the environment's Python."""
    return call(PYTHON, *words)


def call(*words: str | Path) -> int:
    """Run it in the project's folder, and let it be the one to answer Ctrl-C."""
    process = subprocess.Popen([str(word) for word in words], cwd=ROOT)  # noqa: S603 - our own commands, no shell
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


if __name__ == "__main__":
    if sys.version_info < (3, 11):  # noqa: UP036 - the very check that makes it so
        sys.exit("Lanyard needs Python 3.11 or newer (https://python.org); this is " + sys.version.split()[0])
    sys.exit(main(sys.argv[1:]))
