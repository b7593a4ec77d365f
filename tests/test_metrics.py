"""What a watcher of the machine is shown tells how it is, and never that anybody reported anything."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.canaries import Canaries
from tests.machine import Machine
from tests.real_bot import free_port
from tests.world import World, until

Shown = dict[tuple[str, str], float]


class Watcher:
    """Somebody on the same machine who looks at the figures."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}/metrics"
        self.read: list[str] = []

    def looks(self) -> Shown:
        """Every figure but those of the process itself, by its name and label."""
        answer = httpx.get(self.url, trust_env=False, timeout=10)
        assert answer.is_success
        self.read.append(answer.text)
        families = text_string_to_metric_families(answer.text)
        samples = [sample for family in families for sample in family.samples]
        return {(each.name, "".join(each.labels.values())): each.value for each in samples}


def of_the_house(shown: Shown) -> Shown:
    return {name: value for name, value in shown.items() if not name[0].startswith("process_")}


@contextmanager
def served(world: World, *more: str) -> Iterator[None]:
    """`lanyard serve` in a process of its own in place of the school's bot."""
    if world.bot and world.bot.thread.is_alive():
        world.stops()
    words = ["serve", "--demo-clock", str(world.clock.file), "--port", str(world.settings_port()), *more]
    env = Machine.of(world).surroundings
    bot = subprocess.Popen([sys.executable, "-m", "bot.main", *words], env=env, stderr=subprocess.DEVNULL)

    def awake() -> bool:
        assert bot.poll() is None
        with suppress(httpx.HTTPError):
            return httpx.get(f"{world.url}/healthz", trust_env=False).is_success
        return False

    try:
        until(awake, "the bot")
        yield
    finally:
        bot.terminate()
        bot.wait(20)


@pytest.fixture
def watcher(world: World) -> Iterator[Watcher]:
    port = free_port()
    with served(world, "--metrics-port", str(port)):
        yield Watcher(port)


def test_no_figure_moves_when_somebody_reports_and_none_says_a_word(world: World, watcher: Watcher) -> None:
    canaries = Canaries()
    before = watcher.looks()
    for person in (world.teacher, world.assistant):
        person.reports("pupil_concern", what=canaries.new("what"), harmed_names=canaries.new("who"))
    until(world.dsl.hears, "the card")
    world.dsl.acknowledges()
    # What is about to be said counts as waiting for a moment, and less than a second of it is not shown.
    assert of_the_house(watcher.looks()) == of_the_house(before)
    assert before[("process_resident_memory_bytes", "")] > 1e6
    assert set(of_the_house(before)) >= {
        ("lanyard_oldest_due_promise_seconds", ""),
        ("lanyard_writer_queue_seconds", ""),
    }
    assert len(canaries.boxes) == 4
    for text in watcher.read:
        assert canaries.found_in(text) == set()


def test_strangers_and_late_messages_are_seen(world: World, watcher: Watcher) -> None:
    for _ in range(3):
        httpx.post(f"{world.url}/slack/events", content=b"{}", trust_env=False)
    assert watcher.looks()[("lanyard_refused_requests_total", "unsigned")] == 3
    with world.chat_is_down():
        world.teacher.reports("pupil_concern", what="what", harmed_names="Jo Bloggs")
        until(lambda: watcher.looks()[("lanyard_oldest_due_promise_seconds", "")] >= 2, "a late message")
    until(lambda: watcher.looks()[("lanyard_oldest_due_promise_seconds", "")] == 0, "the end of what was late")
    assert world.dsl.hears()


def test_without_being_asked_for_there_are_no_figures_anywhere(world: World) -> None:
    with served(world):
        assert httpx.get(f"{world.url}/metrics", trust_env=False).status_code == 404


def test_an_error_is_counted_by_its_kind(world: World, watcher: Watcher) -> None:
    world.teacher.forges_form("details", "nobody", {"what": {"type": "plain_text_input", "value": ["not a text"]}})
    time.sleep(0.1)
    assert [name for name in watcher.looks() if name[0] == "lanyard_errors_total"]
