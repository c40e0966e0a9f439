"""
How a pool makes, checks and closes the connections of one driver.
"""

from __future__ import annotations

import importlib
import inspect
import select
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from itertools import chain
from types import ModuleType
from typing import Any, Literal

from motorish import adapter
from motorish.hub import current_child
from motorish.patcher import patch
from motorish.pool.member import Member
from motorish.proxy.engines import choose_engine, packages_to_patch
from motorish.proxy.wrap import require_module, wrap
from motorish.proxy.wrapped import Wrapped
from motorish.proxy.wrapping import Wrapping


class Maker:
    """
    The driver of a pool, and what it is to connect with.

    Args:
        driver: a PEP 249 module, its name, or what `motorish.wrap` made of it.
        args, kwargs: of its ``connect``.
        check: what a connection is checked with before it is given out: a function, SQL, or None.
        on_connect: sets a new connection up, or None.
        engine: ``"greenlet"``, ``"thread"`` or ``"auto"``.

    Raises:
        ImportError: there is no module *driver*.
        TypeError: *driver* is no PEP 249 module.
        ValueError: there is no such *engine*.
    """

    def __init__(
        self,
        driver: str | ModuleType | Wrapped,
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        check: Callable[[Any], object] | str | None,
        on_connect: Callable[[Any], object] | None,
        engine: Literal["greenlet", "thread", "auto"],
    ) -> None:
        if isinstance(driver, Wrapped):
            driver = driver.delegate
        self.name = driver if isinstance(driver, str) else getattr(driver, "__name__", repr(driver))
        named = isinstance(driver, str | ModuleType)
        if not named and (isinstance(driver, type) or not hasattr(driver, "connect")):
            raise TypeError(f"the first argument is the driver's module or its name, not {driver!r}")
        if isinstance(driver, str):
            require_module(driver)
        package = self.name.partition(".")[0]
        if engine not in ("greenlet", "thread", "auto"):
            raise ValueError(f"engine must be 'greenlet', 'thread' or 'auto', not {engine!r}")
        chosen = choose_engine(package).engine if engine == "auto" else engine
        if chosen == "greenlet":
            patch(*packages_to_patch(package))
        module = importlib.import_module(driver) if isinstance(driver, str) else driver
        if not callable(getattr(module, "connect", None)):
            raise TypeError(f"{self.name} has no function connect(): a pool needs a driver as of PEP 249")
        for hook in (check, on_connect):
            if inspect.iscoroutinefunction(hook):
                raise TypeError(
                    f"{hook!r} is a coroutine function: what is given a connection is a plain one"
                )
        self._adapter = adapter.for_package(package)
        self._wrapping: Wrapping = wrap(module, chosen)._wrapping
        self._module = module
        self._args, self._kwargs = args, kwargs
        self._check = partial(_execute, sql=check) if isinstance(check, str) else check
        self._on_connect = on_connect

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {self.name}>"

    def new(self) -> Member:
        """
        What is to have a connection.
        """
        return Member(self._wrapping.new_root())

    # All of this runs on a child.

    def connect(self, member: Member) -> None:
        """
        Make the connection.
        """
        member.root.runner.run(self._connect, member)
        self._wrapping.give(member.connection, member.root)  # its worker learns how to interrupt it
        member.has_fd = _descriptor_of(member.connection) is not None

    def _connect(self, member: Member) -> None:
        member.connection = self._module.connect(*self._args, **self._kwargs)

    def set_up(self, member: Member) -> None:
        """
        Let the application prepare a new connection.
        """
        if self._on_connect is not None:
            member.run(self._on_connect, member.connection)

    def close(self, member: Member) -> None:
        """
        Close a connection, whatever state it is in; one that is being made in a thread, after that.
        """
        try:
            with suppress(Exception):
                member.run(_close, member)
        finally:
            member.root.runner.end()

    def is_usable(self, member: Member) -> bool:
        """
        Whether a connection that was idle still works.
        """
        child = current_child()
        assert child is not None
        fd = _descriptor_of(member.connection) if member.has_fd else None
        if member.has_fd and fd is None:  # the driver has closed it
            return False
        try:
            if self._check is not None:
                member.run(self._check, member.connection)
            elif fd is not None and _has_news(fd):
                member.run(_execute, member.connection, "select 1")
        except Exception:
            if child.raised:
                raise
            return False
        return True

    def stream_cursor(self, connection: Any) -> Any:
        """
        A cursor that leaves at the server what is not fetched yet, if the driver has one; else a plain one.
        """
        make = self._adapter.stream_cursor if self._adapter is not None else None
        return connection.cursor() if make is None else make(connection)

    def wrap(self, obj: Any, member: Member) -> Any:
        """
        The asynchronous facade of a connection, or of a cursor of it.
        """
        return self._wrapping.give(obj, member.root)


def _close(member: Member) -> None:
    if member.connection is not None:
        member.connection.close()


def _execute(connection: Any, sql: str) -> None:
    cursor = connection.cursor()
    try:
        cursor.execute(sql)
        cursor.fetchall()
    finally:
        cursor.close()
    connection.rollback()


def _has_news(fd: int) -> bool:
    # Whether an idle connection's socket is readable: the server has closed it, or has something to say.
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return bool(poll.poll(0))


def _descriptor_of(connection: Any) -> int | None:
    fileno = getattr(connection, "fileno", None)
    if fileno is None:
        held = list(getattr(connection, "__dict__", {}).values())
        # mysql-connector's connection has an object that has the socket.
        inner = (value for holder in held for value in getattr(holder, "__dict__", {}).values())
        sockets = (value for value in chain(held, inner) if isinstance(value, socket.socket))
        fileno = next((found.fileno for found in sockets), None)
    try:
        fd = fileno() if fileno is not None else -1
    except Exception:  # closed
        return None
    return fd if isinstance(fd, int) and fd >= 0 else None
