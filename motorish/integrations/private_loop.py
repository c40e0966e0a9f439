"""
One event loop in one private thread, to which other threads give coroutines and wait for the results.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import threading
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine
from concurrent.futures import Future, wait
from contextvars import Context
from typing import Any, Generic, TypeVar

from motorish.calls import await_
from motorish.errors import UsageError
from motorish.hub import current_child, running_loop

T = TypeVar("T")

EXIT_S = 1.0
"""How long, in seconds, the end of the process waits at most for the loop to be closed."""


class _Call(Generic[T]):
    """
    A coroutine that another thread waits for.  Its methods run on the loop.
    """

    def __init__(
        self, loop: AbstractEventLoop, function: Callable[[], Coroutine[Any, Any, T]], context: Context
    ) -> None:
        self._loop = loop
        self._function = function
        self._context = context
        self._task: asyncio.Task[T] | None = None
        self.outcome: Future[T] = Future()
        self.outcome.set_running_or_notify_cancel()  # only the task's own end ends it

    def start(self) -> None:
        self._task = self._loop.create_task(self._function(), context=self._context)
        self._task.add_done_callback(self._hand_over)

    def cancel(self) -> None:
        if self._task is not None:
            self._task.cancel()

    def _hand_over(self, task: asyncio.Task[T]) -> None:
        self._task = None
        if task.cancelled():
            self.outcome.set_exception(asyncio.CancelledError("the call was cancelled"))
        elif (error := task.exception()) is not None:
            self.outcome.set_exception(error)
        else:
            self.outcome.set_result(task.result())


class PrivateLoop:
    """
    An event loop that runs in a daemon thread until `close`.
    """

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self._closing = False
        self._thread = threading.Thread(target=self._run, name="motorish-resynchronize", daemon=True)
        self._thread.start()

    def call(self, function: Callable[[], Coroutine[Any, Any, T]], context: Context) -> T:
        """
        Run a coroutine function on the loop, in *context*, and wait for its outcome.

        Where the wait is interrupted (Ctrl-C), the coroutine is cancelled, and has ended when the
        exception goes on; a child greenlet that is cancelled does not wait for that.

        Raises:
            UsageError: an event loop runs in this thread, and would stand still.
            BaseException: whatever the coroutine raises.
        """
        child = current_child()
        if child is not None and child.hub.loop is self.loop:  # a plain function that a driver calls back
            return await_(self.loop.create_task(function(), context=context))
        if child is None and (running := running_loop()) is not None:
            raise UsageError(
                f"a resynchronized call would block this thread's event loop, {running!r}: here, use the "
                "asynchronous object itself and await it, or make the call in another thread "
                "(asyncio.to_thread)"
            )
        ordered = _Call(self.loop, function, context)
        outcome = ordered.outcome
        try:
            self.loop.call_soon_threadsafe(ordered.start)
            return outcome.result() if child is None else await_(asyncio.wrap_future(outcome))
        except BaseException:
            if not outcome.done():
                self.loop.call_soon_threadsafe(ordered.cancel)
                if child is None:
                    wait([outcome])  # until the driver has cleaned up
            raise
        finally:
            del ordered, outcome  # an exception refers to this frame: no cycle

    def close(self) -> None:
        """
        Cancel what runs and close the loop; returns after `EXIT_S` even if that takes longer.
        """
        self._closing = True
        self.loop.call_soon_threadsafe(self.loop.stop)
        self._thread.join(EXIT_S)

    def _run(self) -> None:
        # The private thread.
        while not self._closing:
            try:
                self.loop.run_forever()
            except (KeyboardInterrupt, SystemExit):
                pass  # of a function that a driver called back: its caller gets it, the loop goes on
        tasks = asyncio.all_tasks(self.loop)
        for task in tasks:
            task.cancel()
        if tasks:
            self.loop.run_until_complete(asyncio.wait(tasks, timeout=EXIT_S / 2))
        self.loop.run_until_complete(self.loop.shutdown_asyncgens())
        self.loop.close()


_lock = threading.Lock()
_private_loop: PrivateLoop | None = None


def private_loop() -> PrivateLoop:
    """
    The process's private loop; the first call starts it.
    """
    global _private_loop
    with _lock:
        if _private_loop is None:
            _private_loop = PrivateLoop()
            atexit.register(_private_loop.close)
        return _private_loop


def _after_fork() -> None:
    # The thread is the parent's.
    global _lock, _private_loop
    _lock = threading.Lock()
    if _private_loop is not None:
        atexit.unregister(_private_loop.close)
        _private_loop = None


os.register_at_fork(after_in_child=_after_fork)
