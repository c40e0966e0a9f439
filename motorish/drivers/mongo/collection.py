"""
MotorCollection: a collection of a MotorDatabase.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, ClassVar, NoReturn

from bson.codec_options import CodecOptions
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import _ServerMode
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.command_cursor import CommandCursor
from pymongo.synchronous.cursor import Cursor, RawBatchCursor
from pymongo.synchronous.database import Database
from pymongo.write_concern import WriteConcern

from motorish.calls import Callback
from motorish.drivers.mongo._arguments import wrong_argument
from motorish.drivers.mongo.change_stream import Watchable
from motorish.drivers.mongo.command_cursor import MotorCommandCursor, MotorLatentCommandCursor
from motorish.drivers.mongo.cursor import MotorCursor, MotorRawBatchCursor
from motorish.drivers.mongo.texts.collection import COLLECTION
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    AsyncWrite,
    DelegateMethod,
    NamespaceProxy,
    ReadOnlyProperty,
    gives_latent,
)
from motorish.proxy.base import unwrap_args, unwrap_kwargs
from motorish.proxy.declarations import has_signature_of

if TYPE_CHECKING:
    from motorish.drivers.mongo.client import MotorClient
    from motorish.drivers.mongo.database import MotorDatabase


class MotorCollection(Watchable):
    """
    A collection; get one from a database: ``db.orders`` or ``db["orders"]``.

    Args:
        database: the `MotorDatabase` that it belongs to.
        name: its name.

    Raises:
        TypeError: *database* is not a MotorDatabase.
        pymongo.errors.InvalidName: no collection can have this name.
    """

    __delegate_class__ = Collection
    __texts__ = COLLECTION
    _child_kind = "collection"
    _command_cursor_class: ClassVar[type[MotorCommandCursor]] = MotorCommandCursor
    _cursor_class: ClassVar[type[MotorCursor]] = MotorCursor
    _latent_cursor_class: ClassVar[type[MotorLatentCommandCursor]] = MotorLatentCommandCursor
    _latent_raw_cursor_class: ClassVar[type[MotorLatentCommandCursor]] = MotorLatentCommandCursor
    _raw_cursor_class: ClassVar[type[MotorRawBatchCursor]] = MotorRawBatchCursor

    delegate: Collection[Any]

    bulk_write = AsyncCommand()
    count_documents = AsyncRead()
    create_index = AsyncCommand()
    create_indexes = AsyncCommand()
    create_search_index = AsyncCommand()
    create_search_indexes = AsyncCommand()
    delete_many = AsyncWrite()
    delete_one = AsyncWrite()
    distinct = AsyncRead()
    drop = AsyncCommand()
    drop_index = AsyncCommand()
    drop_indexes = AsyncCommand()
    drop_search_index = AsyncCommand()
    estimated_document_count = AsyncRead()
    find_one = AsyncRead()
    find_one_and_delete = AsyncWrite()
    find_one_and_replace = AsyncWrite()
    find_one_and_update = AsyncWrite()
    index_information = AsyncRead()
    insert_many = AsyncWrite()
    insert_one = AsyncWrite()
    options = AsyncRead()
    rename = AsyncCommand()
    replace_one = AsyncWrite()
    update_many = AsyncWrite()
    update_one = AsyncWrite()
    update_search_index = AsyncCommand()

    next = DelegateMethod()  # a TypeError: a collection is not an iterator
    __next__ = DelegateMethod()
    with_options = DelegateMethod().wrap(Collection)

    codec_options = ReadOnlyProperty()
    full_name = ReadOnlyProperty()
    name = ReadOnlyProperty()
    read_concern = ReadOnlyProperty()
    read_preference = ReadOnlyProperty()
    write_concern = ReadOnlyProperty()

    def __init__(
        self,
        database: MotorDatabase,
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        *,
        _delegate: Collection[Any] | None = None,
    ) -> None:
        if not isinstance(database, NamespaceProxy) or not isinstance(database.delegate, Database):
            raise wrong_argument(self, "the first argument", "Database", database)
        if _delegate is None:
            _delegate = Collection(
                database.delegate,
                name,
                codec_options=codec_options,
                read_preference=read_preference,
                write_concern=write_concern,
                read_concern=read_concern,
            )
        self.delegate = _delegate
        self._database = database
        self._binding = database._binding

    @property
    def database(self) -> MotorDatabase:
        """
        The database that this collection belongs to.
        """
        return self._database

    @property
    def _client(self) -> MotorClient:
        client: MotorClient = self.database._client
        return client

    def __getitem__(self, name: str) -> MotorCollection:
        return type(self)(self.database, f"{self.name}.{name}", _delegate=self.delegate[name])

    def __bool__(self) -> bool:
        return bool(self.delegate)  # raises PyMongo's own NotImplementedError

    def __call__(self, *args: Any, **kwargs: Any) -> NoReturn:
        method = self.name.rpartition(".")[2]
        raise TypeError(
            f"a {type(self).__name__} cannot be called: there is no method {method!r}, so what you "
            f"called is the collection {self.name!r}"
        )

    def find(self, *args: Any, **kwargs: Any) -> MotorCursor:
        """
        Make a cursor over the documents that match; nothing is sent until the cursor is used.

        Args:
            args, kwargs: as for PyMongo's ``Collection.find``: ``filter``, ``projection`` (list of names or a
                mapping), ``sort``, ``skip``, ``limit`` and ``batch_size`` (documents), ``max_time_ms``
                (milliseconds), ``cursor_type`` (`pymongo.CursorType`), ``session`` and so on.

        Returns:
            `MotorCursor`; from an AsyncCollection, `AsyncCursor`.

        Raises:
            TypeError: an argument is not of its kind.  (What the server refuses is raised by the first use.)

        Example::

            async for order in db.orders.find({"paid": False}).sort("_id").limit(10):
                print(order)
        """
        unwrap_kwargs(kwargs)
        return self._cursor_class(self.delegate.find(*unwrap_args(args), **kwargs), self)

    def find_raw_batches(self, *args: Any, **kwargs: Any) -> MotorRawBatchCursor:
        """
        As `find`, but each item is a whole batch of documents as BSON bytes.
        """
        unwrap_kwargs(kwargs)
        return self._raw_cursor_class(self.delegate.find_raw_batches(*unwrap_args(args), **kwargs), self)

    @gives_latent
    @has_signature_of(Collection.aggregate)
    def aggregate(
        self, pipeline: Sequence[Any], *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> MotorLatentCommandCursor:
        """
        Run an aggregation pipeline; the command is sent when the cursor that is returned is first used.

        As PyMongo's ``Collection.aggregate``, and Motor's: it may be awaited or not.  Also accepts callback=.

        Args:
            pipeline: list of stages, such as ``[{"$match": {...}}, {"$group": {...}}]``.
            kwargs: ``allowDiskUse``, ``maxTimeMS`` (milliseconds), ``batchSize`` (documents), ``collation``,
                ``hint``, ``let``, ``session`` and so on.

        Returns:
            A cursor over the documents that come out of the last stage.

        Raises:
            pymongo.errors.OperationFailure: (by the first use, or when it is awaited) the server refuses it.

        Example::

            await db.orders.aggregate([{"$out": "archive"}]).to_list()
        """
        return self._latent(self.delegate.aggregate, (pipeline, *args), kwargs, callback)

    @gives_latent
    @has_signature_of(Collection.aggregate_raw_batches)
    def aggregate_raw_batches(
        self, pipeline: Sequence[Any], *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> MotorLatentCommandCursor:
        """
        As `aggregate`, but each item is a whole batch of documents as BSON bytes.
        """
        return self._latent(self.delegate.aggregate_raw_batches, (pipeline, *args), kwargs, callback)

    @gives_latent
    @has_signature_of(Collection.list_indexes)
    def list_indexes(
        self, *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> MotorLatentCommandCursor:
        """
        The collection's indexes, as documents; the command is sent when the cursor is first used.

        Also accepts callback=.

        Example::

            async for index in db.orders.list_indexes():
                print(index["name"], index["key"])
        """
        return self._latent(self.delegate.list_indexes, args, kwargs, callback)

    @gives_latent
    @has_signature_of(Collection.list_search_indexes)
    def list_search_indexes(
        self, *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> MotorLatentCommandCursor:
        """
        The collection's search indexes (Atlas); the command is sent when the cursor is first used.

        Also accepts callback=.
        """
        return self._latent(self.delegate.list_search_indexes, args, kwargs, callback)

    def _latent(
        self,
        start: Callable[..., Any],
        args: tuple[Any, ...],
        kwargs: dict[str, Any],
        callback: Callback | None,
    ) -> MotorLatentCommandCursor:
        raw = start.__name__ == "aggregate_raw_batches"
        cls = self._latent_raw_cursor_class if raw else self._latent_cursor_class
        return cls(self, start, args, kwargs)._give(callback)  # type: ignore[no-any-return]

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of a collection or cursor of PyMongo's.
        """
        if isinstance(obj, Collection):
            return type(self)(self.database, obj.name, _delegate=obj)
        if isinstance(obj, RawBatchCursor):
            return self._raw_cursor_class(obj, self)
        if isinstance(obj, Cursor):
            return self._cursor_class(obj, self)
        if isinstance(obj, CommandCursor):
            return self._command_cursor_class(obj, self)
        return obj
