"""
Which event loop an object belongs to: that of its first use, until that loop is closed.
"""

from __future__ import annotations

import asyncio
import sys
from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop

from motorish.errors import ForeignLoopError
from motorish.green.fork import inherited
from motorish.hub import current_hub, running_loop, spawn

UNBOUND: Any = object()
"""The loop of what was not used yet.  Not None: that is the running loop where none runs."""


class LoopBinding:
    """
    Shared by a client and all that comes from it; calls compare its `loop` with the running one.

    A call may come before its loop runs, as in ``loop.run_until_complete(collection.drop())``.  It then
    waits for the object's loop, or else for the one that is set for this thread, as Motor's calls do.

    Args:
        owner: what error messages call the object.
        restart: called, in a child, when a new loop takes the place of one that was closed.
        io_loop: the loop to belong to from the start, or None for that of the first use.

    Raises:
        TypeError: *io_loop* is no event loop.

    Attributes:
        loop: the loop, or `UNBOUND`.
        cleanup: gives what remains to be done if a call of the caller's context is aborted; None as long
            as no context has anything to do with it.
    """

    __slots__ = ("_io_loop", "_owner", "_restart", "cleanup", "loop")

    def __init__(
        self,
        owner: str,
        restart: Callable[[], object],
        io_loop: IOLoop | AbstractEventLoop | None = None,
    ) -> None:
        self._owner = owner
        self._restart = restart
        self._io_loop: IOLoop | None = None
        self.loop: AbstractEventLoop = UNBOUND
        self.cleanup: Callable[[], Callable[[], Any] | None] | None = None
        if isinstance(io_loop, AbstractEventLoop):
            self.loop = io_loop
        elif io_loop is not None:
            loop = getattr(io_loop, "asyncio_loop", None)
            if loop is None or not isinstance(io_loop, IOLoop):
                raise TypeError(
                    f"io_loop must be a tornado.ioloop.IOLoop or an asyncio loop, not {io_loop!r}"
                )
            self.loop = loop
            self._io_loop = io_loop

    def bind(self) -> None:
        """
        Belong to the running loop; where none runs, to the one that will start the call.

        Raises:
            ForeignLoopError: it belongs to another loop, which is not closed.
            UsageError: no loop is running in this thread, and none is waiting to be run.
        """
        loop = running_loop() or self._stopped_loop()
        if loop is self.loop:
            return
        if self.loop in inherited:
            raise ForeignLoopError(
                f"this {self._owner} belongs to {self.loop!r} of the process from which this one was forked, "
                f"and cannot be used on {loop!r}: its connections are the other's. Make one {self._owner} in "
                "each process, after the fork."
            )
        restart = self.loop is not UNBOUND
        if restart and not self.loop.is_closed():
            raise ForeignLoopError(
                f"this {self._owner} belongs to {self.loop!r}, the loop of its first use, and "
                f"cannot be used on {loop!r}. Make one {self._owner} for each event loop, or "
                "close the first loop before a second one takes over."
            )
        self.loop = loop
        self._io_loop = None
        if restart:
            spawn(self._restart, stopped=loop)

    def _stopped_loop(self) -> AbstractEventLoop:
        loop: AbstractEventLoop | None = self.loop
        if loop is UNBOUND or self.loop.is_closed():
            loop = _set_loop()
        if loop is None or loop.is_closed() or loop.is_running():
            return current_hub().loop  # never: it raises the error that says what to do
        return loop

    def get_io_loop(self) -> IOLoop:
        """
        The Tornado loop it belongs to; before the first use, the current one (which binds nothing).
        """
        if self._io_loop is None and self.loop in (UNBOUND, running_loop()):
            io_loop = IOLoop.current()
            if self.loop is UNBOUND:
                return io_loop
            self._io_loop = io_loop
        if self._io_loop is None:
            # Bound, but asked for where another loop runs or none does: Tornado's own table knows.
            known = IOLoop._ioloop_for_asyncio.get(self.loop)
            self._io_loop = known or IOLoop(asyncio_loop=self.loop, make_current=False)
        return self._io_loop


def _set_loop() -> AbstractEventLoop | None:
    # What asyncio.set_event_loop() was given in this thread.  Until Python 3.14, get_event_loop() makes a
    # loop where there is none, and a call from plain synchronous code would wait for it for ever.
    if sys.version_info >= (3, 14):
        try:
            return asyncio.get_event_loop()
        except RuntimeError:
            return None
    policy = asyncio.get_event_loop_policy()
    return getattr(getattr(policy, "_local", None), "_loop", None)
