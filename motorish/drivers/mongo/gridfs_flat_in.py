"""
PyMongo's GridIn with one batch in memory, which leaves nothing behind when it is given up.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from bson import ObjectId
from gridfs.synchronous.grid_file import GridIn
from pymongo.synchronous.client_session import _SESSION, ClientSession
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.mongo_client import MongoClient

from motorish.calls import await_
from motorish.drivers.mongo.gridfs_shared import BATCH_BYTES, afterwards
from motorish.green.threading import RLock
from motorish.green.time import sleep
from motorish.hub import current_child

LATE_S = 0.2
"""How long, in seconds, the server may take for a write whose reply was given up, if it is not fenced."""


class FlatGridIn(GridIn):
    """
    A file being written.  What a failed or aborted upload has left on the server is removed.

    Without a session of the caller's it has one of its own, so that a write whose reply was given up
    can be fenced off: see `_discard`.
    """

    _given_up: bool
    _lock: RLock
    _owned_session: ClientSession | None
    _settled: bool  # stored, or removed by abort()

    def __init__(
        self, root_collection: Collection[Any], session: ClientSession | None = None, **kwargs: Any
    ) -> None:
        client = root_collection.database.client
        owns = session is None and _SESSION.get() is None
        if owns:
            session = client.start_session(causal_consistency=False)  # no I/O
        super().__init__(root_collection, session, **kwargs)
        object.__setattr__(self, "_owned_session", session if owns else None)
        object.__setattr__(self, "_lock", RLock())
        object.__setattr__(self, "_given_up", False)
        object.__setattr__(self, "_settled", False)

    def __del__(self) -> None:
        # Neither I/O nor a lock: PyMongo's cursors end theirs in finalisers, too.
        session = self.__dict__.get("_owned_session")  # __init__ may have failed
        if session is not None:
            session.end_session()

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(GridIn):  # PyMongo looks into the object's own class only
            object.__setattr__(self, name, value)
        else:
            super().__setattr__(name, value)

    def __exit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> Any:
        if exc_type is not None:
            self._give_up()
        return super().__exit__(exc_type, exc_val, exc_tb)

    def write(self, data: Any) -> None:
        """
        Write bytes, or all that ``data.read(size)`` gives, which may be awaitable.
        """
        with self._whole():
            super().write(_Source(data) if hasattr(data, "read") else data)

    def close(self) -> None:
        """
        Write what is left, then the document that makes the file visible.

        Raises:
            ValueError: the file was given up while this call waited for its turn.
        """
        given_up = self._given_up
        with self._whole():
            if self._given_up and not self._settled:
                if given_up:
                    return
                raise ValueError(
                    f"file {self._id!r} was not stored: while close() waited for another call of it, "
                    "the file was given up, by a cancelled call or an exception in its block"
                )
            super().close()
            self._end_session()

    def abort(self) -> None:
        """
        Remove what was written.
        """
        with self._whole():
            given_up = self._given_up
            super().abort()
            if not given_up:  # else _discard is needed, and needs the session
                self._settled = True
                self._end_session()

    def _flush(self) -> Any:
        result = super()._flush()
        self._settled = True
        return result

    def _flush_data(self, data: Any, force: bool = False) -> None:
        super()._flush_data(data, force or self._buffered_docs_size + len(data) >= BATCH_BYTES)

    def _end_session(self) -> None:
        if self._owned_session is not None:
            self._owned_session.end_session()  # no I/O
            self._session = self._owned_session = None

    @contextmanager
    def _whole(self) -> Iterator[None]:
        # One call after the other, as they were made; an aborted one gives the file up.
        try:
            with self._lock:
                yield
        except BaseException:
            child = current_child()
            if child is not None and child.raised:
                self._give_up()
            raise

    def _give_up(self) -> None:
        if not self._closed:
            self._closed = self._given_up = True
            afterwards(self._discard)

    def _discard(self) -> None:
        # The server may still be at work on the last write, or even get it later.  A retryable write in
        # the same session waits for it, and what comes later than that is refused, being out of order.
        with self._lock:
            if self._settled:  # by a call that was ahead of the cancelled one
                return
            fenced = self._owned_session is not None and _retries_writes(self._coll.database.client)
            visible = "uploadDate" in self._file  # or about to be
            ours = {"_id": self._id, "uploadDate": self._file.get("uploadDate", ObjectId())}
            removed = self._coll.files.delete_one(ours, session=self._owned_session).deleted_count
            if not fenced:
                sleep(LATE_S)
                removed += self._coll.files.delete_one(ours).deleted_count
            if removed or fenced or not visible:  # a file that comes later must not lack its chunks
                self._chunks.delete_many(self._our_chunks())
            self._end_session()

    def _our_chunks(self) -> dict[str, Any]:
        # The _id may be that of somebody else's file, as long as the first chunk was not accepted.
        pending = self._buffered_docs
        first_accepted = pending[0]["n"] > 0 if pending else self._chunk_number > 0
        if first_accepted:
            return {"files_id": self._id}
        return {"_id": {"$in": [doc["_id"] for doc in pending if "_id" in doc]}}


class _Source:
    """
    Something to read from, synchronous or not, that gives less than was asked for at its end only.
    """

    def __init__(self, source: Any) -> None:
        self._read = source.read

    def read(self, size: int) -> Any:
        parts = []
        missing = size
        while missing > 0:
            data = self._read(missing)
            if inspect.isawaitable(data):
                data = await_(data)
            if not data:
                break
            parts.append(data)
            missing -= len(data)
        return parts[0] if len(parts) == 1 else b"".join(parts)


def _retries_writes(client: MongoClient[Any]) -> bool:
    servers = client.topology_description.server_descriptions().values()
    return client.options.retry_writes and any(server.retryable_writes_supported for server in servers)
