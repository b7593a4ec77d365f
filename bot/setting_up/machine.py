"""The parts of the set-up that touch the machine, Slack and the mail server."""

import asyncio
import logging
import os
import secrets
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

from bot import recovery
from bot.clock import machine
from bot.manifest import manifest
from bot.setting_up.checks import Checks, full
from bot.setting_up.terminal import NONE, Terminal
from bot.settings import SLACK
from handlers.mail.sender import MailSender
from handlers.senders import Mark, Unreachable
from handlers.slack.introduced import NotKnown, account_of, may_open_lines, team_of
from storage import paper
from storage.durable import appearing
from storage.vault import create_key_file, read_keys
from templates.catalogue import Catalogue
from workflows.people import Who

MANIFEST, SHEET = "slack-app.yaml", "recovery-sheet.html"
SOCKET = "2"
# Of the four rows on the paper: one is proof enough that it was printed whole and is this key's.
PROVEN_ROW = 3
SAID = ("invalid_auth", "account_inactive", "token_revoked", "missing_scope", "not_allowed_token_type", "unreachable")
Env = dict[str, str]


def folders(at: Terminal, checks: Checks, env: Env) -> None:
    at.say("folders.intro")
    home = at.ask("folders.home", checks.setting("home"), first_writable("/var/lib/lanyard", "lanyard-data"))
    key_file = first_writable("/etc/lanyard/lanyard.key", "lanyard.key")
    key_file = at.ask("folders.key_file", checks.key_outside(home), key_file)
    env |= {"LANYARD_HOME": str(full(home)), "LANYARD_KEY_FILE": str(full(key_file))}


def first_writable(place: str, here: str) -> str:
    """The place where a service keeps such a thing, else one in this folder."""
    folder = Path(place) if not Path(place).suffix else Path(place).parent
    return place if os.access(folder, os.W_OK) else str(Path(here).absolute())


def slack(at: Terminal, checks: Checks, env: Env) -> None:
    """How Slack reaches us, and the app made from our manifest."""
    at.say("slack.intro")
    way = at.choose("slack.way", (at.word("slack.https"), at.word("slack.socket")), key="slack.way")
    url = at.ask(f"slack.url_{'socket' if way == SOCKET else 'https'}", checks.setting("url", optional=way == SOCKET))
    if not url:
        at.say("slack.no_url")
    command = at.ask("slack.command", checks.setting("command"), "/report")
    env |= {"LANYARD_URL": url, "LANYARD_COMMAND": command}
    file = Path(MANIFEST).absolute()
    file.write_text(manifest(url, command, socket=way == SOCKET), encoding="utf-8")
    at.say("slack.manifest", file=file)
    at.wait("slack.made")


def tokens(at: Terminal, checks: Checks, env: Env) -> None:
    """Each is asked of Slack as soon as it is there."""
    url = os.environ.get("LANYARD_SLACK_URL", SLACK)
    at.say("tokens.intro")
    env["LANYARD_SLACK_SIGNING_SECRET"] = at.ask("tokens.signing_secret", checks.signing_secret, secret=True)
    found: list[tuple[str, str]] = []

    def bot(answer: str) -> str:
        if not answer.startswith("xoxb-"):
            return at.word("no.bot_token")
        try:
            found.append(asyncio.run(team_of(answer, url)))
        except NotKnown as no:
            return said_by_slack(at, no)
        return ""

    def app(answer: str) -> str:
        if not answer.startswith("xapp-"):
            return at.word("no.app_token")
        try:
            asyncio.run(may_open_lines(answer, url))
        except NotKnown as no:
            return said_by_slack(at, no)
        return ""

    env["LANYARD_SLACK_BOT_TOKEN"] = at.ask("tokens.bot_token", bot, secret=True)
    env["LANYARD_SLACK_TEAM"], team = found[-1]
    at.say("tokens.right", team=team)
    if at.kept.get("slack.way") == SOCKET:
        env["LANYARD_SLACK_APP_TOKEN"] = at.ask("tokens.app_token", app, secret=True)
    if url != SLACK:
        env["LANYARD_SLACK_URL"] = url


def finder(env: Env) -> Callable[[str], Who | None]:
    """Looks an e-mail address up in Slack; where Slack does not say, nobody is found."""
    known = env["LANYARD_SLACK_BOT_TOKEN"], env.get("LANYARD_SLACK_URL", SLACK), env["LANYARD_SLACK_TEAM"]

    def find(email: str) -> Who | None:
        try:
            return asyncio.run(account_of(*known, email))
        except Unreachable:
            return None

    return find


def said_by_slack(at: Terminal, no: NotKnown) -> str:
    said = str(no)
    return at.word(f"no.{said}") if said in SAID else at.word("no.refused", said=said)


def key(at: Terminal, school: str, env: Env) -> None:
    """The key file, and its sheet on paper, proven by a row that is typed back."""
    file = Path(env["LANYARD_KEY_FILE"])
    if file.exists():
        at.say("key.there", file=file)
    else:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        create_key_file(file)
        at.say("key.made", file=file)
    sheet = file.with_name(SHEET)
    with appearing(sheet) as out:
        out.write(recovery.sheet_of(file, school).encode())
    at.say("key.sheet", file=sheet)
    at.wait("key.printed")
    prove(at, file)
    if at.yes("key.delete"):
        sheet.unlink()
        at.say("key.deleted")
    else:
        at.say("key.kept", file=sheet)


def prove(at: Terminal, file: Path) -> None:
    """The row is compared and thrown away: what is kept of the answers must not hold a piece of the key."""
    wanted = paper.rows(read_keys(file)[0])[PROVEN_ROW - 1]
    while (typed := at.typed("key.prove", row=PROVEN_ROW)) not in (NONE, ""):
        if paper.same_row(typed, wanted):
            at.say("key.proved")
            return
        at.say("no.row", row=PROVEN_ROW)
    at.say("key.skipped", file=file)


def mail(at: Terminal, checks: Checks, env: Env) -> None:
    """The mail server, tried with a letter to the operator."""
    at.say("letters.intro")
    operator = env["LANYARD_OPERATOR_EMAIL"] = at.ask("letters.operator", checks.email)
    while True:
        host = at.ask("letters.host")
        port = at.ask("letters.port", checks.port, "587")
        user = at.ask("letters.user", default=operator)
        password = at.ask("letters.password", secret=True) if user else ""
        env["LANYARD_MAIL_FROM"] = at.ask("letters.sender", checks.email, operator)
        login = f"{quote(user, safe='')}:{quote(password, safe='')}@" if user else ""
        env["LANYARD_SMTP_URL"] = f"smtp{'s' if port == '465' else ''}://{login}{host}:{port}"
        if not at.yes("letters.test", to=operator) or tried(at, operator, env, (host, port)) or at.yes("letters.go_on"):
            return


def tried(at: Terminal, operator: str, env: Env, server: tuple[str, str]) -> bool:
    logging.getLogger("handlers.mail.sender").setLevel(logging.CRITICAL)
    sender = MailSender(env["LANYARD_SMTP_URL"], env["LANYARD_MAIL_FROM"], machine)
    try:
        asyncio.run(sender.post(operator, Catalogue.read().card("operator.hello", {}), Mark(secrets.token_hex(8))))
    except Unreachable as no:
        fault = type(no.__context__).__name__
        login, unheard = "Authentication" in fault, no.__context__ is None or isinstance(no.__context__, OSError)
        why = "login" if login else "connect" if unheard or "Connect" in fault or "Timeout" in fault else "untaken"
        at.say(f"no.{why}", host=server[0], port=server[1], fault=fault)
        return False
    at.say("letters.sent")
    return True
