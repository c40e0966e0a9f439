"""
MotorChangeStream, and the watch() of clients, databases and collections that makes one.
"""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable
from typing import Any, ClassVar, Self

from pymongo.errors import OperationFailure
from pymongo.synchronous.change_stream import ChangeStream
from pymongo.synchronous.collection import Collection

from motorish.calls import Callback
from motorish.drivers.mongo._batches import pace
from motorish.drivers.mongo._iteration import kill
from motorish.green.threading import Lock
from motorish.hub import CallFuture
from motorish.proxy import Closing, Latent, NamespaceProxy, gives_latent, starts_call
from motorish.proxy.base import Cleanup, unwrap_kwargs
from motorish.proxy.declarations import has_signature_of

_WATCH = inspect.signature(Collection.watch)


class Watchable(NamespaceProxy):
    """
    What can be watched for changes.
    """

    _change_stream_class: ClassVar[type[MotorChangeStream]]

    @gives_latent
    @has_signature_of(Collection.watch)
    def watch(self, *args: Any, callback: Callback | None = None, **kwargs: Any) -> MotorChangeStream:
        """
        A stream of the changes here; nothing is sent until it is used.  Also accepts callback=.

        Arguments as for PyMongo's ``watch``; ``max_await_time_ms`` is how long, in milliseconds, the
        server waits for a change before it answers.

        Raises:
            TypeError: there is no such argument.

        Example::

            async with db.orders.watch([{"$match": {"operationType": "insert"}}]) as stream:
                async for change in stream:
                    print(change["fullDocument"])
        """
        arguments = _WATCH.bind(self, *args, **kwargs).arguments
        del arguments["self"]
        return self._change_stream_class(self, arguments)._give(callback)  # type: ignore[no-any-return]


class MotorChangeStream(Latent, Closing):
    """
    The changes of a collection, database or deployment, as they happen.

    After a network error it goes on where it was.  Cancelling a call that waits for a change closes the
    stream, as PyMongo's own asynchronous client does; to wait for a limited time, use `try_next`.

    Awaiting it opens the stream and gives the stream itself; any other use opens it too.

    Args:
        target: the `MotorClient`, `MotorDatabase` or `MotorCollection`.
        arguments: of its delegate's ``watch``.
    """

    __delegate_class__ = ChangeStream

    delegate: ChangeStream[Any] | None

    def __init__(self, target: Any, arguments: dict[str, Any]) -> None:
        unwrap_kwargs(arguments)
        self.delegate = None
        self._target = target
        self._arguments = arguments
        self._closed = False
        self._opening = Lock()
        self._binding = target._binding

    @property
    def alive(self) -> bool:
        """
        Whether more changes may come.
        """
        return not self._closed if self.delegate is None else self.delegate.alive

    @property
    def resume_token(self) -> Any:
        """
        Where to go on after the change that was returned last: ``watch(resume_after=token)``.
        """
        if self.delegate is not None:
            return self.delegate.resume_token
        start = self._arguments.get("start_after") or self._arguments.get("resume_after")
        return copy.deepcopy(start)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        if self._has_buffered():
            return self.delegate.try_next()  # type: ignore[union-attr]
        return await self._call(self._advance)

    async def __aenter__(self) -> Self:
        return await self

    @starts_call
    def next(self, callback: Callback | None = None) -> CallFuture[Any]:
        """
        The next change, however long it takes.  Coroutine. Also accepts callback=.

        Raises:
            StopAsyncIteration: (from the future) the stream was closed.
        """
        return self._call(self._advance, callback=callback)  # type: ignore[no-any-return]

    @starts_call
    def try_next(self, callback: Callback | None = None) -> CallFuture[Any]:
        """
        The next change, or None if one round trip brings none.  Coroutine. Also accepts callback=.
        """
        return self._call(self._try_next, callback=callback)  # type: ignore[no-any-return]

    @starts_call
    def close(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Close the stream; a call that waits for a change ends.  Coroutine. Also accepts callback=.
        """
        self._bind(callback)
        self._closed = True
        if self.delegate is None:
            return self._result(None, callback)  # type: ignore[no-any-return]
        return self._call(self.delegate.close, callback=callback)  # type: ignore[no-any-return]

    def _has_buffered(self) -> bool:
        # Whether try_next() does no I/O.  Without _id it closes the stream, which does.
        stream = self.delegate
        if stream is None or stream._closed:
            return False
        data = stream._cursor._data
        return bool(data) and "_id" in data[0]

    def _call(
        self,
        function: Callable[..., Any],
        *args: Any,
        callback: Callback | None = None,
        cleanup: Cleanup | None = None,
    ) -> Any:
        return super()._call(function, *args, callback=callback, cleanup=cleanup or self._kill)

    # What runs on a child.

    def _prepare(self) -> None:
        self._live()

    def _live(self) -> ChangeStream[Any]:
        stream = self.delegate or self._open()
        pace(stream._cursor, self._target._client._batch_s)  # it has a new one after an error
        return stream

    def _open(self) -> ChangeStream[Any]:
        with self._opening:
            if self.delegate is None:  # another call may have opened it meanwhile
                self.delegate = self._target.delegate.watch(**self._arguments)
                if self._closed:  # so may close() have been called
                    self.delegate.close()
            return self.delegate

    def _advance(self) -> Any:
        try:
            if self.alive:
                return self._live().next()
        except StopIteration:
            pass
        except OperationFailure:
            if not self._closed:  # close() kills the cursor that we wait for
                raise
        raise StopAsyncIteration

    def _try_next(self) -> Any:
        try:
            return self._live().try_next() if self.alive else None
        except OperationFailure:
            if not self._closed:
                raise
            return None

    def _kill(self) -> None:
        # After an aborted call.
        if self.delegate is not None:
            kill(self.delegate._cursor)


Watchable._change_stream_class = MotorChangeStream
