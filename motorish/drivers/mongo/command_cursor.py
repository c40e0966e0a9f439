"""
MotorCommandCursor, and the latent one whose command is sent when it is first used.
"""

from __future__ import annotations

from collections.abc import Callable
from time import thread_time
from typing import Any, Self

from pymongo.errors import InvalidOperation
from pymongo.synchronous.client_session import ClientSession
from pymongo.synchronous.command_cursor import CommandCursor

from motorish.calls import Callback
from motorish.drivers.mongo._batches import pace
from motorish.drivers.mongo._iteration import BaseCursor, kill
from motorish.drivers.mongo.texts.cursor import EVERY_CURSOR
from motorish.hub import CallFuture
from motorish.proxy import ChainingMethod, starts_call
from motorish.proxy.base import unwrap_args, unwrap_kwargs


class MotorCommandCursor(BaseCursor):
    """
    The documents that a command returns, such as those of ``await client.list_databases()``.
    """

    __delegate_class__ = CommandCursor
    __texts__ = EVERY_CURSOR

    batch_size = ChainingMethod()

    @starts_call
    def try_next(self, callback: Callback | None = None) -> CallFuture[Any]:
        """
        The next document, or None if one more round trip brings none.  Coroutine. Also accepts callback=.
        """
        self._bind(callback)
        data = self.delegate._data
        if data:
            return self._result(data.popleft(), callback)  # type: ignore[no-any-return]
        return self._call(self._try_next, callback=callback)  # type: ignore[no-any-return]

    def _try_next(self) -> Any:
        return self._live().try_next()

    def _fetch(self) -> bool:
        # As PyMongo's next(): an empty batch is not the end as long as the cursor is alive.
        cursor = self._live()
        while cursor.alive and not cursor._data:
            cursor._refresh()
        return bool(cursor._data)


class _NotSent:
    """
    In the place of a PyMongo cursor until the command is sent.
    """

    address = cursor_id = session = None
    _data = ()

    def __init__(self, command: str) -> None:
        self.command = command
        self.alive = True

    def __repr__(self) -> str:
        return f"<{self.command}, not yet sent>"


class MotorLatentCommandCursor(MotorCommandCursor):
    """
    What `MotorCollection.aggregate` and its like return.

    Awaiting it sends the command and gives the cursor itself; any other use sends it too.

    Args:
        collection: what the cursor is made from.
        start: PyMongo's method that sends the command and returns its cursor.
        args, kwargs: its arguments.
    """

    def __init__(
        self,
        collection: Any,
        start: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
    ) -> None:
        super().__init__(_NotSent(start.__name__), collection)
        unwrap_kwargs(kwargs)
        self._start: Callable[..., Any] | None = start
        self._args = unwrap_args(args)
        self._kwargs = kwargs
        self._batch_size: int | None = None
        given = (*self._args, *kwargs.values())
        self._given_session = next((value for value in given if isinstance(value, ClientSession)), None)

    def batch_size(self, batch_size: int) -> Self:
        """
        Let the server send so many documents at once.  Returns the cursor itself.

        Raises:
            TypeError, ValueError: *batch_size* is no number ≥ 0.
        """
        if not isinstance(self.delegate, _NotSent):
            self.delegate.batch_size(batch_size)
            return self
        if not isinstance(batch_size, int):
            raise TypeError(f"batch_size must be an int, not {batch_size!r}")
        if batch_size < 0:
            raise ValueError(f"batch_size must not be negative: {batch_size}")
        if self.delegate.command.startswith("aggregate"):
            self._kwargs["batchSize"] = batch_size  # of the first batch too
        self._batch_size = batch_size
        return self

    def _session(self) -> Any:
        return self._given_session

    def _prepare(self) -> None:
        self._live()

    def _live(self) -> Any:
        # Runs on a child.
        if isinstance(self.delegate, _NotSent):
            start, self._start = self._start, None
            if start is None or not self.delegate.alive:
                reason = "it was closed" if self.closed else "another call is sending it: await that first"
                raise InvalidOperation(f"cannot send the cursor's command: {reason}")
            began = thread_time()
            try:
                cursor = start(*self._args, **self._kwargs)
            except BaseException:
                self._start = start
                raise
            if self._batch_size is not None:
                cursor.batch_size(self._batch_size)
            # What else the thread did meanwhile is counted, too: the next batch is smaller than need be.
            pace(cursor, self._collection._client._batch_s, thread_time() - began)
            self.delegate = cursor
            if self.closed:  # meanwhile
                cursor.close()
        return self.delegate

    def _close(self) -> None:
        if isinstance(self.delegate, _NotSent):
            self.delegate.alive = False
        else:
            self.delegate.close()

    def _kill(self) -> None:
        if not isinstance(self.delegate, _NotSent):
            kill(self.delegate)
