"""Line managers come from a spreadsheet: what it changes is shown, done, and on the record."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.office import Office

MANAGERS = (
    "SELECT a.address, m.name FROM persons p JOIN accounts a ON a.person = p.id AND a.platform = 'mail'"
    " JOIN persons m ON m.id = p.line_manager ORDER BY a.address DESC"
)
TEACHER, OTHER = "t.oyelaran@brambledown.example", "i.pemberton@brambledown.example"
LEAD, HEAD = "d.espinosa@brambledown.example", "head@brambledown.example"

HEADER = "email,manager_email\n"


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> Iterator[Office]:
    return Office(tmp_path, chat, new_sqlite()).founds()


def sent(office: Office, content: str | bytes, *more: str) -> tuple[int, str, str]:
    file = office.folder / "staff.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return office.lanyard("people", "managers", str(file), *(more or ("--yes",)))


def entries(office: Office) -> list[dict[str, Any]]:
    return [json.loads(entry) for (entry,) in office.rows("SELECT entry FROM ledger ORDER BY position")]


def test_the_difference_is_shown_done_and_recorded(office: Office) -> None:
    code, out, err = sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n{OTHER},{LEAD}\n")
    assert (code, err) == (0, "")
    assert f"{TEACHER}: new, known by e-mail until they speak" in out
    assert f"{TEACHER}: managed by Daniel Espinosa" in out
    assert office.rows(MANAGERS) == [(TEACHER, "Daniel Espinosa"), (OTHER, "Daniel Espinosa")]
    assert [each["event"] for each in entries(office)].count("manager.set") == 2
    code, out, _ = sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n{OTHER},{LEAD}\n")
    assert (code, out) == (0, "Nothing to change.\n")


def test_nothing_is_changed_before_somebody_said_yes(office: Office) -> None:
    code, out, _ = sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n", "--")
    assert code == 1
    assert "managed by Daniel Espinosa" in out
    assert office.rows(MANAGERS) == []
    assert not office.rows(f"SELECT id FROM accounts WHERE address = '{TEACHER}'")


def test_a_new_manager_and_no_manager_at_all_are_changes(office: Office) -> None:
    sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n{OTHER},{LEAD}\n")
    code, out, _ = sent(office, f"email,manager_email\n{TEACHER},{HEAD}\n{OTHER},\n")
    assert code == 0
    assert f"{TEACHER}: managed by Helen Whitlock" in out
    assert f"{OTHER}: no line manager any more" in out
    assert office.rows(MANAGERS) == [(TEACHER, "Helen Whitlock")]


def test_whoever_is_not_in_the_file_keeps_their_manager(office: Office) -> None:
    sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n")
    sent(office, f"email,manager_email\n{OTHER},{HEAD}\n")
    assert office.rows(MANAGERS) == [(TEACHER, "Daniel Espinosa"), (OTHER, "Helen Whitlock")]


def test_a_manager_not_met_yet_is_known_by_their_chat_account_too(office: Office) -> None:
    code, out, _ = sent(office, f"email,manager_email\n{TEACHER},{OTHER}\n")
    assert code == 0
    assert "managed by Isla Pemberton" in out
    found = office.rows(
        f"SELECT platform, state FROM accounts WHERE person = (SELECT person FROM accounts WHERE address = '{OTHER}')"
    )
    assert ("slack", "active") in found


def test_a_role_holders_new_chat_account_is_never_linked_by_a_list_of_managers(office: Office) -> None:
    office.happens("DELETE FROM accounts WHERE address = 'U0ESPINOSA'")
    assert sent(office, f"email,manager_email\n{TEACHER},{LEAD}\n")[0] == 0
    assert office.rows(MANAGERS) == [(TEACHER, "Daniel Espinosa")]
    assert office.rows("SELECT id FROM accounts WHERE address = 'U0ESPINOSA'") == []


@pytest.mark.parametrize(
    "content",
    [
        f"email,manager_email\n{TEACHER},{LEAD}\n".encode("utf-8-sig"),
        f"email;manager_email\r\n{TEACHER};{LEAD}\r\n".encode(),
        f"sep=;\r\nemail;manager_email\r\n{TEACHER};{LEAD}\r\n".encode(),
        f"email\tmanager_email\n{TEACHER}\t{LEAD}\n".encode("utf-16"),
        f"Name;E-Mail;email;Manager Email\nZoë;;{TEACHER};{LEAD}\n".encode("cp1252"),
        f'"email","manager_email"\r"{TEACHER.upper()}"," {LEAD} "\r'.encode(),
        f"\nmanager_email,email\n\n{LEAD},{TEACHER}\n,\n".encode().lstrip(b"\n"),
        f"email,manager_email\n{TEACHER},{LEAD}\n{TEACHER},{LEAD}\n".encode(),
    ],
)
def test_a_list_is_read_however_a_spreadsheet_saved_it(content: bytes, office: Office) -> None:
    code, _, err = sent(office, content)
    assert code == 0, err
    assert office.rows(MANAGERS) == [(TEACHER, "Daniel Espinosa")]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "line 1: the first line must name the columns, each once: email,manager_email"),
        (f"{TEACHER},{LEAD}\n", "line 1: the first line must name the columns"),
        ("email\n" f"{TEACHER}\n", "line 1: the first line must name the columns"),
        (f"email,manager_email,email\n{TEACHER},{LEAD},\n", "each once"),
        (HEADER + f"{TEACHER},{LEAD}\nnobody,{LEAD}\n", "line 3: email is not one e-mail address: 'nobody'"),
        (HEADER + f"{TEACHER},x@y.example z@y.example\n", "line 2: manager_email is not one e-mail address"),
        (HEADER + f",{LEAD}\n", "line 2: email is empty"),
        (HEADER + f"{TEACHER},{TEACHER}\n", "line 2: " + TEACHER + " is given as their own manager"),
        (HEADER + f"{TEACHER},{LEAD}\n{TEACHER},{HEAD}\n", "line 3: " + TEACHER + " has another manager on line 2"),
        (HEADER + f"h.whitlock@brambledown.example,{HEAD}\n", "line 2: this is one person under two addresses"),
        (
            HEADER + f"h.whitlock@brambledown.example,{LEAD}\n{HEAD},{TEACHER}\n",
            "line 3: the same person stands on an earlier line",
        ),
        (HEADER + f'{TEACHER},"{LEAD}\n', "line 2: this cannot be read as CSV: unexpected end of data"),
        (b"PK\x03\x04\x00\x00", "this is not text; save the sheet as CSV"),
        (HEADER.encode() + b"x" * 200_000, "line 2: this cannot be read as CSV: field larger than"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_by_its_line_and_nothing_is_changed(
    content: str | bytes, said: str, office: Office
) -> None:
    before = len(entries(office))
    code, out, err = sent(office, content)
    assert (code, out) == (2, "")
    assert err.startswith("staff.csv")
    assert said in err
    assert office.rows(MANAGERS) == []
    assert len(entries(office)) == before


def test_every_wrong_line_is_named_at_once(office: Office) -> None:
    _, _, err = sent(office, f"email,manager_email\nx,{LEAD}\n{TEACHER},y\n{OTHER},{LEAD}\nz,z\n")
    assert [line.split(":")[0] for line in err.splitlines()] == [f"staff.csv, line {n}" for n in (2, 3, 5)]


def test_where_the_policy_names_line_managers_one_without_chat_is_invited(office: Office) -> None:
    office.happens("UPDATE trusts SET pack = 'whinless-down'")
    _, out, _ = sent(office, f"email,manager_email\n{TEACHER},quiet@elsewhere.example\n{OTHER},{LEAD}\n")
    assert "quiet@elsewhere.example: has no chat account, so is invited by e-mail" in out
    assert "Daniel Espinosa: has no chat account" not in out
    found = office.checked()
    assert not any("nobody has one on record" in line for line in found["warned"])
    told = [
        each["name"]
        for outcome in found["schools"][0]["reports"]
        if outcome["report"] == "parent_contact"
        for each in outcome["recipients"]
    ]
    assert "their line manager" in told
