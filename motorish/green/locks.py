"""
Lock: parks a child and blocks a thread, on the same object; and what all others are made of.

A release may come from a child of any loop or from any thread.  The lock itself is a stock lock that is
only ever tried, never waited for; who must wait queues a `Waiter`, tries once more, and waits on that.
A release wakes the first waiter, which tries again: nobody owns the lock by being woken.  Only one that
was woken before and lost the race is handed the lock itself: a call that takes it again and again
without a wait in between would starve it.

A wake-up that reaches a waiter which can no longer use it (aborted, timed out) is passed on.  Drivers do
not expect ``with lock:`` to fail where they clean up.  So an abort ends a wait for a lock only when the
lock was not to be had for `PATIENCE_S`, and an aborted call may still take one, for `UNWIND_LOCK_S`;
re-acquiring after ``Condition.wait``, and the `Mutex` inside of the other primitives, are not interrupted.
"""

from __future__ import annotations

import threading as _stdlib
from _thread import allocate_lock
from _thread import get_ident as _thread_ident
from time import monotonic, sleep
from types import TracebackType
from typing import Any

from greenlet import getcurrent

from motorish.green import outside
from motorish.green.stream import remaining
from motorish.hub import Child, park, resume, running_loop

PATIENCE_S = 0.02
"""How long, in seconds, a wait for a lock is neither interrupted nor refused: most are free in no time."""

UNWIND_LOCK_S = 1.0
"""How long, in seconds, an aborted call may still wait for a mutex that its clean-up needs."""


def get_ident() -> int:
    """
    As `threading.get_ident`: of the call inside a child, of the thread elsewhere.
    """
    current = getcurrent()
    return current.ident if type(current) is Child else _thread_ident()


class Waiter:
    """
    One child or thread that waits to be woken, once, from anywhere.
    """

    __slots__ = ("_block", "_child", "heir", "owns", "woken")

    def __init__(self, *, heir: bool = False) -> None:
        current = getcurrent()
        self.heir = heir
        self.owns = self.woken = False
        self._child: Child | None = None
        self._block: Any = None
        if type(current) is Child:
            self._child = current
        else:
            self._block = allocate_lock()
            self._block.acquire()

    def wait(self, timeout: float | None, *, shield: bool = False) -> bool:
        """
        Wait, *timeout* seconds at the most.

        Returns:
            Whether wake() came in time.
        """
        if self._block is not None:
            self._block.acquire(True, -1 if timeout is None else min(timeout, _stdlib.TIMEOUT_MAX))
        elif not self.woken:
            assert self._child is not None
            park(self._child, timeout, shield=shield)
        return self.woken

    @property
    def is_child(self) -> bool:
        """
        Whether it is a child, not a thread.
        """
        return self._child is not None

    def disarm(self) -> None:
        """
        Let a late wake-up resume nothing: the child may be in another wait by then.
        """
        self._child = None

    def can_wake(self) -> bool:
        """
        Whether it would go on at once: a child of a loop that stands still would not.
        """
        child = self._child
        return child is None or child.hub.loop.is_running()

    def release(self) -> None:
        """
        Wake the waiter.  Never switches: the child goes on from the loop.
        """
        self.woken = True
        child = self._child
        if self._block is not None:
            self._block.release()
        elif child is not None:
            loop = child.hub.loop
            try:
                if running_loop() is loop:
                    loop.call_soon(self._resume)
                else:
                    loop.call_soon_threadsafe(self._resume)
            except RuntimeError:
                pass  # the loop is closed, and has ended the child

    def _resume(self) -> None:
        child, self._child = self._child, None
        if child is not None and child.parked:
            resume(child)


class Lock:
    """
    As `threading.Lock`.
    """

    __slots__ = ("__weakref__", "_block", "_waiters")

    def __init__(self) -> None:
        self._block = allocate_lock()
        self._waiters: list[Waiter] = []

    def __repr__(self) -> str:
        state = "locked" if self._block.locked() else "unlocked"
        return f"<{state} {type(self).__module__}.{type(self).__qualname__} object at {id(self):#x}>"

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if timeout != -1:
            check_timeout(blocking, timeout)
        if self._block.acquire(False):
            return True
        if not blocking or timeout == 0:
            return False
        return self._acquire(None if timeout == -1 else timeout)

    def __enter__(self) -> bool:
        if self._block.acquire(False):
            return True
        return self._acquire(None)

    def release(self) -> None:
        if not self._waiters or not self._hand_over():
            self._block.release()
            if self._waiters:
                self._wake_next()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._waiters or not self._hand_over():
            self._block.release()
            if self._waiters:
                self._wake_next()

    def locked(self) -> bool:
        return self._block.locked()

    acquire_lock, release_lock, locked_lock = acquire, release, locked

    def _at_fork_reinit(self) -> None:
        self._block = allocate_lock()
        self._waiters = []

    def _acquire(self, timeout: float | None, *, shield: bool = False) -> bool:
        current = getcurrent()
        if not shield and type(current) is Child and current.raised:
            # The call unwinds: its driver's clean-up may take a mutex, but not wait for ever.
            if self._queue_up(UNWIND_LOCK_S if timeout is None else min(timeout, UNWIND_LOCK_S), True):
                return True
            raise current.abort_error()
        return self._queue_up(timeout, shield)

    def _queue_up(self, timeout: float | None, shield: bool) -> bool:
        until = None if timeout is None else monotonic() + timeout
        heir = False
        while True:
            waiter = Waiter(heir=heir)
            if heir:
                self._waiters.insert(0, waiter)
            else:
                self._waiters.append(waiter)
            try:
                acquired = self._block.acquire(False)
                if not acquired:
                    self._wait_turn(waiter, until, shield)
            except BaseException:
                if self._leave(waiter):
                    self.release() if waiter.owns else self._wake_next()
                raise
            heir = self._leave(waiter)
            if acquired or waiter.owns or self._block.acquire(False):
                return True
            if until is not None and monotonic() >= until:
                return False

    def _wait_turn(self, waiter: Waiter, until: float | None, shield: bool) -> None:
        left = remaining(until)
        if not shield:
            if waiter.wait(PATIENCE_S if left is None else min(left, PATIENCE_S), shield=True):
                return
            left = remaining(until)
            if left == 0.0:
                return
            if type(getcurrent()) is not Child:
                outside.before_lock_wait("acquiring a lock")
        waiter.wait(left, shield=shield)

    def _leave(self, waiter: Waiter) -> bool:
        # Take the waiter off the queue, if it was not taken off to be woken (and perhaps given the lock).
        waiter.disarm()
        try:
            self._waiters.remove(waiter)
        except ValueError:
            while not waiter.woken:
                sleep(0)  # another thread is about to
            return True
        return False

    def _hand_over(self) -> bool:
        # Instead of a release.  Whoever removes the heir from the queue, alone decides what it gets.
        try:
            heir = self._waiters[0]
            if not heir.heir or not heir.can_wake() or not self._block.locked():
                return False
            self._waiters.remove(heir)
        except (IndexError, ValueError):
            return False
        heir.owns = True
        heir.release()
        return True

    def _wake_next(self) -> None:
        # And those before it whose loops stand still: they try again when these run.
        awake = False
        while not awake and not self._block.locked():
            try:
                waiter = self._waiters.pop(0)
            except IndexError:
                return
            awake = waiter.can_wake()
            waiter.release()


class Mutex(Lock):
    """
    Inside of other primitives, which hold it for microseconds only and never while they wait.
    """

    __slots__ = ()

    def _acquire(self, timeout: float | None, *, shield: bool = False) -> bool:
        return self._queue_up(timeout, True)


def check_timeout(blocking: bool, timeout: float) -> None:
    """
    Raise what the stdlib's locks raise for arguments that make no sense.
    """
    if not blocking and timeout != -1:
        raise ValueError("can't specify a timeout for a non-blocking call")
    if timeout < 0 and timeout != -1:
        raise ValueError("timeout value must be a non-negative number")
    if timeout > _stdlib.TIMEOUT_MAX:
        raise OverflowError("timeout value is too large")
