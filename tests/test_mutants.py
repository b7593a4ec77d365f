"""The tests of the right person are themselves tested: each seeded mistake must turn one of them red."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.mutants import MUTANTS, Mutant

HERE = Path(__file__).parent.parent
PARTS = ("bot", "handlers", "workflows", "storage", "templates", "policies", "workspace", "tests", "pyproject.toml")


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """The project in a folder of its own; compiled files come along, for speed."""
    for name in PARTS:
        if (HERE / name).is_dir():
            shutil.copytree(HERE / name, tmp_path / name)
        else:
            shutil.copy2(HERE / name, tmp_path / name)
    return tmp_path


@pytest.mark.slow
@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name.replace(" ", "-"))
def test_a_seeded_mistake_is_seen(tree: Path, mutant: Mutant) -> None:
    file = tree / mutant.file
    text = file.read_text()
    assert text.count(mutant.old) == 1, f"{mutant.file} no longer says what this mutant changes"
    file.write_text(text.replace(mutant.old, mutant.new))
    asked = [sys.executable, "-m", "pytest", "-q", "-x", "--tb=line", "-p", "no:cacheprovider", mutant.test]
    env = {**os.environ, "LANYARD_TEST_DATABASES": "sqlite", "PYTHONPATH": str(tree), "LANYARD_TEST_PATIENCE": "3"}
    ran = subprocess.run(asked, cwd=tree, env=env, capture_output=True, text=True, timeout=80, check=False)
    assert ran.returncode == 1, f"nobody saw that {mutant.name}:\n{ran.stdout[-2000:]}{ran.stderr[-500:]}"
    assert "1 failed" in ran.stdout


def test_at_least_ten_mistakes_are_seeded() -> None:
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS) >= 10
