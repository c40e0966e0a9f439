"""
Which connections a pool has: who gets one, in what order, and when one is too old to be given out.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any

from motorish.calls import await_, timeout
from motorish.errors import DeadlineExceeded, PoolTimeout, UsageError
from motorish.hub import CallFuture, ignore_outcome
from motorish.pool.apart import spawn_apart
from motorish.pool.limits import Limits, PoolStatistics
from motorish.pool.member import Member


class Members:
    """
    The connections of one pool, on one event loop.

    First come, first served: who waits gets a connection that is given back, or the right to make
    one, before anybody who comes later.

    Each of the `size` places is, at any moment, that of a member in ``idle`` or ``in_use``, of one that
    was handed to a waiter, of a call that makes one, or of one in ``late``.  Whoever has a place gives it
    on or frees it, whatever happens to him.

    A member whose call was given up, but goes on in a thread, is ``late``: it keeps its place until the
    thread is free.  Else there would be more connections than allowed, and soon no thread for anybody.

    Args:
        loop: the event loop that all of them are used on.
        limits: how many, and for how long.
        new: makes a member without a connection.
        connect: makes its connection; runs on a child.
        set_up: prepares a connection that was made just now; runs on a child.
        close: ends one; runs on a child.
        usable: whether a member still works, asked before it is given out; runs on a child.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        limits: Limits,
        *,
        new: Callable[[], Member],
        connect: Callable[[Member], object],
        set_up: Callable[[Member], object],
        close: Callable[[Member], object],
        usable: Callable[[Member], bool],
    ) -> None:
        self.loop = loop
        self.idle: deque[Member] = deque()
        self.in_use: set[Member] = set()
        self.late: dict[CallFuture[Any], Member] = {}  # by what waits until their threads are free
        self.waiting: deque[asyncio.Future[Member | None]] = deque()
        self.size = 0
        self.made = self.discarded = 0
        self.closing = False
        self._limits = limits
        self._new, self._connect, self._set_up = new, connect, set_up
        self._close, self._usable = close, usable
        self._reaper: asyncio.TimerHandle | None = None
        self._filling: CallFuture[Any] | None = None
        self._ending: set[CallFuture[object]] = set()
        self._empty: asyncio.Future[None] | None = None

    def stats(self) -> PoolStatistics:
        """
        The numbers of this moment.
        """
        return PoolStatistics(
            size=self.size,
            idle=len(self.idle),
            in_use=len(self.in_use),
            waiting=len(self.waiting),
            made=self.made,
            discarded=self.discarded,
        )

    def take(self) -> Member:
        """
        A member for the caller alone, until it is given back or discarded.  Runs on a child.

        Raises:
            PoolTimeout: none was to be had within the limits' ``acquire_timeout``.
            UsageError: the pool is closed.
            Exception: whatever the driver raises when it cannot connect.
        """
        if self.closing:
            raise UsageError("this ConnectionPool is closed")
        seconds = self._limits.acquire_timeout
        until = None if seconds is None else monotonic() + seconds
        member: Member | None = None
        if self.idle and not self.waiting:
            member = self.idle.pop()
        elif self.size < self._limits.max_size:
            self.size += 1
        else:
            with _until(until, self._why_none):
                member = self._wait()
        with _until(until, self._why_not_made):
            member = self._ready(member)
        self.in_use.add(member)
        self._keep_filled()
        return member

    def give_back(self, member: Member, *, works: bool = True) -> None:
        """
        Whoever took *member* is done with it: it is for whoever waits longest, or closed if it does not work.
        """
        if member not in self.in_use:  # cancel() was quicker
            return
        self.in_use.remove(member)
        if member.root.ended:
            member.root = member.root.successor()
        if works:
            self._put(member)
        else:
            self._drop(member)

    def close(self) -> None:
        """
        Close all that are idle, and wait until the others are given back and closed.  Runs on a child.
        """
        self.closing = True
        self._refuse_waiting()
        if self._reaper is not None:
            self._reaper.cancel()
        while self.idle:
            self._drop(self.idle.pop())
        for waiting in list(self.late):  # closing them waits as well, but not for ever
            waiting.cancel()
        if self.size:
            self._empty = self._empty or self.loop.create_future()
            await_(asyncio.shield(self._empty))
        while ending := [end for end in self._ending if not end.done()]:
            await_(asyncio.shield(asyncio.gather(*ending, return_exceptions=True)))

    def cancel(self) -> None:
        """
        For `close`: wait for nobody; cancel what runs on connections, and what makes them.
        """
        if self._filling is not None:
            self._filling.cancel()
        for member in list(self.in_use):
            holder = member.root.turn.holder if member.root.turn is not None else None
            if holder is not None and holder.future is not None:
                holder.future.cancel()
            self.give_back(member, works=False)

    def _wait(self) -> Member | None:
        # A member that was given back, or None: the right to make one.
        turn: asyncio.Future[Member | None] = self.loop.create_future()
        self.waiting.append(turn)
        try:
            return await_(asyncio.shield(turn))
        except BaseException:
            if turn in self.waiting:
                self.waiting.remove(turn)
            elif turn.done() and turn.exception() is None:  # too late: for the next
                self._pass_on(turn.result())
            raise

    def _ready(self, member: Member | None) -> Member:
        # One that works: *member*, or one made in its place.
        try:
            if member is not None and (self._is_old(member) or not self._usable(member)):
                self._end(member)
                member = None
            if member is None:
                member = self._new()
                self._connect(member)
                self._count(member)
                self._set_up(member)
        except BaseException:
            if member is not None:
                self._lose(member)
            else:
                self._free()
            raise
        return member

    def _keep_filled(self) -> None:
        if self.size < self._limits.min_size and not self.closing and self._filling is None:
            self._filling = spawn_apart(self._fill)
            if self._filling is not None:
                self._filling.add_done_callback(self._filled)

    def _fill(self) -> None:
        # Runs on a child.
        while self.size < self._limits.min_size and not self.closing:
            self.size += 1
            self._put(self._ready(None))

    def _filled(self, filling: CallFuture[Any]) -> None:
        self._filling = None
        ignore_outcome(filling)

    def _pass_on(self, member: Member | None) -> None:
        if member is None:
            self._free()
        else:
            self._put(member)

    def _put(self, member: Member) -> None:
        member.used = monotonic()
        if self.closing or self._is_old(member):
            self._drop(member)
        elif not self._hand_to_waiting(member):
            self.idle.append(member)
            self._reap_later()

    def _drop(self, member: Member) -> None:
        self._lose(member)
        self._keep_filled()

    def _lose(self, member: Member) -> None:
        # Its place is for others, once its thread is.
        waiting, runner = None, member.root.runner
        if runner.busy and not self.closing:
            waiting = spawn_apart(runner.run, _nothing, seconds=None)
        if waiting is None:
            self._end(member)
            self._free()
        else:
            self.late[waiting] = member
            waiting.add_done_callback(self._lose_late)

    def _lose_late(self, waiting: CallFuture[Any]) -> None:
        self._end(self.late.pop(waiting))
        self._free()
        ignore_outcome(waiting)

    def _hand_to_waiting(self, member: Member | None) -> bool:
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_result(member)
                return True
        return False

    def _refuse_waiting(self) -> None:
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                turn.set_exception(UsageError("this ConnectionPool was closed"))

    def _free(self) -> None:
        # One connection fewer: somebody else may make one.
        if self.closing or not self._hand_to_waiting(None):
            self.size -= 1
        if not self.size and self._empty is not None and not self._empty.done():
            self._empty.set_result(None)

    def _count(self, member: Member) -> None:
        if member.connection is not None and not member.born:
            member.born = member.used = monotonic()
            self.made += 1

    def _end(self, member: Member) -> None:
        self._count(member)  # it may have been made in its thread meanwhile
        self.discarded += bool(member.born)
        closed = spawn_apart(self._close, member)
        if closed is not None:
            self._ending.add(closed)
            closed.add_done_callback(self._ending.discard)
            closed.add_done_callback(ignore_outcome)

    def _is_old(self, member: Member) -> bool:
        lifetime = self._limits.max_lifetime
        return lifetime is not None and monotonic() - member.born > lifetime

    def _why_none(self) -> str:
        return (
            f"no connection became free within {self._limits.acquire_timeout:g} s: all {self.size} are in "
            f"use, and {len(self.waiting)} more calls wait. Raise max_size, or hold connections for less "
            "long."
        )

    def _why_not_made(self) -> str:
        return (
            f"no connection could be made and checked within {self._limits.acquire_timeout:g} s: does the "
            "server answer?"
        )

    def _reap_later(self) -> None:
        idle_s = self._limits.max_idle
        if idle_s is not None and self._reaper is None and self.size > self._limits.min_size:
            self._reaper = self.loop.call_at(
                self.loop.time() + max(0.0, self.idle[0].used + idle_s - monotonic()), self._reap
            )

    def _reap(self) -> None:
        # A loop callback: close what has been idle for too long, the longest first.
        self._reaper = None
        idle_s = self._limits.max_idle
        assert idle_s is not None
        while self.idle and self.size > self._limits.min_size and self.idle[0].used + idle_s <= monotonic():
            self._drop(self.idle.popleft())
        if self.idle:
            self._reap_later()


@contextmanager
def _until(until: float | None, why: Callable[[], str]) -> Iterator[None]:
    # Raises PoolTimeout at that time, on the clock of time.monotonic().
    try:
        with timeout(None if until is None else max(0.0, until - monotonic())):
            yield
    except DeadlineExceeded as error:
        if until is None or monotonic() < until:  # a block of the user's own, in on_connect or check
            raise
        raise PoolTimeout(why()) from error


def _nothing() -> None: ...
