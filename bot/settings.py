"""What the school's operator decides before the bot starts: read once, then frozen, complete or refused."""

import ipaddress
import os
import re
import stat
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Self, TypeVar
from urllib.parse import SplitResult, urlsplit

from dotenv import dotenv_values
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    SecretStr,
    ValidationError,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)
from pydantic_core import PydanticCustomError

PREFIX = "LANYARD_"
SLACK = "https://slack.com/api/"
Text = TypeVar("Text", str, SecretStr)
# The chat platforms; a school uses one of them, or both.
CHATS = ("slack", "teams")


class Incomplete(Exception):
    """The settings cannot be used: every missing or wrong name is listed, and no value is repeated."""


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    try:
        whole = parts.hostname and parts.port != 0
    except ValueError:  # its sentence repeats the port, which may be a piece of a mistyped password
        whole = False
    if not whole:
        raise ValueError("is not a whole address, scheme://host")
    return parts


def _stays_inside(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return host == "localhost"


def _web(url: str) -> str:
    parts = _split(url)
    inside = parts.scheme == "http" and _stays_inside(parts.hostname or "")
    if parts.scheme != "https" and not inside:
        raise ValueError("must start with https:// (http:// only on this machine or a private address)")
    if parts.query or parts.fragment or parts.username is not None:
        raise ValueError("must be a plain address: no password, no ? and no #")
    return url.rstrip("/")


def _smtp(url: SecretStr) -> SecretStr:
    if _split(url.get_secret_value()).scheme not in {"smtp", "smtps"}:
        raise ValueError("must start with smtp:// or smtps://")
    return url


def _database(url: SecretStr) -> SecretStr:
    if not url.get_secret_value().startswith(("sqlite:///", "postgresql+psycopg://")):
        raise ValueError("must start with sqlite:/// or postgresql+psycopg://")
    return url


def _like(pattern: str, sentence: str) -> AfterValidator:
    def check(value: Text) -> Text:
        text = value.get_secret_value() if isinstance(value, SecretStr) else value
        if not re.fullmatch(pattern, text):
            raise ValueError(sentence)
        return value

    return AfterValidator(check)


def _of_its_chat(value: Text, check: ValidatorFunctionWrapHandler, told: ValidationInfo) -> Any:
    """What one platform needs: asked for where the school uses it, and left empty where it does not."""
    if value and (not isinstance(value, SecretStr) or value.get_secret_value()):
        return check(value)
    if str(told.field_name).partition("_")[0] in (told.context or ()):
        raise PydanticCustomError("missing", "is not set")
    return value


def _guarded(key: Path, home: Path | None) -> Path:
    """A file with a secret in it: apart from the data, and for its owner's eyes alone."""
    if home and key.resolve().is_relative_to(home.resolve()):
        raise ValueError("must lie outside LANYARD_HOME: a copy of the data must not carry its key")
    if not key.is_file():
        raise ValueError("names no file")
    # Windows keeps its own access lists, and says 0666 of every file.
    if os.name == "posix" and stat.S_IMODE(key.stat().st_mode) & 0o177:
        raise ValueError("can be read by others: it needs chmod 600")
    return key


Needed = WrapValidator(_of_its_chat)
Guid = _like(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}", "must be an id of 32 hex digits and four hyphens")
Folder = Annotated[Path, BeforeValidator(lambda value: Path(value).expanduser().absolute())]
Mail = Annotated[str, _like(r"[^@\s]+@[^@\s]+", "must be one e-mail address")]
Sender = Annotated[str, _like(r"([^<>@]+ <)?[^<>@\s]+@[^<>@\s]+>?", "must be one e-mail address, or Name <address>")]


class Settings(BaseModel):
    """Everything that differs between two installations; in the environment a name stands in capitals."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        alias_generator=lambda name: PREFIX + name.upper(),
        validate_default=True,
    )

    home: Folder
    key_file: Folder
    operator_email: Mail
    mail_from: Sender
    smtp_url: Annotated[SecretStr, AfterValidator(_smtp)]
    slack_signing_secret: Annotated[SecretStr, _like(r"\S{16,}", "is too short to be a signing secret"), Needed] = (
        SecretStr("")
    )
    slack_bot_token: Annotated[SecretStr, _like(r"xoxb-\S+", "must start with xoxb-"), Needed] = SecretStr("")
    slack_team: Annotated[str, _like(r"T[A-Z0-9]+", "must be a workspace's id, such as T012AB3CD"), Needed] = ""
    # With it the bot opens its lines to Slack itself, and needs no public address for them.
    slack_app_token: Annotated[SecretStr, _like(r"xapp-\S+", "must start with xapp-")] | None = None
    slack_url: Annotated[str, AfterValidator(_web), AfterValidator(lambda url: url + "/")] = SLACK
    teams_app_id: Annotated[str, Guid, Needed] = ""
    teams_tenant: Annotated[str, Guid, Needed] = ""
    # One of the two: a certificate's file (PEM, its private key with it) is the better way to say who we are.
    teams_certificate: Folder | None = None
    teams_secret: Annotated[SecretStr, _like(r"\S{8,}", "is too short to be a client secret")] | None = None
    # The secret's last day, which Microsoft does not tell us: noted, it is watched as a certificate's own is.
    teams_secret_until: date | None = None
    # Where everything of Microsoft's is looked for, in a demo; unset is Microsoft itself.
    teams_url: Annotated[str, AfterValidator(_web)] | None = None
    # Without an address of ours the forms have no file step, and nobody is sent a link.
    url: Annotated[str, AfterValidator(_web)] | None = None
    database_url: Annotated[SecretStr, AfterValidator(_database)]
    checkpoints: Folder | None = None
    # Whether we keep to what Slack and Teams say that they take.  Only a stand-in may be written to faster.
    paced: bool = True
    # What staff type where another app has /report; `lanyard manifest` writes it into the Slack app.
    command: Annotated[str, _like(r"/[a-z0-9_-]{1,31}", "must be / and then small letters")] = "/report"
    # What role-holders type before they are away; Slack keeps /away for itself.
    away_command: Annotated[str, _like(r"/[a-z0-9_-]{1,31}", "must be / and then small letters")] = "/im-away"

    @classmethod
    def read(cls, env: Mapping[str, str] | None = None, dotenv: Path | None = None) -> Self:
        """From the environment, and for what it does not name from a file; an empty value counts as unset."""
        file = dotenv_values(dotenv, interpolate=False) if dotenv else {}
        both = {**file, **(os.environ if env is None else env)}
        named = {name: value for name, value in both.items() if name.startswith(PREFIX) and value}
        if home := named.get("LANYARD_HOME"):
            database = Path(home).expanduser().absolute() / "lanyard.db"
            named.setdefault("LANYARD_DATABASE_URL", f"sqlite:///{database}")
        else:
            named.setdefault("LANYARD_DATABASE_URL", "sqlite:///")  # so that only the folder is asked for
        used = {chat for chat in CHATS if any(name.startswith(f"{PREFIX}{chat.upper()}_") for name in named)}
        try:
            return cls.model_validate(named, context=used or {"slack"})
        except ValidationError as refused:
            raise Incomplete(_sentence(refused)) from None

    @field_validator("paced")
    @classmethod
    def _keep_to_what_chats_take(cls, paced: bool, others: ValidationInfo) -> bool:
        slack = others.data.get("slack_team") and others.data.get("slack_url") == SLACK
        teams = others.data.get("teams_app_id") and not others.data.get("teams_url")
        if not paced and (slack or teams):
            raise ValueError("may be off only where something stands in for Slack and Microsoft")
        return paced

    @field_validator("key_file")
    @classmethod
    def _keep_the_key_apart(cls, key: Path, others: ValidationInfo) -> Path:
        if not key.is_file():
            raise ValueError("names no file (lanyard key FILE makes one; --from-sheet brings one back)")
        return _guarded(key, others.data.get("home"))

    @field_validator("teams_certificate")
    @classmethod
    def _keep_the_certificate_apart(cls, file: Path | None, others: ValidationInfo) -> Path | None:
        return _guarded(file, others.data.get("home")) if file else None

    @field_validator("teams_secret")
    @classmethod
    def _one_way_to_say_who_we_are(cls, secret: SecretStr | None, others: ValidationInfo) -> SecretStr | None:
        if "teams_certificate" not in others.data:
            return secret  # it was given, and something is wrong with it
        file = others.data["teams_certificate"]
        if file and secret:
            raise ValueError("and LANYARD_TEAMS_CERTIFICATE are both set: keep one of them")
        if not (file or secret) and "teams" in (others.context or ()):
            raise PydanticCustomError("missing", "is not set")
        return secret


def _sentence(refused: ValidationError) -> str:
    lines = []
    for error in refused.errors(include_url=False, include_input=False):
        name = str(error["loc"][0]) if error["loc"] else ""
        name = name if name.startswith(PREFIX) else PREFIX + name.upper()  # a default goes by its field's own name
        match error["type"]:
            case "missing":
                lines.append(f"{name} is not set")
            case "extra_forbidden":
                lines.append(f"{name} is not a setting of Lanyard")
            case _:
                lines.append(f"{name} {error['msg'].removeprefix('Value error, ')}".strip())
    return "Lanyard cannot start:\n" + "\n".join(f"  {line}" for line in lines)
