"""
What all cursors do: hand out the documents of a batch one by one, and fetch the next batch in a child.

A document that PyMongo's cursor holds already costs no greenlet switch.  For that, its deque ``_data``
is read here; it and ``_refresh`` are the only private names (a test guards them).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from time import monotonic
from typing import Any, ClassVar, Self

from pymongo.errors import InvalidOperation

from motorish.calls import Callback
from motorish.drivers.mongo._batches import pace
from motorish.drivers.mongo._transactions import cleanup_of
from motorish.drivers.mongo.session import MotorClientSession
from motorish.hub import CallFuture
from motorish.proxy import Closing, Latent, ReadOnlyProperty, starts_call
from motorish.proxy.base import Cleanup

EACH_SLICE_S = 0.01
"""For how long, in seconds, each() hands out documents before other work of the loop has its turn."""

Each = Callable[[Any, BaseException | None], Any]


class BaseCursor(Latent, Closing):
    """
    Base class of the cursors; get one from a collection.

    Awaiting a cursor gives the cursor itself: what returns one is a coroutine in PyMongo's asynchronous
    classes at times, and never in Motor's.

    Attributes:
        closed: whether close() was called.
    """

    address = ReadOnlyProperty()
    alive = ReadOnlyProperty()
    cursor_id = ReadOnlyProperty()

    def __init__(self, cursor: Any, collection: Any) -> None:
        self.delegate = cursor
        self._collection = collection
        self.closed = False
        self._binding = collection._binding
        pace(cursor, collection._client._batch_s)

    @property
    def collection(self) -> Any:
        """
        What the cursor was made from.
        """
        return self._collection

    @property
    def session(self) -> MotorClientSession | None:
        """
        The session that the cursor was given, or None.
        """
        session = self._session()
        client = self.collection._client
        return None if session is None else client._session_class.of(session, client)

    @property
    def started(self) -> bool:
        """
        Whether the query was sent.
        """
        return self.delegate.cursor_id is not None

    __iter__: ClassVar[None] = None  # a plain "for" is a TypeError, not cursor[0], cursor[1], ...

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        delegate = self.delegate
        data = delegate._data
        if data:
            return data.popleft()
        if not delegate.alive:
            raise StopAsyncIteration
        return await self._call(self._advance)

    @starts_call
    def next(self, callback: Callback | None = None) -> CallFuture[Any]:
        """
        The next document.  Coroutine. Also accepts callback=.

        Raises:
            StopAsyncIteration: (from the future) there is none.
        """
        self._bind(callback)
        data = self.delegate._data
        if data:
            return self._result(data.popleft(), callback)  # type: ignore[no-any-return]
        return self._call(self._advance, callback=callback)  # type: ignore[no-any-return]

    @starts_call
    def to_list(self, length: int | None = None, callback: Callback | None = None) -> CallFuture[list[Any]]:
        """
        The documents that are left, or the next *length* of them.  Coroutine. Also accepts callback=.

        Args:
            length: at most so many; None for all.

        Raises:
            InvalidOperation: (Motor's classes) the cursor is tailable and has no end.
            TypeError, ValueError: (at once) *length* is no number ≥ 0.
        """
        if length is not None:
            if not isinstance(length, int):
                raise TypeError(f"length must be an int or None, not {length!r}")
            if length < 0:
                raise ValueError(f"length must not be negative: {length}")
        if self._tailable() and not self._lazy:  # PyMongo's ends where there is nothing new
            raise InvalidOperation("to_list() would never end: the cursor is tailable")
        return self._call(self._collect, length, callback=callback)  # type: ignore[no-any-return]

    @property
    def fetch_next(self) -> CallFuture[bool]:
        """
        A future of whether there is a document for `next_object`; a batch is fetched if need be.

        Example::

            while await cursor.fetch_next:
                document = cursor.next_object()
        """
        if self.delegate._data:
            return self._result(True)  # type: ignore[no-any-return]
        return self._call(self._fetch)  # type: ignore[no-any-return]

    def next_object(self) -> Any:
        """
        A document of the batch that was fetched last, or None when it is used up.
        """
        data = self.delegate._data
        return data.popleft() if data else None

    def each(self, callback: Each) -> None:
        """
        Call ``callback(document, None)`` for every document, and ``callback(None, None)`` at the end.

        After an error, ``callback(None, error)`` is the last call.  Returning False (not just
        something false) ends the iteration; the cursor stays open and can be used on.  What
        the callback raises goes to the loop's exception handler, and the next document follows.

        Raises:
            TypeError: *callback* cannot be called.
        """
        if callback is None:
            raise TypeError("each() needs a function callback(document, error)")
        self._bind(callback).loop.call_soon(self._hand_out, callback)

    @starts_call
    def close(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Close the cursor, on the server too.  Coroutine. Also accepts callback=.
        """
        self._bind(callback)
        if self.closed:
            return self._result(None, callback)  # type: ignore[no-any-return]
        self.closed = True
        return self._call(self._close, callback=callback)  # type: ignore[no-any-return]

    def _call(
        self,
        function: Callable[..., Any],
        *args: Any,
        callback: Callback | None = None,
        cleanup: Cleanup | None = None,
    ) -> Any:
        binding = self._binding
        abort = cleanup_of(self._session()) or (binding.cleanup and binding.cleanup())
        cleanup = cleanup or self._kill
        if abort is not None:
            cleanup = partial(_both, abort, cleanup)
        return super()._call(function, *args, callback=callback, cleanup=cleanup)

    def _session(self) -> Any:
        # PyMongo's session, where the cursor was given one.
        return self.delegate.session

    # What runs on a child.

    def _live(self) -> Any:
        # The delegate, after whatever has to be sent before it can be used.
        return self.delegate

    def _advance(self) -> Any:
        try:
            return self._live().next()
        except StopIteration:
            raise StopAsyncIteration from None

    def _collect(self, length: int | None) -> list[Any]:
        return [] if length == 0 else self._live().to_list(length)

    def _fetch(self) -> bool:
        return bool(self._live()._refresh())

    def _close(self) -> None:
        self.delegate.close()

    def _kill(self) -> None:
        # After an aborted call.
        kill(self.delegate)

    # What runs on the loop, for each().

    def _hand_out(self, callback: Each) -> None:
        until = monotonic() + EACH_SLICE_S
        loop = asyncio.get_running_loop()
        while not self.closed and self.delegate._data:
            try:
                if callback(self.delegate._data.popleft(), None) is False:
                    return
            except Exception as error:
                loop.call_exception_handler(
                    {"message": f"the callback of {self!r}.each() failed", "exception": error}
                )
            if monotonic() > until:
                loop.call_soon(self._hand_out, callback)
                return
        if self.closed:
            return
        if self.delegate.alive:
            fetched = self._call(self._fetch)
            fetched.add_done_callback(partial(self._fetched, callback))
        else:
            loop.call_soon(callback, None, None)

    def _fetched(self, callback: Each, future: asyncio.Future[bool]) -> None:
        if future.cancelled():
            callback(None, asyncio.CancelledError("the call was cancelled"))
        elif (error := future.exception()) is not None:
            callback(None, error)
        elif future.result() or self._tailable():
            self._hand_out(callback)
        else:
            callback(None, None)

    def _tailable(self) -> bool:
        return False


def _both(first: Cleanup, second: Cleanup) -> None:
    try:
        first()
    finally:
        second()


def kill(cursor: Any) -> None:
    """
    Kill a PyMongo cursor whose call was aborted: on the server, its session, its pinned connection.

    PyMongo began to, at most, because an aborted call can do no I/O.  Runs on a child of its own.
    """
    cursor._killed = False
    cursor.close()
