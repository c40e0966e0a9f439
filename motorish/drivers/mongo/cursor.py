"""
MotorCursor: the documents that a find matches.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pymongo.cursor_shared import _QUERY_OPTIONS
from pymongo.synchronous.cursor import Cursor, RawBatchCursor

from motorish.drivers.mongo._iteration import BaseCursor
from motorish.proxy import AsyncRead, ChainingMethod, ReadOnlyProperty


class MotorCursor(BaseCursor):
    """
    What `MotorCollection.find` returns; nothing is sent until it is used.

    Iterate with ``async for``; or use `to_list`, `each`, or `fetch_next` and `next_object`.
    """

    __delegate_class__: ClassVar[type[Any]] = Cursor

    delegate: Cursor[Any]

    distinct = AsyncRead()
    explain = AsyncRead()

    add_option = ChainingMethod()
    allow_disk_use = ChainingMethod()
    batch_size = ChainingMethod()
    collation = ChainingMethod()
    comment = ChainingMethod()
    hint = ChainingMethod()
    limit = ChainingMethod()
    max = ChainingMethod()
    max_await_time_ms = ChainingMethod()
    max_scan = ChainingMethod()
    max_time_ms = ChainingMethod()
    min = ChainingMethod()
    remove_option = ChainingMethod()
    skip = ChainingMethod()
    sort = ChainingMethod()
    where = ChainingMethod()

    retrieved = ReadOnlyProperty()

    def rewind(self) -> Self:
        """
        Back to the state before the query was sent; options stay.  Returns the cursor itself.
        """
        self.delegate._die_no_lock()  # rewind() would wait for the server to kill its cursor
        self.delegate.rewind()
        self.closed = False
        return self

    def clone(self) -> Self:
        """
        A cursor with the same options whose query was not sent yet.
        """
        return type(self)(self.delegate.clone(), self.collection)

    def __copy__(self) -> Self:
        return type(self)(self.delegate.__copy__(), self.collection)

    def __deepcopy__(self, memo: Any) -> Self:
        return type(self)(self.delegate.__deepcopy__(memo), self.collection)

    def _tailable(self) -> bool:
        return bool(self.delegate._query_flags & _QUERY_OPTIONS["tailable_cursor"])


class MotorRawBatchCursor(MotorCursor):
    """
    What `MotorCollection.find_raw_batches` returns: each item is a batch of documents as BSON bytes.
    """

    __delegate_class__ = RawBatchCursor
