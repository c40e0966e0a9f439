"""
psycopg 3 made green: its wait functions, and the few methods of its connections that must know of them.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import wraps
from time import monotonic
from typing import Any

import psycopg
from psycopg import connection as connections
from psycopg import generators, sql, waiting
from psycopg.pq import TransactionStatus

from motorish.drivers.postgres.kept import let_go, let_go_of_all, stream_of
from motorish.drivers.postgres.listening import Listening, log_message
from motorish.drivers.postgres.psycopg_waits import (
    Gen,
    conninfo_attempts,
    has_timeout,
    stock,
    wait,
    wait_conn,
)
from motorish.drivers.postgres.readiness import release_fd
from motorish.drivers.postgres.until_heard import YOUNG_S, UntilHeard
from motorish.errors import UsageError
from motorish.hub import Abort, current_child

CANCEL_S = 2.0
"""Seconds that a CancelRequest may take when the event loop is being closed."""

_STOCK_LOCK = type(threading.Lock())
_stock_del = psycopg.Connection.__del__


def switch_on() -> None:
    """
    Put our functions in the place of psycopg's.
    """
    for owner, name, value in _replacements():
        if (owner, name) not in stock:
            stock[owner, name] = vars(owner).get(name)
            setattr(owner, name, value)


def switch_off() -> None:
    """
    Undo switch_on().
    """
    let_go_of_all()
    for (owner, name), value in stock.items():
        if value is None:
            delattr(owner, name)
        else:
            setattr(owner, name, value)
    stock.clear()


def _replacements() -> list[tuple[Any, str, Any]]:
    found: list[tuple[Any, str, Any]] = [
        (waiting, "wait", wait),
        (waiting, "wait_conn", wait_conn),
        (connections, "conninfo_attempts", conninfo_attempts),
        (psycopg.Connection, "wait", _method_wait),
        (psycopg.Connection, "close", _method_close),
        (psycopg.Connection, "cancel", _method_cancel),
        (psycopg.Connection, "__del__", _del),
        (psycopg.Connection, "_kept_stream", None),
    ]
    members = {**vars(Listening), **vars(_ConnectionListening)}
    return found + [
        (psycopg.Connection, name, value) for name, value in members.items() if not name.startswith("__")
    ]


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return wraps(getattr(psycopg.Connection, function.__name__.removeprefix("_method_")))(function)


@_method
def _method_wait(self: Any, gen: Gen, *args: Any, **kwargs: Any) -> Any:
    child = current_child()
    stock_wait = stock[psycopg.Connection, "wait"]
    if child is None:
        let_go(self)
        return stock_wait(self, gen, *args, **kwargs)
    if type(self.lock) is _STOCK_LOCK:
        raise UsageError(
            f"{self!r} was made before motorish.patch('psycopg'): its lock would stop the event loop for ever"
        )
    self._motorish_hub = child.hub
    began = monotonic()
    try:
        if not child.hub.closed:
            stream_of(self, child.hub, self.pgconn.socket)
        return stock_wait(self, gen, *args, **kwargs)
    except BaseException:
        let_go(self)
        if child.abort is not None and not self.closed:
            cancel = _cancel_of(self)
            at_once = child.abort is Abort.LOOP_CLOSED
            if cancel is not None and not at_once:
                young = monotonic() - began < YOUNG_S
                child.aftermath += (UntilHeard(self.pgconn.socket, cancel) if young else cancel,)
            release_fd(child.hub, self.pgconn.socket, self.pgconn.finish)
            if cancel is not None and at_once:
                cancel(CANCEL_S)
        raise


def _cancel_of(connection: Any) -> Callable[..., None] | None:
    # Made while the connection is open, sent when it is closed.
    if connection.pgconn.transaction_status != TransactionStatus.ACTIVE:
        return None
    if psycopg.capabilities.has_cancel_safe():
        request = connection.pgconn.cancel_conn()

        def send(timeout: float | None = None) -> None:
            request.reset()  # of the time before, if there was one
            request.start()
            waiting.wait_conn(
                generators.cancel(request), 0.1, **({"timeout": timeout} if has_timeout else {})
            )

        return send
    blocking = connection.pgconn.get_cancel()

    def send_from_thread(timeout: float | None = None) -> None:
        thread = threading.Thread(target=blocking.cancel, name="motorish-cancel", daemon=True)
        thread.start()
        if timeout is not None:
            thread.join(timeout)

    return send_from_thread


@_method
def _method_close(self: Any) -> None:
    stock_close = stock[psycopg.Connection, "close"]
    hub = self.__dict__.get("_motorish_hub") or self._hub
    if self.closed or hub is None:
        let_go(self)
        stock_close(self)
        return
    self._end_streams()
    release_fd(hub, self.pgconn.socket, lambda: stock_close(self))


def _del(self: Any) -> None:
    let_go(self)
    _stock_del(self)


@_method
def _method_cancel(self: Any) -> None:
    if current_child() is not None and psycopg.capabilities.has_cancel_safe():
        self.cancel_safe()
    else:
        stock[psycopg.Connection, "cancel"](self)


class _ConnectionListening(Listening):
    # How psycopg 3 does what listeners need; its methods are put into psycopg.Connection.

    def _execute_listen(self, command: str, channel: str) -> None:
        fresh = not self.autocommit and self.info.transaction_status == TransactionStatus.IDLE
        self.execute(sql.SQL(command + " {}").format(sql.Identifier(channel)))
        if fresh:
            self.commit()

    def _start_reading(self) -> None:
        Listening._start_reading(self)
        if self._on_notify not in self._notify_handlers:
            self.add_notify_handler(self._on_notify)

    def _on_notify(self, note: Any) -> None:
        self._notified(note.pid, note.channel, note.payload)

    def _receive_notices(self) -> None:
        self.add_notice_handler(self._on_notice)

    def _on_notice(self, diagnostic: Any) -> None:
        self._noticed(log_message(lambda name: getattr(diagnostic, name)))

    def _read(self) -> None:
        with self.lock:
            if self.closed:
                return
            try:
                self.pgconn.consume_input()
            except psycopg.Error:
                let_go(self)
                raise
            while (note := self.pgconn.notifies()) is not None:
                self.pgconn.notify_handler(note)
