"""The gates of the code's shape: each takes a file's place and tree, and yields what is wrong with it."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

Gate = Callable[[str, ast.Module], Iterator[str]]
Function = ast.FunctionDef | ast.AsyncFunctionDef

ROOT = Path(__file__).parent.parent
ROOMS = ("bot", "handlers", "workflows", "storage", "templates", "policies")
PLACES = sorted(
    str(file.relative_to(ROOT))
    for room in (*ROOMS, "workspace", "bench", "tests", "run.py")
    for file in ([ROOT / room] if room.endswith(".py") else (ROOT / room).rglob("*.py"))
)

# Which room may import a library; a library not named here is nobody's business.
ONLY = {
    "slack_bolt": ("handlers/slack/",),
    "slack_sdk": ("handlers/slack/",),
    "sqlalchemy": ("storage/",),
    "sqlmodel": ("storage/",),
    "alembic": ("storage/",),
    "psycopg": ("storage/",),
    "cryptography": ("storage/",),
    "jinja2": ("templates/", "handlers/web/"),
    "typst": ("templates/",),
    "apscheduler": ("bot/",),
    "uvicorn": ("bot/",),
    "prometheus_client": ("bot/",),
    "typer": ("bot/",),
    "structlog": ("bot/", "handlers/", "storage/"),
    "starlette": ("handlers/", "bot/"),
    "aiohttp": ("handlers/", "bot/"),
    "httpx": ("workspace/", "handlers/teams/"),
    "microsoft_teams": ("handlers/teams/",),
    "msal": ("handlers/teams/",),
    "jwt": ("handlers/teams/",),
    "aiosmtplib": ("handlers/mail/",),
    "PIL": ("handlers/", "storage/"),
}

# The three places that may catch everything: the edge, the writer, the sweeper.
CATCHERS = {"handlers/gate.py", "handlers/deliver.py", "storage/turns.py"}

# The clock and the dice are injected.  Who may still ask for chance itself, and why:
DICERS = {
    "workflows/doors.py": "a link and a session are let in by being unguessable",
    "workflows/passphrases.py": "a salt must differ even where a test's ids repeat",
    "storage/vault.py": "keys and nonces must come from the machine, never from a test's dice",
    "storage/sealing.py": "likewise",
    "storage/ledger.py": "the salt of a commitment is as secret as a key",
}
# Words for people are in templates/.  Whose sentences are not for the people of a school, and why:
SPEAKERS = {
    "workflows/packs.py": "it tells whoever edits a policy's file where the file is wrong",
    "workflows/shape.py": "likewise",
    "workflows/soundness.py": "likewise",
}
CLOCK_AND_DICE = re.compile(
    r"(datetime\.(now|utcnow|today)|date\.today|time\.(time|time_ns|localtime|gmtime)"
    r"|os\.(environ|getenv|urandom)|getenv|environ|urandom"
    r"|uuid\.\w+|uuid[1-8]|random\.\w+|secrets\.\w+)"
)

FILE, FUNCTION, PARAMETERS = 250, 40, 5


def says_what_it_is(place: str, tree: ast.Module) -> Iterator[str]:
    text = ast.get_docstring(tree)
    if not text:
        yield f"{place} does not say what it is for"
    elif not re.match(r"[^\n]+[.!?](\n\n|\n?$)", text):
        yield f"{place} does not begin with one sentence on one line"


def is_not_long(place: str, tree: ast.Module) -> Iterator[str]:
    if place.startswith(("tests/", "storage/migrations/")):
        return
    lines = max((getattr(node, "end_lineno", 0) for node in ast.walk(tree)), default=0)
    if lines > FILE:
        yield f"{place} has {lines} lines, over {FILE}"
    for function in functions(tree):
        assert function.end_lineno
        if (lines := function.end_lineno - function.lineno + 1) > FUNCTION:
            yield f"{place}:{function.lineno} {function.name} has {lines} lines, over {FUNCTION}"


def asks_for_little(place: str, tree: ast.Module) -> Iterator[str]:
    command_line = place == "bot/main.py" or place.endswith("_command.py")
    if command_line or place.startswith(("tests/", "storage/migrations/")):
        return
    for function in functions(tree):
        given = function.args
        names = [a.arg for a in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
        if len([name for name in names if name not in {"self", "cls"}]) > PARAMETERS:
            yield f"{place}:{function.lineno} {function.name} takes over {PARAMETERS} parameters"


def keeps_libraries_in_their_rooms(place: str, tree: ast.Module) -> Iterator[str]:
    if place.startswith(("tests/", "bench/", "workspace/")):
        return
    for line, name in imports(tree):
        library = name.split(".")[0]
        if library in ONLY and not place.startswith(ONLY[library]):
            yield f"{place}:{line} may not import {name}"


def only_waits_outside(place: str, tree: ast.Module) -> Iterator[str]:
    """Workflows and templates cannot await, so they cannot talk to a network inside a transaction."""
    if not place.startswith(("workflows/", "templates/")):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.AsyncFunctionDef | ast.Await | ast.AsyncWith | ast.AsyncFor):
            yield f"{place}:{node.lineno} waits"
    for line, name in imports(tree):
        if name.split(".")[0] in {"asyncio", "socket", "threading", "urllib", "smtplib", "subprocess"}:
            yield f"{place}:{line} may not import {name}"


def catches_only_what_it_expects(place: str, tree: ast.Module) -> Iterator[str]:
    if not place.startswith(ROOMS) or place in CATCHERS:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.ExceptHandler):
            caught = [part.id for part in ast.walk(node.type) if isinstance(part, ast.Name)] if node.type else []
            if not node.type or {"Exception", "BaseException"} & set(caught):
                yield f"{place}:{node.lineno} catches everything"


def is_given_the_clock_and_the_dice(place: str, tree: ast.Module) -> Iterator[str]:
    if not place.startswith(("workflows/", "templates/", "storage/")) or place in DICERS:
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute | ast.Name) and CLOCK_AND_DICE.fullmatch(ast.unparse(node)):
            yield f"{place}:{node.lineno} asks {ast.unparse(node)}"
        if isinstance(node, ast.ImportFrom) and node.module in {"uuid", "random", "secrets", "os", "time"}:
            for alias in node.names:
                if CLOCK_AND_DICE.fullmatch(f"{node.module}.{alias.name}"):
                    yield f"{place}:{node.lineno} asks {node.module}.{alias.name}"


def holds_no_words_for_people(place: str, tree: ast.Module) -> Iterator[str]:
    if not place.startswith(("workflows/", "handlers/")) or place in SPEAKERS:
        return
    excused = {id(part) for spoken in ast.walk(tree) for part in unread(spoken)}
    for node in ast.walk(tree):
        text = node.value if isinstance(node, ast.Constant) and id(node) not in excused else ""
        if isinstance(text, str) and re.search(r"[A-Za-z]{2,} [A-Za-z]{2,}", text):
            yield f"{place}:{node.lineno} speaks: {text[:60]!r}"


def tests_by_the_real_door(place: str, tree: ast.Module) -> Iterator[str]:
    if not place.startswith("tests/"):
        return
    fakes = {"patch", "Mock", "MagicMock", "AsyncMock", "mocker", "monkeypatch.setattr"}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom) and "mock" in ast.unparse(node).lower():
            yield f"{place}:{node.lineno} imports a mock"
        elif isinstance(node, ast.Name | ast.arg | ast.Attribute) and ast.unparse(node) in fakes:
            yield f"{place}:{node.lineno} replaces our own code"


GATES: tuple[Gate, ...] = (
    says_what_it_is,
    is_not_long,
    asks_for_little,
    keeps_libraries_in_their_rooms,
    only_waits_outside,
    catches_only_what_it_expects,
    is_given_the_clock_and_the_dice,
    holds_no_words_for_people,
    tests_by_the_real_door,
)


def functions(tree: ast.Module) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, Function))


def imports(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.lineno, node.module or ""


def unread(node: ast.AST) -> Iterator[ast.AST]:
    """What no user of Lanyard reads: docstrings, what is logged, what an exception says to a developer."""
    if isinstance(node, ast.Module | ast.ClassDef | Function) and ast.get_docstring(node) is not None:
        statement = node.body[0]
        assert isinstance(statement, ast.Expr)
        yield statement.value
    elif isinstance(node, ast.Raise) or (
        isinstance(node, ast.Call) and ast.unparse(node.func).startswith(("log.", "self._log.", "super().__init__"))
    ):
        yield from ast.walk(node)
