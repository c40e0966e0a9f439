"""
MotorDatabase: a database of a MotorClient.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar

from bson.codec_options import CodecOptions
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import _ServerMode
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.command_cursor import CommandCursor
from pymongo.synchronous.database import Database
from pymongo.write_concern import WriteConcern

from motorish.calls import Callback
from motorish.drivers.mongo.change_stream import Watchable
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.command_cursor import MotorCommandCursor, MotorLatentCommandCursor
from motorish.drivers.mongo.texts.database import DATABASE
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    DelegateMethod,
    ReadOnlyProperty,
    gives_latent,
)
from motorish.proxy.declarations import has_signature_of

if TYPE_CHECKING:
    from motorish.drivers.mongo.client import MotorClient


class MotorDatabase(Watchable):
    """
    A database; get one from a client: ``client.shop`` or ``client["shop"]``.

    Args:
        client: the `MotorClient` that it belongs to.
        name: its name.

    Raises:
        pymongo.errors.InvalidName: no database can have this name.
    """

    __delegate_class__ = Database
    __texts__ = DATABASE
    _child_kind = "collection"
    _collection_class: ClassVar[type[MotorCollection]] = MotorCollection
    _command_cursor_class: ClassVar[type[MotorCommandCursor]] = MotorCommandCursor

    delegate: Database[Any]

    command = AsyncCommand()
    create_collection = AsyncCommand().wrap(Collection)
    cursor_command = AsyncCommand().wrap(CommandCursor)
    dereference = AsyncRead()
    drop_collection = AsyncCommand().unwrap("MotorCollection")
    list_collection_names = AsyncRead()
    list_collections = AsyncRead().wrap(CommandCursor)
    validate_collection = AsyncRead().unwrap("MotorCollection")

    get_collection = DelegateMethod().wrap(Collection)
    next = DelegateMethod()  # a TypeError: a database is not an iterator
    __next__ = DelegateMethod()
    with_options = DelegateMethod().wrap(Database)

    codec_options = ReadOnlyProperty()
    name = ReadOnlyProperty()
    read_concern = ReadOnlyProperty()
    read_preference = ReadOnlyProperty()
    write_concern = ReadOnlyProperty()

    def __init__(
        self,
        client: MotorClient,
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        *,
        _delegate: Database[Any] | None = None,
    ) -> None:
        if _delegate is None:
            _delegate = Database(
                client.delegate, name, codec_options, read_preference, write_concern, read_concern
            )
        self.delegate = _delegate
        self._client = client
        self._binding = client._binding

    @property
    def client(self) -> MotorClient:
        """
        The client that this database belongs to.
        """
        return self._client

    def __getitem__(self, name: str) -> MotorCollection:
        return self._collection_class(self, name)

    def __bool__(self) -> bool:
        return bool(self.delegate)  # raises PyMongo's own NotImplementedError

    # No __call__ that explains, as in Motor: libraries ask callable(client.name) if there is such a method.

    @gives_latent
    @has_signature_of(Database.aggregate)
    def aggregate(
        self, pipeline: Sequence[Any], *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> MotorLatentCommandCursor:
        """
        Run an aggregation pipeline that needs no collection, such as one that begins with $currentOp.

        Arguments as for PyMongo's ``Database.aggregate``.  The command is sent when the cursor that is
        returned is first used.  Also accepts callback=.
        """
        return self["$cmd.aggregate"]._latent(self.delegate.aggregate, (pipeline, *args), kwargs, callback)

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of a database, collection or command cursor of PyMongo's.
        """
        if isinstance(obj, Collection):
            return self._collection_class(self, obj.name, _delegate=obj)
        if isinstance(obj, Database):
            return type(self)(self._client, obj.name, _delegate=obj)
        if isinstance(obj, CommandCursor):
            return self._command_cursor_class(obj, self)
        return obj
