"""
KeptStream: where libpq's socket stays on the event loop between the queries of a connection.

That spares two system calls, and a stream, for each query.  But it is libpq that closes the descriptor,
and a descriptor which is closed behind the loop's back leaves a stream that thinks it is registered: the
next one with that number would never be woken.  So let_go() is called

- before what closes the descriptor, or ends the connection's life,
- right after what has failed (libpq may have closed it), before the loop runs again,
- before anybody but a child uses the connection: a thread, for instance, may find it lost.

Should a descriptor be closed all the same (by the application, say, with ``pgconn.finish()``), then the
next connection with that number takes it off the loop: forget_stale().
"""

from __future__ import annotations

from typing import Any
from weakref import WeakSet

from motorish.drivers.postgres.readiness import release_fd
from motorish.green.stream import GreenStream
from motorish.hub import Hub


class KeptStream(GreenStream):
    """
    A connection has its own as ``_kept_stream``, which says nothing when `Hub.streams` has another one.
    """


_kept: WeakSet[KeptStream] = WeakSet()


def stream_of(connection: Any, hub: Hub, fd: int) -> GreenStream:
    """
    What a child of *hub* waits on for the connection's descriptor; kept until let_go().

    While a listener waits for the same descriptor, it may be the listener's.
    """
    there: GreenStream | None = hub.streams.get(fd)
    if there is not None and there is connection._kept_stream:
        return there
    let_go(connection)
    forget_stale(hub, fd)
    there = hub.streams.get(fd)
    if there is None:
        there = connection._kept_stream = KeptStream(hub, fd)
        _kept.add(there)
    return there


def forget_stale(hub: Hub, fd: int) -> None:
    """
    Before a connection waits for the first time: what is kept of its descriptor is not its own.
    """
    there = hub.streams.get(fd)
    if type(there) is KeptStream:
        there.forget()


def let_go(connection: Any) -> None:
    """
    Take the connection's descriptor off the loop, wherever that runs; who waits for it wakes up.
    """
    stream, connection._kept_stream = connection._kept_stream, None
    if stream is not None:
        _release(stream)


def let_go_of_all() -> None:
    """
    let_go() of each connection, for nobody will any more.
    """
    for stream in list(_kept):
        _release(stream)


def _release(stream: GreenStream) -> None:
    if stream.hub.streams.get(stream.fd) is stream:
        release_fd(stream.hub, stream.fd)
