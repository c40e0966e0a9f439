"""
GreenStream: one file descriptor on one event loop, as a Tornado IOStream that wakes parked children.

The only file that touches IOStream's private names (``_state``, ``_add_io_state``, ``_handle_events``;
``tests/green/test_stream.py`` guards them).  What IOStream is used for: its registration on the IOLoop,
its close handling, and its event handler as the place that switches back.  Its read and write buffers
are not: a green socket makes the system call itself first, so that nothing is read ahead, a timed-out
``recv`` loses nothing, and ``select``, ``poll`` and MSG_PEEK see what they should.

`Hub.streams` is the one table of all registrations, fd -> stream.  Sockets keep their stream, and the READ
registration stays between calls (no ``epoll_ctl`` per wait); it is dropped when an event finds nobody
waiting.  File descriptors without a green socket (a driver's own, an epoll's) are on the loop only while
somebody waits: their owner may close them behind our back, unless a subclass sees to that.
"""

from __future__ import annotations

import os
import select
import weakref
from collections.abc import Callable, Iterable, Mapping
from time import monotonic
from typing import Any

from tornado.ioloop import IOLoop
from tornado.iostream import BaseIOStream

from motorish.errors import BusyError
from motorish.hub import Child, Hub, current_child, park, resume, running_loop

READ: int = IOLoop.READ
WRITE: int = IOLoop.WRITE

sockets: weakref.WeakValueDictionary[int, Any] = weakref.WeakValueDictionary()
"""The green sockets by the descriptor that they were made with; some may be closed by now."""


class Watch:
    """
    One child that waits for any of several file descriptors.
    """

    __slots__ = ("child",)

    def __init__(self, child: Child) -> None:
        self.child: Child | None = child

    def wake(self) -> None:
        child, self.child = self.child, None
        if child is not None:
            resume(child)


class _File:
    """
    What ``IOLoop.close(all_fds=True)`` closes: the owner, which would else close a number used by others.
    """

    __slots__ = ("_stream",)

    def __init__(self, stream: GreenStream) -> None:
        self._stream = stream

    def fileno(self) -> int:
        return self._stream.fd

    def close(self) -> None:
        owner = self._stream.owner() if self._stream.owner is not None else None
        if owner is not None:
            owner.close_now()
        else:
            self._stream.forget()


class GreenStream(BaseIOStream):
    """
    Args:
        hub: the hub of the running loop.
        fd: a file descriptor that epoll takes, non-blocking in the kernel if it is to be read.
        owner: the green socket that closes *fd* through us, or None.

    Raises:
        BaseException: (on a child) the loop is being closed, and the call ended.
    """

    def __init__(self, hub: Hub, fd: int, owner: Any = None) -> None:
        if hub.closed:  # no loop runs here: Tornado would make a new one
            child = current_child()
            assert child is not None
            raise child.abort_error()
        super().__init__()  # binds to IOLoop.current()
        self.hub = hub
        self.fd = fd
        self.pid = os.getpid()
        self.reader: Child | None = None
        self.writer: Child | None = None
        self.watches: list[tuple[int, Watch]] = []
        self._put_off = self._served = 0  # events that are in the hub's queue; that were, in this round
        self.owner = weakref.ref(owner) if owner is not None else None
        self.closer: Callable[[], object] | None = None  # closes the descriptor, whose owner has let go of it
        hub.streams[fd] = self

    def fileno(self) -> Any:
        """
        What the IOLoop is to know the descriptor as: as IOStream does, an object that it can close.
        """
        return _File(self)

    def close_fd(self) -> None:
        if self.closer is not None:
            self.closer()

    def wait_readable(self, child: Child, timeout: float | None) -> bool:
        """
        Park until the descriptor is readable.  Runs on the child.

        Returns:
            False if *timeout* seconds passed first.

        Raises:
            BusyError: another call is already waiting to read.
        """
        if self.reader is not None:
            self.refuse_second(False)
        if self._state is None or not self._state & READ:
            self._listen(READ)
        self.reader = child
        try:
            return park(child, timeout)
        finally:
            self.reader = None

    def wait_writable(self, child: Child, timeout: float | None) -> bool:
        """
        Park until the descriptor is writable; the same as wait_readable() otherwise.
        """
        if self.writer is not None:
            self.refuse_second(True)
        self._listen(WRITE)
        self.writer = child
        try:
            return park(child, timeout)
        finally:
            self.writer = None

    def refuse_second(self, writing: bool) -> None:
        """
        Raises:
            BusyError: a child is already waiting to write, or to read.
        """
        if (self.writer if writing else self.reader) is not None:
            verb = "write to" if writing else "read from"
            raise BusyError(
                f"another call is already waiting to {verb} the socket with fd {self.fd}: a connection "
                "serves one call at a time. Use a connection (or a pool) per concurrent call."
            )

    def _handle_events(self, fd: Any, events: int) -> None:
        # An IOLoop callback, on the loop greenlet: once for READ, once for WRITE.
        if (self._put_off | self._served) & events:
            self._served &= ~events
            return
        hub = self.hub
        if hub.turn_is_over:
            self._put_off |= events
            hub.put_off(self, events)
            return
        began = monotonic()
        try:
            self._wake(events)  # looked up now: a forked process has made it another
        finally:
            spent_s = monotonic() - began
            hub.spent_s += spent_s
            if spent_s > hub.long_s or hub.spent_s > hub.turn_s:
                hub.end_turn()

    def serve(self, events: int) -> None:
        """
        Handle events that were put off.  Runs on the loop greenlet.
        """
        self._put_off &= ~events
        self._served = 0
        if not self.hub.polls_in_c:
            self._handle_events(None, events)
            self._served = events & READ  # of which the loop has asked epoll again meanwhile
        elif not events_now(self.fd, 0) & select.POLLERR:
            self._handle_events(None, events)
        else:
            self._drop(READ | WRITE)  # libuv tells of an error once, and has ended its watch
            self._handle_events(None, READ)
            self._handle_events(None, WRITE)

    def _wake(self, events: int) -> None:
        if events & READ:
            waiting, self.reader = self.reader, None
        else:
            waiting, self.writer = self.writer, None
            self._drop(WRITE)  # a socket is nearly always writable
        if self.watches:
            woken = [watch for mask, watch in self.watches if mask & events]
        elif waiting is not None:
            resume(waiting)
            return
        else:
            woken = []
        if waiting is None and not woken:
            self._drop(events)
        if waiting is not None:
            resume(waiting)
        for watch in woken:
            watch.wake()

    def _listen(self, events: int) -> None:
        before = self._state
        try:
            self._add_io_state(events)
        except BaseException:
            self._state = before  # somebody else has the descriptor on the loop: leave it there
            raise

    def _drop(self, events: int) -> None:
        if self._state is not None and self._state & events:
            self._state &= ~events
            self.io_loop.update_handler(self.fd, self._state)

    def forget(self) -> None:
        """
        Take the descriptor off the loop, before its owner closes it or, if that has handed it over, close it.

        Waiters wake and find out.  Runs on the loop's thread (or while the loop does not run).
        """
        if self.hub.streams.get(self.fd) is self:
            del self.hub.streams[self.fd]
        if self._state is not None:
            self._state = None
            if not self.gone:
                self.io_loop.remove_handler(self.fd)
        if self.busy and not self.gone:
            self.hub.loop.call_soon(self._wake_all)
        if self.closer is not None:
            self.close()

    @property
    def busy(self) -> bool:
        """
        Whether anybody waits.
        """
        return self.reader is not None or self.writer is not None or bool(self.watches)

    @property
    def gone(self) -> bool:
        """
        Whether there is no loop to take the descriptor off: it is closed, or the parent process has it.
        """
        return self.hub.loop.is_closed() or self.pid != os.getpid()

    @property
    def elsewhere(self) -> bool:
        """
        Whether the loop runs in another thread.
        """
        loop = self.hub.loop
        return loop.is_running() and running_loop() is not loop

    def hand_over(self, closer: Callable[[], object] | None) -> None:
        """
        Let the loop forget the descriptor, and close it then, from another thread or amid anything at all.

        No shutdown() meanwhile: that would end the connection for duplicates and forked processes too.
        """
        self.closer = closer
        try:
            self.hub.loop.call_soon_threadsafe(self.forget)
        except RuntimeError:  # the loop was closed this very moment
            self.forget()

    def _wake_all(self) -> None:
        # A loop callback.  Each that we resume may end the waits of others: look anew each time.
        reader, self.reader = self.reader, None
        if reader is not None:
            resume(reader)
        writer, self.writer = self.writer, None
        if writer is not None:
            resume(writer)
        for _, watch in list(self.watches):
            watch.wake()


def watch(
    child: Child, interest: Mapping[int, int], timeout: float | None, inner: Iterable[int] = ()
) -> bool:
    """
    Park until one of several descriptors is ready, as far as the loop can tell; poll them afterwards.

    Args:
        child: the current greenlet.
        interest: fd -> READ | WRITE.
        timeout: seconds, or None.
        inner: descriptors that are waited for through another (an epoll's).

    Returns:
        False if *timeout* passed first.

    Raises:
        BaseException: the call is being aborted; green sockets among the descriptors were closed.
    """
    hub = child.hub
    ours = Watch(child)
    watched: list[tuple[GreenStream, tuple[int, Watch]]] = []
    try:
        for fd, mask in interest.items():
            stream = _stream_of(hub, fd)
            entry = (mask, ours)
            stream.watches.append(entry)
            watched.append((stream, entry))
            for events in (READ, WRITE):
                if mask & events:
                    stream._listen(events)
        return park(child, timeout)
    except BaseException:
        if child.abort is not None:
            for fd in {*interest, *inner}:
                _poison(fd)
        raise
    finally:
        ours.child = None
        for stream, entry in watched:
            stream.watches.remove(entry)
            if stream.owner is None and not stream.busy:
                stream.forget()


def events_now(file: Any, mask: int) -> int:
    """
    What ``poll()`` says of a descriptor at this moment: those of *mask*, and errors.
    """
    poller = select.poll()
    poller.register(file, mask)
    return sum(events for _, events in poller.poll(0))


def _stream_of(hub: Hub, fd: int) -> GreenStream:
    # A green socket gets a stream of its own, which it takes off the loop when it is closed.
    sock = sockets.get(fd)
    if sock is None or sock.fileno() != fd:
        return hub.streams.get(fd) or GreenStream(hub, fd)
    stream: GreenStream | None = sock._stream
    return stream if stream is not None and stream.hub is hub else sock._attach(hub)


def _poison(fd: int) -> None:
    sock = sockets.get(fd)
    if sock is not None and sock.fileno() == fd:
        sock.poison()


def remaining(until: float | None) -> float | None:
    """
    Seconds from now to a time.monotonic() deadline, never negative; None for no deadline.
    """
    return None if until is None else max(0.0, until - monotonic())
