# Made by: python -m motorish.drivers.mongo.stubs (with PyMongo 4.20.0)

import builtins
from asyncio.events import AbstractEventLoop
from collections.abc import Awaitable, Callable, Generator, Iterable, Mapping, MutableMapping, Sequence
from datetime import datetime
from types import TracebackType
from typing import Any, Generic, Self, overload
from uuid import UUID

from bson.binary import Binary
from bson.code import Code
from bson.codec_options import CodecOptions, TypeRegistry
from bson.dbref import DBRef
from bson.objectid import ObjectId
from bson.raw_bson import RawBSONDocument
from bson.timestamp import Timestamp
from gridfs.synchronous.grid_file import GridIn, GridOut
from pymongo.client_options import ClientOptions
from pymongo.client_session_shared import SessionOptions, TransactionOptions
from pymongo.cursor_shared import _Hint, _Sort
from pymongo.database_shared import _CodecDocumentType
from pymongo.driver_info import DriverInfo
from pymongo.encryption_options import RangeOpts, StringOpts
from pymongo.encryption_shared import RewrapManyDataKeyResult
from pymongo.operations import IndexModel, SearchIndexModel, _IndexKeyHint, _IndexList
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import _ServerMode
from pymongo.results import (
    BulkWriteResult,
    ClientBulkWriteResult,
    DeleteResult,
    InsertManyResult,
    InsertOneResult,
    UpdateResult,
)
from pymongo.synchronous.change_stream import ChangeStream
from pymongo.synchronous.client_session import ClientSession
from pymongo.synchronous.collection import Collection, _WriteOp
from pymongo.synchronous.cursor import Cursor
from pymongo.synchronous.database import Database
from pymongo.synchronous.encryption import ClientEncryption
from pymongo.synchronous.mongo_client import MongoClient
from pymongo.synchronous.mongo_client import _WriteOp as _WriteOp_
from pymongo.topology_description import TopologyDescription
from pymongo.typings import ClusterTime, _Address, _CollationIn, _DocumentTypeArg, _Pipeline
from pymongo.write_concern import WriteConcern
from tornado.ioloop import IOLoop
from tornado.web import RequestHandler
from typing_extensions import TypeVar

from motorish.drivers.mongo.encryption import KmsConnect
from motorish.drivers.mongo.gridfs_flat import FlatGridFS, FlatGridFSBucket
from motorish.drivers.mongo.gridfs_out import Position
from motorish.hub import CallFuture

_DocumentType = TypeVar("_DocumentType", bound=Mapping[str, Any], default=dict[str, Any])
_ItemType = TypeVar("_ItemType", default=dict[str, Any])
T = TypeVar("T")

class AsyncChangeStream(Generic[_DocumentType]):
    """The changes of a collection, database or deployment, as they happen."""

    delegate: ChangeStream[Any] | None
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _DocumentType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, target: Any, arguments: dict[str, Any]) -> None: ...
    @property
    def alive(self) -> bool:
        """Whether more changes may come."""
    async def close(self) -> None:
        """Close the stream; a call that waits for a change ends."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def next(self) -> _DocumentType:
        """The next change, however long it takes."""
    @property
    def resume_token(self) -> Mapping[str, Any] | None:
        """Where to go on after the change that was returned last: ``watch(resume_after=token)``."""
    def send(self, value: Any) -> Any:
        """Go on as a coroutine; for the event loop."""
    def throw(self, *exception: Any) -> Any:
        """Raise an exception in the coroutine; for the event loop."""
    async def try_next(self) -> _DocumentType | None:
        """The next change, or None if one round trip brings none."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class AsyncClientEncryption(Generic[_DocumentType]):
    """Encrypts and decrypts values explicitly, and manages the keys. Needs the extra ``encryption``."""

    delegate: ClientEncryption[Any]
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __init__(
        self,
        kms_providers: Mapping[str, Any],
        key_vault_namespace: str,
        key_vault_client: AsyncMongoClient[Any],
        codec_options: CodecOptions[Any],
        kms_tls_options: Mapping[str, Any] | None = None,
        key_expiration_ms: int | None = None,
        kms_connect_callback: KmsConnect | None = None,
    ) -> None: ...
    async def add_key_alt_name(self, id: Binary, key_alt_name: str) -> Any:
        """Give a data key one more name."""
    async def close(self) -> None:
        """Wipe the keys from memory; the object cannot be used after that."""
    async def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
    ) -> Binary:
        """Make a data key, and keep it in the key vault, itself encrypted."""
    async def create_encrypted_collection(
        self,
        database: AsyncDatabase[_DocumentTypeArg],
        name: str,
        encrypted_fields: Mapping[str, Any],
        kms_provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> tuple[AsyncCollection[_DocumentTypeArg], Mapping[str, Any]]:
        """Create a collection for Queryable Encryption, and a data key for each field without one."""
    async def decrypt(self, value: Binary) -> Any:
        """Decrypt a value."""
    async def delete_key(self, id: Binary) -> DeleteResult:
        """Remove a data key from the key vault; what it has encrypted is lost."""
    async def encrypt(
        self,
        value: Any,
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
        string_opts: StringOpts | None = None,
    ) -> Binary:
        """Encrypt a value."""
    async def encrypt_expression(
        self,
        expression: Mapping[str, Any],
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
    ) -> RawBSONDocument:
        """Encrypt the values in a range query."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def get_key(self, id: Binary) -> RawBSONDocument | None:
        """The document of a data key, or None."""
    async def get_key_by_alt_name(self, key_alt_name: str) -> RawBSONDocument | None:
        """The document of the data key that has this name, or None."""
    def get_keys(self) -> AsyncCursor[RawBSONDocument]:
        """A cursor over all data keys; nothing is sent until it is used."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def remove_key_alt_name(self, id: Binary, key_alt_name: str) -> RawBSONDocument | None:
        """Take a name from a data key."""
    async def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
    ) -> RewrapManyDataKeyResult:
        """Encrypt data keys anew, with another master key; what they have encrypted remains as it is."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class AsyncClientSession:
    """A session; get one from a client: ``client.start_session()``."""

    delegate: ClientSession
    async def __aenter__(self) -> AsyncClientSession: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, delegate: ClientSession, motor_client: AsyncMongoClient[Any]) -> None: ...
    async def abort_transaction(self) -> None:
        """Abort the transaction."""
    def advance_cluster_time(self, cluster_time: Mapping[str, Any]) -> None:
        """Make this session know a cluster time that another one has seen."""
    def advance_operation_time(self, operation_time: Timestamp) -> None:
        """Have reads of this session wait for what another one has written."""
    def bind(self, end_session: bool = True) -> _BoundSession:
        """In the block, operations of this client that are given no session use this one."""
    @property
    def client(self) -> AsyncMongoClient[Any]:
        """The client that this session was started from."""
    @property
    def cluster_time(self) -> ClusterTime | None:
        """The latest cluster time that was seen in this session; None before the first reply."""
    async def commit_transaction(self) -> None:
        """Commit the transaction."""
    async def end_session(self) -> None:
        """End the session; a transaction that is in progress is aborted."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def has_ended(self) -> bool:
        """Whether the session has ended."""
    @property
    def in_transaction(self) -> bool:
        """Whether a transaction was started and neither committed nor aborted yet."""
    @classmethod
    def of(cls, delegate: ClientSession, motor_client: AsyncMongoClient[Any]) -> AsyncClientSession:
        """The session whose delegate this is: the one that the application has, if it still has it."""
    @property
    def operation_time(self) -> Timestamp | None:
        """The `bson.timestamp.Timestamp` of this session's last operation; None before it."""
    @property
    def options(self) -> SessionOptions:
        """What the session was started with: `pymongo.client_session.SessionOptions`."""
    @property
    def session_id(self) -> Mapping[str, Any]:
        """The document by which the server knows the session."""
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> MotorTransaction:
        """Start a transaction; the first operation in it tells the server."""
    @overload
    async def with_transaction(
        self,
        callback: Callable[[AsyncClientSession], Awaitable[T]],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> T:
        """Run a function in a transaction and commit it; run it again when that may help."""
    @overload
    async def with_transaction(
        self,
        callback: Callable[[AsyncClientSession], T],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> T:
        """Run a function in a transaction and commit it; run it again when that may help."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class AsyncClusterChangeStream(AsyncDatabaseChangeStream[_DocumentType]):
    """What `AsyncMongoClient.watch` returns."""

class AsyncCollection(Generic[_DocumentType]):
    """A collection; get one from a database: ``db.orders`` or ``db["orders"]``."""

    __iter__: None
    delegate: Collection[Any]
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> AsyncCollection[_DocumentType]: ...
    def __getitem__(self, name: str) -> AsyncCollection[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        database: AsyncDatabase[_DocumentType],
        name: str,
        create: bool | None = False,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: AsyncClientSession | None = None,
        **kwargs: Any,
    ) -> None: ...
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncLatentCommandCursor[_DocumentType]:
        """Run an aggregation pipeline; the command is sent when the cursor that is returned is first used."""
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncLatentRawBatchCommandCursor:
        """As `aggregate`, but each item is a whole batch of documents as BSON bytes."""
    async def bulk_write(
        self,
        requests: Sequence[_WriteOp[_DocumentType]],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> BulkWriteResult:
        """Send many writes of different kinds together."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    async def count_documents(
        self,
        filter: Mapping[str, Any],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> int:
        """Count the documents that match."""
    async def create_index(
        self,
        keys: _IndexKeyHint,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> str:
        """Create an index, unless it is there already."""
    async def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Create several indexes with one command."""
    async def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: AsyncClientSession | None = None,
        comment: Any = None,
        **kwargs: Any,
    ) -> str:
        """Create a search index (MongoDB Atlas); it is built after the reply."""
    async def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """Create several search indexes (MongoDB Atlas) with one command."""
    @property
    def database(self) -> AsyncDatabase[_DocumentType]:
        """The database that this collection belongs to."""
    async def delete_many(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult:
        """Delete all documents that match."""
    async def delete_one(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult:
        """Delete one document that matches."""
    async def distinct(
        self,
        key: str,
        filter: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        hint: _IndexKeyHint | None = None,
        **kwargs: Any,
    ) -> list[Any]:
        """The different values of a field."""
    async def drop(
        self,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> None:
        """Drop the collection with its documents and indexes; nothing happens where there is none."""
    async def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None:
        """Drop an index."""
    async def drop_indexes(
        self, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None:
        """Drop all indexes but the one on ``_id``."""
    async def drop_search_index(
        self, name: str, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None:
        """Drop a search index (MongoDB Atlas)."""
    async def estimated_document_count(self, comment: Any | None = None, **kwargs: Any) -> int:
        """How many documents the collection has, as its metadata say."""
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: AsyncClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> AsyncCursor[_DocumentType]:
        """Make a cursor over the documents that match; nothing is sent until the cursor is used."""
    async def find_one(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: AsyncClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> _DocumentType | None:
        """The first document that matches, or None."""
    async def find_one_and_delete(
        self,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _DocumentType | None:
        """Delete the first document that matches, and get it."""
    async def find_one_and_replace(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _DocumentType | None:
        """Replace the first document that matches, and get it as it was or as it is."""
    async def find_one_and_update(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _DocumentType | None:
        """Update the first document that matches, and get it as it was or as it is."""
    def find_raw_batches(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: AsyncClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> AsyncRawBatchCursor:
        """As `find`, but each item is a whole batch of documents as BSON bytes."""
    @property
    def full_name(self) -> str:
        """``"database.collection"``: the name of both."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def index_information(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> MutableMapping[str, Any]:
        """The indexes, by name."""
    async def insert_many(
        self,
        documents: Iterable[_DocumentType | RawBSONDocument],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertManyResult:
        """Insert documents, in as few round trips as they take."""
    async def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertOneResult:
        """Insert a document."""
    def list_indexes(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> AsyncLatentCommandCursor[MutableMapping[str, Any]]:
        """The collection's indexes, as documents; the command is sent when the cursor is first used."""
    def list_search_indexes(
        self,
        name: str | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncLatentCommandCursor[Mapping[str, Any]]:
        """The collection's search indexes (Atlas); the command is sent when the cursor is first used."""
    @property
    def name(self) -> str:
        """The collection's name, without that of its database."""
    async def options(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> MutableMapping[str, Any]:
        """The options that the collection was created with."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    async def rename(
        self,
        new_name: str,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> MutableMapping[str, Any]:
        """Rename the collection on the server; this object keeps the old name."""
    async def replace_one(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Replace one document that matches."""
    async def update_many(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Update all documents that match."""
    async def update_one(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> UpdateResult:
        """Update one document that matches."""
    async def update_search_index(
        self,
        name: str,
        definition: Mapping[str, Any],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None:
        """Give a search index (MongoDB Atlas) a new definition."""
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: AsyncClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
    ) -> AsyncCollectionChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncCollection[_DocumentType]:
        """The same collection with other options; what is None remains as it is here."""
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncCollection[_DocumentTypeArg]:
        """The same collection with other options; what is None remains as it is here."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a collection or cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class AsyncCollectionChangeStream(AsyncChangeStream[_DocumentType]):
    """What `AsyncCollection.watch` returns."""

class AsyncCommandCursor(Generic[_ItemType]):
    """The documents that a command returns, such as those of ``await collection.aggregate(...)``."""

    __iter__: None
    closed: bool
    delegate: Any
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _ItemType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, cursor: Any, collection: Any) -> None: ...
    @property
    def address(self) -> _Address | None:
        """Host and port of the server that has the cursor; None before the query was sent."""
    @property
    def alive(self) -> bool:
        """Whether there may be more documents; they may turn out to be none."""
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""
    async def close(self) -> None:
        """Close the cursor, on the server too."""
    @property
    def collection(self) -> AsyncCollection[Any]:
        """What the cursor was made from."""
    @property
    def cursor_id(self) -> int | None:
        """The server's number for the cursor; 0 when it is used up there, None before the query was sent."""
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """Call ``callback(document, None)`` for every document, and ``callback(None, None)`` at the end."""
    @property
    def fetch_next(self) -> CallFuture[bool]:
        """A future of whether there is a document for `next_object`; a batch is fetched if need be."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def next(self) -> _ItemType:
        """The next document."""
    def next_object(self) -> _ItemType | None:
        """A document of the batch that was fetched last, or None when it is used up."""
    @property
    def session(self) -> AsyncClientSession | None:
        """The session that the cursor was given, or None."""
    @property
    def started(self) -> bool:
        """Whether the query was sent."""
    async def to_list(self, length: int | None = None) -> list[_ItemType]:
        """The documents that are left, or the next *length* of them."""
    async def try_next(self) -> _ItemType | None:
        """The next document, or None if one more round trip brings none."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class AsyncCursor(Generic[_ItemType]):
    """What `AsyncCollection.find` returns; nothing is sent until it is used."""

    __iter__: None
    closed: bool
    delegate: Cursor[Any]
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _ItemType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any) -> Self: ...
    def __getitem__(self, index: int | slice) -> Self: ...
    def __init__(self, cursor: Any, collection: Any) -> None: ...
    async def add_option(self, mask: int) -> AsyncCursor[_ItemType]:
        """Set query flags, such as ``CursorType.EXHAUST``. gives the cursor itself."""
    @property
    def address(self) -> _Address | None:
        """Host and port of the server that has the cursor; None before the query was sent."""
    @property
    def alive(self) -> bool:
        """Whether there may be more documents; they may turn out to be none."""
    def allow_disk_use(self, allow_disk_use: bool) -> Self:
        """Let the server sort on its disk what is too large for its memory."""
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""
    def clone(self) -> Self:
        """A cursor with the same options whose query was not sent yet."""
    async def close(self) -> None:
        """Close the cursor, on the server too."""
    def collation(self, collation: _CollationIn | None) -> Self:
        """Compare strings by the rules of a language."""
    @property
    def collection(self) -> AsyncCollection[Any]:
        """What the cursor was made from."""
    def comment(self, comment: Any) -> Self:
        """Mark the query in the server's log and profile."""
    @property
    def cursor_id(self) -> int | None:
        """The server's number for the cursor; 0 when it is used up there, None before the query was sent."""
    async def distinct(self, key: str) -> list[Any]:
        """The different values of *key* in the documents that match."""
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """Call ``callback(document, None)`` for every document, and ``callback(None, None)`` at the end."""
    async def explain(self) -> _ItemType:
        """How the server would find the documents."""
    @property
    def fetch_next(self) -> CallFuture[bool]:
        """A future of whether there is a document for `next_object`; a batch is fetched if need be."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    def hint(self, index: _Hint | None) -> Self:
        """Have the server use an index."""
    def limit(self, limit: int) -> Self:
        """At most so many documents."""
    def max(self, spec: _Sort) -> Self:
        """Stop before these values of an index, which has to be named by `hint`."""
    def max_await_time_ms(self, max_await_time_ms: int | None) -> Self:
        """How long the server waits for a new document before it answers; other cursors ignore it."""
    def max_scan(self, max_scan: int | None) -> Self:
        """Deprecated by MongoDB, whose present servers refuse it: use `max_time_ms`."""
    def max_time_ms(self, max_time_ms: int | None) -> Self:
        """How long the server may work on the query."""
    def min(self, spec: _Sort) -> Self:
        """Begin at these values of an index, which has to be named by `hint`."""
    async def next(self) -> _ItemType:
        """The next document."""
    def next_object(self) -> _ItemType | None:
        """A document of the batch that was fetched last, or None when it is used up."""
    def remove_option(self, mask: int) -> Self:
        """Clear query flags."""
    @property
    def retrieved(self) -> int:
        """How many documents have come from the server, also those that you have not got yet."""
    async def rewind(self) -> AsyncCursor[_ItemType]:
        """Back to the state before the query was sent; options stay. gives the cursor itself."""
    @property
    def session(self) -> AsyncClientSession | None:
        """The session that the cursor was given, or None."""
    def skip(self, skip: int) -> Self:
        """Leave out so many documents at the beginning."""
    def sort(self, key_or_list: _Hint, direction: int | str | None = None) -> Self:
        """Set the order of the documents; a second call replaces the first."""
    @property
    def started(self) -> bool:
        """Whether the query was sent."""
    async def to_list(self, length: int | None = None) -> list[_ItemType]:
        """The documents that are left, or the next *length* of them."""
    def where(self, code: str | Code) -> Self:
        """Find only what a JavaScript function accepts; slow, and some servers do not allow it."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class AsyncDatabase(Generic[_DocumentType]):
    """A database; get one from a client: ``client.shop`` or ``client["shop"]``."""

    __iter__: None
    delegate: Database[Any]
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> AsyncCollection[_DocumentType]: ...
    def __getitem__(self, name: str) -> AsyncCollection[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        client: AsyncMongoClient[_DocumentType],
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> None: ...
    def aggregate(
        self, pipeline: _Pipeline, session: AsyncClientSession | None = None, **kwargs: Any
    ) -> AsyncLatentCommandCursor[_DocumentType]:
        """Run an aggregation pipeline that needs no collection, such as one that begins with $currentOp."""
    @property
    def client(self) -> AsyncMongoClient[_DocumentType]:
        """The client that this database belongs to."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    @overload
    async def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> dict[str, Any]:
        """Send a command to this database, and get the server's reply."""
    @overload
    async def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] = ...,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _CodecDocumentType:
        """Send a command to this database, and get the server's reply."""
    async def create_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: AsyncClientSession | None = None,
        check_exists: bool | None = True,
        **kwargs: Any,
    ) -> AsyncCollection[_DocumentType]:
        """Create a collection with options; without any, the first insert into one creates it."""
    async def cursor_command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        max_await_time_ms: int | None = None,
        **kwargs: Any,
    ) -> AsyncCommandCursor[_DocumentType]:
        """Send a command whose reply is a cursor."""
    async def dereference(
        self,
        dbref: DBRef,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _DocumentType | None:
        """The document that a reference leads to, or None."""
    async def drop_collection(
        self,
        name_or_collection: str | AsyncCollection[_DocumentTypeArg],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Drop a collection with its documents and indexes; nothing happens where there is none."""
    def get_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncCollection[_DocumentType]:
        """A collection of this database, with options of its own."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def list_collection_names(
        self,
        session: AsyncClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]:
        """The names of the database's collections, in no order that is promised."""
    async def list_collections(
        self,
        session: AsyncClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncCommandCursor[MutableMapping[str, Any]]:
        """The database's collections, as documents with name, type and options."""
    @property
    def name(self) -> str:
        """The database's name."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    async def validate_collection(
        self,
        name_or_collection: str | AsyncCollection[_DocumentTypeArg],
        scandata: bool = False,
        full: bool = False,
        session: AsyncClientSession | None = None,
        background: bool | None = None,
        comment: Any | None = None,
    ) -> dict[str, Any]:
        """Have the server check a collection's data and indexes."""
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: AsyncClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
    ) -> AsyncDatabaseChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncDatabase[_DocumentType]:
        """The same database with other options; what is None remains as it is here."""
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncDatabase[_DocumentTypeArg]:
        """The same database with other options; what is None remains as it is here."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a database, collection or command cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class AsyncDatabaseChangeStream(AsyncChangeStream[_DocumentType]):
    """What `AsyncDatabase.watch` returns."""

class AsyncGridFS:
    """GridFS as it was before buckets; for new code, `AsyncGridFSBucket` is the better choice."""

    delegate: FlatGridFS
    def __init__(self, database: AsyncDatabase[Any], collection: str = "fs") -> None: ...
    async def delete(self, file_id: Any, session: AsyncClientSession | None = None) -> None:
        """Delete a file; nothing happens where there is none."""
    async def exists(
        self, document_or_id: Any | None = None, session: AsyncClientSession | None = None, **kwargs: Any
    ) -> bool:
        """Whether there is a file that matches."""
    def find(self, *args: Any, **kwargs: Any) -> AsyncGridOutCursor:
        """Make a cursor over the files that match; nothing is sent until the cursor is used."""
    async def find_one(
        self, filter: Any = None, session: AsyncClientSession | None = None, *args: Any, **kwargs: Any
    ) -> AsyncGridOut | None:
        """A file that matches, or None."""
    async def get(self, file_id: Any, session: AsyncClientSession | None = None) -> AsyncGridOut:
        """A file to read from."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def get_last_version(
        self, filename: str | None = None, session: AsyncClientSession | None = None, **kwargs: Any
    ) -> AsyncGridOut:
        """The newest of the files that match, to read from."""
    async def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: AsyncClientSession | None = None,
        **kwargs: Any,
    ) -> AsyncGridOut:
        """One of the files that match, in the order of their upload, to read from."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def list(self, session: AsyncClientSession | None = None) -> builtins.list[str]:
        """The names of all files, each once."""
    def new_file(self, **kwargs: Any) -> AsyncGridIn:
        """A file to write to; nothing is sent before it is written to."""
    async def put(self, data: Any, **kwargs: Any) -> Any:
        """Store a whole file."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a file or a cursor over files."""

class AsyncGridFSBucket:
    """A GridFS bucket: files of any size in two collections, ``fs.files`` and ``fs.chunks``."""

    collection: AsyncCollection[Any]
    delegate: FlatGridFSBucket
    def __init__(
        self,
        db: AsyncDatabase[Any],
        bucket_name: str = "fs",
        chunk_size_bytes: int = ...,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
    ) -> None: ...
    async def delete(self, file_id: Any, session: AsyncClientSession | None = None) -> None:
        """Delete a file."""
    async def delete_by_name(self, filename: str, session: AsyncClientSession | None = None) -> None:
        """Delete all revisions of a file."""
    async def download_to_stream(
        self, file_id: Any, destination: Any, session: AsyncClientSession | None = None
    ) -> None:
        """Write a whole file to something."""
    async def download_to_stream_by_name(
        self, filename: str, destination: Any, revision: int = -1, session: AsyncClientSession | None = None
    ) -> None:
        """Write a revision of a file to something."""
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        sort: Any | None = None,
        batch_size: int = 0,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridOutCursor:
        """Make a cursor over the files that match; nothing is sent until the cursor is used."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    async def open_download_stream(
        self, file_id: Any, session: AsyncClientSession | None = None
    ) -> AsyncGridOut:
        """A file to read from."""
    async def open_download_stream_by_name(
        self, filename: str, revision: int = -1, session: AsyncClientSession | None = None
    ) -> AsyncGridOut:
        """A revision of a file to read from."""
    def open_upload_stream(
        self,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridIn:
        """A file to write to, with a new ``_id``; nothing is sent before it is written to."""
    def open_upload_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridIn:
        """As `open_upload_stream`, with an ``_id`` of your own."""
    async def rename(
        self, file_id: Any, new_filename: str, session: AsyncClientSession | None = None
    ) -> None:
        """Give a file another name."""
    async def rename_by_name(
        self, filename: str, new_filename: str, session: AsyncClientSession | None = None
    ) -> None:
        """Give all revisions of a file another name."""
    async def upload_from_stream(
        self,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> ObjectId:
        """Store a whole file."""
    async def upload_from_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> None:
        """As `upload_from_stream`, with an ``_id`` of your own."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a file or a cursor over files."""

class AsyncGridIn:
    """A file to write to; get one from `AsyncGridFSBucket.open_upload_stream`."""

    delegate: GridIn
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __getattr__(self, name: str) -> Any: ...
    def __init__(
        self,
        root_collection: AsyncCollection[Any],
        session: AsyncClientSession | None = None,
        *,
        delegate: GridIn | None = None,
        **kwargs: Any,
    ) -> None: ...
    @property
    def _id(self) -> Any: ...
    async def abort(self) -> None:
        """Give the file up: remove what was written, and close it."""
    @property
    def chunk_size(self) -> int:
        """Size of the file's chunks, in bytes."""
    async def close(self) -> None:
        """Write what is left, and then the document that makes the file visible."""
    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
    @property
    def content_type(self) -> str | None:
        """The field ``contentType`` of the file's document, from GridFS as it was before buckets;
        deprecated.
        """
    @property
    def filename(self) -> str | None:
        """The file's name."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def length(self) -> int:
        """The file's size, in bytes."""
    @property
    def md5(self) -> str | None:
        """The field ``md5`` of the file's document, None in new files; deprecated."""
    @property
    def name(self) -> str | None:
        """As `filename`."""
    def readable(self) -> bool:
        """Whether it can be read from: False."""
    def seekable(self) -> bool:
        """Whether it has a position that can be set: False."""
    async def set(self, name: str, value: Any) -> None:
        """Set a field of the file's document, on the server if the file is closed."""
    @property
    def upload_date(self) -> datetime:
        """When the file was closed: a datetime, in UTC."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""
    async def write(self, data: Any) -> None:
        """Append to the file; what fills no batch remains in memory until more comes or it is closed."""
    def writeable(self) -> bool:
        """Whether it can be written to: True."""
    async def writelines(self, sequence: Iterable[Any]) -> None:
        """Append each of several pieces, with nothing between them."""

class AsyncGridOut:
    """A file to read from; get one from `AsyncGridFSBucket.open_download_stream`."""

    delegate: GridOut
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> bytes: ...
    def __getattr__(self, name: str) -> Any: ...
    def __init__(
        self,
        root_collection: AsyncCollection[Any],
        file_id: Any = None,
        file_document: Any = None,
        session: AsyncClientSession | None = None,
        *,
        delegate: GridOut | None = None,
    ) -> None: ...
    @property
    def _id(self) -> Any: ...
    @property
    def aliases(self) -> list[str] | None:
        """The field ``aliases`` of the file's document, from GridFS as it was before buckets; deprecated."""
    @property
    def chunk_size(self) -> int:
        """Size of the file's chunks, in bytes."""
    async def close(self) -> None:
        """Close the file, and the server's cursor over its chunks."""
    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
    @property
    def content_type(self) -> str | None:
        """The field ``contentType`` of the file's document, from GridFS as it was before buckets;
        deprecated.
        """
    @property
    def filename(self) -> str:
        """The file's name."""
    def flush(self) -> None:
        """Does nothing; for those who take this for a file of Python's."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    def isatty(self) -> bool:
        """Whether this is a terminal: False."""
    @property
    def length(self) -> int:
        """The file's size, in bytes."""
    @property
    def md5(self) -> str | None:
        """The field ``md5`` of the file's document, None in new files; deprecated."""
    @property
    def metadata(self) -> Mapping[str, Any] | None:
        """The field ``metadata`` of the file's document, or None."""
    @property
    def name(self) -> str:
        """As `filename`."""
    async def open(self) -> Self:
        """Fetch the file's document; reading does it too."""
    async def read(self, size: int = -1) -> bytes:
        """Read bytes; fewer than asked for only at the end of the file."""
    def readable(self) -> bool:
        """Whether it can be read from: True."""
    async def readchunk(self) -> bytes:
        """Read what is left of the present chunk: the cheapest way through a file."""
    async def readline(self, size: int = -1) -> bytes:
        """Read a line with its newline."""
    async def readlines(self, size: int = -1) -> list[bytes]:
        """Read the lines that are left."""
    async def seek(self, pos: int, whence: int = ...) -> int:
        """Set the position from which the next read goes on."""
    def seekable(self) -> bool:
        """Whether it has a position that can be set: True."""
    async def stream_to_handler(self, request_handler: RequestHandler) -> None:
        """Write what is left of the file to a Tornado handler, no faster than its client takes it."""
    def tell(self) -> int:
        """The position from which the next read goes on, in bytes."""
    async def to_list(self) -> list[bytes]:
        """Read the lines that are left."""
    @property
    def upload_date(self) -> datetime:
        """When the file was closed by the one who uploaded it: a datetime, in UTC."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""
    def writable(self) -> bool:
        """Whether it can be written to: False."""

class AsyncGridOutCursor(AsyncCursor[AsyncGridOut]):
    """What `AsyncGridFSBucket.find` returns: a cursor over files, each an `AsyncGridOut`."""

    async def __anext__(self) -> AsyncGridOut: ...
    def each(self, callback: Callable[[AsyncGridOut | None, BaseException | None], object]) -> None:
        """As `MotorCursor.each`, with files."""
    async def next(self) -> AsyncGridOut:
        """The next file."""
    def next_object(self) -> AsyncGridOut | None:
        """A file of the batch that was fetched last, or None when it is used up."""

class AsyncMongoClient(Generic[_DocumentType]):
    """PyMongo's asynchronous client, with its names and signatures, for Tornado and asyncio."""

    __iter__: None
    delegate: MongoClient[Any]
    @property
    def HOST(self) -> str:
        """The host that is connected to when none is given: ``"localhost"``."""
    @property
    def PORT(self) -> int:
        """The port that is connected to when none is given: 27017."""
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: object) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> AsyncDatabase[_DocumentType]: ...
    def __getitem__(self, name: str) -> AsyncDatabase[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        host: str | Sequence[str] | None = None,
        port: int | None = None,
        document_class: type[_DocumentType] | None = None,
        tz_aware: bool | None = None,
        connect: bool | None = None,
        type_registry: TypeRegistry | None = None,
        *,
        io_loop: IOLoop | AbstractEventLoop | None = None,
        driver: DriverInfo | None = None,
        batch_time_ms: float | None = ...,
        **kwargs: Any,
    ) -> None: ...
    async def aclose(self) -> None:
        """As `close`, on the event loop."""
    async def aconnect(self) -> None:
        """Connect now, not with the first operation."""
    @property
    def address(self) -> tuple[str, int | None] | None:
        """Address of the server that takes writes."""
    def append_metadata(self, driver_info: DriverInfo) -> None:
        """Add the name of a library to what the servers are told about this client."""
    @property
    def arbiters(self) -> set[tuple[str, int | None]]:
        """Addresses of the replica set's arbiters that are known."""
    async def bulk_write(
        self,
        models: Sequence[_WriteOp_],
        session: AsyncClientSession | None = None,
        ordered: bool = True,
        verbose_results: bool = False,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        write_concern: WriteConcern | None = None,
    ) -> ClientBulkWriteResult:
        """Send many writes to any collections of any databases together (MongoDB 8.0 or newer)."""
    async def close(self) -> None:
        """End the server's sessions, close all connections and stop the monitors."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    async def drop_database(
        self,
        name_or_database: str | AsyncDatabase[_DocumentTypeArg],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> None:
        """Drop a database with all its collections; nothing happens where there is none."""
    def eq_props(self) -> tuple[tuple[_Address, ...], str | None, str | None, str]:
        """What two clients are compared by."""
    def get_database(
        self,
        name: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncDatabase[_DocumentType]:
        """A database, with options of its own."""
    def get_default_database(
        self,
        default: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncDatabase[_DocumentType]:
        """The database that the URI names."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def is_mongos(self) -> bool:
        """Whether the server that is used is a mongos."""
    @property
    def is_primary(self) -> bool:
        """Whether the server that is used takes writes."""
    async def list_database_names(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> list[str]:
        """The names of the server's databases."""
    async def list_databases(
        self, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> AsyncCommandCursor[dict[str, Any]]:
        """The server's databases, as documents with name and size."""
    @property
    def nodes(self) -> frozenset[tuple[str, int | None]]:
        """Addresses of the servers that are known; empty before the first operation."""
    async def open(self) -> Self:
        """As `aconnect`, but gives the client itself; from Motor before 1.0."""
    @property
    def options(self) -> ClientOptions:
        """What the client was made with: `pymongo.client_options.ClientOptions`."""
    @property
    def primary(self) -> tuple[str, int | None] | None:
        """Address of the replica set's primary, or None where none is known."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    @property
    def secondaries(self) -> set[tuple[str, int | None]]:
        """Addresses of the replica set's secondaries that are known."""
    async def server_info(self, session: AsyncClientSession | None = None) -> dict[str, Any]:
        """What the server says of itself: its version, how it was built."""
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
    ) -> AsyncClientSession:
        """Start a session; nothing is sent. It can be used at once, or awaited."""
    @property
    def topology_description(self) -> TopologyDescription:
        """What is known of the deployment."""
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: AsyncClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
    ) -> AsyncClusterChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a database or command cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class AsyncRawBatchCommandCursor(AsyncCommandCursor[bytes]):
    """What `AsyncCollection.aggregate_raw_batches` returns: each item is a batch of documents as BSON
    bytes.
    """

class AsyncRawBatchCursor(AsyncCursor[bytes]):
    """What `AsyncCollection.find_raw_batches` returns: each item is a batch of documents as BSON bytes."""

    async def add_option(self, mask: int) -> AsyncCursor[bytes]:
        """Set query flags, such as ``CursorType.EXHAUST``. gives the cursor itself."""

class MotorChangeStream(Generic[_DocumentType]):
    """The changes of a collection, database or deployment, as they happen."""

    delegate: ChangeStream[Any] | None
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _DocumentType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, target: Any, arguments: dict[str, Any]) -> None: ...
    @property
    def alive(self) -> bool:
        """Whether more changes may come."""
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Close the stream; a call that waits for a change ends."""
    @overload
    def close(self, callback: None = None) -> CallFuture[None]:
        """Close the stream; a call that waits for a change ends."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def next(self, callback: Callable[[_DocumentType | None, BaseException | None], object]) -> None:
        """The next change, however long it takes."""
    @overload
    def next(self, callback: None = None) -> CallFuture[_DocumentType]:
        """The next change, however long it takes."""
    @property
    def resume_token(self) -> Mapping[str, Any] | None:
        """Where to go on after the change that was returned last: ``watch(resume_after=token)``."""
    @overload
    def try_next(self, callback: Callable[[_DocumentType | None, BaseException | None], object]) -> None:
        """The next change, or None if one round trip brings none."""
    @overload
    def try_next(self, callback: None = None) -> CallFuture[_DocumentType | None]:
        """The next change, or None if one round trip brings none."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class MotorClient(Generic[_DocumentType]):
    """An asynchronous MongoDB client for Tornado and asyncio."""

    __iter__: None
    delegate: MongoClient[Any]
    @property
    def HOST(self) -> str:
        """The host that is connected to when none is given: ``"localhost"``."""
    @property
    def PORT(self) -> int:
        """The port that is connected to when none is given: 27017."""
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: object) -> None: ...
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> MotorDatabase[_DocumentType]: ...
    def __getitem__(self, name: str) -> MotorDatabase[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        host: str | Sequence[str] | None = None,
        port: int | None = None,
        document_class: type[_DocumentType] | None = None,
        tz_aware: bool | None = None,
        connect: bool | None = None,
        type_registry: TypeRegistry | None = None,
        *,
        io_loop: IOLoop | AbstractEventLoop | None = None,
        driver: DriverInfo | None = None,
        batch_time_ms: float | None = ...,
        **kwargs: Any,
    ) -> None: ...
    @overload
    def aclose(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """As `close`, on the event loop."""
    @overload
    def aclose(self, callback: None = None) -> CallFuture[None]:
        """As `close`, on the event loop."""
    @overload
    def aconnect(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Connect now, not with the first operation."""
    @overload
    def aconnect(self, callback: None = None) -> CallFuture[None]:
        """Connect now, not with the first operation."""
    @property
    def address(self) -> tuple[str, int | None] | None:
        """Address of the server that takes writes."""
    def append_metadata(self, driver_info: DriverInfo) -> None:
        """Add the name of a library to what the servers are told about this client."""
    @property
    def arbiters(self) -> set[tuple[str, int | None]]:
        """Addresses of the replica set's arbiters that are known."""
    @overload
    def bulk_write(
        self,
        models: Sequence[_WriteOp_],
        session: MotorClientSession | None = None,
        ordered: bool = True,
        verbose_results: bool = False,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        write_concern: WriteConcern | None = None,
        *,
        callback: Callable[[ClientBulkWriteResult | None, BaseException | None], object],
    ) -> None:
        """Send many writes to any collections of any databases together (MongoDB 8.0 or newer)."""
    @overload
    def bulk_write(
        self,
        models: Sequence[_WriteOp_],
        session: MotorClientSession | None = None,
        ordered: bool = True,
        verbose_results: bool = False,
        bypass_document_validation: bool | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        write_concern: WriteConcern | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[ClientBulkWriteResult]:
        """Send many writes to any collections of any databases together (MongoDB 8.0 or newer)."""
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """End the server's sessions, close all connections and stop the monitors."""
    @overload
    def close(self, callback: None = None) -> CallFuture[None]:
        """End the server's sessions, close all connections and stop the monitors."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    @overload
    def drop_database(
        self,
        name_or_database: str | MotorDatabase[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Drop a database with all its collections; nothing happens where there is none."""
    @overload
    def drop_database(
        self,
        name_or_database: str | MotorDatabase[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Drop a database with all its collections; nothing happens where there is none."""
    def eq_props(self) -> tuple[tuple[_Address, ...], str | None, str | None, str]:
        """What two clients are compared by."""
    def get_database(
        self,
        name: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorDatabase[_DocumentType]:
        """A database, with options of its own."""
    def get_default_database(
        self,
        default: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorDatabase[_DocumentType]:
        """The database that the URI names."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def is_mongos(self) -> bool:
        """Whether the server that is used is a mongos."""
    @property
    def is_primary(self) -> bool:
        """Whether the server that is used takes writes."""
    @overload
    def list_database_names(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
    ) -> None:
        """The names of the server's databases."""
    @overload
    def list_database_names(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[list[str]]:
        """The names of the server's databases."""
    @overload
    def list_databases(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MotorCommandCursor[dict[str, Any]] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """The server's databases, as documents with name and size."""
    @overload
    def list_databases(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCommandCursor[dict[str, Any]]]:
        """The server's databases, as documents with name and size."""
    @property
    def nodes(self) -> frozenset[tuple[str, int | None]]:
        """Addresses of the servers that are known; empty before the first operation."""
    @overload
    def open(self, callback: Callable[[Self | None, BaseException | None], object]) -> None:
        """As `aconnect`, but gives the client itself; from Motor before 1.0."""
    @overload
    def open(self, callback: None = None) -> CallFuture[Self]:
        """As `aconnect`, but gives the client itself; from Motor before 1.0."""
    @property
    def options(self) -> ClientOptions:
        """What the client was made with: `pymongo.client_options.ClientOptions`."""
    @property
    def primary(self) -> tuple[str, int | None] | None:
        """Address of the replica set's primary, or None where none is known."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    @property
    def secondaries(self) -> set[tuple[str, int | None]]:
        """Addresses of the replica set's secondaries that are known."""
    @overload
    def server_info(
        self,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
    ) -> None:
        """What the server says of itself: its version, how it was built."""
    @overload
    def server_info(
        self, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[dict[str, Any]]:
        """What the server says of itself: its version, how it was built."""
    @overload
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
        *,
        callback: Callable[[MotorClientSession | None, BaseException | None], object],
    ) -> None:
        """Start a session; nothing is sent. It can be used at once, or awaited."""
    @overload
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
        *,
        callback: None = None,
    ) -> MotorClientSession:
        """Start a session; nothing is sent. It can be used at once, or awaited."""
    @property
    def topology_description(self) -> TopologyDescription:
        """What is known of the deployment."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: Callable[[MotorChangeStream[_DocumentType] | None, BaseException | None], object],
    ) -> None:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: None = None,
    ) -> MotorChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a database or command cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class MotorClientEncryption(Generic[_DocumentType]):
    """Encrypts and decrypts values explicitly, and manages the keys. Needs the extra ``encryption``."""

    delegate: ClientEncryption[Any]
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __init__(
        self,
        kms_providers: Mapping[str, Any],
        key_vault_namespace: str,
        key_vault_client: MotorClient[Any],
        codec_options: CodecOptions[Any],
        io_loop: IOLoop | AbstractEventLoop | None = None,
        kms_tls_options: Mapping[str, Any] | None = None,
        key_expiration_ms: int | None = None,
        kms_connect_callback: KmsConnect | None = None,
    ) -> None: ...
    @overload
    def add_key_alt_name(
        self, id: Binary, key_alt_name: str, *, callback: Callable[[Any | None, BaseException | None], object]
    ) -> None:
        """Give a data key one more name."""
    @overload
    def add_key_alt_name(self, id: Binary, key_alt_name: str, *, callback: None = None) -> CallFuture[Any]:
        """Give a data key one more name."""
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Wipe the keys from memory; the object cannot be used after that."""
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]:
        """Wipe the keys from memory; the object cannot be used after that."""
    @overload
    def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
        *,
        callback: Callable[[Binary | None, BaseException | None], object],
    ) -> None:
        """Make a data key, and keep it in the key vault, itself encrypted."""
    @overload
    def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[Binary]:
        """Make a data key, and keep it in the key vault, itself encrypted."""
    @overload
    def create_encrypted_collection(
        self,
        database: MotorDatabase[_DocumentTypeArg],
        name: str,
        encrypted_fields: Mapping[str, Any],
        kms_provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: Callable[
            [tuple[MotorCollection[_DocumentTypeArg], Mapping[str, Any]] | None, BaseException | None], object
        ],
        **kwargs: Any,
    ) -> None:
        """Create a collection for Queryable Encryption, and a data key for each field without one."""
    @overload
    def create_encrypted_collection(
        self,
        database: MotorDatabase[_DocumentTypeArg],
        name: str,
        encrypted_fields: Mapping[str, Any],
        kms_provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[tuple[MotorCollection[_DocumentTypeArg], Mapping[str, Any]]]:
        """Create a collection for Queryable Encryption, and a data key for each field without one."""
    @overload
    def decrypt(
        self, value: Binary, *, callback: Callable[[Any | None, BaseException | None], object]
    ) -> None:
        """Decrypt a value."""
    @overload
    def decrypt(self, value: Binary, *, callback: None = None) -> CallFuture[Any]:
        """Decrypt a value."""
    @overload
    def delete_key(
        self, id: Binary, *, callback: Callable[[DeleteResult | None, BaseException | None], object]
    ) -> None:
        """Remove a data key from the key vault; what it has encrypted is lost."""
    @overload
    def delete_key(self, id: Binary, *, callback: None = None) -> CallFuture[DeleteResult]:
        """Remove a data key from the key vault; what it has encrypted is lost."""
    @overload
    def encrypt(
        self,
        value: Any,
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
        string_opts: StringOpts | None = None,
        *,
        callback: Callable[[Binary | None, BaseException | None], object],
    ) -> None:
        """Encrypt a value."""
    @overload
    def encrypt(
        self,
        value: Any,
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
        string_opts: StringOpts | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[Binary]:
        """Encrypt a value."""
    @overload
    def encrypt_expression(
        self,
        expression: Mapping[str, Any],
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
        *,
        callback: Callable[[RawBSONDocument | None, BaseException | None], object],
    ) -> None:
        """Encrypt the values in a range query."""
    @overload
    def encrypt_expression(
        self,
        expression: Mapping[str, Any],
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[RawBSONDocument]:
        """Encrypt the values in a range query."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def get_key(
        self, id: Binary, *, callback: Callable[[RawBSONDocument | None, BaseException | None], object]
    ) -> None:
        """The document of a data key, or None."""
    @overload
    def get_key(self, id: Binary, *, callback: None = None) -> CallFuture[RawBSONDocument | None]:
        """The document of a data key, or None."""
    @overload
    def get_key_by_alt_name(
        self, key_alt_name: str, *, callback: Callable[[RawBSONDocument | None, BaseException | None], object]
    ) -> None:
        """The document of the data key that has this name, or None."""
    @overload
    def get_key_by_alt_name(
        self, key_alt_name: str, *, callback: None = None
    ) -> CallFuture[RawBSONDocument | None]:
        """The document of the data key that has this name, or None."""
    @overload
    def get_keys(
        self, *, callback: Callable[[MotorCursor[RawBSONDocument] | None, BaseException | None], object]
    ) -> None:
        """A cursor over all data keys; nothing is sent until it is used."""
    @overload
    def get_keys(self, *, callback: None = None) -> MotorCursor[RawBSONDocument]:
        """A cursor over all data keys; nothing is sent until it is used."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def remove_key_alt_name(
        self,
        id: Binary,
        key_alt_name: str,
        *,
        callback: Callable[[RawBSONDocument | None, BaseException | None], object],
    ) -> None:
        """Take a name from a data key."""
    @overload
    def remove_key_alt_name(
        self, id: Binary, key_alt_name: str, *, callback: None = None
    ) -> CallFuture[RawBSONDocument | None]:
        """Take a name from a data key."""
    @overload
    def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[RewrapManyDataKeyResult | None, BaseException | None], object],
    ) -> None:
        """Encrypt data keys anew, with another master key; what they have encrypted remains as it is."""
    @overload
    def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[RewrapManyDataKeyResult]:
        """Encrypt data keys anew, with another master key; what they have encrypted remains as it is."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class MotorClientSession:
    """A session; get one from a client: ``client.start_session()``, awaited or not."""

    delegate: ClientSession
    async def __aenter__(self) -> MotorClientSession: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, delegate: ClientSession, motor_client: MotorClient[Any]) -> None: ...
    @overload
    def abort_transaction(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Abort the transaction."""
    @overload
    def abort_transaction(self, callback: None = None) -> CallFuture[None]:
        """Abort the transaction."""
    def advance_cluster_time(self, cluster_time: Mapping[str, Any]) -> None:
        """Make this session know a cluster time that another one has seen."""
    def advance_operation_time(self, operation_time: Timestamp) -> None:
        """Have reads of this session wait for what another one has written."""
    def bind(self, end_session: bool = True) -> _BoundSession:
        """In the block, operations of this client that are given no session use this one."""
    @property
    def client(self) -> MotorClient[Any]:
        """The client that this session was started from."""
    @property
    def cluster_time(self) -> ClusterTime | None:
        """The latest cluster time that was seen in this session; None before the first reply."""
    @overload
    def commit_transaction(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Commit the transaction."""
    @overload
    def commit_transaction(self, callback: None = None) -> CallFuture[None]:
        """Commit the transaction."""
    @overload
    def end_session(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """End the session; a transaction that is in progress is aborted."""
    @overload
    def end_session(self, callback: None = None) -> CallFuture[None]:
        """End the session; a transaction that is in progress is aborted."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def has_ended(self) -> bool:
        """Whether the session has ended."""
    @property
    def in_transaction(self) -> bool:
        """Whether a transaction was started and neither committed nor aborted yet."""
    @classmethod
    def of(cls, delegate: ClientSession, motor_client: MotorClient[Any]) -> MotorClientSession:
        """The session whose delegate this is: the one that the application has, if it still has it."""
    @property
    def operation_time(self) -> Timestamp | None:
        """The `bson.timestamp.Timestamp` of this session's last operation; None before it."""
    @property
    def options(self) -> SessionOptions:
        """What the session was started with: `pymongo.client_session.SessionOptions`."""
    @property
    def session_id(self) -> Mapping[str, Any]:
        """The document by which the server knows the session."""
    @overload
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callable[[MotorTransaction | None, BaseException | None], object],
    ) -> None:
        """Start a transaction; the first operation in it tells the server."""
    @overload
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: None = None,
    ) -> MotorTransaction:
        """Start a transaction; the first operation in it tells the server."""
    @overload
    def with_transaction(
        self,
        coro: Callable[[MotorClientSession], Awaitable[T]] | None = None,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callable[[MotorClientSession], Awaitable[T]] | None = None,
    ) -> CallFuture[T]:
        """Run a function in a transaction and commit it; run it again when that may help."""
    @overload
    def with_transaction(
        self,
        coro: Callable[[MotorClientSession], T] | None = None,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callable[[MotorClientSession], T] | None = None,
    ) -> CallFuture[T]:
        """Run a function in a transaction and commit it; run it again when that may help."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class MotorCollection(Generic[_DocumentType]):
    """A collection; get one from a database: ``db.orders`` or ``db["orders"]``."""

    __iter__: None
    delegate: Collection[Any]
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> MotorCollection[_DocumentType]: ...
    def __getitem__(self, name: str) -> MotorCollection[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        database: MotorDatabase[_DocumentType],
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> None: ...
    @overload
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MotorLatentCommandCursor[_DocumentType] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Run an aggregation pipeline; the command is sent when the cursor that is returned is first used."""
    @overload
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[_DocumentType]:
        """Run an aggregation pipeline; the command is sent when the cursor that is returned is first used."""
    @overload
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MotorLatentCommandCursor[bytes] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """As `aggregate`, but each item is a whole batch of documents as BSON bytes."""
    @overload
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[bytes]:
        """As `aggregate`, but each item is a whole batch of documents as BSON bytes."""
    @overload
    def bulk_write(
        self,
        requests: Sequence[_WriteOp[_DocumentType]],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[BulkWriteResult | None, BaseException | None], object],
    ) -> None:
        """Send many writes of different kinds together."""
    @overload
    def bulk_write(
        self,
        requests: Sequence[_WriteOp[_DocumentType]],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[BulkWriteResult]:
        """Send many writes of different kinds together."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    @overload
    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[int | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Count the documents that match."""
    @overload
    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[int]:
        """Count the documents that match."""
    @overload
    def create_index(
        self,
        keys: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[str | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Create an index, unless it is there already."""
    @overload
    def create_index(
        self,
        keys: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[str]:
        """Create an index, unless it is there already."""
    @overload
    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Create several indexes with one command."""
    @overload
    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]:
        """Create several indexes with one command."""
    @overload
    def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: MotorClientSession | None = None,
        comment: Any = None,
        *,
        callback: Callable[[str | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Create a search index (MongoDB Atlas); it is built after the reply."""
    @overload
    def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: MotorClientSession | None = None,
        comment: Any = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[str]:
        """Create a search index (MongoDB Atlas); it is built after the reply."""
    @overload
    def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Create several search indexes (MongoDB Atlas) with one command."""
    @overload
    def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]:
        """Create several search indexes (MongoDB Atlas) with one command."""
    @property
    def database(self) -> MotorDatabase[_DocumentType]:
        """The database that this collection belongs to."""
    @overload
    def delete_many(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[DeleteResult | None, BaseException | None], object],
    ) -> None:
        """Delete all documents that match."""
    @overload
    def delete_many(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[DeleteResult]:
        """Delete all documents that match."""
    @overload
    def delete_one(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[DeleteResult | None, BaseException | None], object],
    ) -> None:
        """Delete one document that matches."""
    @overload
    def delete_one(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[DeleteResult]:
        """Delete one document that matches."""
    @overload
    def distinct(
        self,
        key: str,
        filter: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        hint: _IndexKeyHint | None = None,
        *,
        callback: Callable[[list[Any] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """The different values of a field."""
    @overload
    def distinct(
        self,
        key: str,
        filter: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        hint: _IndexKeyHint | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[Any]]:
        """The different values of a field."""
    @overload
    def drop(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Drop the collection with its documents and indexes; nothing happens where there is none."""
    @overload
    def drop(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Drop the collection with its documents and indexes; nothing happens where there is none."""
    @overload
    def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Drop an index."""
    @overload
    def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]:
        """Drop an index."""
    @overload
    def drop_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Drop all indexes but the one on ``_id``."""
    @overload
    def drop_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]:
        """Drop all indexes but the one on ``_id``."""
    @overload
    def drop_search_index(
        self,
        name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Drop a search index (MongoDB Atlas)."""
    @overload
    def drop_search_index(
        self,
        name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]:
        """Drop a search index (MongoDB Atlas)."""
    @overload
    def estimated_document_count(
        self,
        comment: Any | None = None,
        *,
        callback: Callable[[int | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """How many documents the collection has, as its metadata say."""
    @overload
    def estimated_document_count(
        self, comment: Any | None = None, *, callback: None = None, **kwargs: Any
    ) -> CallFuture[int]:
        """How many documents the collection has, as its metadata say."""
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: MotorClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> MotorCursor[_DocumentType]:
        """Make a cursor over the documents that match; nothing is sent until the cursor is used."""
    @overload
    def find_one(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: MotorClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
    ) -> None:
        """The first document that matches, or None."""
    @overload
    def find_one(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: MotorClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[_DocumentType | None]:
        """The first document that matches, or None."""
    @overload
    def find_one_and_delete(
        self,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Delete the first document that matches, and get it."""
    @overload
    def find_one_and_delete(
        self,
        filter: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_DocumentType | None]:
        """Delete the first document that matches, and get it."""
    @overload
    def find_one_and_replace(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Replace the first document that matches, and get it as it was or as it is."""
    @overload
    def find_one_and_replace(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_DocumentType | None]:
        """Replace the first document that matches, and get it as it was or as it is."""
    @overload
    def find_one_and_update(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Update the first document that matches, and get it as it was or as it is."""
    @overload
    def find_one_and_update(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        sort: _IndexList | None = None,
        upsert: bool = False,
        return_document: bool = ...,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_DocumentType | None]:
        """Update the first document that matches, and get it as it was or as it is."""
    def find_raw_batches(
        self,
        filter: Mapping[str, Any] | None = None,
        projection: Mapping[str, Any] | Iterable[str] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        cursor_type: int = ...,
        sort: _Sort | None = None,
        allow_partial_results: bool = False,
        oplog_replay: bool = False,
        batch_size: int = 0,
        collation: _CollationIn | None = None,
        hint: _Hint | None = None,
        max_scan: int | None = None,
        max_time_ms: int | None = None,
        max: _Sort | None = None,
        min: _Sort | None = None,
        return_key: bool | None = None,
        show_record_id: bool | None = None,
        snapshot: bool | None = None,
        comment: Any | None = None,
        session: MotorClientSession | None = None,
        allow_disk_use: bool | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> MotorRawBatchCursor:
        """As `find`, but each item is a whole batch of documents as BSON bytes."""
    @property
    def full_name(self) -> str:
        """``"database.collection"``: the name of both."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def index_information(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
    ) -> None:
        """The indexes, by name."""
    @overload
    def index_information(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[MutableMapping[str, Any]]:
        """The indexes, by name."""
    @overload
    def insert_many(
        self,
        documents: Iterable[_DocumentType | RawBSONDocument],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[InsertManyResult | None, BaseException | None], object],
    ) -> None:
        """Insert documents, in as few round trips as they take."""
    @overload
    def insert_many(
        self,
        documents: Iterable[_DocumentType | RawBSONDocument],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[InsertManyResult]:
        """Insert documents, in as few round trips as they take."""
    @overload
    def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[InsertOneResult | None, BaseException | None], object],
    ) -> None:
        """Insert a document."""
    @overload
    def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[InsertOneResult]:
        """Insert a document."""
    @overload
    def list_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[
            [MotorLatentCommandCursor[MutableMapping[str, Any]] | None, BaseException | None], object
        ],
    ) -> None:
        """The collection's indexes, as documents; the command is sent when the cursor is first used."""
    @overload
    def list_indexes(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> MotorLatentCommandCursor[MutableMapping[str, Any]]:
        """The collection's indexes, as documents; the command is sent when the cursor is first used."""
    @overload
    def list_search_indexes(
        self,
        name: str | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[
            [MotorLatentCommandCursor[Mapping[str, Any]] | None, BaseException | None], object
        ],
        **kwargs: Any,
    ) -> None:
        """The collection's search indexes (Atlas); the command is sent when the cursor is first used."""
    @overload
    def list_search_indexes(
        self,
        name: str | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[Mapping[str, Any]]:
        """The collection's search indexes (Atlas); the command is sent when the cursor is first used."""
    @property
    def name(self) -> str:
        """The collection's name, without that of its database."""
    @overload
    def options(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
    ) -> None:
        """The options that the collection was created with."""
    @overload
    def options(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[MutableMapping[str, Any]]:
        """The options that the collection was created with."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    @overload
    def rename(
        self,
        new_name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Rename the collection on the server; this object keeps the old name."""
    @overload
    def rename(
        self,
        new_name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MutableMapping[str, Any]]:
        """Rename the collection on the server; this object keeps the old name."""
    @overload
    def replace_one(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[UpdateResult | None, BaseException | None], object],
    ) -> None:
        """Replace one document that matches."""
    @overload
    def replace_one(
        self,
        filter: Mapping[str, Any],
        replacement: Mapping[str, Any],
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[UpdateResult]:
        """Replace one document that matches."""
    @overload
    def update_many(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[UpdateResult | None, BaseException | None], object],
    ) -> None:
        """Update all documents that match."""
    @overload
    def update_many(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[UpdateResult]:
        """Update all documents that match."""
    @overload
    def update_one(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[UpdateResult | None, BaseException | None], object],
    ) -> None:
        """Update one document that matches."""
    @overload
    def update_one(
        self,
        filter: Mapping[str, Any],
        update: Mapping[str, Any] | _Pipeline,
        upsert: bool = False,
        bypass_document_validation: bool | None = None,
        collation: _CollationIn | None = None,
        array_filters: Sequence[Mapping[str, Any]] | None = None,
        hint: _IndexKeyHint | None = None,
        session: MotorClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        sort: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[UpdateResult]:
        """Update one document that matches."""
    @overload
    def update_search_index(
        self,
        name: str,
        definition: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Give a search index (MongoDB Atlas) a new definition."""
    @overload
    def update_search_index(
        self,
        name: str,
        definition: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]:
        """Give a search index (MongoDB Atlas) a new definition."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: Callable[[MotorChangeStream[_DocumentType] | None, BaseException | None], object],
    ) -> None:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: None = None,
    ) -> MotorChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorCollection[_DocumentType]:
        """The same collection with other options; what is None remains as it is here."""
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorCollection[_DocumentTypeArg]:
        """The same collection with other options; what is None remains as it is here."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a collection or cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class MotorCommandCursor(Generic[_ItemType]):
    """The documents that a command returns, such as those of ``await client.list_databases()``."""

    __iter__: None
    closed: bool
    delegate: Any
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _ItemType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, cursor: Any, collection: Any) -> None: ...
    @property
    def address(self) -> _Address | None:
        """Host and port of the server that has the cursor; None before the query was sent."""
    @property
    def alive(self) -> bool:
        """Whether there may be more documents; they may turn out to be none."""
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Close the cursor, on the server too."""
    @overload
    def close(self, callback: None = None) -> CallFuture[None]:
        """Close the cursor, on the server too."""
    @property
    def collection(self) -> MotorCollection[Any]:
        """What the cursor was made from."""
    @property
    def cursor_id(self) -> int | None:
        """The server's number for the cursor; 0 when it is used up there, None before the query was sent."""
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """Call ``callback(document, None)`` for every document, and ``callback(None, None)`` at the end."""
    @property
    def fetch_next(self) -> CallFuture[bool]:
        """A future of whether there is a document for `next_object`; a batch is fetched if need be."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """The next document."""
    @overload
    def next(self, callback: None = None) -> CallFuture[_ItemType]:
        """The next document."""
    def next_object(self) -> _ItemType | None:
        """A document of the batch that was fetched last, or None when it is used up."""
    @property
    def session(self) -> MotorClientSession | None:
        """The session that the cursor was given, or None."""
    @property
    def started(self) -> bool:
        """Whether the query was sent."""
    @overload
    def to_list(
        self,
        length: int | None = None,
        *,
        callback: Callable[[list[_ItemType] | None, BaseException | None], object],
    ) -> None:
        """The documents that are left, or the next *length* of them."""
    @overload
    def to_list(
        self, length: int | None, callback: Callable[[list[_ItemType] | None, BaseException | None], object]
    ) -> None:
        """The documents that are left, or the next *length* of them."""
    @overload
    def to_list(self, length: int | None = None, callback: None = None) -> CallFuture[list[_ItemType]]:
        """The documents that are left, or the next *length* of them."""
    @overload
    def try_next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """The next document, or None if one more round trip brings none."""
    @overload
    def try_next(self, callback: None = None) -> CallFuture[_ItemType | None]:
        """The next document, or None if one more round trip brings none."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class MotorCursor(Generic[_ItemType]):
    """What `MotorCollection.find` returns; nothing is sent until it is used."""

    __iter__: None
    closed: bool
    delegate: Cursor[Any]
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _ItemType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __copy__(self) -> Self: ...
    def __deepcopy__(self, memo: Any) -> Self: ...
    def __getitem__(self, index: int | slice) -> Self: ...
    def __init__(self, cursor: Any, collection: Any) -> None: ...
    def add_option(self, mask: int) -> Self:
        """Set query flags."""
    @property
    def address(self) -> _Address | None:
        """Host and port of the server that has the cursor; None before the query was sent."""
    @property
    def alive(self) -> bool:
        """Whether there may be more documents; they may turn out to be none."""
    def allow_disk_use(self, allow_disk_use: bool) -> Self:
        """Let the server sort on its disk what is too large for its memory."""
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""
    def clone(self) -> Self:
        """A cursor with the same options whose query was not sent yet."""
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None:
        """Close the cursor, on the server too."""
    @overload
    def close(self, callback: None = None) -> CallFuture[None]:
        """Close the cursor, on the server too."""
    def collation(self, collation: _CollationIn | None) -> Self:
        """Compare strings by the rules of a language."""
    @property
    def collection(self) -> MotorCollection[Any]:
        """What the cursor was made from."""
    def comment(self, comment: Any) -> Self:
        """Mark the query in the server's log and profile."""
    @property
    def cursor_id(self) -> int | None:
        """The server's number for the cursor; 0 when it is used up there, None before the query was sent."""
    @overload
    def distinct(
        self, key: str, *, callback: Callable[[list[Any] | None, BaseException | None], object]
    ) -> None:
        """The different values of *key* in the documents that match."""
    @overload
    def distinct(self, key: str, *, callback: None = None) -> CallFuture[list[Any]]:
        """The different values of *key* in the documents that match."""
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """Call ``callback(document, None)`` for every document, and ``callback(None, None)`` at the end."""
    @overload
    def explain(self, *, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """How the server would find the documents."""
    @overload
    def explain(self, *, callback: None = None) -> CallFuture[_ItemType]:
        """How the server would find the documents."""
    @property
    def fetch_next(self) -> CallFuture[bool]:
        """A future of whether there is a document for `next_object`; a batch is fetched if need be."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    def hint(self, index: _Hint | None) -> Self:
        """Have the server use an index."""
    def limit(self, limit: int) -> Self:
        """At most so many documents."""
    def max(self, spec: _Sort) -> Self:
        """Stop before these values of an index, which has to be named by `hint`."""
    def max_await_time_ms(self, max_await_time_ms: int | None) -> Self:
        """How long the server waits for a new document before it answers; other cursors ignore it."""
    def max_scan(self, max_scan: int | None) -> Self:
        """Deprecated by MongoDB, whose present servers refuse it: use `max_time_ms`."""
    def max_time_ms(self, max_time_ms: int | None) -> Self:
        """How long the server may work on the query."""
    def min(self, spec: _Sort) -> Self:
        """Begin at these values of an index, which has to be named by `hint`."""
    @overload
    def next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None:
        """The next document."""
    @overload
    def next(self, callback: None = None) -> CallFuture[_ItemType]:
        """The next document."""
    def next_object(self) -> _ItemType | None:
        """A document of the batch that was fetched last, or None when it is used up."""
    def remove_option(self, mask: int) -> Self:
        """Clear query flags."""
    @property
    def retrieved(self) -> int:
        """How many documents have come from the server, also those that you have not got yet."""
    def rewind(self) -> Self:
        """Back to the state before the query was sent; options stay."""
    @property
    def session(self) -> MotorClientSession | None:
        """The session that the cursor was given, or None."""
    def skip(self, skip: int) -> Self:
        """Leave out so many documents at the beginning."""
    def sort(self, key_or_list: _Hint, direction: int | str | None = None) -> Self:
        """Set the order of the documents; a second call replaces the first."""
    @property
    def started(self) -> bool:
        """Whether the query was sent."""
    @overload
    def to_list(
        self,
        length: int | None = None,
        *,
        callback: Callable[[list[_ItemType] | None, BaseException | None], object],
    ) -> None:
        """The documents that are left, or the next *length* of them."""
    @overload
    def to_list(
        self, length: int | None, callback: Callable[[list[_ItemType] | None, BaseException | None], object]
    ) -> None:
        """The documents that are left, or the next *length* of them."""
    @overload
    def to_list(self, length: int | None = None, callback: None = None) -> CallFuture[list[_ItemType]]:
        """The documents that are left, or the next *length* of them."""
    def where(self, code: str | Code) -> Self:
        """Find only what a JavaScript function accepts; slow, and some servers do not allow it."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class MotorDatabase(Generic[_DocumentType]):
    """A database; get one from a client: ``client.shop`` or ``client["shop"]``."""

    __iter__: None
    delegate: Database[Any]
    def __eq__(self, other: object) -> bool: ...
    def __getattr__(self, name: str) -> MotorCollection[_DocumentType]: ...
    def __getitem__(self, name: str) -> MotorCollection[_DocumentType]: ...
    def __hash__(self) -> int: ...
    def __init__(
        self,
        client: MotorClient[_DocumentType],
        name: str,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> None: ...
    @overload
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorLatentCommandCursor[_DocumentType] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Run an aggregation pipeline that needs no collection, such as one that begins with $currentOp."""
    @overload
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[_DocumentType]:
        """Run an aggregation pipeline that needs no collection, such as one that begins with $currentOp."""
    @property
    def client(self) -> MotorClient[_DocumentType]:
        """The client that this database belongs to."""
    @property
    def codec_options(self) -> CodecOptions[Any]:
        """How documents are decoded, as `bson.codec_options.CodecOptions`: their class, time zones, UUIDs."""
    @overload
    def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Send a command to this database, and get the server's reply."""
    @overload
    def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[dict[str, Any]]:
        """Send a command to this database, and get the server's reply."""
    @overload
    def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] = ...,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_CodecDocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Send a command to this database, and get the server's reply."""
    @overload
    def command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        check: bool = True,
        allowable_errors: Sequence[str | int] | None = None,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] = ...,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_CodecDocumentType]:
        """Send a command to this database, and get the server's reply."""
    @overload
    def create_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: MotorClientSession | None = None,
        check_exists: bool | None = True,
        *,
        callback: Callable[[MotorCollection[_DocumentType] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Create a collection with options; without any, the first insert into one creates it."""
    @overload
    def create_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: MotorClientSession | None = None,
        check_exists: bool | None = True,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCollection[_DocumentType]]:
        """Create a collection with options; without any, the first insert into one creates it."""
    @overload
    def cursor_command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        max_await_time_ms: int | None = None,
        *,
        callback: Callable[[MotorCommandCursor[_DocumentType] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Send a command whose reply is a cursor."""
    @overload
    def cursor_command(
        self,
        command: str | MutableMapping[str, Any],
        value: Any = 1,
        read_preference: _ServerMode | None = None,
        codec_options: CodecOptions[_CodecDocumentType] | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        max_await_time_ms: int | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCommandCursor[_DocumentType]]:
        """Send a command whose reply is a cursor."""
    @overload
    def dereference(
        self,
        dbref: DBRef,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """The document that a reference leads to, or None."""
    @overload
    def dereference(
        self,
        dbref: DBRef,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_DocumentType | None]:
        """The document that a reference leads to, or None."""
    @overload
    def drop_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
    ) -> None:
        """Drop a collection with its documents and indexes; nothing happens where there is none."""
    @overload
    def drop_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[dict[str, Any]]:
        """Drop a collection with its documents and indexes; nothing happens where there is none."""
    def get_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorCollection[_DocumentType]:
        """A collection of this database, with options of its own."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def list_collection_names(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """The names of the database's collections, in no order that is promised."""
    @overload
    def list_collection_names(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]:
        """The names of the database's collections, in no order that is promised."""
    @overload
    def list_collections(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[
            [MotorCommandCursor[MutableMapping[str, Any]] | None, BaseException | None], object
        ],
        **kwargs: Any,
    ) -> None:
        """The database's collections, as documents with name, type and options."""
    @overload
    def list_collections(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCommandCursor[MutableMapping[str, Any]]]:
        """The database's collections, as documents with name, type and options."""
    @property
    def name(self) -> str:
        """The database's name."""
    @property
    def read_concern(self) -> ReadConcern:
        """Which reads are isolated how: a `pymongo.read_concern.ReadConcern`."""
    @property
    def read_preference(self) -> _ServerMode:
        """Which members of a replica set reads go to; one of `pymongo.ReadPreference`."""
    @overload
    def validate_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        scandata: bool = False,
        full: bool = False,
        session: MotorClientSession | None = None,
        background: bool | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
    ) -> None:
        """Have the server check a collection's data and indexes."""
    @overload
    def validate_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        scandata: bool = False,
        full: bool = False,
        session: MotorClientSession | None = None,
        background: bool | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[dict[str, Any]]:
        """Have the server check a collection's data and indexes."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: Callable[[MotorChangeStream[_DocumentType] | None, BaseException | None], object],
    ) -> None:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def watch(
        self,
        pipeline: _Pipeline | None = None,
        full_document: str | None = None,
        resume_after: Mapping[str, Any] | None = None,
        max_await_time_ms: int | None = None,
        batch_size: int | None = None,
        collation: _CollationIn | None = None,
        start_at_operation_time: Timestamp | None = None,
        session: MotorClientSession | None = None,
        start_after: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        full_document_before_change: str | None = None,
        show_expanded_events: bool | None = None,
        *,
        callback: None = None,
    ) -> MotorChangeStream[_DocumentType]:
        """A stream of the changes here; nothing is sent until it is used."""
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorDatabase[_DocumentType]:
        """The same database with other options; what is None remains as it is here."""
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorDatabase[_DocumentTypeArg]:
        """The same database with other options; what is None remains as it is here."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a database, collection or command cursor of PyMongo's."""
    @property
    def write_concern(self) -> WriteConcern:
        """What writes wait for: a `pymongo.write_concern.WriteConcern`."""

class MotorGridFS:
    """GridFS as it was before buckets; for new code, `MotorGridFSBucket` is the better choice."""

    delegate: FlatGridFS
    def __init__(self, database: MotorDatabase[Any], collection: str = "fs") -> None: ...
    @overload
    def delete(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Delete a file; nothing happens where there is none."""
    @overload
    def delete(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]:
        """Delete a file; nothing happens where there is none."""
    @overload
    def exists(
        self,
        document_or_id: Any | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[bool | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """Whether there is a file that matches."""
    @overload
    def exists(
        self,
        document_or_id: Any | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[bool]:
        """Whether there is a file that matches."""
    def find(self, *args: Any, **kwargs: Any) -> MotorGridOutCursor:
        """Make a cursor over the files that match; nothing is sent until the cursor is used."""
    @overload
    def find_one(
        self,
        filter: Any = None,
        session: MotorClientSession | None = None,
        *args: Any,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """A file that matches, or None."""
    @overload
    def find_one(
        self,
        filter: Any = None,
        session: MotorClientSession | None = None,
        *args: Any,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut | None]:
        """A file that matches, or None."""
    @overload
    def get(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None:
        """A file to read from."""
    @overload
    def get(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[MotorGridOut]:
        """A file to read from."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def get_last_version(
        self,
        filename: str | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """The newest of the files that match, to read from."""
    @overload
    def get_last_version(
        self,
        filename: str | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut]:
        """The newest of the files that match, to read from."""
    @overload
    def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None:
        """One of the files that match, in the order of their upload, to read from."""
    @overload
    def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut]:
        """One of the files that match, in the order of their upload, to read from."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def list(
        self,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[builtins.list[str] | None, BaseException | None], object],
    ) -> None:
        """The names of all files, each once."""
    @overload
    def list(
        self, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[builtins.list[str]]:
        """The names of all files, each once."""
    def new_file(self, **kwargs: Any) -> MotorGridIn:
        """A file to write to; nothing is sent before it is written to."""
    @overload
    def put(
        self, data: Any, *, callback: Callable[[Any | None, BaseException | None], object], **kwargs: Any
    ) -> None:
        """Store a whole file."""
    @overload
    def put(self, data: Any, *, callback: None = None, **kwargs: Any) -> CallFuture[Any]:
        """Store a whole file."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a file or a cursor over files."""

class MotorGridFSBucket:
    """A GridFS bucket: files of any size in two collections, ``fs.files`` and ``fs.chunks``."""

    collection: MotorCollection[Any]
    delegate: FlatGridFSBucket
    def __init__(
        self,
        database: MotorDatabase[Any],
        bucket_name: str = "fs",
        chunk_size_bytes: int = ...,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        collection: str | None = None,
    ) -> None: ...
    @overload
    def delete(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Delete a file."""
    @overload
    def delete(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]:
        """Delete a file."""
    @overload
    def delete_by_name(
        self,
        filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Delete all revisions of a file."""
    @overload
    def delete_by_name(
        self, filename: str, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]:
        """Delete all revisions of a file."""
    @overload
    def download_to_stream(
        self,
        file_id: Any,
        destination: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Write a whole file to something."""
    @overload
    def download_to_stream(
        self,
        file_id: Any,
        destination: Any,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Write a whole file to something."""
    @overload
    def download_to_stream_by_name(
        self,
        filename: str,
        destination: Any,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Write a revision of a file to something."""
    @overload
    def download_to_stream_by_name(
        self,
        filename: str,
        destination: Any,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Write a revision of a file to something."""
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        sort: Any | None = None,
        batch_size: int = 0,
        session: MotorClientSession | None = None,
    ) -> MotorGridOutCursor:
        """Make a cursor over the files that match; nothing is sent until the cursor is used."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @overload
    def open_download_stream(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None:
        """A file to read from."""
    @overload
    def open_download_stream(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[MotorGridOut]:
        """A file to read from."""
    @overload
    def open_download_stream_by_name(
        self,
        filename: str,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None:
        """A revision of a file to read from."""
    @overload
    def open_download_stream_by_name(
        self,
        filename: str,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[MotorGridOut]:
        """A revision of a file to read from."""
    def open_upload_stream(
        self,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
    ) -> MotorGridIn:
        """A file to write to, with a new ``_id``; nothing is sent before it is written to."""
    def open_upload_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
    ) -> MotorGridIn:
        """As `open_upload_stream`, with an ``_id`` of your own."""
    @overload
    def rename(
        self,
        file_id: Any,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Give a file another name."""
    @overload
    def rename(
        self,
        file_id: Any,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Give a file another name."""
    @overload
    def rename_by_name(
        self,
        filename: str,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """Give all revisions of a file another name."""
    @overload
    def rename_by_name(
        self,
        filename: str,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """Give all revisions of a file another name."""
    @overload
    def upload_from_stream(
        self,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[ObjectId | None, BaseException | None], object],
    ) -> None:
        """Store a whole file."""
    @overload
    def upload_from_stream(
        self,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[ObjectId]:
        """Store a whole file."""
    @overload
    def upload_from_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None:
        """As `upload_from_stream`, with an ``_id`` of your own."""
    @overload
    def upload_from_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]:
        """As `upload_from_stream`, with an ``_id`` of your own."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of a file or a cursor over files."""

class MotorGridIn:
    """A file to write to; get one from `MotorGridFSBucket.open_upload_stream`."""

    delegate: GridIn
    async def __aenter__(self) -> Self: ...
    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __getattr__(self, name: str) -> Any: ...
    def __init__(
        self,
        root_collection: MotorCollection[Any],
        delegate: GridIn | None = None,
        session: Any = None,
        **kwargs: Any,
    ) -> None: ...
    @property
    def _id(self) -> Any: ...
    @overload
    def abort(self, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Give the file up: remove what was written, and close it."""
    @overload
    def abort(self, *, callback: None = None) -> CallFuture[None]:
        """Give the file up: remove what was written, and close it."""
    @property
    def chunk_size(self) -> int:
        """Size of the file's chunks, in bytes."""
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Write what is left, and then the document that makes the file visible."""
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]:
        """Write what is left, and then the document that makes the file visible."""
    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
    @property
    def content_type(self) -> str | None:
        """The field ``contentType`` of the file's document, from GridFS as it was before buckets;
        deprecated.
        """
    @property
    def filename(self) -> str | None:
        """The file's name."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def length(self) -> int:
        """The file's size, in bytes."""
    @property
    def md5(self) -> str | None:
        """The field ``md5`` of the file's document, None in new files; deprecated."""
    @property
    def name(self) -> str | None:
        """As `filename`."""
    def readable(self) -> bool:
        """Whether it can be read from: False."""
    def seekable(self) -> bool:
        """Whether it has a position that can be set: False."""
    @overload
    def set(self, name: str, value: Any, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Set a field of the file's document, on the server if the file is closed."""
    @overload
    def set(self, name: str, value: Any, *, callback: None = None) -> CallFuture[None]:
        """Set a field of the file's document, on the server if the file is closed."""
    @property
    def upload_date(self) -> datetime:
        """When the file was closed: a datetime, in UTC."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""
    @overload
    def write(self, data: Any, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Append to the file; what fills no batch remains in memory until more comes or it is closed."""
    @overload
    def write(self, data: Any, *, callback: None = None) -> CallFuture[None]:
        """Append to the file; what fills no batch remains in memory until more comes or it is closed."""
    def writeable(self) -> bool:
        """Whether it can be written to: True."""
    @overload
    def writelines(
        self, sequence: Iterable[Any], *, callback: Callable[[None, BaseException | None], object]
    ) -> None:
        """Append each of several pieces, with nothing between them."""
    @overload
    def writelines(self, sequence: Iterable[Any], *, callback: None = None) -> CallFuture[None]:
        """Append each of several pieces, with nothing between them."""

class MotorGridOut:
    """A file to read from; get one from `MotorGridFSBucket.open_download_stream`."""

    delegate: GridOut
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> bytes: ...
    def __getattr__(self, name: str) -> Any: ...
    def __init__(
        self,
        root_collection: MotorCollection[Any],
        file_id: Any = None,
        file_document: Any = None,
        delegate: GridOut | None = None,
        session: Any = None,
    ) -> None: ...
    @property
    def _id(self) -> Any: ...
    @property
    def aliases(self) -> list[str] | None:
        """The field ``aliases`` of the file's document, from GridFS as it was before buckets; deprecated."""
    @property
    def chunk_size(self) -> int:
        """Size of the file's chunks, in bytes."""
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None:
        """Close the file, and the server's cursor over its chunks."""
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]:
        """Close the file, and the server's cursor over its chunks."""
    @property
    def closed(self) -> bool:
        """Whether the file was closed."""
    @property
    def content_type(self) -> str | None:
        """The field ``contentType`` of the file's document, from GridFS as it was before buckets;
        deprecated.
        """
    @property
    def filename(self) -> str:
        """The file's name."""
    def flush(self) -> None:
        """Does nothing; for those who take this for a file of Python's."""
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    @property
    def io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    def isatty(self) -> bool:
        """Whether this is a terminal: False."""
    @property
    def length(self) -> int:
        """The file's size, in bytes."""
    @property
    def md5(self) -> str | None:
        """The field ``md5`` of the file's document, None in new files; deprecated."""
    @property
    def metadata(self) -> Mapping[str, Any] | None:
        """The field ``metadata`` of the file's document, or None."""
    @property
    def name(self) -> str:
        """As `filename`."""
    @overload
    def open(self, callback: Callable[[Self | None, BaseException | None], object]) -> None:
        """Fetch the file's document; reading does it too."""
    @overload
    def open(self, callback: None = None) -> CallFuture[Self]:
        """Fetch the file's document; reading does it too."""
    @overload
    def read(
        self, size: int = -1, *, callback: Callable[[bytes | None, BaseException | None], object]
    ) -> None:
        """Read bytes; fewer than asked for only at the end of the file."""
    @overload
    def read(self, size: int = -1, *, callback: None = None) -> CallFuture[bytes]:
        """Read bytes; fewer than asked for only at the end of the file."""
    def readable(self) -> bool:
        """Whether it can be read from: True."""
    @overload
    def readchunk(self, *, callback: Callable[[bytes | None, BaseException | None], object]) -> None:
        """Read what is left of the present chunk: the cheapest way through a file."""
    @overload
    def readchunk(self, *, callback: None = None) -> CallFuture[bytes]:
        """Read what is left of the present chunk: the cheapest way through a file."""
    @overload
    def readline(
        self, size: int = -1, *, callback: Callable[[bytes | None, BaseException | None], object]
    ) -> None:
        """Read a line with its newline."""
    @overload
    def readline(self, size: int = -1, *, callback: None = None) -> CallFuture[bytes]:
        """Read a line with its newline."""
    @overload
    def readlines(
        self, size: int = -1, *, callback: Callable[[list[bytes] | None, BaseException | None], object]
    ) -> None:
        """Read the lines that are left."""
    @overload
    def readlines(self, size: int = -1, *, callback: None = None) -> CallFuture[list[bytes]]:
        """Read the lines that are left."""
    def seek(self, pos: int, whence: int = ...) -> Position:
        """Set the position from which the next read goes on; takes effect at once, need not be awaited."""
    def seekable(self) -> bool:
        """Whether it has a position that can be set: True."""
    @overload
    def stream_to_handler(
        self, request_handler: RequestHandler, callback: Callable[[None, BaseException | None], object]
    ) -> None:
        """Write what is left of the file to a Tornado handler, no faster than its client takes it."""
    @overload
    def stream_to_handler(self, request_handler: RequestHandler, callback: None = None) -> CallFuture[None]:
        """Write what is left of the file to a Tornado handler, no faster than its client takes it."""
    def tell(self) -> int:
        """The position from which the next read goes on, in bytes."""
    @overload
    def to_list(self, *, callback: Callable[[list[bytes] | None, BaseException | None], object]) -> None:
        """Read the lines that are left."""
    @overload
    def to_list(self, *, callback: None = None) -> CallFuture[list[bytes]]:
        """Read the lines that are left."""
    @property
    def upload_date(self) -> datetime:
        """When the file was closed by the one who uploaded it: a datetime, in UTC."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""
    def writable(self) -> bool:
        """Whether it can be written to: False."""

class MotorGridOutCursor(MotorCursor[MotorGridOut]):
    """What `MotorGridFSBucket.find` returns: a cursor over files, each a `MotorGridOut`."""

    async def __anext__(self) -> MotorGridOut: ...
    def each(self, callback: Callable[[MotorGridOut | None, BaseException | None], object]) -> None:
        """As `MotorCursor.each`, with files."""
    @overload
    def next(self, callback: Callable[[MotorGridOut | None, BaseException | None], object]) -> None:
        """The next file."""
    @overload
    def next(self, callback: None = None) -> CallFuture[MotorGridOut]:
        """The next file."""
    def next_object(self) -> MotorGridOut | None:
        """A file of the batch that was fetched last, or None when it is used up."""

class MotorLatentCommandCursor(MotorCommandCursor[_ItemType]):
    """What `MotorCollection.aggregate` and its like return."""

    def __init__(
        self, collection: Any, start: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None: ...
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""

class MotorRawBatchCursor(MotorCursor[bytes]):
    """What `MotorCollection.find_raw_batches` returns: each item is a batch of documents as BSON bytes."""

class AsyncLatentCommandCursor(AsyncCommandCursor[_ItemType]):
    """An `AsyncCommandCursor` whose command is sent when it is awaited or first used."""

    def __init__(
        self, collection: Any, start: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None: ...
    def batch_size(self, batch_size: int) -> Self:
        """Let the server send so many documents at once."""
    def send(self, value: Any) -> Any:
        """Go on as a coroutine; for the event loop."""
    def throw(self, *exception: Any) -> Any:
        """Raise an exception in the coroutine; for the event loop."""

class AsyncLatentRawBatchCommandCursor(AsyncLatentCommandCursor[bytes], AsyncRawBatchCommandCursor):
    """An `AsyncRawBatchCommandCursor` whose command is sent when it is awaited or first used."""

class MotorTransaction:
    """What `MotorClientSession.start_transaction` returns: for ``async with``, awaited or not."""

    delegate: Any
    async def __aenter__(self) -> MotorTransaction: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, delegate: Any, session: MotorClientSession) -> None: ...
    def get_io_loop(self) -> IOLoop:
        """The Tornado IOLoop that this object belongs to."""
    def wrap(self, obj: Any) -> Any:
        """The proxy of an object of the driver's that comes from this one; anything else as it is."""

class _BoundSession:
    """What `MotorClientSession.bind` returns. It acts on the context of whoever enters it, never in a
    child.
    """

    async def __aenter__(self) -> MotorClientSession: ...
    async def __aexit__(self, *exc_info: object) -> None: ...
    def __enter__(self) -> MotorClientSession: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def __init__(self, session: MotorClientSession, end_session: bool) -> None: ...
