"""
Whatever happens to jobs, in whatever order: no place of a pool is lost, no connection is shared.

Hypothesis makes programs of what applications and servers do; each action takes place in one turn of the
event loop, several in the same turn at times, and after each the invariants are looked at.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import motorish
from tests.pool.fake_driver import Driver, OperationalError, interaction, module

EXPECTED = (type(None), OperationalError, ValueError, motorish.DeadlineExceeded)
NUMBERS = st.integers(0, 5)
KINDS = ("query", "interaction", "failing", "late", "hold", "transaction", "stream", "left stream", "row")
ACTIONS = st.one_of(
    st.tuples(st.just("start"), st.sampled_from(KINDS)),
    st.tuples(st.just("let"), NUMBERS),
    st.tuples(st.just("fail"), NUMBERS),
    st.tuples(st.just("cancel"), NUMBERS),
    st.tuples(st.just("leave"), NUMBERS),
)


@pytest.fixture(autouse=True, scope="module")
def fake_driver() -> Iterator[None]:
    """
    Let the driver be imported.
    """
    sys.modules["fake_driver"] = module()
    yield
    motorish.unpatch("fake_driver")
    del sys.modules["fake_driver"]


class PoolMachine(RuleBasedStateMachine):
    """
    A pool, its jobs, and a server that does as it is told.
    """

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.new_event_loop()
        self.unhandled: list[Any] = []
        self.loop.set_exception_handler(lambda loop, context: self.unhandled.append(context))
        self.driver = Driver(self.loop)
        self.jobs: list[asyncio.Future[Any]] = []
        self.held: list[asyncio.Future[None]] = []  # done: the block ends
        self.closing: list[asyncio.Future[None]] = []

    @initialize(
        min_size=st.integers(0, 2),
        more=st.integers(0, 2),
        checked=st.booleans(),
        old=st.booleans(),
        instant=st.frozensets(st.sampled_from(["commit", "rollback", "close", "check", "fetch"])),
    )
    def make_pool(self, min_size: int, more: int, checked: bool, old: bool, instant: frozenset[str]) -> None:
        self.driver.instant = instant
        self.max_size = max(1, min_size + more)
        hooks: dict[str, Any] = {}
        if checked:
            hooks = {"check": self.driver.check, "on_connect": self.driver.check}
        self.pool = motorish.ConnectionPool(
            "fake_driver",
            self.driver,
            min_size=min_size,
            max_size=self.max_size,
            max_lifetime=1000.0 if old else None,
            max_idle=None,
            acquire_timeout=None,
            engine="greenlet",
            **hooks,
        )

    @rule(actions=st.lists(ACTIONS, min_size=1, max_size=3))
    def happen(self, actions: list[tuple[str, Any]]) -> None:
        """
        All in the same turn of the loop.
        """

        def act() -> None:
            for action, value in actions:
                getattr(self, f"_{action}")(value)

        self._turn(act)

    @rule(operation=NUMBERS, job=NUMBERS)
    def cancel_when_it_arrives(self, operation: int, job: int) -> None:
        """
        After what it waits for has happened, and before it can know.
        """
        self._turn(lambda: self._let(operation))
        self._turn(lambda: self._cancel(job))

    @rule(kinds=st.lists(st.sampled_from(KINDS), min_size=1, max_size=4))
    def start(self, kinds: list[str]) -> None:
        """
        Jobs, each in a turn of its own.
        """
        for kind in kinds:
            self._turn(lambda kind=kind: self._start(kind))

    @rule(operations=st.lists(NUMBERS, min_size=1, max_size=10))
    def go_on(self, operations: list[int]) -> None:
        """
        The server answers.
        """
        for number in operations:
            self._turn(lambda number=number: self._let(number))

    @rule(turns=st.integers(1, 5))
    def time_passes(self, turns: int) -> None:
        for _ in range(turns):
            self._turn()

    @rule()
    def connections_grow_old(self) -> None:
        for member in self.pool._members.idle if self.pool._members else ():
            member.born -= 2000.0

    @rule()
    def connections_break_while_idle(self) -> None:
        # Nobody is told; jobs fail that get one, unless it is checked.
        if self.pool._maker._check is not None:
            for member in self.pool._members.idle if self.pool._members else ():
                member.connection.broken = True

    @precondition(lambda self: len(self.closing) < 2 and len(self.jobs) > 8)
    @rule(terminate=st.booleans())
    def close(self, terminate: bool) -> None:
        def act() -> None:
            self.driver.terminated |= terminate
            self.closing.append(self.pool.terminate() if terminate else self.pool.close())

        self._turn(act)

    @invariant()
    def no_place_is_lost_or_doubled(self) -> None:
        assert [] == self.driver.problems
        assert [] == self.unhandled
        members = getattr(self, "pool", None) and self.pool._members
        if not members:
            return
        assert not members.in_use & set(members.idle)
        assert len(members.in_use) + len(members.idle) <= members.size <= self.max_size
        if members.waiting:
            assert self.max_size == members.size
            assert not members.idle

    def teardown(self) -> None:
        """
        When the server answers again and all jobs end, the pool is whole, and can be closed.
        """
        if hasattr(self, "pool"):
            self._settle()
            if self.pool._members is not None:
                stats = self.pool.stats()
                assert (0, 0) == (stats.in_use, stats.waiting)
                assert stats.idle == stats.size == len(self.driver.open)
            assert all(job.done() for job in self.jobs)
            self._turn(lambda: self.closing.append(self.pool.close()))
            self._settle()
            assert [None] * len(self.closing) == [closed.result() for closed in self.closing]
            assert 0 == self.pool.stats().size
            assert set() == self.driver.open
            self.no_place_is_lost_or_doubled()
        self.loop.close()

    def _settle(self) -> None:
        quiet = 0
        while quiet < 10:
            for leave in self.held:
                if not leave.done():
                    leave.set_result(None)
            quiet = 0 if self.driver.blocked else quiet + 1
            self._turn(lambda: self.driver.let(0))

    def _turn(self, act: Callable[[], None] | None = None) -> None:
        # One turn of the loop.
        if act is not None:
            self.loop.call_soon(act)
        self.loop.call_soon(self.loop.stop)
        self.loop.run_forever()

    # The actions.

    def _start(self, kind: str) -> None:
        try:
            job = self._started(kind)
        except motorish.UsageError:
            assert self.closing
            return
        job.add_done_callback(self._look_at)
        self.jobs.append(job)

    def _look_at(self, job: asyncio.Future[Any]) -> None:
        if job.cancelled():
            return
        expected = (*EXPECTED, motorish.UsageError) if self.closing else EXPECTED
        if not isinstance(job.exception(), expected):
            self.driver.problems.append(f"a job failed with {job.exception()!r}")

    def _started(self, kind: str) -> asyncio.Future[Any]:
        pool = self.pool
        if kind == "query":
            return pool.run_query("select")
        if kind == "interaction":
            return pool.run_interaction(interaction(object()))
        if kind == "failing":
            return pool.run_interaction(interaction(object(), ValueError("a mistake in the job")))
        if kind == "late":
            with motorish.timeout(0):
                return pool.run_interaction(interaction(object()))
        leave = self.loop.create_future()
        self.held.append(leave)
        coroutine = {
            "hold": self._hold,
            "transaction": self._transact,
            "stream": self._stream,
            "left stream": self._leave_stream,
            "row": self._one_after_another,
        }[kind]
        return self.loop.create_task(coroutine(leave))

    async def _hold(self, leave: asyncio.Future[None]) -> None:
        async with self.pool.acquire() as connection:
            with connection.delegate.used_by(leave):
                cursor = await connection.cursor()
                await cursor.execute("select")
                await asyncio.shield(leave)

    async def _one_after_another(self, leave: asyncio.Future[None]) -> None:
        for _ in range(3):
            async with self.pool.acquire() as connection:
                with connection.delegate.used_by(leave):
                    cursor = await connection.cursor()
                    await cursor.execute("select")

    async def _transact(self, leave: asyncio.Future[None]) -> None:
        async with self.pool.transaction() as cursor:
            with cursor.delegate.connection.used_by(leave):
                await cursor.execute("insert")
                await asyncio.shield(leave)

    async def _stream(self, leave: asyncio.Future[None]) -> None:
        assert [(1,), (2,)] == [row async for row in self.pool.stream("select")]

    async def _leave_stream(self, leave: asyncio.Future[None]) -> None:
        async for _ in self.pool.stream("select"):
            break  # and nobody closes it

    def _let(self, number: int) -> None:
        self.driver.let(number)

    def _fail(self, number: int) -> None:
        self.driver.let(number, fail=True)

    def _cancel(self, number: int) -> None:
        running = [job for job in self.jobs if not job.done()]
        if running:
            running[number % len(running)].cancel()

    def _leave(self, number: int) -> None:
        waiting = [leave for leave in self.held if not leave.done()]
        if waiting:
            waiting[number % len(waiting)].set_result(None)


PoolMachine.TestCase.settings = settings(
    max_examples=100,
    stateful_step_count=50,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)


@pytest.mark.timeout(300)
class TestPool(PoolMachine.TestCase):
    """
    No program of actions makes a pool lose or share a connection, or hang when it is closed.
    """
