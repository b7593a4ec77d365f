"""A workspace running beside the caller, in a thread of its own, for tests and demonstrations."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from workspace.serve import Served, build
from workspace.settings import Settings
from workspace.world import Workspace


class Address(str):
    """The base URL of a running workspace, and with it the workspace itself and the port of its post box."""

    workspace: Workspace
    smtp_port: int


@contextmanager
def running(settings: Settings) -> Iterator[Address]:
    """Start a workspace (port 0: any free port) and give its address; stop it at the end."""
    server = Served(build(settings))
    thread = threading.Thread(target=server.run, name="workspace", daemon=True)
    thread.start()
    deadline = time.monotonic() + 10
    while not server.workspace.url:
        if not thread.is_alive() or time.monotonic() > deadline:
            raise RuntimeError("the workspace did not start")
        time.sleep(0.005)
    address = Address(server.workspace.url)
    address.workspace, address.smtp_port = server.workspace, server.workspace.smtp_port
    try:
        yield address
    finally:
        server.should_exit = True
        thread.join(10)
