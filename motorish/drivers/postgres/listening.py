"""
Listeners of a PostgreSQL connection: for notifications, and for what the server has to say (NOTICE).

The first listener for notifications starts a call that reads what comes while nothing else is executed.
The driver's own ways to get at notices and notifications go on working.
"""

from __future__ import annotations

import inspect
from asyncio import CancelledError
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias
from weakref import WeakSet

from motorish.drivers.postgres.readiness import READ, release_fd, wait_ready
from motorish.errors import UsageError
from motorish.green.queue import SimpleQueue
from motorish.hub import CallFuture, Hub, current_child, current_hub, running_loop, spawn

Listener = Callable[[Any, int, str, str], object]
"""``listener(connection, pid, channel, payload)``: pid is that of the server process which notified."""

LogListener = Callable[[Any, "LogMessage"], object]


class _Stream(SimpleQueue):
    """
    Of notifications, and at its end None, or why there are no more.
    """

    def put_back(self, item: object) -> None:
        """
        Have *item*, which was taken, be the next one again.
        """
        self._queue.appendleft(item)
        self._count.release()


if TYPE_CHECKING:
    DriversConnection: TypeAlias = Any  # before which this is mixed in
else:
    DriversConnection = object


@dataclass(frozen=True)
class LogMessage:
    """
    What the server said beside the results: a NOTICE, WARNING, INFO, LOG or DEBUG.
    """

    severity: str
    message: str
    sqlstate: str
    detail: str | None = None
    hint: str | None = None
    context: str | None = None

    def __str__(self) -> str:
        return f"{self.severity}:  {self.message}"


@dataclass(frozen=True)
class Notification:
    """
    What NOTIFY has sent.
    """

    channel: str
    payload: str
    pid: int


class Notifications:
    """
    The notifications that a connection receives from the moment that this is made.

    An endless iterator, for ``async for`` in coroutines and for ``for`` in children.  It ends when the
    connection is closed, and raises the driver's error when it is lost.
    """

    def __init__(self, connection: Listening) -> None:
        self._connection = connection
        self._queue = _Stream()
        connection._streams.add(self._queue)

    def __iter__(self) -> Notifications:
        return self

    def __next__(self) -> Notification:
        came = self._take()
        if isinstance(came, Notification):
            return came
        raise StopIteration if came is None else came

    def __aiter__(self) -> Notifications:
        return self

    async def __anext__(self) -> Notification:
        call = spawn(self._take)
        try:
            came = await call
        except CancelledError:
            if call.done() and not call.cancelled() and call.exception() is None:
                self._queue.put_back(call.result())  # it came in the same turn of the loop
            raise
        if isinstance(came, Notification):
            return came
        raise StopAsyncIteration if came is None else came

    def _take(self) -> Notification | BaseException | None:
        # Wait for the next one, the error, or the end.
        if self._queue not in self._connection._streams and self._queue.empty():
            return None
        came: Notification | BaseException | None = self._queue.get()
        return came

    def close(self) -> None:
        """
        Receive no more; needs not be called by who just drops the iterator.
        """
        if self._queue in self._connection._streams:
            self._connection._streams.discard(self._queue)
            self._queue.put(None)


class Listening(DriversConnection):  # type: ignore[misc]
    """
    Mixed into the driver's connections, by psycopg2 and psycopg 3 alike.
    """

    _hub: Hub | None = None
    _reader: CallFuture[None] | None = None

    @property
    def _listeners(self) -> dict[str, list[Listener]]:
        return self.__dict__.setdefault("_motorish_listeners", {})  # type: ignore[no-any-return]

    @property
    def _log_listeners(self) -> list[LogListener]:
        return self.__dict__.setdefault("_motorish_log_listeners", [])  # type: ignore[no-any-return]

    @property
    def _streams(self) -> WeakSet[_Stream]:
        return self.__dict__.setdefault("_motorish_streams", WeakSet())  # type: ignore[no-any-return]

    def add_listener(self, channel: str, callback: Listener) -> None:
        """
        Call ``callback(connection, pid, channel, payload)`` on the loop for each NOTIFY on a channel.

        Executes LISTEN, in the transaction that is open, if one is: it then counts from the commit on.
        Notifications arrive between transactions only, as PostgreSQL has it.

        Raises:
            TypeError: *callback* is not a plain function.
            UsageError: no event loop runs here.
        """
        _check_listener(callback)
        self._start_reading()
        listeners = self._listeners.setdefault(channel, [])
        listeners.append(callback)  # at once: else who removes the last other one meanwhile would UNLISTEN
        try:
            self._execute_listen("LISTEN", channel)  # each time: an earlier one may have been rolled back
        except BaseException:
            if callback in listeners:
                listeners.remove(callback)
            raise

    def remove_listener(self, channel: str, callback: Listener) -> None:
        """
        Undo add_listener(); with the channel's last one, UNLISTEN.
        """
        listeners = self._listeners.get(channel, [])
        if callback in listeners:
            listeners.remove(callback)
            if not listeners:
                del self._listeners[channel]
                self._execute_listen("UNLISTEN", channel)

    def add_log_listener(self, callback: LogListener) -> None:
        """
        Call ``callback(connection, message)`` on the loop for each message of the server, as it is raised.

        That is while the statement which raises it goes on.

        Args:
            callback: gets a `LogMessage`.

        Raises:
            TypeError: *callback* is not a plain function.
            UsageError: no event loop runs here.
        """
        _check_listener(callback)
        self._start_reading()
        if not self._log_listeners:
            self._receive_notices()
        self._log_listeners.append(callback)

    def remove_log_listener(self, callback: LogListener) -> None:
        """
        Undo add_log_listener().
        """
        if callback in self._log_listeners:
            self._log_listeners.remove(callback)

    def notifications(self) -> Notifications:
        """
        Iterate over the notifications of all channels that the connection listens to, as they come.

        ``async for note in connection.notifications()``; each has ``channel``, ``payload`` and ``pid``.

        Raises:
            UsageError: no event loop runs here.
        """
        self._start_reading()
        return Notifications(self)

    # What the two drivers do each in its own way.

    def _execute_listen(self, command: str, channel: str) -> None:
        raise NotImplementedError

    def _receive_notices(self) -> None:
        raise NotImplementedError

    def _read(self) -> None:
        """
        Read what has come, when nothing else is executed.
        """
        raise NotImplementedError

    # The rest is common.

    def _start_reading(self) -> None:
        if self._hub is not None and not self._hub.closed:
            return
        if current_child() is None and running_loop() is None:
            raise UsageError(
                "no event loop is running in this thread, on which listeners could be called: call this from "
                "a child, with await motorish.spawn(connection.add_listener, channel, callback)"
            )
        self._hub = current_hub()
        self._reader = spawn(self._keep_reading, later=True)

    def _keep_reading(self) -> None:
        # Runs on a child of its own, until the connection is closed.
        failure = None
        try:
            while not self.closed:
                wait_ready(self.fileno(), READ)
                if not self.closed:
                    self._read()
        except Exception as error:  # the connection is lost: whoever uses it next will see
            failure = error
        finally:
            self._hub = None
            self._end_streams(failure)

    def _stop_listening(self) -> None:
        # Before the connection is closed.
        if self._hub is not None:
            release_fd(self._hub, self.fileno())
        self._end_streams()

    def _end_streams(self, failure: BaseException | None = None) -> None:
        streams = list(self._streams)
        self._streams.clear()
        for queue in streams:
            queue.put(failure)

    def _notified(self, pid: int, channel: str, payload: str) -> bool:
        # On any thread, amid the driver's own work: the application's code is for later.
        # Returns whether anybody gets it.
        hub = self._hub
        if hub is None or hub.closed:
            return False
        streams = list(self._streams)
        for queue in streams:
            queue.put(Notification(channel, payload, pid))
        listeners = self._listeners.get(channel, ())
        for listener in listeners:
            hub.loop.call_soon_threadsafe(listener, self, pid, channel, payload)
        return bool(streams or listeners)

    def _noticed(self, message: LogMessage) -> None:
        hub = self._hub
        if hub is not None and not hub.closed:
            for listener in self._log_listeners:
                hub.loop.call_soon_threadsafe(listener, self, message)


def _check_listener(callback: object) -> None:
    if not callable(callback) or inspect.iscoroutinefunction(callback):
        raise TypeError(f"a listener must be a plain function, not {callback!r}")


def log_message(field: Callable[[str], str | None]) -> LogMessage:
    """
    A `LogMessage` of the fields that libpq gives.

    Args:
        field: gives one of them, by the name that psycopg has for it.
    """
    return LogMessage(
        field("severity_nonlocalized") or field("severity") or "",
        field("message_primary") or "",
        field("sqlstate") or "",
        field("message_detail"),
        field("message_hint"),
        field("context"),
    )
