"""`/metrics`: how the machine is, for whoever watches it; nothing here moves when somebody reports something."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping

from prometheus_client import CollectorRegistry, ProcessCollector, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from storage import promises
from storage.database import Database
from storage.faults import Fault

LOOPBACK = "127.0.0.1"


class Seen(Collector):
    """Asked for at each visit.  Whole seconds: a finer figure would show each message go out."""

    def __init__(self, database: Database, errors: Counter[str], refused: Callable[[], Mapping[str, int]]) -> None:
        self._database, self._errors, self._refused = database, errors, refused

    def collect(self) -> Iterable[Metric]:
        due = GaugeMetricFamily(
            "lanyard_oldest_due_promise_seconds", "How long the oldest message that is due has been waiting to go out."
        )
        try:
            due.add_metric([], float(int(self._database.look_now("", promises.overdue))))
        except Fault as fault:
            self._errors[type(fault).__name__] += 1
        yield due
        queue = float(int(self._database.longest_wait()))
        yield GaugeMetricFamily("lanyard_writer_queue_seconds", "How long the oldest unfinished change waits.", queue)
        yield counted("lanyard_errors", "Errors in the log, by kind.", "kind", self._errors)
        yield counted(
            "lanyard_refused_requests", "Requests turned away at the gate, by reason.", "reason", self._refused()
        )


def counted(name: str, says: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, says, labels=[label])
    for kind, count in sorted(dict(counts).items()):
        family.add_metric([kind], count)
    return family


def show(port: int, seen: Seen) -> None:
    """On a port of its own, for this machine alone.

    The bot's own port stands behind a proxy that may pass anything on, and then every visitor seems to be local.
    """
    registry = CollectorRegistry()
    registry.register(seen)
    ProcessCollector(registry=registry)
    start_http_server(port, LOOPBACK, registry)
