"""
MotorCursor: the documents that a find matches.
"""

from __future__ import annotations

from typing import Any, ClassVar, Self

from pymongo.cursor_shared import _QUERY_OPTIONS
from pymongo.synchronous.cursor import Cursor, RawBatchCursor

from motorish.calls import Callback
from motorish.drivers.mongo._iteration import BaseCursor
from motorish.drivers.mongo.texts.cursor import CURSOR
from motorish.hub import CallFuture
from motorish.proxy import ChainingMethod, ReadOnlyProperty, starts_call


class MotorCursor(BaseCursor):
    """
    What `MotorCollection.find` returns; nothing is sent until it is used.

    Iterate with ``async for``; or use `to_list`, `each`, or `fetch_next` and `next_object`.
    """

    __delegate_class__: ClassVar[type[Any]] = Cursor
    __texts__ = CURSOR

    delegate: Cursor[Any]

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

    @starts_call
    def distinct(self, key: str, *, callback: Callback | None = None) -> CallFuture[list[Any]]:
        """
        The different values of *key* in the documents that match.  Coroutine. Also accepts callback=.

        Returns:
            A `CallFuture` of a list, in no order that is promised.  The cursor itself remains unused.

        Raises:
            TypeError: (from the future) *key* is not a string.
        """
        return self._call(self.delegate.distinct, key, callback=callback, cleanup=_leave_alone)  # type: ignore[no-any-return]

    @starts_call
    def explain(self, *, callback: Callback | None = None) -> CallFuture[Any]:
        """
        How the server would find the documents.  Coroutine. Also accepts callback=.

        Returns:
            A `CallFuture` of the server's reply, a dict.  The cursor itself remains unused.

        Example::

            plan = await db.orders.find({"paid": False}).explain()
            print(plan["queryPlanner"]["winningPlan"])
        """
        return self._call(self.delegate.explain, callback=callback, cleanup=_leave_alone)  # type: ignore[no-any-return]

    def __getitem__(self, index: int | slice) -> Self:
        """
        The cursor itself, limited to one document or to a slice of what it would have found.

        A limit that was set before is ignored; a skip adds to *index*, but not to a slice.

        Raises:
            IndexError: a negative number, a step, or a stop before the start.
            InvalidOperation: the query was sent already.

        Example::

            third = await orders.find().sort("_id")[2].next()
            page = await orders.find().sort("_id")[20:30].to_list()
        """
        if isinstance(index, int):
            if index < 0:
                raise IndexError(f"a cursor has no index {index}: it cannot count from the end")
            index += self.delegate._skip
            self.delegate[index : index + 1]
            self.delegate.limit(-1)  # one batch, and the server closes its cursor
        else:
            self.delegate[index]
        return self

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

    def _fetch(self) -> bool:
        return not self.delegate._empty and super()._fetch()

    def _tailable(self) -> bool:
        return bool(self.delegate._query_flags & _QUERY_OPTIONS["tailable_cursor"])


def _leave_alone() -> None:
    """
    The clean-up of an aborted call that did not use the cursor itself.
    """


class MotorRawBatchCursor(MotorCursor):
    """
    What `MotorCollection.find_raw_batches` returns: each item is a batch of documents as BSON bytes.
    """

    __delegate_class__ = RawBatchCursor
