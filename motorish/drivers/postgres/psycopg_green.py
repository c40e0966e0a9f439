"""
psycopg 3's wait functions, and the few methods of its connections that must know of them.

psycopg's own code yields where it would wait, and functions of its module ``waiting`` drive it.  Ours park a
child meanwhile.  In plain threads psycopg's own do the work.
"""

from __future__ import annotations

import inspect
import select
import threading
from collections.abc import Callable, Generator
from functools import wraps
from time import monotonic
from typing import Any

import psycopg
from psycopg import connection as connections
from psycopg import errors, generators, sql, waiting
from psycopg._conninfo_attempts_async import conninfo_attempts_async
from psycopg.pq import TransactionStatus

from motorish.calls import await_
from motorish.drivers.postgres.listening import Listening, log_message
from motorish.drivers.postgres.readiness import READ, WRITE, release_fd, wait_ready
from motorish.errors import UsageError
from motorish.hub import Abort, current_child, running_loop

CANCEL_S = 2.0
"""Seconds that a CancelRequest may take when the event loop is being closed."""

_STOCK_LOCK = type(threading.Lock())
_Gen = Generator[Any, Any, Any]
_R, _W = 1, 2  # psycopg's Wait and Ready
_has_timeout = "timeout" in inspect.signature(waiting.wait_selector).parameters  # since 3.3

_stock: dict[tuple[Any, str], Any] = {}


def switch_on() -> None:
    """
    Put our functions in the place of psycopg's.
    """
    for owner, name, value in _replacements():
        if (owner, name) not in _stock:
            _stock[owner, name] = vars(owner).get(name)
            setattr(owner, name, value)


def switch_off() -> None:
    """
    Undo switch_on().
    """
    for (owner, name), value in _stock.items():
        if value is None:
            delattr(owner, name)
        else:
            setattr(owner, name, value)
    _stock.clear()


def _replacements() -> list[tuple[Any, str, Any]]:
    found: list[tuple[Any, str, Any]] = [
        (waiting, "wait", wait),
        (waiting, "wait_conn", wait_conn),
        (connections, "conninfo_attempts", conninfo_attempts),
        (psycopg.Connection, "wait", _method_wait),
        (psycopg.Connection, "close", _method_close),
        (psycopg.Connection, "cancel", _method_cancel),
    ]
    members = {**vars(Listening), **vars(_ConnectionListening)}
    return found + [
        (psycopg.Connection, name, value) for name, value in members.items() if not name.startswith("__")
    ]


# What waits.


def wait(gen: _Gen, fileno: int, interval: float = 0.0, timeout: float | None = None) -> Any:
    """
    As ``psycopg.waiting.wait``.
    """
    if current_child() is None and running_loop() is None:
        stock = _stock[waiting, "wait"]
        return stock(gen, fileno, interval, timeout) if _has_timeout else stock(gen, fileno, interval)
    return _drive(gen, fileno, interval, timeout)


def wait_conn(gen: _Gen, interval: float = 0.0, timeout: float | None = None) -> Any:
    """
    As ``psycopg.waiting.wait_conn``.
    """
    if current_child() is None and running_loop() is None:
        stock = _stock[waiting, "wait_conn"]
        return stock(gen, interval, timeout) if _has_timeout else stock(gen, interval)
    return _drive(gen, None, interval, timeout)


def _drive(gen: _Gen, fileno: int | None, interval: float, timeout: float | None) -> Any:
    # With a fileno the generator yields what to wait for, else the descriptor, too.
    if interval is None:
        raise ValueError("indefinite wait not supported anymore")
    until = None if timeout is None else monotonic() + timeout
    pace = None if _has_timeout else interval  # what else psycopg looks after at each tick, before 3.3
    try:
        state = next(gen)
        while True:
            fd, wanted = state if fileno is None else (fileno, state)
            left = pace
            if until is not None:
                left = max(0.0, until - monotonic() if pace is None else min(pace, until - monotonic()))
            mask = (READ if wanted & _R else 0) | (WRITE if wanted & _W else 0)
            if wait_ready(fd, mask, left, "psycopg"):
                state = gen.send(wanted if wanted in (_R, _W) else _ready_now(fd))
            else:
                gen.send(0)
            if until is not None and monotonic() >= until:
                raise errors._WaitTimeout("wait timeout expired")
    except StopIteration as end:
        return end.value


def _ready_now(fd: int) -> int:
    poll = select.poll()
    poll.register(fd, select.POLLIN | select.POLLOUT)
    found = poll.poll(0)
    events = found[0][1] if found else 0
    return (_R if events & ~select.POLLOUT else 0) | (_W if events & select.POLLOUT else 0)


def conninfo_attempts(params: Any) -> Any:
    """
    As ``psycopg._conninfo_attempts.conninfo_attempts``; in a child with the addresses of host names.
    """
    if current_child() is None:
        return _stock[connections, "conninfo_attempts"](params)
    return await_(conninfo_attempts_async(params))


# Methods of connections.


def _method(function: Callable[..., Any]) -> Callable[..., Any]:
    return wraps(getattr(psycopg.Connection, function.__name__.removeprefix("_method_")))(function)


@_method
def _method_wait(self: Any, gen: _Gen, *args: Any, **kwargs: Any) -> Any:
    child = current_child()
    stock = _stock[psycopg.Connection, "wait"]
    if child is None:
        return stock(self, gen, *args, **kwargs)
    if type(self.lock) is _STOCK_LOCK:
        raise UsageError(
            f"{self!r} was made before motorish.patch('psycopg'): its lock would stop the event loop for ever"
        )
    self._motorish_hub = child.hub
    try:
        return stock(self, gen, *args, **kwargs)
    except BaseException:
        if child.abort is not None and not self.closed:
            cancel = _cancel_of(self)
            release_fd(child.hub, self.pgconn.socket, self.pgconn.finish)
            if child.abort is Abort.LOOP_CLOSED:
                cancel(CANCEL_S)
            else:
                child.aftermath += (cancel,)
        raise


def _cancel_of(connection: Any) -> Callable[..., None]:
    # Made while the connection is open, sent when it is closed.
    if connection.pgconn.transaction_status != TransactionStatus.ACTIVE:
        return lambda timeout=None: None
    if psycopg.capabilities.has_cancel_safe():
        request = connection.pgconn.cancel_conn()

        def send(timeout: float | None = None) -> None:
            request.start()
            waiting.wait_conn(
                generators.cancel(request), 0.1, **({"timeout": timeout} if _has_timeout else {})
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
    stock = _stock[psycopg.Connection, "close"]
    hub = self.__dict__.get("_motorish_hub") or self._hub
    if self.closed or hub is None:
        stock(self)
        return
    self._end_streams()
    release_fd(hub, self.pgconn.socket, lambda: stock(self))


@_method
def _method_cancel(self: Any) -> None:
    if current_child() is not None and psycopg.capabilities.has_cancel_safe():
        self.cancel_safe()
    else:
        _stock[psycopg.Connection, "cancel"](self)


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
            self.pgconn.consume_input()
            while (note := self.pgconn.notifies()) is not None:
                self.pgconn.notify_handler(note)
