"""
ConnectionPool: what adbapi is for Twisted, for any PEP 249 driver, on the event loop.
"""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType, ModuleType
from typing import Any, Literal

from tornado.ioloop import IOLoop

from motorish.calls import Callback, check_callback, hand_over
from motorish.errors import UsageError
from motorish.hub import CallFuture, current_child, running_loop, spawn
from motorish.pool import work
from motorish.pool.held import HeldConnection, HeldTransaction
from motorish.pool.maker import Maker
from motorish.pool.members import Limits, Member, Members
from motorish.proxy.binding import LoopBinding

STREAM_BATCH = 1000


@dataclass(frozen=True, kw_only=True)
class PoolStatistics:
    """
    What a pool is doing at one moment.

    Attributes:
        size: connections, those that are being made included.
        idle: of these, how many nobody uses.
        in_use: how many a job uses.
        waiting: jobs that wait for one.
        made: connections made since the beginning.
        discarded: of these, how many were closed because they were broken, old or idle for too long.
    """

    size: int
    idle: int
    in_use: int
    waiting: int
    made: int
    discarded: int


class ConnectionPool:
    """
    Connections of a PEP 249 driver, kept open and shared; each job has one for itself.

    Making a pool connects nothing; it belongs to the event loop of its first use.  Jobs start at once
    and return a `CallFuture`; with ``callback=`` they return None and call ``callback(result, error)``.
    A job whose call fails is rolled back; one that is cancelled loses its connection, which is closed,
    and what it has begun on the server is ended there.

    Args:
        driver: a PEP 249 module, or its name (``"psycopg2"``); it is patched if it can be green.
        args: passed to its ``connect``.
        kwargs: passed to its ``connect``.
        min_size: connections that are kept open, once the pool is in use.
        max_size: more there never are; further jobs wait for their turn, first come, first served.
        max_lifetime: seconds after which a connection is replaced, or None.
        max_idle: seconds after which one of more than *min_size* connections is closed, or None.
        acquire_timeout: seconds that a job waits for a connection at most, or None.
        check: called with a connection before a job gets it, on a child; or SQL to execute.  What raises
            is replaced.  By default a connection is looked at only if the server has closed it, or has
            something to say.
        on_connect: called with each new connection, on a child, to set it up.
        engine: ``"greenlet"``, ``"thread"``, or ``"auto"``: as for `motorish.wrap`.
        io_loop: Tornado or asyncio loop to belong to, instead of that of the first use.

    Raises:
        ImportError: there is no module *driver*.
        TypeError: *driver* is no PEP 249 module.
        ValueError: the sizes or the times make no sense.

    Example::

        pool = motorish.ConnectionPool("psycopg2", "dbname=shop", max_size=20)
        rows = await pool.run_query("select name from users where id = %s", (7,))
    """

    def __init__(
        self,
        driver: str | ModuleType,
        *args: Any,
        kwargs: Mapping[str, Any] = MappingProxyType({}),
        min_size: int = 1,
        max_size: int = 10,
        max_lifetime: float | None = None,
        max_idle: float | None = 600.0,
        acquire_timeout: float | None = 30.0,
        check: Callable[[Any], object] | str | None = None,
        on_connect: Callable[[Any], object] | None = None,
        engine: Literal["greenlet", "thread", "auto"] = "auto",
        io_loop: IOLoop | AbstractEventLoop | None = None,
    ) -> None:
        self._limits = Limits(
            min_size=min_size,
            max_size=max_size,
            max_lifetime=max_lifetime,
            max_idle=max_idle,
            acquire_timeout=acquire_timeout,
        )
        self._maker = Maker(driver, args, dict(kwargs), check, on_connect, engine)
        self._binding = LoopBinding(type(self).__name__, self._forget, io_loop)
        self._members: Members | None = None
        self._jobs: set[CallFuture[Any]] = set()
        self._closed = False

    def __repr__(self) -> str:
        state = "closed" if self._closed else "not used yet"
        if self._members is not None and not self._closed:
            now = self.stats()
            state = f"{now.in_use} of {now.size} connections in use, {now.waiting} jobs waiting"
        return f"<{type(self).__name__} of {self._maker.name}: {state}>"

    def run_query(self, *args: Any, callback: Callback | None = None, **kwargs: Any) -> CallFuture[list[Any]]:
        """
        Execute a statement, fetch all its rows, and commit.  Also accepts callback=.

        Args:
            args, kwargs: of the driver's ``cursor.execute``: SQL, then its parameters.

        Returns:
            The rows, as the driver gives them.

        Raises:
            PoolTimeout: no connection became free in time.
            UsageError: the pool is closed.
            Exception: the driver's own.

        Example::

            rows = await pool.run_query("select name from users where id = %s", (7,))
        """
        return self._start(work.query, args, kwargs, callback=callback)

    def run_operation(self, *args: Any, callback: Callback | None = None, **kwargs: Any) -> CallFuture[None]:
        """
        As `run_query`, for a statement that gives no rows.
        """
        return self._start(work.operation, args, kwargs, callback=callback)

    def run_interaction(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        callback: Callback | None = None,
        **kwargs: Any,
    ) -> CallFuture[Any]:
        """
        Call a synchronous function with a cursor, in one transaction.  Also accepts callback=.

        What it did is committed when it returns, and rolled back when it raises or is cancelled.

        Args:
            function: called as ``function(cursor, *args, **kwargs)``, on a child or in a worker thread.

        Returns:
            What *function* returns.

        Raises:
            TypeError: *function* is a coroutine function.
            Exception: as `run_query`, and whatever *function* raises.

        Example::

            def move(cursor, amount, source, target):
                cursor.execute("update accounts set sum = sum - %s where id = %s", (amount, source))
                cursor.execute("update accounts set sum = sum + %s where id = %s", (amount, target))

            await pool.run_interaction(move, 10, 1, 2)
        """
        _refuse_coroutine(function)
        return self._start(work.interaction, function, args, kwargs, callback=callback)

    def run_with_connection(
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        callback: Callback | None = None,
        **kwargs: Any,
    ) -> CallFuture[Any]:
        """
        As `run_interaction`, with the connection in place of a cursor.
        """
        _refuse_coroutine(function)
        return self._start(work.with_connection, function, args, kwargs, callback=callback)

    def acquire(self) -> HeldConnection:
        """
        Hold a connection for several calls: the driver's own, wrapped as `motorish.wrap` does.

        What is not committed when the block ends is rolled back.

        Example::

            async with pool.acquire() as connection:
                async with connection.cursor() as cursor:
                    await cursor.execute("select 1")
                    print(await cursor.fetchone())
        """
        return HeldConnection(self)

    def transaction(self) -> HeldTransaction:
        """
        Hold a connection for one transaction: commit when the block ends, roll back when it raises.

        Example::

            async with pool.transaction() as cursor:
                await cursor.execute("insert into users values (%s)", ("Ada",))
        """
        return HeldTransaction(self)

    async def stream(self, *args: Any, batch_size: int = STREAM_BATCH, **kwargs: Any) -> AsyncIterator[Any]:
        """
        Execute a statement and give its rows one by one, fetched in batches.

        A server-side cursor is used where the driver has one (psycopg, PyMySQL), so that the memory
        needed is that of one batch.

        Args:
            args, kwargs: of the driver's ``cursor.execute``.
            batch_size: rows fetched at once.

        Example::

            async for name, age in pool.stream("select name, age from users"):
                print(name, age)
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size!r}")
        member = await self.take()
        try:
            cursor = await member.call(self._maker.stream_cursor, member.connection)
            try:
                await member.call(partial(cursor.execute, *args, **kwargs))
                while rows := await member.call(cursor.fetchmany, batch_size):
                    for row in rows:
                        yield row
            finally:
                await member.call(cursor.close)
        finally:
            await self.release(member, commit=False)

    def stats(self) -> PoolStatistics:
        """
        What the pool is doing now.
        """
        members = self._members
        if members is None:
            return PoolStatistics(size=0, idle=0, in_use=0, waiting=0, made=0, discarded=0)
        return PoolStatistics(
            size=members.size,
            idle=len(members.idle),
            in_use=len(members.in_use),
            waiting=len(members.waiting),
            made=members.made,
            discarded=members.discarded,
        )

    def close(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Refuse further jobs, wait for those that run, close all connections.  Also accepts callback=.
        """
        check_callback(callback)
        members = self._bind()
        self._closed = True
        return hand_over(spawn(members.close), callback)  # type: ignore[return-value]

    def terminate(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        As `close`, but cancel the jobs that run instead of waiting for them.
        """
        closed = self.close(callback)
        assert self._members is not None
        for job in list(self._jobs):
            job.cancel()
        for member in list(self._members.in_use):
            self._members.discard(member)
        return closed

    runQuery = run_query
    runOperation = run_operation
    runInteraction = run_interaction
    runWithConnection = run_with_connection

    def take(self) -> CallFuture[Member]:
        """
        A connection for the caller alone; for what holds one for longer than a job.
        """
        return self._track(spawn(self._bind().take))

    def release(self, member: Member, *, commit: bool) -> CallFuture[None]:
        """
        End what `take` began: commit or roll back, and give the connection back, or close it if it is broken.
        """
        return spawn(self._release, (member, commit))

    def wrap(self, obj: Any, member: Member) -> Any:
        """
        What an application sees of a connection or cursor of *member*'s.
        """
        return self._maker.wrap(obj, member)

    def _start(self, job: Callable[..., Any], *args: Any, callback: Callback | None) -> CallFuture[Any]:
        check_callback(callback)
        future = self._track(spawn(self._job, (self._bind(), job, args)))
        return hand_over(future, callback)  # type: ignore[return-value]

    def _track(self, future: CallFuture[Any]) -> CallFuture[Any]:
        if not future.done():
            self._jobs.add(future)
            future.add_done_callback(self._jobs.discard)
        return future

    def _bind(self) -> Members:
        if self._closed:
            raise UsageError("this ConnectionPool is closed")
        if running_loop() is not self._binding.loop:
            self._binding.bind()
        members = self._members
        if members is None:
            loop = running_loop()
            assert loop is not None
            maker = self._maker
            members = self._members = Members(loop, self._limits, maker.connect, maker.close, maker.is_usable)
            if self._limits.min_size:
                filled = spawn(members.fill)
                filled.add_done_callback(lambda done: done.cancelled() or done.exception())
        return members

    def _forget(self) -> None:
        # The loop was closed, and a new one takes over.
        members, self._members = self._members, None
        if members is not None:
            self._maker.forget([*members.idle, *members.in_use])
        self._jobs.clear()

    # What runs on a child.

    def _job(self, members: Members, job: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        member = members.take()
        try:
            result = member.run(job, member.connection, *args)
        except BaseException:
            self._give_back(members, member)
            raise
        members.give_back(member)
        return result

    def _release(self, member: Member, commit: bool) -> None:
        assert self._members is not None
        if member not in self._members.in_use:  # the pool was terminated
            return
        if commit:
            try:
                member.run(member.connection.commit)
            except BaseException:
                self._give_back(self._members, member)
                raise
            self._members.give_back(member)
        else:
            self._give_back(self._members, member)

    def _give_back(self, members: Members, member: Member) -> None:
        # After a failure: a connection that was interrupted, or cannot even roll back, is of no use.
        child = current_child()
        assert child is not None
        if member not in members.in_use:  # the pool was terminated
            return
        if child.raised:
            members.discard(member)
            return
        try:
            member.run(member.connection.rollback)
        except BaseException:
            members.discard(member)
            if child.raised:
                raise
        else:
            members.give_back(member)


def _refuse_coroutine(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise TypeError(
            f"{function!r} is a coroutine function: what a pool runs in a transaction is a plain function, "
            "called with the driver's own cursor. With coroutines, use 'async with pool.transaction()'."
        )
