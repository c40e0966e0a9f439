"""
RLock and Condition over the plain Lock: park a child and block a thread, on the same object.
"""

from __future__ import annotations

import threading as _stdlib
from _thread import get_ident as _thread_ident
from collections.abc import Callable
from typing import Any

from greenlet import GreenletExit, getcurrent

from motorish.green import outside
from motorish.green.locks import UNWIND_LOCK_S, Lock, Waiter, check_timeout, get_ident
from motorish.hub import Child


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
            f"<{state} {type(self).__module__}.{type(self).__qualname__} object "
            f"owner={self._owner or 0} count={self._count} at {id(self):#x}>"
        )

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        if timeout != -1:
            check_timeout(blocking, timeout)
        current = getcurrent()
        ident = current.ident if type(current) is Child else _thread_ident()
        if self._owner == ident and self._is_callers():
            self._count += 1
            return True
        lock = self._block
        if not lock._block.acquire(False) and not lock.acquire(blocking, timeout):  # the one is faster
            return False
        self._owner = ident
        if type(current) is Child and current.scope is not None:
            self._call, self._serial = current, current.serial
        self._count = 1
        return True

    __enter__ = acquire

    def release(self) -> None:
        self.__exit__()

    def __exit__(self, *exc_info: object) -> None:
        current = getcurrent()
        ident = current.ident if type(current) is Child else _thread_ident()
        if self._owner != ident or (self._call is not None and not self._is_callers()):
            raise RuntimeError("cannot release un-acquired lock")
        self._count -= 1
        if not self._count:
            self._owner = self._call = None
            self._block.release()

    def locked(self) -> bool:
        return self._block.locked()

    def _at_fork_reinit(self) -> None:
        self._block._at_fork_reinit()
        self._owner = self._call = None
        self._count = 0

    # What Condition asks of its lock.

    def _is_owned(self) -> bool:
        return self._owner == get_ident() and self._is_callers()

    def _is_callers(self) -> bool:
        # The owner has the caller's identity.  But the calls of a scope share one.
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
