"""
A child waits for a reply once, where PyMongo looks up every half second to see whether it was cancelled.

PyMongo cancels the read of a connection (its monitors' when the client is closed or an operation has met
a network error, all of a pool's when a monitor timed out) by setting a flag, and `receive_data` times its
reads out every 0.5 s to look at the flag.  With hundreds of idle change streams those timers were three
quarters of what they cost.  Here whoever sets the flag wakes the child that waits, at once.

And a small reply is received with one system call, where PyMongo makes one for the header and one for the
rest.  What has come too early (of the next message of a stream) is kept for the next call.  For a large reply
the child is woken once or twice (SO_RCVLOWAT) instead of for every 64 KiB.

This is the one function of PyMongo's that children do not run as it is.  Plain threads do.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from socket import SO_RCVLOWAT, SOL_SOCKET
from time import monotonic
from typing import Any

from pymongo import network_layer
from pymongo.errors import _OperationCancelled
from pymongo.network_layer import BLOCKING_IO_ERRORS
from pymongo.pool_shared import _CancellationContext

from motorish.green._registered import RegisteredSocket
from motorish.green.socket import socket
from motorish.hub import Child, current_child, resume

READ_AHEAD = 1 << 14
"""So many bytes may be received at once, asked for or not."""

LOT_LEAST = 1 << 16
LOT_MOST = 1 << 20
"""From so many bytes on, the kernel is asked to wake the child when all are there, or this many."""

_NOTHING = memoryview(b"")

_stock_receive_data = network_layer.receive_data
_stock_cancel = _CancellationContext.cancel


def install() -> None:
    """
    Let children receive with this module's functions from now on.
    """
    _CancellationContext.reader = None  # type: ignore[attr-defined]  # the child that waits
    _CancellationContext.ahead = _NOTHING  # type: ignore[attr-defined]  # what was received too early
    network_layer.receive_data = receive_data
    _CancellationContext.cancel = cancel  # type: ignore[method-assign]


def receive_data(conn: Any, length: int, deadline: float | None) -> memoryview:
    """
    Read exactly *length* bytes; the same as PyMongo's function otherwise.

    Args:
        conn: PyMongo's `Connection`.
        deadline: on the clock of time.monotonic(), or None.

    Raises:
        _OperationCancelled: the connection was cancelled.
        TimeoutError: the deadline passed.
        OSError: the connection is broken.
    """
    context = conn.cancel_context
    ahead: memoryview = context.ahead
    if len(ahead) >= length:
        context.ahead = ahead[length:] if len(ahead) > length else _NOTHING
        return ahead[:length]
    child = current_child()
    sock = conn.conn.get_conn
    if child is None or not isinstance(sock, RegisteredSocket):
        return _receive_as_stock(conn, length, deadline)
    context.reader = child
    if context.cancelled:  # before it could wake us
        context.reader = None
        return _receive_as_stock(conn, length, deadline)
    try:
        if length < READ_AHEAD:
            received = _receive_ahead(conn, sock, length, deadline)
            context.ahead = received[length:] if len(received) > length else _NOTHING
            return received[:length]
        return _receive_exactly(conn, sock, length, deadline)
    except (OSError, *BLOCKING_IO_ERRORS) as error:
        if context.cancelled:
            raise _OperationCancelled("operation cancelled") from None
        if isinstance(error, BLOCKING_IO_ERRORS):  # the deadline had passed before
            raise TimeoutError("timed out") from None
        raise
    finally:
        context.reader = None


def _receive_ahead(conn: Any, sock: Any, length: int, deadline: float | None) -> memoryview:
    # At least so many bytes.
    received = bytes(conn.cancel_context.ahead)
    while len(received) < length:
        chunk = sock.recv(READ_AHEAD) if deadline is None else _in_time(conn, deadline, sock.recv, READ_AHEAD)
        if not chunk:
            raise OSError("connection closed")
        received = received + chunk if received else chunk
        if len(received) < length:
            _look_up(conn)
    return memoryview(received)


def _receive_exactly(conn: Any, sock: Any, length: int, deadline: float | None) -> memoryview:
    context = conn.cancel_context
    view = memoryview(bytearray(length))
    got = len(context.ahead)
    view[:got] = context.ahead
    context.ahead = _NOTHING
    lot = 1
    in_lots = sys.platform == "linux" and type(sock) is socket and length - got >= LOT_LEAST
    while got < length:
        if in_lots and lot != (wanted := min(length - got, LOT_MOST)):
            sock.setsockopt(SOL_SOCKET, SO_RCVLOWAT, wanted)
            lot = wanted
        rest = view[got:]
        count = sock.recv_into(rest) if deadline is None else _in_time(conn, deadline, sock.recv_into, rest)
        if not count:
            raise OSError("connection closed")
        got += count
        if got < length:
            _look_up(conn)
    if in_lots:
        sock.setsockopt(SOL_SOCKET, SO_RCVLOWAT, 1)
    return view


def _look_up(conn: Any) -> None:
    # What has woken the child may have been cancel(), though there was something to receive, too.
    if conn.cancel_context.cancelled:
        raise _OperationCancelled("operation cancelled")


def _in_time(conn: Any, deadline: float, receive: Callable[[Any], Any], argument: Any) -> Any:
    usual = conn.conn.gettimeout()
    conn.set_conn_timeout(max(deadline - monotonic(), 0.0))
    try:
        return receive(argument)
    finally:
        conn.set_conn_timeout(usual)


def _receive_as_stock(conn: Any, length: int, deadline: float | None) -> memoryview:
    # In a plain thread; what a child has received too early comes first.
    context = conn.cancel_context
    ahead, context.ahead = context.ahead, _NOTHING
    rest = _stock_receive_data(conn, length - len(ahead), deadline)
    return memoryview(b"".join((ahead, rest))) if ahead else rest


def cancel(self: Any) -> None:
    """
    Cancel, and wake the child that waits.  Runs anywhere: also in other threads and in finalisers.
    """
    _stock_cancel(self)
    child: Child | None = self.reader
    if child is not None:
        with suppress(RuntimeError):  # the loop was closed, which ends the child
            child.hub.loop.call_soon_threadsafe(_wake, self, child)


def _wake(context: Any, child: Child) -> None:
    # A loop callback.  The child still waits for the reply; that its time has passed is what it sees.
    if context.reader is child and child.parked:
        resume(child, False)
