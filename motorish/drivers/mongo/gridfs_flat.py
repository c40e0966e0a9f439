"""
PyMongo's GridFSBucket and GridFS with files that take little memory: what their proxies hold.
"""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from typing import Any

from gridfs.synchronous.grid_file import GridFS, GridFSBucket, GridOut
from pymongo.synchronous.client_session import ClientSession

from motorish.calls import await_
from motorish.drivers.mongo.gridfs_flat_in import FlatGridIn
from motorish.drivers.mongo.gridfs_flat_out import FlatGridOut


class FlatGridFSBucket(GridFSBucket):
    """
    A bucket of such files.
    """

    def open_upload_stream(
        self,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
    ) -> FlatGridIn:
        """
        A file to write to, with an ``_id`` of its own.
        """
        stock = super().open_upload_stream(filename, chunk_size_bytes, metadata, session)
        return FlatGridIn(self._collection, session, **stock._file)

    def open_upload_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: ClientSession | None = None,
    ) -> FlatGridIn:
        """
        A file to write to.
        """
        stock = super().open_upload_stream_with_id(file_id, filename, chunk_size_bytes, metadata, session)
        return FlatGridIn(self._collection, session, **stock._file)

    def open_download_stream(self, file_id: Any, session: ClientSession | None = None) -> FlatGridOut:
        """
        A file to read from.
        """
        stock = super().open_download_stream(file_id, session)
        return FlatGridOut(self._collection, file_document=stock._file, session=session)

    def open_download_stream_by_name(
        self, filename: str, revision: int = -1, session: ClientSession | None = None
    ) -> FlatGridOut:
        """
        A revision of a file to read from: 0 is the first one, -1 the last.
        """
        stock = super().open_download_stream_by_name(filename, revision, session)
        return FlatGridOut(self._collection, file_document=stock._file, session=session)

    def download_to_stream(
        self, file_id: Any, destination: Any, session: ClientSession | None = None
    ) -> None:
        """
        Pass each chunk to ``destination.write``, whose result may be awaitable.
        """
        super().download_to_stream(file_id, _Destination(destination), session)

    def download_to_stream_by_name(
        self, filename: str, destination: Any, revision: int = -1, session: ClientSession | None = None
    ) -> None:
        """
        As `download_to_stream`, of a revision.
        """
        super().download_to_stream_by_name(filename, _Destination(destination), revision, session)


class FlatGridFS(GridFS):
    """
    The older interface to such files.
    """

    def new_file(self, **kwargs: Any) -> FlatGridIn:
        """
        A file to write to.
        """
        return FlatGridIn(self._collection, **kwargs)

    def put(self, data: Any, **kwargs: Any) -> Any:
        """
        Write a whole file; gives its ``_id``.
        """
        with self.new_file(**kwargs) as file:
            file.write(data)
            return file._id

    def get(self, file_id: Any, session: ClientSession | None = None) -> FlatGridOut:
        """
        The file with this ``_id``, to read from.
        """
        return self._flat(super().get(file_id, session), session)

    def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: ClientSession | None = None,
        **kwargs: Any,
    ) -> FlatGridOut:
        """
        A version of the files that match: 0 is the first one, -1 the last.
        """
        return self._flat(super().get_version(filename, version, session, **kwargs), session)

    def find_one(
        self, filter: Any = None, session: ClientSession | None = None, *args: Any, **kwargs: Any
    ) -> FlatGridOut | None:
        """
        One of the files that match, or None.
        """
        stock = super().find_one(filter, session, *args, **kwargs)
        return None if stock is None else self._flat(stock, session)

    def _flat(self, stock: GridOut, session: ClientSession | None) -> FlatGridOut:
        return FlatGridOut(self._collection, file_document=stock._file, session=session)


class _Destination:
    """
    Something to write to, synchronous or not.
    """

    def __init__(self, destination: Any) -> None:
        self._write = destination.write

    def write(self, data: bytes) -> None:
        result = self._write(data)
        if inspect.isawaitable(result):
            await_(result)
