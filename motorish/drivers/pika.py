"""
What the layers below know of pika, and how its connection learns that a call on it was given up.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from types import FrameType
from typing import Any

from motorish.adapter import Adapter, register, selves


def _close_stream(frame: FrameType) -> Callable[[], object] | None:
    """
    Tell the connection whose call ends at *frame* that its stream is lost.

    pika waits for events of a socket, not for the socket: that this one is closed now it would not notice,
    and the next call on the connection would wait for ever.  Its own wake-up socket stays open, or it
    could not clean up.
    """
    select, blocking = (
        sys.modules.get(f"pika.adapters.{name}_connection") for name in ("select", "blocking")
    )
    if select is None or blocking is None:
        return None
    for poller, _ in selves(frame, select._PollerBase):
        queue: Any = getattr(poller, "_poll", None) or getattr(poller, "_kqueue", None)
        if hasattr(queue, "spare"):
            queue.spare(poller._r_interrupt.fileno())
    for connection, _ in selves(frame, blocking.BlockingConnection):
        impl = getattr(connection, "_impl", None)  # none while it connects: pika then cleans up
        if impl is not None and not impl.is_closed:
            lost = sys.modules["pika.exceptions"].StreamLostError("a call on this connection was given up")
            impl._terminate_stream(lost)
            return partial(_clean_up, connection)
    return None


def _clean_up(connection: Any) -> None:
    with suppress(sys.modules["pika.exceptions"].AMQPError):  # that the stream is lost
        connection.process_data_events(0)


PIKA = register(
    Adapter(
        name="pika",
        packages=("pika",),
        # It looks names up in a thread, which it starts with a timer of no time.
        green_threads=frozenset({"pika.adapters.utils.selector_ioloop_adapter._AddressResolver._resolve"}),
        on_abort=_close_stream,
        direct=frozenset(
            {"BasicProperties", "ConnectionParameters", "PlainCredentials", "SSLOptions", "URLParameters"}
        ),
        plain=frozenset({"AMQPObject", "Parameters", "PlainCredentials", "SSLOptions"}),
    )
)
