"""The demo as a newcomer starts it, walked without a browser: real processes, real ports, a folder thrown away."""

import os
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


# Whatever else comes to start a demo, one worker takes it: two at once would measure each other.
@pytest.mark.xdist_group("demo")
def test_the_demo_walks_the_flows_that_must_be_perfect_and_finds_the_ledger_whole() -> None:
    began = time.monotonic()
    walked = subprocess.run(
        [sys.executable, "run.py", "demo", "--script"],
        cwd=ROOT,
        env={**os.environ, "NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    took = time.monotonic() - began
    print(f"{walked.stdout}\n{walked.stderr}\nthe whole of it took {took:.1f} seconds")
    assert walked.returncode == 0, f"{walked.stdout[-2000:]}\n{walked.stderr[-2000:]}"
    assert "✗" not in walked.stdout
    chapters = re.findall(r"^\d  (.+)$", walked.stdout, re.MULTILINE)
    assert chapters == [
        "A pupil asks to be a friend",
        "Cyberbullying, with screenshots",
        "A concern about a colleague",
        "A concern about the headteacher",
        "Nobody answers, and time goes by",
        "A new term begins",
    ]
    assert walked.stdout.count("✓") >= 29
    assert "\033" not in walked.stdout, "colours are for terminals only"
