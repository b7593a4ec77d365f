"""The set-up of a new school, as its IT administrator goes through it: from nothing to a practice report."""

import json
import re
import stat
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import typer.testing
import yaml

from bot.main import app
from bot.setting_up import terminal
from bot.setting_up.checks import Checks
from bot.setting_up.terminal import Kept, Terminal
from bot.settings import Settings
from storage import paper
from storage.vault import read_keys
from tests.office import OURS


class Admin:
    """Somebody at a terminal in an empty folder, who answers what is asked."""

    words: tuple[str, ...] = ("setup",)

    def __init__(self, folder: Path, chat: Any) -> None:
        self.folder, self.chat = folder, chat
        self.slack = chat.workspace.settings
        self.answers: dict[str, list[str]] = self.plain()

    def plain(self) -> dict[str, list[str]]:
        """What they type at each question, in order; a question asked once more takes the next answer."""
        at = "@brambledown.example"
        return {
            "Is your school in England": ["y"],
            "Folder for the reports": [""],
            "File for the key": [""],
            "Which way": ["1"],
            "The address, such as": ["https://lanyard.brambledown.example"],
            "What staff type": [""],
            "Press Enter when it is installed": [""],
            "“Signing Secret”": [self.slack.signing_secret],
            "“Bot User OAuth Token”": [self.slack.bot_token],
            "App-Level Token": [self.slack.app_token],
            "Your own e-mail address": [f"k.tregenza{at}"],
            "Mail server": ["127.0.0.1"],
            "Port": [str(self.chat.smtp_port)],
            "Name to sign in": ["-"],
            "The address that Lanyard writes from": [f"lanyard{at}"],
            "Send a test mail": ["y"],
            "Number, or the path": ["4"],
            "When will your governors": ["2099-07-01"],
            "Name of the school": ["Brambledown Primary School"],
            "Name of the trust": [""],
            "The school's telephone": ["01632 960100"],
            "Headteacher (needed): e-mail": [f"head{at}"],
            "Designated safeguarding lead (needed): e-mail": [f"n.rahman{at}"],
            "Chair of governors (needed): e-mail": ["ngozi.okafor@okafor-family.example"],
            "Chair of governors (needed): full name": ["Ngozi Okafor"],
            "Nobody in Slack has the address": ["y", "y"],
            "Deputy headteacher: e-mail": [f"s.adeyemi{at}"],
            "Deputy designated safeguarding lead: e-mail": [f"o.fairclough{at}"],
            "Chief executive: e-mail": ["-"],
            "Chair of trustees: e-mail": ["-"],
            "Senior leadership team: e-mail": [f"head{at}, n.rahman{at}"],
            "ICT (needed): e-mail": [f"k.tregenza{at}"],
            "Social media (needed): e-mail": [f"p.bhatt{at}"],
            "Data protection officer (needed): e-mail": [f"m.callaghan{at}"],
            "Children's social care:": ["01632 960110"],
            "Children's social care out": ["01632 960111"],
            "The LADO": ["01632 960112"],
            "Press Enter when both are printed": [""],
            "To prove the paper": ["-"],
            "Delete the file that was printed": ["y"],
            "Send one now": ["y"],
            "In whose name": [""],
        }

    def sets_up(self, until: int | None = None) -> tuple[int, str]:
        """`lanyard setup`; the questions come one by one, because which ones come depends on the answers."""
        given: list[str] = []
        left = {question: [*lines] for question, lines in self.answers.items()}
        env = self.env()
        asked, times = "", dict[str, int]()

        def answer(prompt: str) -> str:
            nonlocal asked
            asked += prompt + "\n"
            if until is not None and len(given) >= until:
                raise EOFError
            question = next((one for one in left if prompt.startswith(one)), "")
            if not question:
                times[prompt] = times.get(prompt, 0) + 1
                assert times[prompt] < 15, f"{prompt!r} goes on and on"
                assert "[" in prompt or "type “-” for none" in prompt, f"nobody expected to be asked {prompt!r}"
                given.append("" if "[" in prompt else "-")
                return given[-1]
            lines, times[question] = left[question], times.get(question, 0) + 1
            assert times[question] < 15, f"{prompt!r} goes on and on"
            given.append(lines.pop(0) if len(lines) > 1 else lines[0])
            return given[-1]

        with pytest.MonkeyPatch.context() as here:
            here.chdir(self.folder)
            here.setattr("builtins.input", answer)
            said = typer.testing.CliRunner().invoke(app(), self.words, env=env, input="y\n")
        assert said.exception is None or isinstance(said.exception, SystemExit), said.exception
        return said.exit_code, said.output + asked

    def env(self) -> dict[str, str | None]:
        return {**OURS, "LANYARD_SLACK_URL": f"{self.chat}/api/"}

    def settings(self) -> Settings:
        return Settings.read({}, dotenv=self.folder / ".env")

    def school(self) -> dict[str, Any]:
        return tomllib.loads((self.folder / "school.toml").read_text(encoding="utf-8"))

    def role_holders(self) -> dict[str, str]:
        return {role["role"]: each["name"] for each in self.school()["person"] for role in each["roles"]}


@pytest.fixture
def admin(chat: Any, tmp_path: Path) -> Admin:
    chat.workspace.reset()
    folder = tmp_path / "desk"
    folder.mkdir()
    return Admin(folder, chat)


def mode(file: Path) -> int:
    return stat.S_IMODE(file.stat().st_mode)


def test_from_nothing_to_a_school_that_is_founded_checked_and_tried(admin: Admin) -> None:
    code, said = admin.sets_up()
    assert code == 0, said
    assert "Every role on every route has somebody who can be reached." in said
    assert re.search(r"Practice report \S+, in the name of Kit Tregenza", said)
    assert admin.role_holders()["dsl"] == "Nasreen Rahman", "the name stands in Slack already"
    assert admin.role_holders()["leadership_team"] == "Nasreen Rahman"
    assert admin.school()["pack"] == "oak-trees"
    assert [letter.subject for letter in admin.chat.workspace.letters] == ["Lanyard: this is a test mail"]
    settings = admin.settings()
    assert settings.slack_team == admin.chat.workspace.town.team["id"]
    assert [mode(admin.folder / name) for name in (".env", "school.toml", "lanyard.key")] == [0o600] * 3
    left = {file.name for file in admin.folder.iterdir()}
    assert left == {".env", "school.toml", "lanyard.key", "lanyard-data", "slack-app.yaml"}, "no sheet, no answers"


def test_it_says_england_only_before_anything_is_asked(admin: Admin) -> None:
    admin.answers["Is your school in England"] = ["n"]
    code, said = admin.sets_up()
    assert code == 2
    assert said.index("schools in England only") < said.index("Is your school in England")
    assert "not for your school" in said
    assert list(admin.folder.iterdir()) == []


def test_a_set_up_that_was_interrupted_goes_on_from_what_was_typed(admin: Admin) -> None:
    code, said = admin.sets_up(until=20)
    assert code == 1
    assert "What you typed is kept" in said
    kept = admin.folder / ".lanyard-setup.json"
    assert mode(kept) == 0o600
    assert json.loads(kept.read_text())["people.school"] == "Brambledown Primary School"
    for question in ("“Signing Secret”", "“Bot User OAuth Token”", "Your own e-mail address", "Name of the school"):
        admin.answers[question] = [""]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "press Enter to keep it" in said
    assert admin.school()["school"][0]["name"] == "Brambledown Primary School"
    assert not kept.exists()


def test_a_wrong_token_is_asked_of_slack_and_asked_for_again(admin: Admin) -> None:
    right = admin.slack.bot_token
    admin.answers["“Bot User OAuth Token”"] = ["xoxp-someone", "xoxb-wrong", right]
    code, said = admin.sets_up()
    assert code == 0
    assert "One with xoxp- is a person's" in said
    assert "Slack does not know this token. Copy it again, whole." in said
    assert "xoxb-wrong" not in said


def test_socket_mode_needs_no_address_and_proves_its_own_token(admin: Admin) -> None:
    admin.answers |= {"Which way": ["2"], "The address at which": ["https://lanyard.brambledown.example"]}
    admin.answers["App-Level Token"] = ["xoxb-no", "xapp-wrong", admin.slack.app_token]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "An app-level token starts with xapp-" in said
    assert admin.settings().slack_app_token
    manifest = yaml.safe_load((admin.folder / "slack-app.yaml").read_text())
    assert manifest["settings"]["socket_mode_enabled"] is True
    assert "url" not in json.dumps(manifest).replace("_url", "url")


def test_who_is_not_in_slack_is_noticed_while_it_can_still_be_mended(admin: Admin) -> None:
    key = "Designated safeguarding lead (needed): e-mail"
    admin.answers[key] = ["nasreen@home.example", "n.rahman@brambledown.example"]
    admin.answers["Nobody in Slack has the address"] = ["n", "y"]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "Nobody in Slack has the address nasreen@home.example" in said
    assert [each["emails"] for each in admin.school()["person"] if each["id"] == "dsl"] == [
        ["n.rahman@brambledown.example"]
    ]


def test_one_person_may_be_head_and_safeguarding_lead_but_never_head_and_chair(admin: Admin) -> None:
    head = "head@brambledown.example"
    admin.answers["Designated safeguarding lead (needed): e-mail"] = [head]
    admin.answers["Chair of governors (needed): e-mail"] = [head, "ngozi.okafor@okafor-family.example"]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "The chair of governors cannot be the headteacher" in said
    assert admin.role_holders()["dsl"] == admin.role_holders()["headteacher"] == "Helen Whitlock"


def test_roles_and_numbers_that_every_report_may_need_are_refused_blank(admin: Admin) -> None:
    admin.answers["Chair of governors (needed): e-mail"] = ["", "-", "ngozi.okafor@okafor-family.example"]
    admin.answers["The LADO"] = ["", "999", "ask the office", "01632 960112"]
    code, said = admin.sets_up()
    assert code == 0
    assert said.count("Somebody must hold this role") == 2
    assert "999, 101 and 111 stand on every form already" in said
    assert said.count("That is not a telephone number in England") == 2
    assert admin.school()["outside"]["lado"] == "01632 960112"


def test_nothing_is_written_over_without_a_yes_and_then_the_old_is_kept(admin: Admin) -> None:
    (admin.folder / ".env").write_text("LANYARD_HOME=/elsewhere\n")
    admin.answers[".env is there already"] = ["n", "y"]
    code, said = admin.sets_up()
    assert "was left as it is" in said
    assert (admin.folder / ".env").read_text() == "LANYARD_HOME=/elsewhere\n"
    admin.answers[".env is there already"] = ["y"]
    code, said = admin.sets_up()
    assert code == 0, said
    assert (admin.folder / ".env.before").read_text() == "LANYARD_HOME=/elsewhere\n"


def test_a_mail_server_that_is_not_there_is_said_to_be(admin: Admin) -> None:
    admin.answers["Port"] = ["1", str(admin.chat.smtp_port)]
    admin.answers["Go on all the same"] = ["n"]
    code, said = admin.sets_up()
    assert code == 0, said
    assert "could not be reached at 127.0.0.1, port 1" in said


def test_the_schools_own_policy_is_checked_copied_and_taken(admin: Admin, tmp_path: Path) -> None:
    own = tmp_path / "brambledown.toml"
    text = (Path("policies") / "moston-lane.toml").read_text(encoding="utf-8")
    broken = tmp_path / "broken.toml"
    broken.write_text(text.replace('lead = "headteacher"', 'lead = "head"', 1))
    own.write_text(text.replace('id = "moston-lane"', 'id = "brambledown"'))
    admin.answers["Number, or the path"] = [str(tmp_path / "none.toml"), str(broken), str(own)]
    admin.answers |= {f"{role}: e-mail": ["-"] for role in ("Vice chair of governors", "ICT", "Social media")}
    admin.answers["Data protection officer: e-mail"] = ["-"]
    _, said = admin.sets_up()
    assert "There is no such file" in said
    assert "head" in said
    assert admin.school()["pack"] == "brambledown"
    assert (admin.folder / "lanyard-data" / "policies" / "brambledown.toml").exists()


def test_a_printed_sheet_is_proved_by_one_row_that_is_kept_nowhere(admin: Admin) -> None:
    file = admin.folder / "lanyard.key"
    typer.testing.CliRunner().invoke(app(), ["key", str(file)])
    row = paper.rows(read_keys(file)[0])[2]
    admin.answers["To prove the paper"] = [row.replace("0", "1"), row.lower()]
    if "0" not in row:
        admin.answers["To prove the paper"] = ["AAAA", row.lower()]
    admin.answers["Delete the file that was printed"] = ["n"]
    _, said = admin.sets_up(until=None)
    assert "That is not row 3 as it was printed" in said
    assert "That is right: the paper would bring the key back." in said
    sheet = admin.folder / "recovery-sheet.html"
    assert mode(sheet) == 0o600
    for line in paper.rows(read_keys(file)[0]):
        assert line in sheet.read_text()
    assert row not in (admin.folder / "lanyard-data" / "lanyard.db").read_bytes().decode("latin-1")


def test_the_set_up_says_nothing_that_it_has_no_words_for_and_has_no_words_left_over() -> None:
    words = set(terminal.words())
    code = "\n".join(file.read_text() for file in Path("bot/setting_up").glob("*.py"))
    named = {name for name in words if f'"{name}"' in code or f"'{name}'" in code}
    computed = {name for name in words if name.startswith(("title.", "numbers."))}
    computed |= {name for name in words if name.startswith("no.")}
    computed |= {"slack.url_https", "slack.url_socket"}
    assert words == named | computed


@pytest.mark.parametrize(
    ("number", "right"),
    [("01632 960110", True), ("+44 1632 960110", True), ("(01632) 960-110", True), ("960110", False), ("101", False)],
)
def test_a_number_is_one_that_can_be_dialled_in_england(tmp_path: Path, number: str, right: bool) -> None:
    check: Callable[[str], str] = Checks(Terminal(Kept(tmp_path / "kept"))).phone()
    assert (check(number) == "") == right
