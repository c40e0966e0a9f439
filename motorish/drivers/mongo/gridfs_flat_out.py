"""
PyMongo's GridOut with one batch in memory, and reads that can be cancelled and tried again.
"""

from __future__ import annotations

from asyncio import CancelledError
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from gridfs.synchronous.grid_file import GridOut, GridOutChunkIterator
from pymongo.synchronous.client_session import ClientSession
from pymongo.synchronous.collection import Collection

from motorish.drivers.mongo._iteration import kill
from motorish.drivers.mongo.gridfs_shared import BATCH_BYTES, afterwards
from motorish.green.threading import RLock


class FlatGridOut(GridOut):
    """
    A file being read.  An aborted read leaves the position where it was.
    """

    def __init__(
        self,
        root_collection: Collection[Any],
        file_id: Any = None,
        file_document: Any = None,
        session: ClientSession | None = None,
    ) -> None:
        super().__init__(root_collection, file_id, file_document, session)
        self._lock = RLock()

    def readchunk(self) -> bytes:
        """
        The rest of the current chunk; nothing at the end of the file.
        """
        with self._all_or_nothing():
            if self._chunk_iter is None and not self._buffer and self._position < int(self.length):
                chunk = self._position // int(self.chunk_size)
                self._chunk_iter = _SmallBatches(self, self._chunks, self._session, chunk)
            return super().readchunk()

    def readline(self, size: int = -1) -> bytes:
        """
        The next line with its newline, or at most *size* bytes of it.
        """
        return self._read_size_or_line(size, line=True)

    def readlines(self, size: int = -1) -> list[bytes]:
        """
        The lines that are left, or as many as it takes to get *size* bytes.
        """
        with self._all_or_nothing():
            return super().readlines(size)

    def to_list(self) -> list[bytes]:
        """
        The lines that are left.
        """
        return self.readlines()

    def seek(self, pos: int, whence: int = 0) -> int:
        """
        As PyMongo's, but without I/O: the server's cursor is closed later.
        """
        before, chunks, self._chunk_iter = self._position, self._chunk_iter, None
        try:
            return super().seek(pos, whence)
        finally:
            if self._position == before:
                self._chunk_iter = chunks

    def close(self) -> None:
        """
        Close the server's cursor.
        """
        with self._all_or_nothing(opened=False):
            super().close()

    def _read_size_or_line(self, size: int = -1, line: bool = False) -> bytes:
        with self._all_or_nothing():
            return super()._read_size_or_line(size, line)

    @contextmanager
    def _all_or_nothing(self, opened: bool = True) -> Iterator[None]:
        with self._lock:
            if opened:
                self.open()
            before = self._position
            try:
                yield
            except CancelledError:  # what our adapter of PyMongo has an aborted call raise
                self._rewind(before)
                raise

    def _rewind(self, position: int) -> None:
        if self._chunk_iter is not None and self._chunk_iter._cursor is not None:
            afterwards(partial(kill, self._chunk_iter._cursor))
        self._chunk_iter = None
        self._position, self._buffer, self._buffer_pos = position, b"", 0


class _SmallBatches(GridOutChunkIterator):
    """
    The chunks of a file, fetched in batches of `BATCH_BYTES`.
    """

    def _batch_size(self) -> int:
        batch = max(1, BATCH_BYTES // self._chunk_size)
        left = max(0, self._num_chunks - self._next_chunk)
        return left + 1 if left <= batch else batch  # one more than there are: the server closes the cursor

    def _create_cursor(self) -> None:
        super()._create_cursor()
        assert self._cursor is not None
        self._cursor.batch_size(self._batch_size())

    def next(self) -> Mapping[str, Any]:
        """
        The next chunk's document.
        """
        if self._cursor is not None:
            self._cursor._batch_size = self._batch_size()
        return super().next()

    __next__ = next
