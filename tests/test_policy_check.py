"""A school that writes its own policy is told everything that is wrong with it, where, and what the floor adds."""

import os
import subprocess
import sys
from importlib.resources import files
from pathlib import Path

import pytest
import typer.testing

from bot.main import app
from bot.register import WrongFile, read_register
from workflows.packs import PackError, load_pack

ROOT = Path(__file__).parent.parent
RUN = typer.testing.CliRunner()


def text_of(pack: str) -> str:
    return (files("policies") / f"{pack}.toml").read_text(encoding="utf-8")


def check(file: Path) -> tuple[int, str, str]:
    """The command as the shell would run it, in this process."""
    said = RUN.invoke(app(), ["policy", "check", str(file)])
    assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
    return said.exit_code, said.stdout, said.stderr


def written(folder: Path, content: str | bytes, name: str = "oak-trees.toml") -> Path:
    file = folder / name
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return file


@pytest.mark.parametrize("pack", ["arthur-terry", "king-offa", "moston-lane", "oak-trees", "whinless-down"])
def test_a_policy_that_is_right_is_said_to_be_right_without_settings(pack: str, tmp_path: Path) -> None:
    file = written(tmp_path, text_of(pack), f"{pack}.toml")
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LANYARD_")}
    said = subprocess.run(
        [sys.executable, "-m", "bot.main", "policy", "check", str(file)],
        env=clean | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert said.returncode == 0, said.stderr
    assert said.stdout.startswith(f"{pack}.toml is right: ")
    assert sorted(tmp_path.iterdir()) == [file]


def test_a_school_hears_of_every_fault_at_once_and_where_each_is(tmp_path: Path) -> None:
    text = text_of("oak-trees")
    for old, new in (
        ('lead = "ict"\nwhy = { ict', 'lead = "cook"\nwhy = { cook'),
        ('by = ["parent"]', 'by = "parent"'),
        ('report = "adult_material"', 'report = "adult_stuff"'),
        ('why = "§9"', 'why = "§99"'),
        ('edition = "November 2024"', "edition = 2024"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    code, out, err = check(written(tmp_path, text))
    assert (code, out) == (1, "")
    line = text[: text.index('report = "adult_stuff"')].count("\n")
    assert f"oak-trees.toml line {line}, route 12 (adult_stuff): there is no type 'adult_stuff' here." in err
    assert "there is no role 'cook' here." in err
    assert "(cyberbullying): `by` takes a list" in err
    assert "there is no clause '§99' here." in err
    assert "oak-trees.toml, top: `edition` takes a word in quotes" in err
    assert "5 to mend." in err


def test_a_type_that_a_policy_forgets_goes_where_the_floor_sends_it(tmp_path: Path) -> None:
    routes = text_of("moston-lane").split("[[route]]")
    without = "[[route]]".join(part for part in routes if 'report = "reputation"' not in part)
    code, out, _ = check(written(tmp_path, without, "moston-lane.toml"))
    assert code == 0
    said = [line for line in out.splitlines() if line.startswith("  reputation, ")]
    assert any(line.endswith("or nobody: the policy names nobody; headteacher leads (our own choice)") for line in said)
    assert any("harmed: a pupil: the policy names nobody; designated safeguarding lead leads" in line for line in said)
    assert "pupil_concern: the policy names nobody" not in out


def test_the_floor_says_whom_it_puts_in_and_whom_it_takes_out(tmp_path: Path) -> None:
    _, out, _ = check(written(tmp_path, text_of("oak-trees")))
    assert "designated safeguarding lead is told where a pupil was harmed (floor 1: a child may be at risk)" in out
    assert "ICT has no part; in the policy it leads (floor 3" in out
    assert "done by an adult who works here: inappropriate_content" in out


def test_a_class_that_waits_longer_than_the_floor_is_said_to_change_nothing(tmp_path: Path) -> None:
    text = text_of("oak-trees").replace('report = "adult_material"\n', 'report = "adult_material"\nclass = "soon"\n')
    code, out, _ = check(written(tmp_path, text))
    assert code == 0
    assert "Route 12 (adult_material) asks for 'soon'; 'day' is stricter, and stays." in out


def test_a_route_that_no_form_can_reach_is_pointed_out(tmp_path: Path) -> None:
    _, out, _ = check(written(tmp_path, text_of("whinless-down"), "whinless-down.toml"))
    assert "Route 11 (radicalisation): no answer to this report's questions ever leads here." in out


def test_a_file_by_another_name_is_told_what_it_must_be_called(tmp_path: Path) -> None:
    code, out, _ = check(written(tmp_path, text_of("oak-trees"), "draft.toml"))
    assert code == 0
    assert "It calls itself 'oak-trees'" in out


ROUTE = '\n[[route]]\nreport = "adult_material"\nlead = "headteacher"\nwhy = { headteacher = "§8" }\n'
HOSTILE = [
    (b"", "top: `id` is missing"),
    (b"\x00\x01", "this is not TOML"),
    (b"\xff\xfe\x00", "line 1 is not UTF-8 text"),
    (b"PK\x03\x04 word", "this is a document; a policy is plain text"),
    ("id = “oak-trees”".encode(), "Type straight quotes"),
    (b"#" * 300_000, "over 200,000 bytes"),
    (b"a = " + b"[" * 50_000, "this is not TOML"),
    (b"a = " + b"9" * 20_000, "this is not TOML"),
    (b"route = 5\nstep = 'x'\ncast = 1\nclauses = []\n", "`route` takes a list"),
    (b"route = [1, 'x', [], {}]\n", "route 2 (?): takes a table"),
    (b"[[route]]\nreport = ['a']\nwhy = {}\n", "`report` takes a word in quotes"),
    (b"[[route]]\n" * 500, "over 400 routes, steps or duties"),
    (b'"\\u0007\\u202ered" = 1\n', "`\ufffd\ufffdred` is no word that stands here"),
    (
        (text_of("oak-trees") + ROUTE.replace("adult_material", "cyberbullying")).encode(),
        "(cyberbullying): it can never count: closer routes decide every report that it fits",
    ),
    (
        (text_of("oak-trees") + ROUTE.replace("lead =", "informed = ['ict']\n#").replace("headteacher =", "ict =") * 2)
        .replace("adult_material", "reputation")
        .encode(),
        "it says the same as route",
    ),
    ((text_of("oak-trees") + ROUTE).encode(), "adult_material: 2 rows decide the lead"),
    (
        (text_of("oak-trees") + ROUTE.replace('lead = "headteacher"\n', "")).encode(),
        "`why` gives a clause for headteacher, whom",
    ),
    (text_of("oak-trees").replace('why = { ict = "§9" }\n', "", 1).encode(), "`why` is missing"),
    ((text_of("oak-trees") + '\n[[route]]\nreport = "reputation"\nwhy = {}\n').encode(), "it names nobody"),
    (
        (text_of("oak-trees") + ROUTE.replace("lead", 'answers = ["family"]\nlead') * 2).encode(),
        "with family: 2 rows decide the lead",
    ),
]


@pytest.mark.parametrize(("content", "said"), HOSTILE)
def test_whatever_stands_in_the_file_the_answer_is_in_words(content: bytes, said: str, tmp_path: Path) -> None:
    code, out, err = check(written(tmp_path, content))
    assert (code, out) == (1, "")
    assert said in err
    assert "Traceback" not in err
    assert all(len(line) < 450 for line in err.splitlines())


def test_a_school_founds_itself_on_a_policy_of_its_own(tmp_path: Path) -> None:

    school = tmp_path / "school.toml"
    school.write_text((ROOT / "workspace/school.toml").read_text().replace('"oak-trees"', '"hazel-wood"'))
    with pytest.raises(WrongFile, match="no policy called 'hazel-wood'"):
        read_register(school, tmp_path / "policies")
    (tmp_path / "policies").mkdir()
    written(tmp_path / "policies", text_of("oak-trees").replace('"oak-trees"', '"hazel-wood"'), "hazel-wood.toml")
    assert read_register(school, tmp_path / "policies").pack == "hazel-wood"
    written(tmp_path / "policies", text_of("oak-trees").replace('"ict"', '"cook"', 1), "hazel-wood.toml")
    with pytest.raises(WrongFile) as refused:
        read_register(school, tmp_path / "policies")
    assert "school.toml: pack: hazel-wood.toml, cast: there is no role 'ict' here." in str(refused.value)


@pytest.mark.parametrize("name", ["../outside", "floor", "a/b", "", "A", "x.toml"])
def test_a_policys_name_never_leads_out_of_its_folder(name: str, tmp_path: Path) -> None:

    (tmp_path / "policies").mkdir()
    written(tmp_path, text_of("oak-trees"), "outside.toml")
    written(tmp_path / "policies", text_of("oak-trees"), "floor.toml")
    with pytest.raises(PackError, match="There is no policy called"):
        load_pack(name, tmp_path / "policies")


def test_a_policy_under_anothers_name_is_not_used(tmp_path: Path) -> None:
    written(tmp_path, text_of("oak-trees"), "hazel-wood.toml")
    with pytest.raises(PackError, match=r"hazel-wood.toml, id: it says 'oak-trees'"):
        load_pack("hazel-wood", tmp_path)


def test_a_file_that_is_not_there_or_is_a_folder_is_answered_in_words(tmp_path: Path) -> None:
    for place in (tmp_path, tmp_path / "nothing.toml"):
        code, _, err = check(place)
        assert code == 1
        assert "it cannot be read" in err


def test_a_policy_saved_on_windows_is_read_as_it_is(tmp_path: Path) -> None:
    code, _, err = check(written(tmp_path, b"\xef\xbb\xbf" + text_of("oak-trees").replace("\n", "\r\n").encode()))
    assert code == 0, err
