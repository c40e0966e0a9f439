"""
Lets signals interrupt the program and nothing else, wherever in the process they happen to arrive.

Python runs a signal handler in the main thread, between any two instructions: while the program waits in
its child, that is in the event loop or in another child (a monitor of a driver).  What the handler
raises there would end the loop or the monitor, and the program would wait on.  So while a program runs,
`signal.signal` wraps its handlers: for the one process that belongs to that program.
"""

from __future__ import annotations

import signal
from asyncio import AbstractEventLoop
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from greenlet import getcurrent

from motorish.hub import Child, interrupt

Handler = Callable[[int, FrameType | None], Any]

_stock_signal = signal.signal
_stock_getsignal = signal.getsignal


class ProgramSignals:
    """
    While entered, `signal.signal` and `signal.getsignal` know the program's handlers.

    Args:
        loop: runs the program's child, in the main thread.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self._loop = loop
        self._child: Child | None = None

    def __enter__(self) -> ProgramSignals:
        signal.signal = self._signal
        signal.getsignal = _getsignal
        signal.signal(signal.SIGINT, signal.getsignal(signal.SIGINT))
        return self

    def __exit__(self, *_: object) -> None:
        # Handlers stay: atexit functions and the last threads still run under them.
        signal.signal, signal.getsignal = _stock_signal, _stock_getsignal

    @contextmanager
    def interrupting_this_child(self) -> Iterator[None]:
        """
        What a handler raises appears in the current child, at its wait if it is parked.
        """
        child = getcurrent()
        assert type(child) is Child
        self._child = child
        try:
            yield
        finally:
            self._child = None

    def _signal(self, signalnum: int, handler: Any) -> Any:
        previous = _stock_signal(signalnum, self._wrap(handler) if callable(handler) else handler)
        return getattr(previous, "of_program", previous)

    def _wrap(self, handler: Handler) -> Handler:
        # Python calls this between two instructions of any greenlet of the main thread.
        def handle(signalnum: int, frame: FrameType | None) -> None:
            if self._child is None or self._child is getcurrent():
                handler(signalnum, frame)
            else:
                self._loop.call_soon_threadsafe(self._interrupt, handler, signalnum)

        handle.of_program = handler  # type: ignore[attr-defined]
        return handle

    def _interrupt(self, handler: Handler, signalnum: int) -> None:
        # On the loop greenlet: the program's child is parked, or its program has ended.
        child = self._child
        try:
            handler(signalnum, child.gr_frame if child is not None else None)
        except BaseException as error:
            if child is None:
                raise
            interrupt(child, error)


def _getsignal(signalnum: int) -> Any:
    handler = _stock_getsignal(signalnum)
    return getattr(handler, "of_program", handler)
