"""
Locks, queues and the like that a package made with the stock modules before it was patched.

What is idle at that moment is replaced by its green equal; what is in use, or cannot be rebuilt, is
reported: a child that waits for it would stop the loop.
"""

from __future__ import annotations

import _thread
import concurrent.futures
import queue as stock_queue
import selectors
import socket as stock_socket
import subprocess
import sys
import threading as stock
from collections.abc import Callable
from types import BuiltinMethodType, MethodType
from typing import Any

from motorish.green import queue, threading

_KNOWN_REFERENCES = 3
"""To a replaced object, in shared(): from its tuple, the local variable, and getrefcount's argument."""


class InUse(Exception):
    """
    The object cannot be replaced; the message says why.
    """


class MadeBefore:
    """
    The replacements of one pass: the same stock lock has the same green one wherever it is met.
    """

    def __init__(self) -> None:
        self._made: dict[int, tuple[Any, Any, str]] = {}  # old, new, where
        self._shared: dict[int, tuple[Any, str]] = {}

    def replacement(self, where: str, value: Any) -> Any:
        """
        The green equal of a stock lock, queue, ...; *value* itself if it is none of these.

        Raises:
            InUse: it is one, and has to stay.
        """
        kind = type(value)
        if kind in (MethodType, BuiltinMethodType):
            owner = value.__self__
            new = owner if type(owner) not in _MAKERS else self.replacement(where, owner)
            return value if new is owner else getattr(new, value.__name__)
        known = self._made.get(id(value))
        if known is not None:
            return known[1]
        make = _MAKERS.get(kind)
        if make is not None:
            new = make(self, where, value)
            self._made[id(value)] = (value, new, where)
            return new
        if kind in _NEVER:
            raise InUse(f"is a {_name(value)} made before the patch")
        return value

    def shared(self) -> list[tuple[str, str]]:
        """
        After the pass: (where, what) of the replaced objects that something out of reach holds as well.

        There must not be two locks where there was one: put_back() is for another pass, which makes
        that undone.
        """
        conditions = [old for old, _, _ in self._made.values() if type(old) is stock.Condition]
        shared = {}
        for old, new, where in self._made.values():
            within = sum(
                held is old or getattr(held, "__self__", None) is old
                for condition in conditions
                for held in vars(condition).values()
            )
            if sys.getrefcount(old) - within > _KNOWN_REFERENCES + (old in conditions):
                shared[id(new)] = (old, where)
                if old in conditions and id(old._lock) in self._made:
                    lock = self._made[id(old._lock)]
                    shared[id(lock[1])] = (lock[0], lock[2])
        for old, new, where in self._made.values():
            if old in conditions and id(new._lock) in shared:
                shared[id(new)] = (old, where)
        self._shared = shared
        return [
            (where, f"is a {_name(old)} that is also held where the patch cannot reach")
            for old, where in shared.values()
        ]

    def put_back(self, where: str, value: Any) -> Any:
        """
        The stock object in whose place the shared *value* was put; else *value* itself.
        """
        if type(value) in (MethodType, BuiltinMethodType):
            owner = self.put_back(where, value.__self__)
            return value if owner is value.__self__ else getattr(owner, value.__name__)
        old = self._shared.get(id(value))
        return value if old is None else old[0]

    # How each is rebuilt.

    def _lock(self, where: str, old: Any) -> Any:
        if not old.acquire(blocking=False):
            raise InUse(f"is a {_name(old)} that is held just now")
        old.release()
        return threading.Lock() if type(old) is _thread.LockType else threading.RLock()

    def _condition(self, where: str, old: Any) -> Any:
        _check_idle(old)
        return threading.Condition(self.replacement(where, old._lock))

    def _event(self, where: str, old: Any) -> Any:
        _check_idle(old._cond)
        new = threading.Event()
        if old.is_set():
            new.set()
        return new

    def _semaphore(self, where: str, old: Any) -> Any:
        _check_idle(old._cond)
        if hasattr(old, "_initial_value"):
            new: Any = threading.BoundedSemaphore(old._initial_value)
        else:
            new = threading.Semaphore()
        new._value = old._value
        return new

    def _queue(self, where: str, old: Any) -> Any:
        for condition in (old.not_empty, old.not_full, old.all_tasks_done):
            _check_idle(condition)
        new = getattr(queue, type(old).__name__)(old.maxsize)
        new.queue.extend(old.queue)
        new.unfinished_tasks = old.unfinished_tasks
        return new

    def _simple_queue(self, where: str, old: Any) -> Any:
        new = queue.SimpleQueue()
        items = [old.get_nowait() for _ in range(old.qsize())]
        for item in items:  # its only way to show them; put_back() may be needed
            old.put(item)
            new.put(item)
        return new

    def _local(self, where: str, old: Any) -> Any:
        if vars(old) or stock.active_count() > 1:
            raise InUse("is a threading.local that may hold values of some thread already")
        return threading.local()


_LOCKS = (_thread.LockType, _thread.RLock, stock._RLock)

_MAKERS: dict[type, Callable[[MadeBefore, str, Any], Any]] = {
    **dict.fromkeys(_LOCKS, MadeBefore._lock),
    stock.Condition: MadeBefore._condition,
    stock.Event: MadeBefore._event,
    stock.Semaphore: MadeBefore._semaphore,
    stock.BoundedSemaphore: MadeBefore._semaphore,
    stock.local: MadeBefore._local,
    stock_queue.Queue: MadeBefore._queue,
    stock_queue.LifoQueue: MadeBefore._queue,
    stock_queue.PriorityQueue: MadeBefore._queue,
    stock_queue.SimpleQueue: MadeBefore._simple_queue,
}

_NEVER: tuple[type, ...] = (
    stock.Barrier,
    stock.Thread,
    stock.Timer,
    stock_socket.socket,
    concurrent.futures.ThreadPoolExecutor,
    selectors.DefaultSelector,
    subprocess.Popen,
)


def _check_idle(condition: Any) -> None:
    if condition._waiters:
        raise InUse(f"is a {_name(condition)} that a thread waits for just now")


def _name(value: Any) -> str:
    return f"{type(value).__module__}.{type(value).__qualname__}"
