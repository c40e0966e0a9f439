"""
The thread engine: what cannot wait in green runs in a worker thread, and a child parks until it is done.

So everything that holds for calls in children holds for these too: futures and callbacks, deadlines,
contextvars, turns.  Only an abort is weaker: a thread cannot be stopped from outside.
"""

from __future__ import annotations

import logging
import os
import threading
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from motorish.green.locks import Waiter
from motorish.proxy.threads import Job, Thread, Threads

INTERRUPT_S = 0.05
"""How often, in seconds, a call that is to end is interrupted: the first time it may just be starting."""

log = logging.getLogger("motorish.threads")


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

    @property
    def busy(self) -> bool:
        """
        Whether a function goes on although its call was given up.
        """


class Direct:
    """
    The greenlet engine's runner: a function that waits in green needs no more than to be called.
    """

    busy = False

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    def end(self) -> None: ...


class Worker:
    """
    Runs one function after another in one thread, in the order in which they were asked for.

    Drivers that tie an object to its thread (sqlite3) have one worker for each object.  The thread is
    taken at the first function.  It is shared with others only when there are `MAX_THREADS`.

    Args:
        interrupt: makes the function that is running return soon, or None; called when its call is aborted,
            in a thread of its own, again and again until it has returned.
        beside: another worker, whose thread this one is to use as well.
    """

    def __init__(
        self, interrupt: Callable[[], object] | None = None, *, beside: Worker | None = None
    ) -> None:
        self.interrupt = interrupt
        self._beside = beside
        self._thread: Thread | None = None
        self._job: Job | None = None
        self._finalizer: weakref.finalize[Any, Any] | None = None

    @property
    def busy(self) -> bool:
        """
        Whether a function goes on in the thread although its call was given up.
        """
        return self._job is not None and not self._job.waiter.woken

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        Run *function* in the thread and wait until it is done, a child parked, a thread blocked.

        When the call is aborted, a function that has not begun never will.  One that runs is
        interrupted, if that is possible, and waited for; else it goes on in its thread, which the log
        and a note on the exception say, and what is asked for next waits until it is done.

        Raises:
            BaseException: whatever *function* raises; the call was aborted.
        """
        job = Job(function, args, kwargs)
        self._take_thread().work.put(job)
        try:
            job.waiter.wait(None)
        except BaseException as error:
            self._give_up(job, error)
        finally:
            job.waiter.disarm()
        return job.outcome()

    def end(self) -> None:
        """
        Leave the thread to others, when it has done what it was asked for.
        """
        if self._finalizer is not None:
            self._finalizer()
        self._thread = self._finalizer = None

    def _take_thread(self) -> Thread:
        if self._thread is None:
            self._thread = _threads.take(None if self._beside is None else self._beside._take_thread())
            self._finalizer = weakref.finalize(self, self._thread.work.put, None)
            self._finalizer.atexit = False
        return self._thread

    def _give_up(self, job: Job, error: BaseException) -> None:
        # Returns if the function is done after all.
        if job.drop():
            raise error
        if self.interrupt is None:
            self._job = job
            note = (
                f"{job.function!r} cannot be interrupted: it goes on in its thread, and what is asked of "
                "the same object next waits until it is done"
            )
            error.add_note(note)
            log.warning("a call was given up, but %s", note)
            raise error
        while not job.waiter.woken:
            _call_in_thread(self.interrupt)
            job.waiter.wait(INTERRUPT_S, shield=True)
        if job.error is not None:
            raise error from job.error


class Crowd:
    """
    Runs several functions at once, each in a thread of its own; for objects that allow it.
    """

    busy = False

    def run(self, function: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
        """
        As `Worker.run`.
        """
        worker = Worker()
        try:
            return worker.run(function, *args, **kwargs)
        finally:
            worker.end()

    def end(self) -> None: ...


def _call_in_thread(interrupt: Callable[[], object]) -> None:
    # It may have to ask the server.  Not in one of the workers' threads: they may all be taken.
    done = Waiter()

    def work() -> None:
        try:
            interrupt()
        except Exception:
            log.exception("a call was given up, but interrupting it failed")
        finally:
            done.release()

    threading.Thread(target=work, name="motorish interrupt", daemon=True).start()
    try:
        while not done.wait(None, shield=True):  # the call's end may wake us as well
            pass
    finally:
        done.disarm()


_threads = Threads()


def _after_fork() -> None:
    # Threads do not survive it.
    global _threads
    _threads = Threads()


os.register_at_fork(after_in_child=_after_fork)
