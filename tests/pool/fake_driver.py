"""
A PEP 249 driver without a server, each operation of which waits until a test lets it go on, or fail.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

from motorish import await_


class OperationalError(Exception):
    """
    What the fake server says when an operation fails.
    """


class Connection:
    """
    Knows who uses it, and notes in ``driver.problems`` what no pool may do.
    """

    __module__ = "fake_driver"

    def __init__(self, driver: Driver) -> None:
        self.driver = driver
        self.owner: object = None
        self.at_work = False
        self.in_transaction = self.broken = self.closed = False
        driver.wait(self, "connect")
        driver.open.add(self)

    def cursor(self) -> Cursor:
        return Cursor(self)

    def commit(self) -> None:
        self.driver.wait(self, "commit")
        self.in_transaction = False

    def rollback(self) -> None:
        self.driver.wait(self, "rollback")
        self.in_transaction = False

    def close(self) -> None:
        if self.owner is not None and not self.driver.terminated:
            self.driver.problems.append("closed while a job uses it")
        self.driver.open.discard(self)
        self.closed = True
        self.driver.wait(self, "close")

    @contextmanager
    def used_by(self, job: object) -> Iterator[None]:
        """
        A job has it for itself.
        """
        if self.owner is not None:
            self.driver.problems.append("given to two jobs")
        if self.in_transaction or self.broken or self.closed:
            state = f"{self.in_transaction=} {self.broken=} {self.closed=}"
            self.driver.problems.append(f"given to a job as others left it: {state}")
        self.owner = job
        try:
            yield
        finally:
            self.owner = None


class Cursor:
    """
    Gives two rows, in batches of one.
    """

    __module__ = "fake_driver"

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self._rows: list[tuple[int]] = []

    def execute(self, sql: str) -> None:
        self.connection.in_transaction = True
        self.connection.driver.wait(self.connection, "execute")
        self._rows = [(1,), (2,)]

    def fetchmany(self, size: int = 1) -> list[tuple[int]]:
        self.connection.driver.wait(self.connection, "fetch")
        taken, self._rows = self._rows[:1], self._rows[1:]
        return taken

    def fetchall(self) -> list[tuple[int]]:
        taken, self._rows = self._rows, []
        return taken

    def close(self) -> None: ...


def module() -> ModuleType:
    """
    The driver, as an application would import it; its ``connect`` takes a `Driver`.
    """
    made = ModuleType("fake_driver")
    vars(made).update(connect=Connection, apilevel="2.0")
    return made


class Driver:
    """
    The server's side.

    Attributes:
        blocked: operations that wait, each a future: with a result it goes on, with an exception it fails.
        open: connections that nobody has closed.
        problems: what should not have happened.
        instant: operations that do not wait.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.blocked: list[tuple[str, asyncio.Future[None]]] = []
        self.open: set[Connection] = set()
        self.problems: list[str] = []
        self.terminated = False
        self.instant: frozenset[str] = frozenset()

    def check(self, connection: Connection) -> None:
        """
        For a pool's ``check`` and ``on_connect``.
        """
        self.wait(connection, "check")

    def wait(self, connection: Connection, kind: str) -> None:
        """
        One operation, which takes until the test says so.  Runs on a child.

        Raises:
            OperationalError: the test wants it, or the connection was broken before.
        """
        if connection.at_work:
            self.problems.append(f"{kind} while another operation runs on the same connection")
        if connection.broken:
            raise OperationalError(f"{kind} on a broken connection")
        if kind in self.instant:
            return
        operation = (kind, self.loop.create_future())
        self.blocked.append(operation)
        connection.at_work = True
        try:
            await_(operation[1])
        except BaseException:
            connection.broken = True
            raise
        finally:
            connection.at_work = False
            self.blocked.remove(operation)

    def let(self, number: int, *, fail: bool = False) -> None:
        """
        Let one of the operations go on, or fail.
        """
        waiting = [future for _, future in self.blocked if not future.done()]
        if waiting:
            future = waiting[number % len(waiting)]
            if fail:
                future.set_exception(OperationalError("the server is gone"))
            else:
                future.set_result(None)


def interaction(job: object, error: Exception | None = None) -> Callable[[Cursor], Any]:
    """
    A job for a pool's ``run_interaction``.
    """

    def run(cursor: Cursor) -> None:
        with cursor.connection.used_by(job):
            cursor.execute("insert")
            if error is not None:
                raise error

    return run
