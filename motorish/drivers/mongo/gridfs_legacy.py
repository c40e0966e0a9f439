"""
MotorGridFS: GridFS as it was before buckets, from Motor before version 2.
"""

from __future__ import annotations

from typing import Any, ClassVar

from gridfs.synchronous.grid_file import GridIn, GridOut, GridOutCursor

from motorish.drivers.mongo._arguments import wrong_argument
from motorish.drivers.mongo.database import MotorDatabase
from motorish.drivers.mongo.gridfs_flat import FlatGridFS
from motorish.drivers.mongo.gridfs_flat_in import FlatGridIn
from motorish.drivers.mongo.gridfs_flat_out import FlatGridOut
from motorish.drivers.mongo.gridfs_in import MotorGridIn
from motorish.drivers.mongo.gridfs_out import MotorGridOut, MotorGridOutCursor
from motorish.drivers.mongo.texts.gridfs_legacy import LEGACY
from motorish.proxy import AsyncCommand, AsyncRead, AsyncWrite, DelegateMethod, WithLoop
from motorish.proxy.base import unwrap_args, unwrap_kwargs


class MotorGridFS(WithLoop):
    """
    GridFS as it was before buckets; for new code, `MotorGridFSBucket` is the better choice.

    Args:
        database: the `MotorDatabase` that holds the files.
        collection: prefix of its collections.

    Raises:
        TypeError: *database* is not a MotorDatabase.
        pymongo.errors.ConfigurationError: its writes are not acknowledged.

    Example::

        fs = motorish.MotorGridFS(client.shop)
        file_id = await fs.put(b"hello", filename="greeting")
        file = await fs.get(file_id)
        print(await file.read())
    """

    __delegate_class__ = FlatGridFS
    __texts__ = LEGACY
    _cursor_class: ClassVar[type[MotorGridOutCursor]] = MotorGridOutCursor
    _grid_in_class: ClassVar[type[MotorGridIn]] = MotorGridIn
    _grid_out_class: ClassVar[type[MotorGridOut]] = MotorGridOut

    delegate: FlatGridFS

    delete = AsyncCommand()
    exists = AsyncRead()
    find_one = AsyncRead().wrap(FlatGridOut)
    get = AsyncRead().wrap(FlatGridOut)
    get_last_version = AsyncRead().wrap(FlatGridOut)
    get_version = AsyncRead().wrap(FlatGridOut)
    list = AsyncRead()
    put = AsyncWrite().unwrap("MotorGridOut")

    new_file = DelegateMethod().wrap(FlatGridIn)

    def __init__(self, database: MotorDatabase, collection: str = "fs") -> None:
        if not isinstance(database, MotorDatabase):
            raise wrong_argument(self, "the first argument", "Database", database)
        self.delegate = FlatGridFS(database.delegate, collection)
        self.collection = database[collection]
        self._binding = database._binding

    def find(self, *args: Any, **kwargs: Any) -> MotorGridOutCursor:
        """
        Make a cursor over the files that match; nothing is sent until the cursor is used.

        Arguments as for PyMongo's ``GridFS.find``.
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
