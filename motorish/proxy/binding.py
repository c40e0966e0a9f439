"""
Which event loop an object belongs to: that of its first use, until that loop is closed.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Callable
from typing import Any

from tornado.ioloop import IOLoop

from motorish.errors import ForeignLoopError
from motorish.hub import running_loop


class LoopBinding:
    """
    Shared by a client and all that comes from it; calls compare its `loop` with the running one.

    Args:
        owner: what error messages call the object.
        restart: called when a new loop takes the place of one that was closed; must not block.
        io_loop: the loop to belong to from the start, or None for that of the first use.

    Raises:
        TypeError: *io_loop* is no event loop.

    Attributes:
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
        self.loop: AbstractEventLoop | None = None
        self.cleanup: Callable[[], Callable[[], Any] | None] | None = None
        if isinstance(io_loop, AbstractEventLoop):
            self.loop = io_loop
        elif io_loop is not None:
            self.loop = getattr(io_loop, "asyncio_loop", None)
            if self.loop is None or not isinstance(io_loop, IOLoop):
                raise TypeError(
                    f"io_loop must be a tornado.ioloop.IOLoop or an asyncio loop, not {io_loop!r}"
                )
            self._io_loop = io_loop

    def bind(self) -> None:
        """
        Belong to the running loop, if that is possible.  Where none runs, spawn() will say so.

        Raises:
            ForeignLoopError: it belongs to another loop, which is not closed.
        """
        running = running_loop()
        if running is None or running is self.loop:
            return
        if self.loop is not None:
            if not self.loop.is_closed():
                raise ForeignLoopError(
                    f"this {self._owner} belongs to {self.loop!r}, the loop of its first use, and "
                    f"cannot be used on {running!r}. Make one {self._owner} for each event loop, or "
                    "close the first loop before a second one takes over."
                )
            self._restart()
        self.loop = running
        self._io_loop = None

    def get_io_loop(self) -> IOLoop:
        """
        The Tornado loop it belongs to; before the first use, the current one (which binds nothing).
        """
        if self._io_loop is None and self.loop in (None, running_loop()):
            io_loop = IOLoop.current()
            if self.loop is None:
                return io_loop
            self._io_loop = io_loop
        if self._io_loop is None:
            # Bound, but asked for where another loop runs or none does: Tornado's own table knows.
            assert self.loop is not None
            known = IOLoop._ioloop_for_asyncio.get(self.loop)
            self._io_loop = known or IOLoop(asyncio_loop=self.loop, make_current=False)
        return self._io_loop
