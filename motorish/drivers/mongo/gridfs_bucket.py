"""
MotorGridFSBucket: files in a database, in chunks.
"""

from __future__ import annotations

import warnings
from typing import Any, ClassVar

from gridfs import DEFAULT_CHUNK_SIZE
from gridfs.errors import NoFile as NoFile
from gridfs.synchronous.grid_file import GridIn, GridOut, GridOutCursor
from pymongo.read_preferences import _ServerMode
from pymongo.write_concern import WriteConcern

from motorish.drivers.mongo._arguments import wrong_argument
from motorish.drivers.mongo.database import MotorDatabase
from motorish.drivers.mongo.gridfs_flat import FlatGridFSBucket
from motorish.drivers.mongo.gridfs_flat_in import FlatGridIn
from motorish.drivers.mongo.gridfs_flat_out import FlatGridOut
from motorish.drivers.mongo.gridfs_in import MotorGridIn
from motorish.drivers.mongo.gridfs_out import MotorGridOut, MotorGridOutCursor
from motorish.drivers.mongo.texts.gridfs import BUCKET
from motorish.proxy import AsyncCommand, AsyncRead, DelegateMethod, WithLoop
from motorish.proxy.base import unwrap_args, unwrap_kwargs


class MotorGridFSBucket(WithLoop):
    """
    A GridFS bucket: files of any size in two collections, ``fs.files`` and ``fs.chunks``.

    However large a file is, no more than about three of its chunks are in memory.  What is given to an
    upload may be bytes or have a ``read(size)``, plain or asynchronous; a download may go to anything
    that has a ``write(bytes)``, plain or asynchronous.

    Args:
        database: the `MotorDatabase` that holds it.
        bucket_name: prefix of its collections.
        chunk_size_bytes: of new files.
        write_concern, read_preference: instead of the database's.
        collection: deprecated alias of *bucket_name*.

    Raises:
        TypeError: *database* is not a MotorDatabase.
        pymongo.errors.ConfigurationError: *write_concern* is not acknowledged.

    Example::

        bucket = motorish.MotorGridFSBucket(client.shop)
        file_id = await bucket.upload_from_stream("report.pdf", source)
        await bucket.download_to_stream(file_id, destination)
    """

    __delegate_class__ = FlatGridFSBucket
    __texts__ = BUCKET

    _grid_in_class: ClassVar[type[MotorGridIn]] = MotorGridIn
    _grid_out_class: ClassVar[type[MotorGridOut]] = MotorGridOut
    _cursor_class: ClassVar[type[MotorGridOutCursor]] = MotorGridOutCursor

    delegate: FlatGridFSBucket

    delete = AsyncCommand()
    delete_by_name = AsyncCommand()
    download_to_stream = AsyncCommand().unwrap("MotorGridIn")
    download_to_stream_by_name = AsyncCommand().unwrap("MotorGridIn")
    open_download_stream = AsyncRead().wrap(FlatGridOut)
    open_download_stream_by_name = AsyncRead().wrap(FlatGridOut)
    rename = AsyncCommand()
    rename_by_name = AsyncCommand()
    upload_from_stream = AsyncCommand().unwrap("MotorGridOut")
    upload_from_stream_with_id = AsyncCommand().unwrap("MotorGridOut")

    open_upload_stream = DelegateMethod().wrap(FlatGridIn)
    open_upload_stream_with_id = DelegateMethod().wrap(FlatGridIn)

    def __init__(
        self,
        database: MotorDatabase,
        bucket_name: str = "fs",
        chunk_size_bytes: int = DEFAULT_CHUNK_SIZE,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        collection: str | None = None,
    ) -> None:
        if collection is not None:
            warnings.warn(
                'the "collection" parameter is deprecated, use "bucket_name" instead',
                DeprecationWarning,
                stacklevel=2,
            )
            bucket_name = collection
        if not isinstance(database, MotorDatabase):
            raise wrong_argument(self, "the first argument", "Database", database)
        self.collection = database.get_collection(
            bucket_name, write_concern=write_concern, read_preference=read_preference
        )
        self.delegate = FlatGridFSBucket(
            database.delegate, bucket_name, chunk_size_bytes, write_concern, read_preference
        )
        self._binding = database._binding

    def find(self, *args: Any, **kwargs: Any) -> MotorGridOutCursor:
        """
        Make a cursor over the files that match; nothing is sent until the cursor is used.

        Arguments as for PyMongo's ``GridFSBucket.find``.

        Example::

            async for file in bucket.find({"filename": "report.pdf"}).sort("uploadDate", -1).limit(3):
                print(file.upload_date, file.length)
        """
        unwrap_kwargs(kwargs)
        return self._cursor_class(self.delegate.find(*unwrap_args(args), **kwargs), self.collection)

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of a file or a cursor over files.
        """
        if isinstance(obj, GridIn):
            return self._grid_in_class(self.collection, delegate=obj)
        if isinstance(obj, GridOut):
            return self._grid_out_class(self.collection, delegate=obj)
        if isinstance(obj, GridOutCursor):
            return self._cursor_class(obj, self.collection)
        return obj
