"""
Whose turn it is: so many calls at once, first come, first served.

The green `Lock` and `Semaphore` are what drivers expect of locks: fast, and whoever comes at the right
moment may overtake those that wait.  Calls on a connection may not, and one that is cancelled while it
waits has to leave at once.
"""

from __future__ import annotations

import threading
from collections import deque
from types import TracebackType

from motorish.green.locks import Waiter
from motorish.hub import Child, current_child


class Turns:
    """
    Lets so many in at once; a context manager.

    Args:
        limit: how many; with more than one, `holder` says nothing.

    Attributes:
        holder: the child that is in, or None.
    """

    __slots__ = ("_free", "_mutex", "_waiting", "holder")

    def __init__(self, limit: int = 1) -> None:
        if limit < 1:
            raise ValueError(f"max_calls must be at least 1, not {limit!r}")
        self._free = limit
        self._mutex = threading.Lock()  # never held across a wait
        self._waiting: deque[Waiter] = deque()
        self.holder: Child | None = None

    @property
    def taken(self) -> bool:
        """
        Whether who comes now has to wait.
        """
        return not self._free

    def __enter__(self) -> None:
        with self._mutex:
            waiter = None
            if self._free:
                self._free -= 1
            else:
                waiter = Waiter()
                self._waiting.append(waiter)
        if waiter is not None:
            self._wait(waiter)
        self.holder = current_child()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.holder = None
        self._pass_on()

    def _wait(self, waiter: Waiter) -> None:
        try:
            while not waiter.wait(None):
                pass
        except BaseException:
            with self._mutex:
                waits = waiter in self._waiting
                if waits:
                    self._waiting.remove(waiter)
            if not waits:  # it was given the turn in the same moment
                self._pass_on()
            raise
        finally:
            waiter.disarm()

    def _pass_on(self) -> None:
        with self._mutex:
            waiter = self._waiting.popleft() if self._waiting else None
            if waiter is None:
                self._free += 1
        if waiter is not None:
            waiter.release()
