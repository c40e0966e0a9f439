"""
The thread engine: what cannot wait in green runs in a worker thread, and a child parks until it is done.

So everything that holds for calls in children holds for these too: futures and callbacks, deadlines,
contextvars, scopes.  Only an abort is weaker: a thread cannot be stopped from outside.
"""

from __future__ import annotations

import logging
import threading
import weakref
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import SimpleQueue
from typing import Any, Protocol

from greenlet import getcurrent

from motorish.green.locks import Waiter
from motorish.green.threading import BoundedSemaphore

MAX_THREADS = 64
"""Worker threads there are at most, in the process; further work waits for its turn."""

log = logging.getLogger("motorish.threads")

_free_threads = BoundedSemaphore(MAX_THREADS)


class Runner(Protocol):
    """
    What runs a driver's functions for a child.
    """

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        Call *function* and return what it returns.
        """

    def end(self) -> None:
        """
        It is not needed any more.
        """


class Direct:
    """
    The greenlet engine's runner: a function that waits in green needs no more than to be called.
    """

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    def end(self) -> None: ...


class Worker:
    """
    A thread that runs one function after another, in the order in which they were asked for.

    The thread is started by the first one, and is the same for all: drivers that tie an object to its
    thread (sqlite3) have one worker for each object.

    Args:
        name: of the thread.
        interrupt: makes the function that is running return soon; called when its call is aborted.
    """

    def __init__(self, name: str, interrupt: Callable[[], object] | None = None) -> None:
        self.interrupt = interrupt
        self._name = name
        self._work: SimpleQueue[_Job | None] = SimpleQueue()
        self._thread: threading.Thread | None = None
        self._finalizer = weakref.finalize(self, self._work.put, None)
        self._finalizer.atexit = False

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        Run *function* in the thread and wait until it is done, a child parked, a thread blocked.

        When the call is aborted, a function that has not begun never will.  One that runs is
        interrupted, if that is possible, and waited for; else it goes on in its thread, which the log
        and a note on the exception say, and what is asked for next waits until it is done.

        Raises:
            BaseException: whatever *function* raises; the call was aborted.
        """
        if self._thread is None:
            self._start()
        job = _Job(function, args, kwargs)
        self._work.put(job)
        try:
            job.waiter.wait(None)
        except BaseException as error:
            self._give_up(job, error)
        finally:
            job.waiter.disarm()
        return job.outcome()

    def end(self) -> None:
        """
        Let the thread end when it has done what it was asked for.
        """
        self._finalizer()

    def _start(self) -> None:
        _free_threads.acquire()
        # Must not keep the worker alive: its finaliser ends the thread.
        self._thread = threading.Thread(
            target=_work_through, args=(self._work,), name=self._name, daemon=True
        )
        self._thread.start()

    def _give_up(self, job: _Job, error: BaseException) -> None:
        # Returns if the function is done after all.
        if job.drop():
            raise error
        if self.interrupt is None:
            note = (
                f"{job.function!r} cannot be interrupted: it goes on in the thread {self._name!r}, "
                "and what is asked of the same object next waits until it is done"
            )
            error.add_note(note)
            log.warning("a call was aborted, but %s", note)
            raise error
        self.interrupt()
        job.waiter.wait(None, shield=True)
        if job.error is not None:
            raise error from job.error


class _Job:
    __slots__ = ("_context", "_state", "args", "error", "function", "kwargs", "result", "waiter")

    def __init__(self, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.function, self.args, self.kwargs = function, args, kwargs
        self.waiter = Waiter()
        self.result: Any = None
        self.error: BaseException | None = None
        # A child's own, not a copy: what enters a context manager and what leaves it share one.
        self._context: Context = getcurrent().gr_context or copy_context()
        self._state = threading.Lock()  # held by whoever decides first: the thread to run it, or drop()

    def drop(self) -> bool:
        """
        Say whether the function had not begun; then it never will.
        """
        return self._state.acquire(blocking=False)

    def work(self) -> None:
        """
        Run the function, unless it was dropped.  Runs in the thread.
        """
        if not self._state.acquire(blocking=False):
            return
        try:
            self.result = self._context.run(self.function, *self.args, **self.kwargs)
        except BaseException as error:
            self.error = error
        self.waiter.release()

    def outcome(self) -> Any:
        """
        What the function returned or raised.
        """
        try:
            if self.error is not None:
                raise self.error
            return self.result
        finally:
            self.error = None  # it refers to this frame


def _work_through(work: SimpleQueue[_Job | None]) -> None:
    try:
        while (job := work.get()) is not None:
            job.work()
            del job
    finally:
        _free_threads.release()
