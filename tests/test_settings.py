"""The settings: complete or refused, every fault in one message, and no secret shown."""

import os
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.settings import Incomplete, Settings

PASSWORD = "hedgehog-in-the-compost"


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    key = tmp_path / "keys" / "lanyard.key"
    key.parent.mkdir()
    key.touch(mode=0o600)
    return {
        "LANYARD_HOME": str(tmp_path / "home"),
        "LANYARD_KEY_FILE": str(key),
        "LANYARD_OPERATOR_EMAIL": "it@oak-trees.example",
        "LANYARD_MAIL_FROM": "lanyard@oak-trees.example",
        "LANYARD_SMTP_URL": f"smtp://lanyard:{PASSWORD}@mail.oak-trees.example:587",
        "LANYARD_SLACK_SIGNING_SECRET": f"signing-{PASSWORD}",
        "LANYARD_SLACK_BOT_TOKEN": f"xoxb-{PASSWORD}",
        "LANYARD_SLACK_TEAM": "T0BRAMBLE",
        "PATH": os.environ["PATH"],
    }


def refusal(env: dict[str, str]) -> str:
    with pytest.raises(Incomplete) as refused:
        Settings.read(env)
    assert PASSWORD not in str(refused.value)
    return str(refused.value)


def test_a_school_that_sets_what_is_needed_gets_the_rest_by_default(env: dict[str, str], tmp_path: Path) -> None:
    settings = Settings.read(env)
    assert settings.home == tmp_path / "home"
    assert settings.database_url.get_secret_value() == f"sqlite:///{tmp_path}/home/lanyard.db"
    assert settings.slack_url == "https://slack.com/api/"
    assert settings.url is None
    assert settings.checkpoints is None


def test_an_operator_who_set_nothing_is_told_every_name_at_once() -> None:
    said = refusal({})
    for name in ("HOME", "KEY_FILE", "OPERATOR_EMAIL", "MAIL_FROM", "SMTP_URL", "SLACK_SIGNING_SECRET"):
        assert f"LANYARD_{name} is not set" in said
    for name in ("SLACK_BOT_TOKEN", "SLACK_TEAM"):
        assert f"LANYARD_{name} is not set" in said
    assert "DATABASE_URL" not in said


def test_what_is_missing_and_what_is_wrong_come_in_one_message(env: dict[str, str]) -> None:
    del env["LANYARD_SLACK_TEAM"]
    env["LANYARD_SLACK_BOT_TOKEN"] = PASSWORD
    env["LANYARD_URL"] = "http://lanyard.oak-trees.example"
    env["LANYARD_SLACK_TOKEN"] = PASSWORD
    assert refusal(env).splitlines()[1:] == [
        "  LANYARD_SLACK_BOT_TOKEN must start with xoxb-",
        "  LANYARD_SLACK_TEAM is not set",
        "  LANYARD_URL must start with https:// (http:// only on this machine or a private address)",
        "  LANYARD_SLACK_TOKEN is not a setting of Lanyard",
    ]


def test_an_empty_value_counts_as_unset(env: dict[str, str]) -> None:
    assert "LANYARD_HOME is not set" in refusal({**env, "LANYARD_HOME": ""})


def test_no_secret_is_shown_when_the_settings_are_printed(env: dict[str, str]) -> None:
    env["LANYARD_DATABASE_URL"] = f"postgresql+psycopg://lanyard:{PASSWORD}@db/lanyard"
    settings = Settings.read(env)
    assert PASSWORD not in repr(settings) + str(settings) + settings.model_dump_json()


def test_the_settings_cannot_be_changed_once_read(env: dict[str, str]) -> None:
    settings = Settings.read(env)
    with pytest.raises(ValidationError):
        settings.slack_team = "T0OTHER"  # type: ignore[misc]


@pytest.mark.parametrize(
    "url",
    [
        "https://lanyard.oak-trees.example",
        "http://127.0.0.1:8080",
        "http://localhost:3000",
        "http://10.1.2.3",
        "http://[::1]:80",
    ],
)
def test_an_address_reached_over_https_or_inside_the_school_is_taken(env: dict[str, str], url: str) -> None:
    assert Settings.read({**env, "LANYARD_URL": url + "/"}).url == url
    assert Settings.read({**env, "LANYARD_SLACK_URL": url + "/api"}).slack_url == url + "/api/"


@pytest.mark.parametrize(
    "url",
    [
        "http://lanyard.oak-trees.example",
        "http://8.8.8.8",
        "http://localhost.oak-trees.example",
        "lanyard.oak-trees.example",
        "https://",
        f"https://lanyard:{PASSWORD}@oak-trees.example",
        f"https://oak-trees.example:{PASSWORD}",
        "https://oak-trees.example/?next=1",
        "file:///etc/passwd",
    ],
)
def test_an_address_that_others_could_read_along_is_refused(env: dict[str, str], url: str) -> None:
    assert "LANYARD_URL" in refusal({**env, "LANYARD_URL": url})
    assert "LANYARD_SLACK_URL" in refusal({**env, "LANYARD_SLACK_URL": url})


def test_the_key_may_not_lie_in_the_folder_that_is_backed_up(env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    inside = tmp_path / "home" / "lanyard.key"
    inside.touch(mode=0o600)
    assert "outside LANYARD_HOME" in refusal({**env, "LANYARD_KEY_FILE": str(inside)})
    link = tmp_path / "innocent.key"
    link.symlink_to(inside)
    assert "outside LANYARD_HOME" in refusal({**env, "LANYARD_KEY_FILE": str(link)})


@pytest.mark.skipif(os.name != "posix", reason="file modes say nothing on Windows")
@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o700])
def test_a_key_that_others_could_read_is_refused(env: dict[str, str], mode: int) -> None:
    Path(env["LANYARD_KEY_FILE"]).chmod(mode)
    assert "LANYARD_KEY_FILE can be read by others" in refusal(env)


def test_a_key_that_is_not_there_is_not_made_in_passing(env: dict[str, str]) -> None:
    Path(env["LANYARD_KEY_FILE"]).unlink()
    assert "LANYARD_KEY_FILE names no file" in refusal(env)
    assert not Path(env["LANYARD_KEY_FILE"]).exists()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANYARD_DATABASE_URL", "mysql://db/lanyard"),
        ("LANYARD_SMTP_URL", "mail.oak-trees.example"),
        ("LANYARD_OPERATOR_EMAIL", "it"),
        ("LANYARD_SLACK_TEAM", "oak-trees"),
        ("LANYARD_SLACK_SIGNING_SECRET", "short"),
        ("LANYARD_SLACK_BOT_TOKEN", "xapp-wrong-kind"),
        ("LANYARD_SLACK_APP_TOKEN", "xoxb-wrong-kind"),
    ],
)
def test_a_value_of_the_wrong_kind_is_refused_by_name(env: dict[str, str], name: str, value: str) -> None:
    assert f"  {name} " in refusal({**env, name: value})


def test_the_environment_goes_before_the_file_and_a_dollar_is_a_dollar(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / ".env"
    file.write_text("LANYARD_SLACK_TEAM=T0FILE\nLANYARD_SMTP_URL='smtp://a:x${HOME}y@mail.oak-trees.example'\n")
    del env["LANYARD_SMTP_URL"]
    settings = Settings.read({**env, "LANYARD_SLACK_TEAM": "T0WORRY"}, dotenv=file)
    assert settings.slack_team == "T0WORRY"
    assert "x${HOME}y" in settings.smtp_url.get_secret_value()


TEAMS = {
    "LANYARD_TEAMS_APP_ID": "a1a1a1a1-0000-4000-8000-000000000001",
    "LANYARD_TEAMS_TENANT": "b2b2b2b2-0000-4000-8000-000000000002",
    "LANYARD_TEAMS_SECRET": f"secret-{PASSWORD}",
}


def without_slack(env: dict[str, str]) -> dict[str, str]:
    return {name: value for name, value in env.items() if not name.startswith("LANYARD_SLACK_")}


def test_a_school_may_use_teams_alone_or_beside_slack(env: dict[str, str]) -> None:
    alone, beside = Settings.read({**without_slack(env), **TEAMS}), Settings.read({**env, **TEAMS})
    assert (alone.slack_team, alone.teams_app_id) == ("", TEAMS["LANYARD_TEAMS_APP_ID"])
    assert (beside.slack_team, beside.teams_tenant) == ("T0BRAMBLE", TEAMS["LANYARD_TEAMS_TENANT"])
    assert PASSWORD not in repr(beside)


@pytest.mark.parametrize("name", TEAMS)
def test_half_a_teams_is_refused_by_name(env: dict[str, str], name: str) -> None:
    half = {other: value for other, value in TEAMS.items() if other != name}
    assert refusal({**without_slack(env), **half}).splitlines()[1:] == [f"  {name} is not set"]


def test_half_a_slack_beside_teams_is_refused_by_name(env: dict[str, str]) -> None:
    del env["LANYARD_SLACK_TEAM"]
    assert refusal({**env, **TEAMS}).splitlines()[1:] == ["  LANYARD_SLACK_TEAM is not set"]


def test_a_certificate_stands_in_place_of_a_secret_and_not_beside_it(env: dict[str, str], tmp_path: Path) -> None:
    file = tmp_path / "teams.pem"
    file.touch(mode=0o600)
    certificate = {"LANYARD_TEAMS_CERTIFICATE": str(file)}
    alone = {name: value for name, value in TEAMS.items() if name != "LANYARD_TEAMS_SECRET"}
    assert Settings.read({**env, **alone, **certificate}).teams_certificate == file
    assert "both set" in refusal({**env, **TEAMS, **certificate})
    file.chmod(0o644)
    assert "LANYARD_TEAMS_CERTIFICATE can be read by others" in refusal({**env, **alone, **certificate})
    assert "LANYARD_TEAMS_CERTIFICATE names no file" in refusal(
        {**env, **alone, "LANYARD_TEAMS_CERTIFICATE": str(tmp_path / "none.pem")}
    )


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("LANYARD_TEAMS_APP_ID", "lanyard"),
        ("LANYARD_TEAMS_TENANT", "brambledown.example"),
        ("LANYARD_TEAMS_SECRET", "short"),
        ("LANYARD_TEAMS_URL", "http://lanyard.oak-trees.example"),
    ],
)
def test_a_value_of_the_wrong_kind_for_teams_is_refused_by_name(env: dict[str, str], name: str, value: str) -> None:
    assert f"  {name} " in refusal({**env, **TEAMS, name: value})
