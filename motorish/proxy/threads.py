"""
The worker threads of the process, and what they do: one job after another.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextvars import Context, copy_context
from queue import Empty, SimpleQueue
from typing import Any

from greenlet import getcurrent

from motorish.green.locks import Waiter

MAX_THREADS = 64
"""Threads there are at most, in the process; more connections than that share them."""

IDLE_S = 10.0
"""After so many seconds without work and without a connection of its own, a thread ends."""


class Job:
    """
    A function to run in a thread; whoever makes it waits for it.
    """

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


class Thread:
    """
    One thread, and how many workers use it.
    """

    __slots__ = ("users", "work")

    def __init__(self) -> None:
        self.users = 0
        self.work: SimpleQueue[Job | None] = SimpleQueue()  # None: it has one user less


class Threads:
    """
    The threads that workers share out among themselves.

    Args:
        limit: how many there are at most.
        idle_s: after so many seconds without work and without a worker, one ends.
    """

    def __init__(self, limit: int = MAX_THREADS, idle_s: float = IDLE_S) -> None:
        self.all: list[Thread] = []
        self._limit, self._idle_s = limit, idle_s
        self._lock = threading.Lock()

    def take(self, thread: Thread | None = None) -> Thread:
        """
        A thread that has no worker, or a new one; if there may be no more, the one with the fewest workers.

        Args:
            thread: the one to take; it has a worker already.
        """
        with self._lock:
            if thread is not None:
                thread.users += 1
                return thread
            thread = min(self.all, key=lambda thread: thread.users, default=None)
            if thread is None or (thread.users and len(self.all) < self._limit):
                thread = Thread()
                self.all.append(thread)
                threading.Thread(
                    target=self._run, args=(thread,), name="motorish worker", daemon=True
                ).start()
            thread.users += 1
            return thread

    def _run(self, thread: Thread) -> None:
        while True:
            try:
                job = thread.work.get(timeout=self._idle_s)
            except Empty:
                with self._lock:
                    if not thread.users:
                        self.all.remove(thread)
                        return
                continue
            if job is not None:
                job.work()
                del job
            else:
                with self._lock:
                    thread.users -= 1
