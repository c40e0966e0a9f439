"""
A child waits for a reply once, where PyMongo looks up every half second to see whether it was cancelled.

PyMongo cancels the read of a connection (its monitors' when the client is closed or an operation has met
a network error, all of a pool's when a monitor timed out) by setting a flag, and `receive_data` times its
reads out every 0.5 s to look at the flag.  With hundreds of idle change streams those timers were three
quarters of what they cost.  Here whoever sets the flag wakes the child that waits, at once.

This is the one function of PyMongo's that children do not run as it is.  Plain threads do.
"""

from __future__ import annotations

from contextlib import suppress
from time import monotonic
from typing import Any

from pymongo import network_layer
from pymongo.errors import _OperationCancelled
from pymongo.network_layer import BLOCKING_IO_ERRORS
from pymongo.pool_shared import _CancellationContext

from motorish.green._registered import RegisteredSocket
from motorish.hub import Child, current_child, resume

_stock_receive_data = network_layer.receive_data
_stock_cancel = _CancellationContext.cancel


def install() -> None:
    """
    Let children receive with this module's functions from now on.
    """
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
    child = current_child()
    sock = conn.conn.get_conn
    context = conn.cancel_context
    if child is None or not isinstance(sock, RegisteredSocket):
        return _stock_receive_data(conn, length, deadline)
    context.reader = child
    if context.cancelled:  # before it could wake us
        context.reader = None
        return _stock_receive_data(conn, length, deadline)
    usual = sock.gettimeout()
    view = memoryview(bytearray(length))
    got = 0
    try:
        while got < length:
            conn.set_conn_timeout(None if deadline is None else max(deadline - monotonic(), 0.0))
            count = sock.recv_into(view[got:] if got else view)
            if not count:
                raise OSError("connection closed")
            got += count
    except (OSError, *BLOCKING_IO_ERRORS) as error:
        if context.cancelled:
            raise _OperationCancelled("operation cancelled") from None
        if isinstance(error, BLOCKING_IO_ERRORS):  # the deadline had passed before
            raise TimeoutError("timed out") from None
        raise
    finally:
        context.reader = None
        conn.set_conn_timeout(usual)
    return view


def cancel(self: Any) -> None:
    """
    Cancel, and wake the child that waits.  Runs anywhere: also in other threads and in finalisers.
    """
    _stock_cancel(self)
    child: Child | None = getattr(self, "reader", None)
    if child is not None:
        with suppress(RuntimeError):  # the loop was closed, which ends the child
            child.hub.loop.call_soon_threadsafe(_wake, self, child)


def _wake(context: Any, child: Child) -> None:
    # A loop callback.  The child still waits in recv_into(), whose timeout has passed now.
    if context.reader is child and child.parked:
        resume(child, False)
