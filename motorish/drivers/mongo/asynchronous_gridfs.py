"""
AsyncGridFSBucket, AsyncGridFS and their files: PyMongo's asynchronous GridFS.
"""

from __future__ import annotations

import os
from typing import Any

from gridfs import DEFAULT_CHUNK_SIZE
from gridfs.synchronous.grid_file import GridIn, GridOut
from pymongo.read_preferences import _ServerMode
from pymongo.write_concern import WriteConcern

from motorish.drivers.mongo.asynchronous import (
    AsyncClientSession,
    AsyncCollection,
    AsyncCursor,
    AsyncDatabase,
)
from motorish.drivers.mongo.gridfs_bucket import MotorGridFSBucket
from motorish.drivers.mongo.gridfs_in import MotorGridIn
from motorish.drivers.mongo.gridfs_legacy import MotorGridFS
from motorish.drivers.mongo.gridfs_out import MotorGridOut, MotorGridOutCursor


class AsyncGridIn(MotorGridIn):
    """
    A file to write to; get one from `AsyncGridFSBucket.open_upload_stream`.

    As `MotorGridIn`, but methods are coroutine functions, and the parameters PyMongo's.
    """

    _lazy = True

    def __init__(
        self,
        root_collection: AsyncCollection,
        session: AsyncClientSession | None = None,
        *,
        delegate: GridIn | None = None,
        **kwargs: Any,
    ) -> None:
        super().__init__(root_collection, delegate, session, **kwargs)


class AsyncGridOut(MotorGridOut):
    """
    A file to read from; get one from `AsyncGridFSBucket.open_download_stream`.

    As `MotorGridOut`, but methods are coroutine functions, the parameters PyMongo's, and ``async for`` gives
    lines.
    """

    _lazy = True

    def __init__(
        self,
        root_collection: AsyncCollection,
        file_id: Any = None,
        file_document: Any = None,
        session: AsyncClientSession | None = None,
        *,
        delegate: GridOut | None = None,
    ) -> None:
        super().__init__(root_collection, file_id, file_document, delegate, session)

    async def __anext__(self) -> bytes:
        line: bytes = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line

    async def seek(self, pos: int, whence: int = os.SEEK_SET) -> int:  # type: ignore[override]
        """
        Set the position from which the next read goes on.  Coroutine.

        Args:
            pos: in bytes, from where *whence* says: `os.SEEK_SET`, `os.SEEK_CUR` or `os.SEEK_END`.

        Raises:
            OSError: there is no such position.
            InvalidOperation: from the end, of a file that is not open.
        """
        return int(super().seek(pos, whence))


class AsyncGridOutCursor(MotorGridOutCursor, AsyncCursor):
    """
    What `AsyncGridFSBucket.find` returns: a cursor over files, each an `AsyncGridOut`.
    """

    _grid_out_class = AsyncGridOut


class AsyncGridFSBucket(MotorGridFSBucket):
    """
    A GridFS bucket: files of any size in two collections, ``fs.files`` and ``fs.chunks``.

    As `MotorGridFSBucket`, but methods are coroutine functions, and the parameters PyMongo's.

    Args:
        db: the `AsyncDatabase` that holds it.
        bucket_name: prefix of its collections.
        chunk_size_bytes: of new files.
        write_concern, read_preference: instead of the database's.

    Raises:
        TypeError: *db* is not an AsyncDatabase of motorish.
        pymongo.errors.ConfigurationError: *write_concern* is not acknowledged.

    Example::

        bucket = motorish.AsyncGridFSBucket(client.shop)
        file_id = await bucket.upload_from_stream("report.pdf", source)
    """

    _lazy = True
    _cursor_class = AsyncGridOutCursor
    _grid_in_class = AsyncGridIn
    _grid_out_class = AsyncGridOut

    def __init__(
        self,
        db: AsyncDatabase,
        bucket_name: str = "fs",
        chunk_size_bytes: int = DEFAULT_CHUNK_SIZE,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
    ) -> None:
        super().__init__(db, bucket_name, chunk_size_bytes, write_concern, read_preference)


class AsyncGridFS(MotorGridFS):
    """
    GridFS as it was before buckets; for new code, `AsyncGridFSBucket` is the better choice.

    As `MotorGridFS`, but methods are coroutine functions.

    Args:
        database: the `AsyncDatabase` that holds the files.
        collection: prefix of its collections.

    Raises:
        TypeError: *database* is not an AsyncDatabase of motorish.
        pymongo.errors.ConfigurationError: its writes are not acknowledged.
    """

    _lazy = True
    _cursor_class = AsyncGridOutCursor
    _grid_in_class = AsyncGridIn
    _grid_out_class = AsyncGridOut
