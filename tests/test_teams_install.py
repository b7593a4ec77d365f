"""The app put into everybody's Teams by Graph: for whom is shown first, it may stop at any time, it is counted."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.graph_edge import APP, CATALOGUE, SECRET, TENANT, Edge, microsoft, refused
from tests.office import Office

HEAD, LEAD, TEACHER = "head@brambledown.example", "n.rahman@brambledown.example", "t.oyelaran@brambledown.example"


@pytest.fixture
def edge() -> Iterator[Edge]:
    with microsoft() as made:
        yield made


@pytest.fixture
def office(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str], edge: Edge) -> Office:
    """Brambledown on Slack and Teams: the head has the app, the lead and a teacher have only accounts."""
    made = Office(tmp_path, chat, new_sqlite())
    made.env |= {"LANYARD_TEAMS_APP_ID": APP, "LANYARD_TEAMS_TENANT": TENANT, "LANYARD_TEAMS_SECRET": SECRET}
    edge.moves_in(HEAD, app=True)
    edge.moves_in(LEAD)
    edge.moves_in(TEACHER)
    made.founds()
    staff = made.folder / "staff.csv"
    staff.write_text(f"email,name\n{TEACHER},Tayo Oyelaran\n", encoding="utf-8")
    code, out, err = made.lanyard("people", "staff", str(staff), "--yes")
    assert code == 0, out + err
    return made


def installs(office: Office, *more: str) -> tuple[int, str, str]:
    return office.lanyard("teams", "install", *(more or ("--yes",)))


def entries(office: Office) -> list[dict[str, Any]]:
    rows = [json.loads(entry) for (entry,) in office.rows("SELECT entry FROM ledger ORDER BY position")]
    return [row for row in rows if row["event"] == "app.given"]


def test_role_holders_and_staff_who_have_it_not_are_given_it_and_counted(office: Office, edge: Edge) -> None:
    code, out, err = installs(office)
    assert (code, err) == (0, "")
    assert "One person has Lanyard in Teams already." in out
    assert "Nasreen Rahman: not yet" in out
    assert "Tayo Oyelaran: not yet" in out
    assert "Ngozi Okafor: no account in Teams" in out
    assert "Given to 2; 1 had it already; 0 left." in out
    assert set(edge.have.values()) == {CATALOGUE}
    assert set(edge.have) == set(edge.accounts.values())
    assert len(entries(office)) == 1


def test_nothing_is_given_before_somebody_has_agreed(office: Office, edge: Edge) -> None:
    code, out, _ = office.lanyard("teams", "install")
    assert code == 1
    assert "Nasreen Rahman: not yet" in out
    assert "Put Lanyard into the Teams of 2 people?" in out
    assert (edge.posts, entries(office)) == ([], [])


def test_a_run_that_was_stopped_goes_on_where_it_was(office: Office, edge: Edge) -> None:
    edge.blocked.add(edge.accounts[LEAD])
    code, out, err = installs(office)
    assert code == 1
    assert "Given to 1; 1 had it already; 1 left." in out
    assert "Nasreen Rahman: an app policy keeps it from them" in err
    edge.blocked.clear()
    edge.posts.clear()
    code, out, _ = installs(office)
    assert (code, edge.posts) == (0, [edge.accounts[LEAD]])
    assert "2 people have Lanyard in Teams already." in out
    assert len(entries(office)) == 2
    assert installs(office)[:2] == (0, out.replace("2 people", "3 people").partition("\n")[0] + "\n" + left_out(out))


def left_out(out: str) -> str:
    """What a run with nothing to do says after its first line."""
    lines = [line for line in out.splitlines() if line.endswith("reached elsewhere")]
    return "\n".join([*lines, "Nothing to change."]) + "\n"


def test_a_permission_that_is_missing_is_named_and_nobody_is_given_anything(office: Office, edge: Edge) -> None:
    edge.ungranted = True
    code, out, err = installs(office)
    assert (code, out) == (2, "")
    assert "grant TeamsAppInstallation.ReadWriteSelfForUser.All (application)" in err
    assert (edge.posts, entries(office)) == ([], [])


def test_graph_that_is_busy_is_waited_for(office: Office, edge: Edge) -> None:
    edge.busy = [refused(429, "slowly", **{"Retry-After": "1"})]
    assert installs(office)[0] == 0
    assert len(edge.posts) == 2


def test_graph_that_fails_midway_leaves_what_was_done_on_the_record(office: Office, edge: Edge) -> None:
    given, calls = edge.given, list[str]()

    def fails_then(person: str, body: dict[str, Any]) -> Any:
        calls.append(person)
        return given(person, body) if len(calls) == 1 else refused(410, "gone")

    edge.given = fails_then  # type: ignore[method-assign]
    code, out, err = installs(office)
    assert code == 1
    assert "Given to 1; 1 had it already; 1 left." in out
    assert "What was done is done; run this again later." in err
    assert len(entries(office)) == 1


@pytest.mark.parametrize("way", ["the catalogue", "an option", "none"])
def test_where_nobody_has_it_yet_its_name_in_the_catalogue_is_found_another_way(
    office: Office, edge: Edge, way: str
) -> None:
    edge.have.clear()
    edge.readable = way == "the catalogue"
    code, _, err = installs(office, "--yes", *(("--app", CATALOGUE) if way == "an option" else ()))
    if way == "none":
        assert code == 2
        assert "copy its App ID from the Teams admin centre" in err
        assert not edge.posts
    else:
        assert code == 0
        assert set(edge.have.values()) == {CATALOGUE}
        assert len(edge.have) == 3


def test_a_school_without_teams_is_told_so(chat: Any, tmp_path: Path, new_sqlite: Callable[[], str]) -> None:
    code, _, err = Office(tmp_path, chat, new_sqlite()).lanyard("teams", "install")
    assert code == 2
    assert "LANYARD_TEAMS_APP_ID is not set" in err
