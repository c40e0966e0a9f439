"""
psycopg 3's wait functions: its own code yields where it would wait, and they drive it.

Ours park a child meanwhile.  In plain threads psycopg's own do the work.
"""

from __future__ import annotations

import inspect
import select
from collections.abc import Generator
from time import monotonic
from typing import Any

from psycopg import connection as connections
from psycopg import errors, waiting
from psycopg._conninfo_attempts_async import conninfo_attempts_async

from motorish.calls import await_
from motorish.drivers.postgres.kept import KeptStream, forget_stale
from motorish.drivers.postgres.readiness import READ, WRITE, wait_ready
from motorish.hub import Child, current_child, running_loop

Gen = Generator[Any, Any, Any]

stock: dict[tuple[Any, str], Any] = {}
"""What is replaced: (module or class, name) -> psycopg's own."""

has_timeout = "timeout" in inspect.signature(waiting.wait_selector).parameters
"""Whether its wait functions take a timeout, as they do since 3.3."""

_R, _W = 1, 2  # psycopg's Wait and Ready


def wait(gen: Gen, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """
    As ``psycopg.waiting.wait``.
    """
    if current_child() is None and running_loop() is None:
        psycopgs_own = stock[waiting, "wait"]
        return (
            psycopgs_own(gen, fileno, interval, timeout)
            if has_timeout
            else psycopgs_own(gen, fileno, interval)
        )
    return _drive(gen, fileno, interval, timeout)


def wait_conn(gen: Gen, interval: float = 0.0, timeout: float | None = None) -> Any:
    """
    As ``psycopg.waiting.wait_conn``.
    """
    if current_child() is None and running_loop() is None:
        psycopgs_own = stock[waiting, "wait_conn"]
        return psycopgs_own(gen, interval, timeout) if has_timeout else psycopgs_own(gen, interval)
    return _drive(gen, None, interval, timeout)


def _drive(gen: Gen, fileno: int | None, interval: float, timeout: float | None) -> Any:
    # With a fileno, that of a connection, the generator yields what to wait for, else the descriptor, too.
    if interval is None:
        raise ValueError("indefinite wait not supported anymore")
    until = None if timeout is None else monotonic() + timeout
    pace = None if has_timeout else interval  # what else psycopg looks after at each tick, before 3.3
    child = current_child()
    try:
        state = next(gen)
        while True:
            fd, wanted = state if fileno is None else (fileno, state)
            left = pace
            if until is not None:
                left = max(0.0, until - monotonic() if pace is None else min(pace, until - monotonic()))
            if fileno is None and child is not None:
                forget_stale(child.hub, fd)
            if _wait_ready(child, fd, wanted, left):
                state = gen.send(wanted if wanted in (_R, _W) else _ready_now(fd))
            else:
                gen.send(0)
            if until is not None and monotonic() >= until:
                raise errors._WaitTimeout("wait timeout expired")
    except StopIteration as end:
        return end.value


def _wait_ready(child: Child | None, fd: int, wanted: int, timeout: float | None) -> bool:
    if wanted == _R and child is not None and not child.hub.closed:
        stream = child.hub.streams.get(fd)
        if type(stream) is KeptStream:
            return stream.wait_readable(child, timeout)
    mask = (READ if wanted & _R else 0) | (WRITE if wanted & _W else 0)
    return wait_ready(fd, mask, timeout, "psycopg")


def _ready_now(fd: int) -> int:
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLOUT)
    found = poll.poll(0)
    events = found[0][1] if found else 0
    return (_R if events & ~select.POLLOUT else 0) | (_W if events & select.POLLOUT else 0)


def conninfo_attempts(params: Any) -> Any:
    """
    As ``psycopg._conninfo_attempts.conninfo_attempts``; in a child with the addresses of host names.
    """
    if current_child() is None:
        return stock[connections, "conninfo_attempts"](params)
    return await_(conninfo_attempts_async(params))
