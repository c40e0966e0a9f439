"""
The wait callback of psycopg2: parks a child until PostgreSQL answers, and blocks elsewhere.

libpq calls this where it would wait, with the connection's mutex held (see `guard`).  If it raises,
psycopg2 closes the connection.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from time import monotonic
from typing import Any

from psycopg2 import OperationalError
from psycopg2.extensions import connection as stock

from motorish.drivers.postgres.addresses import connect_timeout
from motorish.drivers.postgres.cancel import Cancel
from motorish.drivers.postgres.kept import forget_stale, let_go, stream_of
from motorish.drivers.postgres.readiness import READ, WRITE, release_fd, wait_ready
from motorish.drivers.postgres.until_heard import YOUNG_S, UntilHeard
from motorish.errors import UsageError
from motorish.hub import Abort, Child, current_child

previous: Callable[[Any], object] | None = None
"""The application's own wait callback, which waits outside children."""

_poll = stock.poll  # not that of a guarded connection, whose turn it need not be in this thread
_POLL_OK, _POLL_READ, _POLL_WRITE = range(3)
_ESTABLISHED = (1, 2, 5)  # STATUS_READY, STATUS_BEGIN and STATUS_PREPARED of psycopg2.extensions


def wait(connection: Any) -> None:
    """
    Wait until the connection is made, or until it has the result of what it executes.

    Raises:
        psycopg2.OperationalError: the server is gone; the connection was not made in time.
        UsageError: (in a child) nobody guards this connection.
        BaseException: the call is being aborted; the server will be told.
    """
    child = current_child()
    if child is not None:
        _wait_in_child(connection, child)
    elif previous is not None:
        previous(connection)
    elif connection.status in _ESTABLISHED:
        _wait_outside(connection)
    else:
        _connect(connection)


def _wait_in_child(connection: Any, child: Child) -> None:
    if connection.status not in _ESTABLISHED:
        _connect(connection)  # nobody else has it yet
        return
    guard = getattr(connection, "_guard", None)
    if guard is None:
        raise UsageError(
            f"{connection!r} was made before motorish.patch('psycopg2'), or not by psycopg2.connect() with "
            "a class as its connection_factory: a second call on it would stop the event loop for ever"
        )
    if guard.is_held_by(child):  # as by each call of ours: to enter it again takes longer
        _wait_for_result(connection, child)
    else:
        with guard:
            _wait_for_result(connection, child)


def _wait_for_result(connection: Any, child: Child) -> None:
    fd = connection.fileno()
    began = monotonic()
    try:
        while (state := _poll(connection)) != _POLL_OK:
            stream = stream_of(connection, child.hub, fd)
            if state == _POLL_READ:
                stream.wait_readable(child, None)
            else:
                stream.wait_writable(child, None)
    except BaseException:
        give_up(connection, child, fd, young=monotonic() - began < YOUNG_S)
        raise


def give_up(connection: Any, child: Child | None, fd: int, *, young: bool = False) -> None:
    """
    The connection is about to be closed: see to its descriptor, and to what the server executes.

    Args:
        child: the current one, or None.
        fd: the connection's.
        young: the server may not have begun to execute it.
    """
    let_go(connection)
    if child is None:
        return
    release_fd(child.hub, fd)
    if child.abort is not None and not connection.closed:
        cancel = Cancel(connection)
        if child.abort is Abort.LOOP_CLOSED:
            cancel.send_at_close()
        else:
            tell = cancel.send_after_abort
            child.aftermath += (UntilHeard(fd, tell) if young else tell,)


def _wait_outside(connection: Any) -> None:
    while (state := _poll(connection)) != _POLL_OK:
        try:
            wait_ready(connection.fileno(), READ if state == _POLL_READ else WRITE)
        except KeyboardInterrupt:
            connection.cancel()  # and wait for the server's error, as psycopg2.extras.wait_select does


def _connect(connection: Any) -> None:
    # In this mode libpq leaves it to the application to keep connect_timeout.
    child = current_child()
    limit = connect_timeout(connection.dsn)
    until = None if limit is None else monotonic() + limit
    while (state := _poll(connection)) != _POLL_OK:
        left = None if until is None else max(0.0, until - monotonic())
        if child is not None:
            forget_stale(child.hub, connection.fileno())
        if not wait_ready(connection.fileno(), READ if state == _POLL_READ else WRITE, left):
            raise OperationalError("connection timeout expired")


def cut_off(fd: int) -> None:
    """
    End what libpq does with a descriptor, without closing it.
    """
    with socket.socket(fileno=os.dup(fd)) as duplicate, suppress(OSError):
        duplicate.shutdown(socket.SHUT_RDWR)
