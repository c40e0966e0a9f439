"""
ConnectionPool: what adbapi is for Twisted, for any PEP 249 driver, on the event loop.
"""

from __future__ import annotations

import inspect
from asyncio import AbstractEventLoop
from collections.abc import AsyncGenerator, Callable, Mapping
from types import MappingProxyType, ModuleType
from typing import Any, Concatenate, Literal, Never, ParamSpec, Self, TypeVar, overload

from tornado.ioloop import IOLoop

from motorish.calls import Callback, check_callback, hand_over
from motorish.errors import UsageError
from motorish.hub import CallFuture, current_child, running_loop, spawn
from motorish.pool import work
from motorish.pool.apart import spawn_apart
from motorish.pool.held import HeldConnection, HeldTransaction
from motorish.pool.limits import Limits, unknown_arguments
from motorish.pool.limits import PoolStatistics as PoolStatistics
from motorish.pool.maker import Maker
from motorish.pool.member import Member
from motorish.pool.members import Members
from motorish.pool.rows import Each, each, rows_of
from motorish.proxy.binding import LoopBinding

P = ParamSpec("P")
T = TypeVar("T")

STREAM_BATCH = 1000
"""Rows that stream() fetches at once."""


class ConnectionPool:
    """
    Connections of a PEP 249 driver, kept open and shared; each job has one for itself.

    Making a pool connects nothing; it belongs to the event loop of its first use.  Jobs start at once
    and return a `CallFuture`; with ``callback=`` they return None and call ``callback(result, error)``.
    A job whose call fails is rolled back; one that is cancelled loses its connection, which is closed,
    and what it has begun on the server is ended there.

    Args:
        driver: a PEP 249 module, or its name (``"psycopg2"``); it is patched if it can be green.
        args: passed to its ``connect``, by position.
        kwargs: passed to its ``connect``, by name.
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
        TypeError: *driver* is no PEP 249 module; or there is an argument that a pool does not have.
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
        **others: Never,
    ) -> None:
        if others:
            raise unknown_arguments(others)
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

    @overload
    def run_interaction(  # type: ignore[overload-overlap]  # callback= is ours, whatever *function* has
        self,
        function: Callable[..., T],
        /,
        *args: Any,
        callback: Callable[[T | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...

    @overload
    def run_interaction(
        self, function: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> CallFuture[T]: ...

    def run_interaction(  # type: ignore[misc]  # as above
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        callback: Callback | None = None,
        **kwargs: Any,
    ) -> CallFuture[Any] | None:
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

    @overload
    def run_with_connection(  # type: ignore[overload-overlap]  # callback= is ours, whatever *function* has
        self,
        function: Callable[..., T],
        /,
        *args: Any,
        callback: Callable[[T | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...

    @overload
    def run_with_connection(
        self, function: Callable[Concatenate[Any, P], T], /, *args: P.args, **kwargs: P.kwargs
    ) -> CallFuture[T]: ...

    def run_with_connection(  # type: ignore[misc]  # as above
        self,
        function: Callable[..., Any],
        /,
        *args: Any,
        callback: Callback | None = None,
        **kwargs: Any,
    ) -> CallFuture[Any] | None:
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

    @overload
    def stream(
        self, *args: Any, batch_size: int = STREAM_BATCH, callback: None = None, **kwargs: Any
    ) -> AsyncGenerator[Any, None]: ...

    @overload
    def stream(self, *args: Any, batch_size: int = STREAM_BATCH, callback: Each, **kwargs: Any) -> None: ...

    def stream(
        self,
        *args: Any,
        batch_size: int = STREAM_BATCH,
        callback: Each | None = None,
        **kwargs: Any,
    ) -> AsyncGenerator[Any, None] | None:
        """
        Execute a statement and give its rows one by one, fetched in batches.  Also accepts callback=.

        A server-side cursor is used where the adapter knows one, so that the memory needed is that of
        one batch.  It is for reading: what the statement has changed is rolled back.

        Args:
            args, kwargs: of the driver's ``cursor.execute``.
            batch_size: rows fetched at once.
            callback: called with ``callback(row, None)`` for each row, and with ``callback(None, None)`` at
                the end, or ``callback(None, error)``.  If it returns False, that was the last row.

        Raises:
            ValueError: *batch_size* is not a positive number.
            Exception: as `run_query`.

        Example::

            async for name, age in pool.stream("select name, age from users"):
                print(name, age)
        """
        if batch_size < 1:
            raise ValueError(f"batch_size must be at least 1, not {batch_size!r}")
        check_callback(callback)
        rows = rows_of(self, self._maker.stream_cursor, args, kwargs, batch_size)
        if callback is None:
            return rows
        self._bind().loop.call_soon(each, rows, callback)
        return None

    def stats(self) -> PoolStatistics:
        """
        What the pool is doing now.
        """
        if self._members is not None:
            return self._members.stats()
        return PoolStatistics(size=0, idle=0, in_use=0, waiting=0, made=0, discarded=0)

    def close(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Refuse further jobs, wait for those that run, close all connections.  Also accepts callback=.
        """
        check_callback(callback)
        members = self._here()
        self._closed = True
        return hand_over(spawn(_close, (members,), stopped=self._binding.loop), callback)  # type: ignore[return-value]

    def terminate(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        As `close`, but cancel the jobs that run, and those of a `close` that waits for them.

        A driver's function that runs in a thread and cannot be interrupted goes on there.
        """
        closed = self.close(callback)
        for job in list(self._jobs):
            job.cancel()
        if self._members is not None:
            self._members.cancel()
        return closed

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, kind: object, *exc_info: object) -> None:
        await (self.close() if kind is None else self.terminate())

    runQuery = run_query
    runOperation = run_operation
    runInteraction = run_interaction
    runWithConnection = run_with_connection

    async def take(self) -> Member:
        """
        A connection for the caller alone, until `release`; for what holds one for longer than a job.
        """
        taking = self._track(spawn(self._bind().take))
        try:
            return await taking
        except BaseException:
            taking.add_done_callback(self._give_back_untaken)
            raise

    async def release(self, member: Member, *, commit: bool) -> None:
        """
        End what `take` began: commit or roll back, and give the connection back, or close it if it is broken.
        """
        members = self._members
        if members is None:  # of a loop that was closed
            return
        held = member.root
        held.ended = True  # for whoever keeps what it was given; calls of theirs that wait already come first

        def not_done(_: object) -> None:
            # A call that waits for a loop callback can be cancelled before it begins.
            if member.root is held:  # else it serves somebody else by now
                members.give_back(member, works=False)

        releasing = spawn(self._release, (members, member, commit))
        releasing.add_done_callback(not_done)
        await releasing

    def wrap(self, obj: Any, member: Member) -> Any:
        """
        What an application sees of a connection or cursor of *member*'s.
        """
        return self._maker.wrap(obj, member)

    def _start(self, job: Callable[..., Any], *args: Any, callback: Callback | None) -> CallFuture[Any]:
        check_callback(callback)
        future = self._track(spawn(self._job, (self._bind(), job, args), stopped=self._binding.loop))
        return hand_over(future, callback)  # type: ignore[return-value]

    def _track(self, future: CallFuture[T]) -> CallFuture[T]:
        if not future.done():
            self._jobs.add(future)
            future.add_done_callback(self._jobs.discard)
        return future

    def _give_back_untaken(self, taking: CallFuture[Member]) -> None:
        # Who asked for it was cancelled when it was on its way.
        if not taking.cancelled() and taking.exception() is None and self._members is not None:
            self._members.give_back(taking.result())

    def _here(self) -> Members | None:
        # The connections on the running loop, if there are any.
        if running_loop() is not self._binding.loop:
            self._binding.bind()
            self._forget()  # the child that does may be started later: too late for the caller
        return self._members

    def _bind(self) -> Members:
        if self._closed:
            raise UsageError("this ConnectionPool is closed")
        members = self._here()
        if members is None:
            maker = self._maker
            members = self._members = Members(
                self._binding.loop,
                self._limits,
                new=maker.new,
                connect=maker.connect,
                set_up=maker.set_up,
                close=maker.close,
                usable=maker.is_usable,
            )
        return members

    def _forget(self) -> None:
        # If the connections are those of a loop that was closed, a new one takes over.
        members, loop = self._members, self._binding.loop
        if members is None or members.loop is loop:
            return
        self._members = None
        self._jobs.clear()
        for member in (*members.idle, *members.in_use, *members.late.values()):
            spawn_apart(self._maker.close, member, stopped=loop)

    # What runs on a child.

    def _job(self, members: Members, job: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        member = members.take()
        try:
            result = member.run(job, member.connection, *args)
        except BaseException:
            self._roll_back(members, member)
            raise
        members.give_back(member, works=not _was_aborted())
        return result

    def _release(self, members: Members, member: Member, commit: bool) -> None:
        if commit:
            try:
                member.run(member.connection.commit)
            except BaseException:
                self._roll_back(members, member)
                raise
            members.give_back(member, works=not member.root.aborted)
        else:
            self._roll_back(members, member)

    def _roll_back(self, members: Members, member: Member) -> None:
        # After a failure: a connection that was interrupted, or cannot even roll back, is of no use.  Some
        # drivers' rollback() does nothing outside a transaction, so its success says nothing.
        works = False
        try:
            if not (member.root.aborted or _was_aborted()) and member in members.in_use:
                member.run(member.connection.rollback)
                works = True
        except Exception:
            if _was_aborted():
                raise
        finally:
            members.give_back(member, works=works)


def _was_aborted() -> bool:
    child = current_child()
    return child is not None and child.raised > 0


def _close(members: Members | None) -> None:
    if members is not None:
        members.close()


def _refuse_coroutine(function: Callable[..., Any]) -> None:
    if inspect.iscoroutinefunction(function):
        raise TypeError(
            f"{function!r} is a coroutine function: what a pool runs in a transaction is a plain function, "
            "called with the driver's own cursor. With coroutines, use 'async with pool.transaction()'."
        )
