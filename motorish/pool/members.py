"""
Which connections a pool has: who gets one, in what order, and when one is too old to be given out.
"""

from __future__ import annotations

import asyncio
from asyncio import AbstractEventLoop
from collections import deque
from collections.abc import Callable
from contextvars import Context
from dataclasses import dataclass
from time import monotonic
from typing import Any

from motorish.calls import await_, timeout
from motorish.errors import DeadlineExceeded, PoolTimeout, UsageError
from motorish.hub import CallFuture, spawn
from motorish.proxy.wrapping import Root


@dataclass(frozen=True, kw_only=True)
class Limits:
    """
    How many connections there may be, and for how long.

    Raises:
        ValueError: the sizes or the times make no sense.
    """

    min_size: int
    max_size: int
    max_lifetime: float | None
    max_idle: float | None
    acquire_timeout: float | None

    def __post_init__(self) -> None:
        if not 0 <= self.min_size <= self.max_size or self.max_size < 1:
            raise ValueError(
                "a pool needs 0 <= min_size <= max_size and max_size >= 1, "
                f"not min_size={self.min_size} and max_size={self.max_size}"
            )
        for name in ("max_lifetime", "max_idle", "acquire_timeout"):
            seconds = getattr(self, name)
            if seconds is not None and not seconds > 0:
                raise ValueError(f"{name} must be a number of seconds > 0 or None, not {seconds!r}")


@dataclass(eq=False, slots=True)
class Member:
    """
    One connection of a pool.

    Attributes:
        connection: the driver's.
        root: runs its functions, as the engine demands, one at a time.
        born, used: when it was made and given back last, on the clock of time.monotonic().
    """

    connection: Any
    root: Root
    born: float
    used: float

    def run(self, function: Callable[..., Any], *args: Any) -> Any:
        """
        Call *function* for this connection.  Runs on a child.
        """
        assert self.root.turn is not None
        with self.root.turn:
            return self.root.runner.run(function, *args)

    def call(self, function: Callable[..., Any], *args: Any) -> CallFuture[Any]:
        """
        As `run`, from a coroutine.
        """
        return spawn(self.run, (function, *args))


class Members:
    """
    The connections of one pool, on one event loop.

    First come, first served: who waits gets a connection that is given back, or the right to make
    one, before anybody who comes later.

    Args:
        loop: the event loop that all of them are used on.
        limits: how many, and for how long.
        connect: makes a member; runs on a child.
        close: ends one; runs on a child.
        usable: whether a member still works, asked before it is given out; runs on a child.
    """

    def __init__(
        self,
        loop: AbstractEventLoop,
        limits: Limits,
        connect: Callable[[], Member],
        close: Callable[[Member], object],
        usable: Callable[[Member], bool],
    ) -> None:
        self.loop = loop
        self.idle: deque[Member] = deque()
        self.in_use: set[Member] = set()
        self.waiting: deque[asyncio.Future[Member | None]] = deque()
        self.size = 0  # those that are being connected included
        self.made = self.discarded = 0
        self.closing = False
        self._limits = limits
        self._connect, self._close, self._usable = connect, close, usable
        self._reaper: asyncio.TimerHandle | None = None
        self._ending: set[CallFuture[object]] = set()
        self._empty: asyncio.Future[None] | None = None

    def take(self) -> Member:
        """
        A member for the caller alone, until it is given back or discarded.  Runs on a child.

        Raises:
            PoolTimeout: none became free within the limits' ``acquire_timeout``.
            UsageError: the pool is closed.
            Exception: whatever the driver raises when it cannot connect.
        """
        if self.closing:
            raise UsageError("this ConnectionPool is closed")
        member: Member | None = None
        if self.idle and not self.waiting:
            member = self.idle.pop()
        elif self.size < self._limits.max_size:
            self.size += 1
        else:
            member = self._wait()
        try:
            if member is not None and (self._is_old(member) or not self._usable(member)):
                self._end(member)
                member = None
            if member is None:
                member = self._connect()
                self.made += 1
        except BaseException:
            self._free()
            raise
        self.in_use.add(member)
        return member

    def give_back(self, member: Member) -> None:
        """
        The caller is done with *member*, which works: it is for whoever waits longest.
        """
        self.in_use.discard(member)
        member.used = monotonic()
        if self.closing or self._is_old(member):
            self.discard(member)
        elif not self._hand_to_waiting(member):
            self.idle.append(member)
            self._reap_later()

    def discard(self, member: Member) -> None:
        """
        *member* does not work any more, or is not wanted: close it in a child of its own.
        """
        self.in_use.discard(member)
        self._end(member)
        self._free()

    def fill(self) -> None:
        """
        Make connections until there are as many as the pool keeps.  Runs on a child.
        """
        while self.size < self._limits.min_size and not self.closing:
            self.size += 1
            try:
                member = self._connect()
            except BaseException:
                self._free()
                raise
            self.made += 1
            self.give_back(member)

    def close(self) -> None:
        """
        Close all that are idle, and wait until the others are given back and closed.  Runs on a child.
        """
        self.closing = True
        self._refuse_waiting()
        if self._reaper is not None:
            self._reaper.cancel()
        while self.idle:
            self.discard(self.idle.pop())
        if self.size:
            self._empty = self._empty or self.loop.create_future()
            await_(asyncio.shield(self._empty))
        while self._ending:
            await_(asyncio.shield(asyncio.gather(*self._ending, return_exceptions=True)))

    def _wait(self) -> Member | None:
        # A member that was given back, or None: the right to make one.
        turn: asyncio.Future[Member | None] = self.loop.create_future()
        self.waiting.append(turn)
        seconds = self._limits.acquire_timeout
        try:
            with timeout(seconds):
                return await_(asyncio.shield(turn))
        except BaseException as error:
            if turn in self.waiting:
                self.waiting.remove(turn)
            elif turn.done() and not turn.cancelled() and turn.exception() is None:  # too late: for the next
                self._pass_on(turn.result())
            if isinstance(error, DeadlineExceeded):
                raise PoolTimeout(
                    f"no connection became free within {seconds:g} s: all {self.size} are in use, and "
                    f"{len(self.waiting)} more calls wait. Raise max_size, or hold connections for less long."
                ) from None
            raise

    def _pass_on(self, member: Member | None) -> None:
        if member is None:
            self._free()
        else:
            self.give_back(member)

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

    def _end(self, member: Member) -> None:
        self.discarded += 1
        closed = spawn(self._close, (member,), context=Context())  # not within the deadline of any job
        self._ending.add(closed)
        closed.add_done_callback(self._ended)

    def _ended(self, closed: CallFuture[object]) -> None:
        self._ending.discard(closed)
        if not closed.cancelled():
            closed.exception()  # so that nobody reports it

    def _is_old(self, member: Member) -> bool:
        lifetime = self._limits.max_lifetime
        return lifetime is not None and monotonic() - member.born > lifetime

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
            self.discard(self.idle.popleft())
        if self.idle:
            self._reap_later()
