"""
Stands in for ``queue``: the stdlib's queues over green locks.
"""

from __future__ import annotations

import queue as _stdlib
from collections import deque
from typing import Any

from motorish.green import _twin
from motorish.green.conditions import Condition
from motorish.green.locks import Mutex
from motorish.green.threading import Semaphore

globals().update(_twin.names_of(_stdlib))


class Queue(_stdlib.Queue[Any]):
    """
    As `queue.Queue`.
    """

    def __init__(self, maxsize: int = 0) -> None:
        super().__init__(maxsize)
        self.mutex: Any = Mutex()
        self.not_empty = Condition(self.mutex)
        self.not_full = Condition(self.mutex)
        self.all_tasks_done = Condition(self.mutex)

    # Raising what this module has under the names Empty and Full, should a test put something else there.
    get = _twin.over(_stdlib.Queue.get, globals())
    put = _twin.over(_stdlib.Queue.put, globals())


class PriorityQueue(Queue, _stdlib.PriorityQueue[Any]):
    """
    As `queue.PriorityQueue`.
    """


class LifoQueue(Queue, _stdlib.LifoQueue[Any]):
    """
    As `queue.LifoQueue`.
    """


class _PySimpleQueue(_stdlib._PySimpleQueue):  # type: ignore[name-defined, misc]
    def __init__(self) -> None:
        self._queue: deque[Any] = deque()
        self._count = Semaphore(0)


class SimpleQueue(_PySimpleQueue):
    """
    As `queue.SimpleQueue`.
    """

    def get(self, block: bool = True, timeout: float | None = None) -> Any:
        return super().get(block, timeout if block else None)  # in C it does not look at the other's timeout


def __getattr__(name: str) -> Any:
    return getattr(_stdlib, name)
