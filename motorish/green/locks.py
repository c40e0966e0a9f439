"""
Lock, RLock and Condition that park a child and block a thread, on the same object.

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
from collections.abc import Callable
from time import monotonic, sleep
from types import TracebackType
from typing import Any

from greenlet import GreenletExit, getcurrent

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


class RLock:
    """
    As `threading.RLock`; owned by the call inside a child, by the thread elsewhere.

    Calls of one `motorish.scope` are one owner only one after another: those that run at the same time
    exclude each other.
    """

    __slots__ = ("__weakref__", "_block", "_call", "_count", "_owner", "_serial")

    def __init__(self) -> None:
        self._block = Lock()
        self._owner: int | None = None
        self._call: Child | None = None  # that holds the lock, if it is one of a scope's ...
        self._serial = 0  # ... and has this number still
        self._count = 0

    def __repr__(self) -> str:
        state = "locked" if self._block.locked() else "unlocked"
        return (
            f"<{state} {type(self).__module__}.{type(self).__qualname__} "
            f"owner={self._owner or 0} count={self._count} at {id(self):#x}>"
        )

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if timeout != -1:
            check_timeout(blocking, timeout)
        if self._is_owned():
            self._count += 1
            return True
        acquired = self._block.acquire(blocking, timeout)
        if acquired:
            current = getcurrent()
            if type(current) is not Child:
                self._owner = _thread_ident()
            else:
                self._owner = current.ident
                if current.scope is not None:
                    self._call, self._serial = current, current.serial
            self._count = 1
        return acquired

    __enter__ = acquire

    def release(self) -> None:
        if not self._is_owned():
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = self._call = None
            self._block.release()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def locked(self) -> bool:
        return self._block.locked()

    def _at_fork_reinit(self) -> None:
        self._block._at_fork_reinit()
        self._owner = self._call = None
        self._count = 0

    # What Condition asks of its lock.

    def _is_owned(self) -> bool:
        if self._owner != get_ident():
            return False
        call = self._call
        if call is None or call is getcurrent():
            return True
        return call.serial != self._serial or call.future is None  # the scope's earlier call is over

    def _release_save(self) -> tuple[Any, ...]:
        if not self._count:
            raise RuntimeError("cannot release un-acquired lock")
        state = (self._count, self._owner, self._call, self._serial)
        self._count, self._owner, self._call = 0, None, None
        self._block.release()
        return state

    def _acquire_restore(self, state: tuple[Any, ...]) -> None:
        ended = _acquire_shielded(self._block)
        self._count, self._owner, self._call, self._serial = state
        if ended is not None:
            raise ended

    def _recursion_count(self) -> int:
        return self._count if self._is_owned() else 0


class Condition(_stdlib.Condition):
    """
    As `threading.Condition`.

    However a wait ends, the lock is held again afterwards; a notification that reached an aborted
    waiter goes to the next.
    """

    _lock: Any
    _waiters: Any
    _release_save: Callable[[], Any]
    _is_owned: Callable[[], bool]

    def __init__(self, lock: Any = None) -> None:
        green: Any = RLock() if lock is None else lock
        super().__init__(green)

    def _acquire_restore(self, _: object) -> None:
        # For locks without one of their own, that is all but RLock.
        if not isinstance(self._lock, Lock):
            self._lock.acquire()
        elif (ended := _acquire_shielded(self._lock)) is not None:
            raise ended

    def wait(self, timeout: float | None = None) -> bool:
        if not self._is_owned():
            raise RuntimeError("cannot wait on un-acquired lock")
        if timeout is not None and timeout <= 0:
            self._acquire_restore(self._release_save())  # others may get in meanwhile, as with the stdlib
            return False
        if type(getcurrent()) is not Child:
            self._check_thread(timeout)
        waiter = Waiter()
        self._waiters.append(waiter)
        saved_state = self._release_save()
        finished = False
        try:
            waiter.wait(timeout)
            finished = True
        finally:
            waiter.disarm()
            self._acquire_restore(saved_state)
            if not waiter.woken:
                try:
                    self._waiters.remove(waiter)
                except ValueError:
                    pass
            elif not finished:
                self.notify()
        return waiter.woken

    def _check_thread(self, timeout: float | None) -> None:
        # Who will notify, nobody knows.  If it is a child of the loop that we are about to block, the wait
        # ends with its timeout, so it must have one; and a child that waits here too makes it probable.
        if timeout is None or any(waiter.is_child for waiter in list(self._waiters)):
            outside.before_lock_wait("waiting for a condition")
        else:
            outside.before_io_wait("waiting for a condition")


def _acquire_shielded(lock: Lock) -> GreenletExit | None:
    # Returns what is to be raised as soon as the lock counts as held.
    if not lock._block.acquire(False):
        try:
            lock._acquire(None, shield=True)
        except GreenletExit as error:
            # The loop is being closed and has unwound its other calls: a thread, or another loop, holds
            # the lock.  It must be ours all the same before ``with condition:`` releases it.
            if not lock._block.acquire(True, UNWIND_LOCK_S):
                raise
            return error
    return None
