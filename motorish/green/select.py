"""
Stands in for ``select``: select(), poll, epoll and kqueue park a child and block a thread.

Each asks the kernel first, without waiting; if nothing is ready, the child parks until the loop sees
one of the descriptors become so, and asks again.
"""

from __future__ import annotations

import itertools
import select as _stdlib
import sys
from collections.abc import Callable, Iterable
from time import monotonic
from typing import Any

from motorish.errors import BusyError
from motorish.green import _twin, outside
from motorish.green.stream import READ, WRITE, remaining, watch
from motorish.green.time import sleep
from motorish.hub import Child, Hub, current_child

globals().update(_twin.names_of(_stdlib))

_READABLE = _stdlib.POLLIN | _stdlib.POLLRDNORM
_WRITABLE = _stdlib.POLLOUT | _stdlib.POLLWRNORM
_LONGEST_SELECT_S = 9223372036.0  # longer waits, and NaN, are for the stdlib to refuse
_LONGEST_MS = 2**31 - 1
_EXCEPTIONAL_S = 0.05
"""How often, in seconds, we poll for what no event loop reports: out-of-band data, hang-ups alone."""
_FAIR_POLLS = 64
_polls = itertools.count(1)


def _be_fair(child: Child) -> None:
    # A call may ask again and again, and never wait: what it asks for is ready, or must not wait.  Now and
    # then it is others' turn on the loop, and the call sees whether it has been cancelled.
    if not child.raised:
        sleep(0)


def _once_ready(
    ask: Callable[[], Any],
    child: Child,
    interest: dict[int, int],
    timeout: float | None,
    *,
    slow: bool = False,
    inner: Iterable[int] = (),
) -> Any:
    # Runs on the child.  ask() polls without waiting and gives what the caller is to get.
    until = None if timeout is None else monotonic() + timeout
    while True:
        wait = remaining(until)
        if slow:
            wait = _EXCEPTIONAL_S if wait is None else min(wait, _EXCEPTIONAL_S)
        watch(child, interest, wait, inner)
        result = ask()
        ready = any(result) if isinstance(result, tuple) else result
        if ready or (until is not None and monotonic() >= until):
            return result


def _fileno(file: Any) -> int:
    return file if isinstance(file, int) else file.fileno()


def select(
    rlist: Iterable[Any], wlist: Iterable[Any], xlist: Iterable[Any], timeout: float | None = None, /
) -> tuple[list[Any], list[Any], list[Any]]:
    """
    As `select.select`.
    """
    child = current_child()
    if child is None:
        if timeout is None or timeout > 0:
            outside.before_io_wait("select.select()")
        return _stdlib.select(rlist, wlist, xlist, timeout)
    if not next(_polls) % _FAIR_POLLS:
        _be_fair(child)
    r, w, x = (files if type(files) is list else list(files) for files in (rlist, wlist, xlist))
    if timeout is not None and not 0 < timeout <= _LONGEST_SELECT_S:
        return _stdlib.select(r, w, x, timeout)  # does not wait, or raises
    result = _stdlib.select(r, w, x, 0)
    if any(result):
        return result
    lists = (list(r), list(w), list(x))  # what is put in from now on is not waited for
    interest: dict[int, int] = {}
    for files, mask in zip(lists, (READ, WRITE), strict=False):
        for file in files:
            interest[_fileno(file)] = interest.get(_fileno(file), 0) | mask
    return _once_ready(  # type: ignore[no-any-return]
        lambda: _stdlib.select(*lists, 0),
        child,
        interest,
        timeout,
        slow=bool(lists[2]),
        inner=map(_fileno, lists[2]),
    )


class poll:
    """
    As `select.poll`.
    """

    def __init__(self) -> None:
        self._poll = _stdlib.poll()
        self._masks: dict[int, int] = {}

    def register(
        self, fd: Any, eventmask: int = _stdlib.POLLIN | _stdlib.POLLPRI | _stdlib.POLLOUT, /
    ) -> None:
        self._poll.register(fd, eventmask)
        self._masks[fd if isinstance(fd, int) else fd.fileno()] = eventmask

    def modify(self, fd: Any, eventmask: int, /) -> None:
        self._poll.modify(fd, eventmask)
        self._masks[_fileno(fd)] = eventmask

    def unregister(self, fd: Any, /) -> None:
        self._poll.unregister(fd)
        del self._masks[_fileno(fd)]

    def poll(self, timeout: float | None = None, /) -> list[tuple[int, int]]:
        """
        As ``poll.poll``; *timeout* is in milliseconds.
        """
        child = current_child()
        if child is not None and not next(_polls) % _FAIR_POLLS:
            _be_fair(child)
        waits = timeout is None or timeout < 0 or 0 < timeout <= _LONGEST_MS
        if child is None or not waits:
            if waits:
                outside.before_io_wait("select.poll()")
            return self._poll.poll(timeout)
        result = self._poll.poll(0)
        if result:
            return result
        interest: dict[int, int] = {}
        slow = False
        for fd, mask in self._masks.items():
            wanted = (READ if mask & _READABLE else 0) | (WRITE if mask & _WRITABLE else 0)
            if wanted:
                interest[fd] = wanted
            slow = slow or not wanted or bool(mask & _stdlib.POLLPRI and not mask & _READABLE)
        seconds = None if timeout is None or timeout < 0 else timeout / 1000
        return _once_ready(  # type: ignore[no-any-return]
            lambda: self._poll.poll(0), child, interest, seconds, slow=slow, inner=self._masks
        )


class _KernelQueue:
    """
    epoll and kqueue: one descriptor that is readable when it has events.
    """

    _queue: Any
    _fds: set[int]

    def _hold(self, queue: Any) -> None:
        self._queue = queue
        self._fds = set()
        self._waiting: list[Hub] = []  # that of each child that waits

    def fileno(self) -> int:
        return self._queue.fileno()  # type: ignore[no-any-return]

    def close(self) -> None:
        """
        As ``close()``; a loop on which a child waits lets go of the descriptor first.
        """
        queue = self._queue
        stream = self._waiting[0].streams.get(queue.fileno()) if self._waiting and not queue.closed else None
        if stream is not None and stream.gone:
            stream = None
        if stream is not None and stream.elsewhere:
            self._queue = type(queue)()
            self._queue.close()
            stream.hand_over(queue.close)
            return
        if stream is not None:
            stream.forget()
        queue.close()

    def spare(self, fd: int) -> None:
        """
        Let an abort of a call that waits here not close *fd*: through a wake-up pipe comes nobody's reply.
        """
        self._fds.discard(fd)

    @property
    def closed(self) -> bool:
        return self._queue.closed  # type: ignore[no-any-return]

    def _ask(self, what: str, timeout: float | None, ask: Callable[[float | None], Any]) -> Any:
        child = current_child()
        if child is not None and not next(_polls) % _FAIR_POLLS:
            _be_fair(child)
        waits = timeout is None or timeout < 0 or 0 < timeout * 1000 <= _LONGEST_MS
        if child is None or not waits:
            if waits:
                outside.before_io_wait(what)
            return ask(timeout)
        result = ask(0)
        if result:
            return result
        seconds = None if timeout is None or timeout < 0 else timeout
        if self._waiting and self._waiting[0] is not child.hub:
            raise BusyError(
                f"{what} waits on {self._waiting[0].loop!r}; it cannot on {child.hub.loop!r} meanwhile"
            )
        self._waiting.append(child.hub)
        try:
            return _once_ready(lambda: ask(0), child, {self.fileno(): READ}, seconds, inner=self._fds)
        finally:
            self._waiting.pop()


if hasattr(_stdlib, "epoll"):

    class epoll(_KernelQueue):
        """
        As `select.epoll`.
        """

        def __init__(self, sizehint: int = -1, flags: int = 0) -> None:
            self._hold(_stdlib.epoll(sizehint, flags))

        @classmethod
        def fromfd(cls, fd: int, /) -> epoll:
            """
            As ``epoll.fromfd``.
            """
            self = cls.__new__(cls)
            self._hold(_stdlib.epoll.fromfd(fd))
            return self

        def __enter__(self) -> epoll:
            self._queue.__enter__()
            return self

        def __exit__(self, *exc_info: object) -> None:
            self.close()

        def register(
            self, fd: Any, eventmask: int = _stdlib.EPOLLIN | _stdlib.EPOLLPRI | _stdlib.EPOLLOUT
        ) -> None:
            self._queue.register(fd, eventmask)
            self._fds.add(_fileno(fd))

        def modify(self, fd: Any, eventmask: int) -> None:
            self._queue.modify(fd, eventmask)

        def unregister(self, fd: Any) -> None:
            self._queue.unregister(fd)
            self._fds.discard(_fileno(fd))

        def poll(self, timeout: float | None = None, maxevents: int = -1) -> list[tuple[int, int]]:
            """
            As ``epoll.poll``; *timeout* is in seconds.
            """
            return self._ask("select.epoll.poll()", timeout, lambda wait: self._queue.poll(wait, maxevents))  # type: ignore[no-any-return]


if sys.platform != "linux":

    class kqueue(_KernelQueue):
        """
        As `select.kqueue`.
        """

        def __init__(self) -> None:
            self._hold(_stdlib.kqueue())

        def control(self, changelist: Any, max_events: int, timeout: float | None = None, /) -> list[Any]:
            """
            As ``kqueue.control``; *timeout* is in seconds.
            """
            if changelist:
                changelist = list(changelist)
                self._queue.control(changelist, 0)
                self._fds.update(event.ident for event in changelist)
            return self._ask(  # type: ignore[no-any-return]
                "select.kqueue.control()", timeout, lambda wait: self._queue.control(None, max_events, wait)
            )


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)
