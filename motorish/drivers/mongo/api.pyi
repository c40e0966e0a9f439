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
    delegate: ChangeStream[Any] | None
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _DocumentType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, target: Any, arguments: dict[str, Any]) -> None: ...
    @property
    def alive(self) -> bool: ...
    async def close(self) -> None: ...
    def get_io_loop(self) -> IOLoop: ...
    async def next(self) -> _DocumentType: ...
    @property
    def resume_token(self) -> Mapping[str, Any] | None: ...
    def send(self, value: Any) -> Any: ...
    def throw(self, *exception: Any) -> Any: ...
    async def try_next(self) -> _DocumentType | None: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncClientEncryption(Generic[_DocumentType]):
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
    async def add_key_alt_name(self, id: Binary, key_alt_name: str) -> Any: ...
    async def close(self) -> None: ...
    async def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
    ) -> Binary: ...
    async def create_encrypted_collection(
        self,
        database: AsyncDatabase[_DocumentTypeArg],
        name: str,
        encrypted_fields: Mapping[str, Any],
        kms_provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> tuple[AsyncCollection[_DocumentTypeArg], Mapping[str, Any]]: ...
    async def decrypt(self, value: Binary) -> Any: ...
    async def delete_key(self, id: Binary) -> DeleteResult: ...
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
    ) -> Binary: ...
    async def encrypt_expression(
        self,
        expression: Mapping[str, Any],
        algorithm: str,
        key_id: Binary | UUID | None = None,
        key_alt_name: str | None = None,
        query_type: str | None = None,
        contention_factor: int | None = None,
        range_opts: RangeOpts | None = None,
    ) -> RawBSONDocument: ...
    def get_io_loop(self) -> IOLoop: ...
    async def get_key(self, id: Binary) -> RawBSONDocument | None: ...
    async def get_key_by_alt_name(self, key_alt_name: str) -> RawBSONDocument | None: ...
    def get_keys(self) -> AsyncCursor[RawBSONDocument]: ...
    @property
    def io_loop(self) -> IOLoop: ...
    async def remove_key_alt_name(self, id: Binary, key_alt_name: str) -> RawBSONDocument | None: ...
    async def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
    ) -> RewrapManyDataKeyResult: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncClientSession:
    delegate: ClientSession
    async def __aenter__(self) -> AsyncClientSession: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, delegate: ClientSession, motor_client: AsyncMongoClient[Any]) -> None: ...
    async def abort_transaction(self) -> None: ...
    def advance_cluster_time(self, cluster_time: Mapping[str, Any]) -> None: ...
    def advance_operation_time(self, operation_time: Timestamp) -> None: ...
    def bind(self, end_session: bool = True) -> _BoundSession: ...
    @property
    def client(self) -> AsyncMongoClient[Any]: ...
    @property
    def cluster_time(self) -> ClusterTime | None: ...
    async def commit_transaction(self) -> None: ...
    async def end_session(self) -> None: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def has_ended(self) -> bool: ...
    @property
    def in_transaction(self) -> bool: ...
    @classmethod
    def of(cls, delegate: ClientSession, motor_client: AsyncMongoClient[Any]) -> AsyncClientSession: ...
    @property
    def operation_time(self) -> Timestamp | None: ...
    @property
    def options(self) -> SessionOptions: ...
    @property
    def session_id(self) -> Mapping[str, Any]: ...
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> MotorTransaction: ...
    @overload
    async def with_transaction(
        self,
        callback: Callable[[AsyncClientSession], Awaitable[T]],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> T: ...
    @overload
    async def with_transaction(
        self,
        callback: Callable[[AsyncClientSession], T],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> T: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncClusterChangeStream(AsyncDatabaseChangeStream[_DocumentType]): ...

class AsyncCollection(Generic[_DocumentType]):
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
    ) -> AsyncLatentCommandCursor[_DocumentType]: ...
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncLatentRawBatchCommandCursor: ...
    async def bulk_write(
        self,
        requests: Sequence[_WriteOp[_DocumentType]],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        let: Mapping[str, Any] | None = None,
    ) -> BulkWriteResult: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
    async def count_documents(
        self,
        filter: Mapping[str, Any],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> int: ...
    async def create_index(
        self,
        keys: _IndexKeyHint,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> str: ...
    async def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]: ...
    async def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: AsyncClientSession | None = None,
        comment: Any = None,
        **kwargs: Any,
    ) -> str: ...
    async def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]: ...
    @property
    def database(self) -> AsyncDatabase[_DocumentType]: ...
    async def delete_many(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult: ...
    async def delete_one(
        self,
        filter: Mapping[str, Any],
        collation: _CollationIn | None = None,
        hint: _IndexKeyHint | None = None,
        session: AsyncClientSession | None = None,
        let: Mapping[str, Any] | None = None,
        comment: Any | None = None,
    ) -> DeleteResult: ...
    async def distinct(
        self,
        key: str,
        filter: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        hint: _IndexKeyHint | None = None,
        **kwargs: Any,
    ) -> list[Any]: ...
    async def drop(
        self,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> None: ...
    async def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None: ...
    async def drop_indexes(
        self, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None: ...
    async def drop_search_index(
        self, name: str, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> None: ...
    async def estimated_document_count(self, comment: Any | None = None, **kwargs: Any) -> int: ...
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
    ) -> AsyncCursor[_DocumentType]: ...
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
    ) -> _DocumentType | None: ...
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
    ) -> _DocumentType | None: ...
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
    ) -> _DocumentType | None: ...
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
    ) -> _DocumentType | None: ...
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
    ) -> AsyncRawBatchCursor: ...
    @property
    def full_name(self) -> str: ...
    def get_io_loop(self) -> IOLoop: ...
    async def index_information(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> MutableMapping[str, Any]: ...
    async def insert_many(
        self,
        documents: Iterable[_DocumentType | RawBSONDocument],
        ordered: bool = True,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertManyResult: ...
    async def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> InsertOneResult: ...
    def list_indexes(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> AsyncLatentCommandCursor[MutableMapping[str, Any]]: ...
    def list_search_indexes(
        self,
        name: str | None = None,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncLatentCommandCursor[Mapping[str, Any]]: ...
    @property
    def name(self) -> str: ...
    async def options(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> MutableMapping[str, Any]: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
    async def rename(
        self,
        new_name: str,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> MutableMapping[str, Any]: ...
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
    ) -> UpdateResult: ...
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
    ) -> UpdateResult: ...
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
    ) -> UpdateResult: ...
    async def update_search_index(
        self,
        name: str,
        definition: Mapping[str, Any],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> None: ...
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
    ) -> AsyncCollectionChangeStream[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncCollection[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncCollection[_DocumentTypeArg]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class AsyncCollectionChangeStream(AsyncChangeStream[_DocumentType]): ...

class AsyncCommandCursor(Generic[_ItemType]):
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
    def address(self) -> _Address | None: ...
    @property
    def alive(self) -> bool: ...
    def batch_size(self, batch_size: int) -> Self: ...
    async def close(self) -> None: ...
    @property
    def collection(self) -> AsyncCollection[Any]: ...
    @property
    def cursor_id(self) -> int | None: ...
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @property
    def fetch_next(self) -> CallFuture[bool]: ...
    def get_io_loop(self) -> IOLoop: ...
    async def next(self) -> _ItemType: ...
    def next_object(self) -> _ItemType | None: ...
    @property
    def session(self) -> AsyncClientSession | None: ...
    @property
    def started(self) -> bool: ...
    async def to_list(self, length: int | None = None) -> list[_ItemType]: ...
    async def try_next(self) -> _ItemType | None: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncCursor(Generic[_ItemType]):
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
    async def add_option(self, mask: int) -> AsyncCursor[_ItemType]: ...
    @property
    def address(self) -> _Address | None: ...
    @property
    def alive(self) -> bool: ...
    def allow_disk_use(self, allow_disk_use: bool) -> Self: ...
    def batch_size(self, batch_size: int) -> Self: ...
    def clone(self) -> Self: ...
    async def close(self) -> None: ...
    def collation(self, collation: _CollationIn | None) -> Self: ...
    @property
    def collection(self) -> AsyncCollection[Any]: ...
    def comment(self, comment: Any) -> Self: ...
    @property
    def cursor_id(self) -> int | None: ...
    async def distinct(self, key: str) -> list[Any]: ...
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    async def explain(self) -> _ItemType: ...
    @property
    def fetch_next(self) -> CallFuture[bool]: ...
    def get_io_loop(self) -> IOLoop: ...
    def hint(self, index: _Hint | None) -> Self: ...
    def limit(self, limit: int) -> Self: ...
    def max(self, spec: _Sort) -> Self: ...
    def max_await_time_ms(self, max_await_time_ms: int | None) -> Self: ...
    def max_scan(self, max_scan: int | None) -> Self: ...
    def max_time_ms(self, max_time_ms: int | None) -> Self: ...
    def min(self, spec: _Sort) -> Self: ...
    async def next(self) -> _ItemType: ...
    def next_object(self) -> _ItemType | None: ...
    def remove_option(self, mask: int) -> Self: ...
    @property
    def retrieved(self) -> int: ...
    async def rewind(self) -> AsyncCursor[_ItemType]: ...
    @property
    def session(self) -> AsyncClientSession | None: ...
    def skip(self, skip: int) -> Self: ...
    def sort(self, key_or_list: _Hint, direction: int | str | None = None) -> Self: ...
    @property
    def started(self) -> bool: ...
    async def to_list(self, length: int | None = None) -> list[_ItemType]: ...
    def where(self, code: str | Code) -> Self: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncDatabase(Generic[_DocumentType]):
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
    ) -> AsyncLatentCommandCursor[_DocumentType]: ...
    @property
    def client(self) -> AsyncMongoClient[_DocumentType]: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
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
    ) -> dict[str, Any]: ...
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
    ) -> _CodecDocumentType: ...
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
    ) -> AsyncCollection[_DocumentType]: ...
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
    ) -> AsyncCommandCursor[_DocumentType]: ...
    async def dereference(
        self,
        dbref: DBRef,
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> _DocumentType | None: ...
    async def drop_collection(
        self,
        name_or_collection: str | AsyncCollection[_DocumentTypeArg],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]: ...
    def get_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncCollection[_DocumentType]: ...
    def get_io_loop(self) -> IOLoop: ...
    async def list_collection_names(
        self,
        session: AsyncClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> list[str]: ...
    async def list_collections(
        self,
        session: AsyncClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        **kwargs: Any,
    ) -> AsyncCommandCursor[MutableMapping[str, Any]]: ...
    @property
    def name(self) -> str: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
    async def validate_collection(
        self,
        name_or_collection: str | AsyncCollection[_DocumentTypeArg],
        scandata: bool = False,
        full: bool = False,
        session: AsyncClientSession | None = None,
        background: bool | None = None,
        comment: Any | None = None,
    ) -> dict[str, Any]: ...
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
    ) -> AsyncDatabaseChangeStream[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncDatabase[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> AsyncDatabase[_DocumentTypeArg]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class AsyncDatabaseChangeStream(AsyncChangeStream[_DocumentType]): ...

class AsyncGridFS:
    delegate: FlatGridFS
    def __init__(self, database: AsyncDatabase[Any], collection: str = "fs") -> None: ...
    async def delete(self, file_id: Any, session: AsyncClientSession | None = None) -> None: ...
    async def exists(
        self, document_or_id: Any | None = None, session: AsyncClientSession | None = None, **kwargs: Any
    ) -> bool: ...
    def find(self, *args: Any, **kwargs: Any) -> AsyncGridOutCursor: ...
    async def find_one(
        self, filter: Any = None, session: AsyncClientSession | None = None, *args: Any, **kwargs: Any
    ) -> AsyncGridOut | None: ...
    async def get(self, file_id: Any, session: AsyncClientSession | None = None) -> AsyncGridOut: ...
    def get_io_loop(self) -> IOLoop: ...
    async def get_last_version(
        self, filename: str | None = None, session: AsyncClientSession | None = None, **kwargs: Any
    ) -> AsyncGridOut: ...
    async def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: AsyncClientSession | None = None,
        **kwargs: Any,
    ) -> AsyncGridOut: ...
    @property
    def io_loop(self) -> IOLoop: ...
    async def list(self, session: AsyncClientSession | None = None) -> builtins.list[str]: ...
    def new_file(self, **kwargs: Any) -> AsyncGridIn: ...
    async def put(self, data: Any, **kwargs: Any) -> Any: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncGridFSBucket:
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
    async def delete(self, file_id: Any, session: AsyncClientSession | None = None) -> None: ...
    async def delete_by_name(self, filename: str, session: AsyncClientSession | None = None) -> None: ...
    async def download_to_stream(
        self, file_id: Any, destination: Any, session: AsyncClientSession | None = None
    ) -> None: ...
    async def download_to_stream_by_name(
        self, filename: str, destination: Any, revision: int = -1, session: AsyncClientSession | None = None
    ) -> None: ...
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        sort: Any | None = None,
        batch_size: int = 0,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridOutCursor: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    async def open_download_stream(
        self, file_id: Any, session: AsyncClientSession | None = None
    ) -> AsyncGridOut: ...
    async def open_download_stream_by_name(
        self, filename: str, revision: int = -1, session: AsyncClientSession | None = None
    ) -> AsyncGridOut: ...
    def open_upload_stream(
        self,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridIn: ...
    def open_upload_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> AsyncGridIn: ...
    async def rename(
        self, file_id: Any, new_filename: str, session: AsyncClientSession | None = None
    ) -> None: ...
    async def rename_by_name(
        self, filename: str, new_filename: str, session: AsyncClientSession | None = None
    ) -> None: ...
    async def upload_from_stream(
        self,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> ObjectId: ...
    async def upload_from_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        source: Any,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: AsyncClientSession | None = None,
    ) -> None: ...
    def wrap(self, obj: Any) -> Any: ...

class AsyncGridIn:
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
    async def abort(self) -> None: ...
    @property
    def chunk_size(self) -> int: ...
    async def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def filename(self) -> str | None: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @property
    def length(self) -> int: ...
    @property
    def md5(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    def readable(self) -> bool: ...
    def seekable(self) -> bool: ...
    async def set(self, name: str, value: Any) -> None: ...
    @property
    def upload_date(self) -> datetime: ...
    def wrap(self, obj: Any) -> Any: ...
    async def write(self, data: Any) -> None: ...
    def writeable(self) -> bool: ...
    async def writelines(self, sequence: Iterable[Any]) -> None: ...

class AsyncGridOut:
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
    def aliases(self) -> list[str] | None: ...
    @property
    def chunk_size(self) -> int: ...
    async def close(self) -> None: ...
    @property
    def closed(self) -> bool: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def filename(self) -> str: ...
    def flush(self) -> None: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    def isatty(self) -> bool: ...
    @property
    def length(self) -> int: ...
    @property
    def md5(self) -> str | None: ...
    @property
    def metadata(self) -> Mapping[str, Any] | None: ...
    @property
    def name(self) -> str: ...
    async def open(self) -> Self: ...
    async def read(self, size: int = -1) -> bytes: ...
    def readable(self) -> bool: ...
    async def readchunk(self) -> bytes: ...
    async def readline(self, size: int = -1) -> bytes: ...
    async def readlines(self, size: int = -1) -> list[bytes]: ...
    async def seek(self, pos: int, whence: int = ...) -> int: ...
    def seekable(self) -> bool: ...
    async def stream_to_handler(self, request_handler: RequestHandler) -> None: ...
    def tell(self) -> int: ...
    async def to_list(self) -> list[bytes]: ...
    @property
    def upload_date(self) -> datetime: ...
    def wrap(self, obj: Any) -> Any: ...
    def writable(self) -> bool: ...

class AsyncGridOutCursor(AsyncCursor[AsyncGridOut]):
    async def __anext__(self) -> AsyncGridOut: ...
    def each(self, callback: Callable[[AsyncGridOut | None, BaseException | None], object]) -> None: ...
    async def next(self) -> AsyncGridOut: ...
    def next_object(self) -> AsyncGridOut | None: ...

class AsyncMongoClient(Generic[_DocumentType]):
    __iter__: None
    delegate: MongoClient[Any]
    @property
    def HOST(self) -> str: ...
    @property
    def PORT(self) -> int: ...
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
        **kwargs: Any,
    ) -> None: ...
    async def aclose(self) -> None: ...
    async def aconnect(self) -> None: ...
    @property
    def address(self) -> tuple[str, int | None] | None: ...
    def append_metadata(self, driver_info: DriverInfo) -> None: ...
    @property
    def arbiters(self) -> set[tuple[str, int | None]]: ...
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
    ) -> ClientBulkWriteResult: ...
    async def close(self) -> None: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
    async def drop_database(
        self,
        name_or_database: str | AsyncDatabase[_DocumentTypeArg],
        session: AsyncClientSession | None = None,
        comment: Any | None = None,
    ) -> None: ...
    def eq_props(self) -> tuple[tuple[_Address, ...], str | None, str | None, str]: ...
    def get_database(
        self,
        name: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncDatabase[_DocumentType]: ...
    def get_default_database(
        self,
        default: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> AsyncDatabase[_DocumentType]: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @property
    def is_mongos(self) -> bool: ...
    @property
    def is_primary(self) -> bool: ...
    async def list_database_names(
        self, session: AsyncClientSession | None = None, comment: Any | None = None
    ) -> list[str]: ...
    async def list_databases(
        self, session: AsyncClientSession | None = None, comment: Any | None = None, **kwargs: Any
    ) -> AsyncCommandCursor[dict[str, Any]]: ...
    @property
    def nodes(self) -> frozenset[tuple[str, int | None]]: ...
    async def open(self) -> Self: ...
    @property
    def options(self) -> ClientOptions: ...
    @property
    def primary(self) -> tuple[str, int | None] | None: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
    @property
    def secondaries(self) -> set[tuple[str, int | None]]: ...
    async def server_info(self, session: AsyncClientSession | None = None) -> dict[str, Any]: ...
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
    ) -> AsyncClientSession: ...
    @property
    def topology_description(self) -> TopologyDescription: ...
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
    ) -> AsyncClusterChangeStream[_DocumentType]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class AsyncRawBatchCommandCursor(AsyncCommandCursor[bytes]): ...

class AsyncRawBatchCursor(AsyncCursor[bytes]):
    async def add_option(self, mask: int) -> AsyncCursor[bytes]: ...

class MotorChangeStream(Generic[_DocumentType]):
    delegate: ChangeStream[Any] | None
    async def __aenter__(self) -> Self: ...
    async def __aexit__(self, *exc_info: Any) -> Any: ...
    def __aiter__(self) -> Self: ...
    async def __anext__(self) -> _DocumentType: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, target: Any, arguments: dict[str, Any]) -> None: ...
    @property
    def alive(self) -> bool: ...
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, callback: None = None) -> CallFuture[None]: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def next(self, callback: Callable[[_DocumentType | None, BaseException | None], object]) -> None: ...
    @overload
    def next(self, callback: None = None) -> CallFuture[_DocumentType]: ...
    @property
    def resume_token(self) -> Mapping[str, Any] | None: ...
    @overload
    def try_next(self, callback: Callable[[_DocumentType | None, BaseException | None], object]) -> None: ...
    @overload
    def try_next(self, callback: None = None) -> CallFuture[_DocumentType | None]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorClient(Generic[_DocumentType]):
    __iter__: None
    delegate: MongoClient[Any]
    @property
    def HOST(self) -> str: ...
    @property
    def PORT(self) -> int: ...
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
        **kwargs: Any,
    ) -> None: ...
    @overload
    def aclose(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def aclose(self, callback: None = None) -> CallFuture[None]: ...
    @overload
    def aconnect(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def aconnect(self, callback: None = None) -> CallFuture[None]: ...
    @property
    def address(self) -> tuple[str, int | None] | None: ...
    def append_metadata(self, driver_info: DriverInfo) -> None: ...
    @property
    def arbiters(self) -> set[tuple[str, int | None]]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[ClientBulkWriteResult]: ...
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, callback: None = None) -> CallFuture[None]: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
    @overload
    def drop_database(
        self,
        name_or_database: str | MotorDatabase[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def drop_database(
        self,
        name_or_database: str | MotorDatabase[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
    def eq_props(self) -> tuple[tuple[_Address, ...], str | None, str | None, str]: ...
    def get_database(
        self,
        name: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorDatabase[_DocumentType]: ...
    def get_default_database(
        self,
        default: str | None = None,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorDatabase[_DocumentType]: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @property
    def is_mongos(self) -> bool: ...
    @property
    def is_primary(self) -> bool: ...
    @overload
    def list_database_names(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def list_database_names(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[list[str]]: ...
    @overload
    def list_databases(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MotorCommandCursor[dict[str, Any]] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def list_databases(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCommandCursor[dict[str, Any]]]: ...
    @property
    def nodes(self) -> frozenset[tuple[str, int | None]]: ...
    @overload
    def open(self, callback: Callable[[Self | None, BaseException | None], object]) -> None: ...
    @overload
    def open(self, callback: None = None) -> CallFuture[Self]: ...
    @property
    def options(self) -> ClientOptions: ...
    @property
    def primary(self) -> tuple[str, int | None] | None: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
    @property
    def secondaries(self) -> set[tuple[str, int | None]]: ...
    @overload
    def server_info(
        self,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def server_info(
        self, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[dict[str, Any]]: ...
    @overload
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
        *,
        callback: Callable[[MotorClientSession | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
        *,
        callback: None = None,
    ) -> MotorClientSession: ...
    @property
    def topology_description(self) -> TopologyDescription: ...
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
    ) -> None: ...
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
    ) -> MotorChangeStream[_DocumentType]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class MotorClientEncryption(Generic[_DocumentType]):
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
    ) -> None: ...
    @overload
    def add_key_alt_name(
        self, id: Binary, key_alt_name: str, *, callback: None = None
    ) -> CallFuture[Any]: ...
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]: ...
    @overload
    def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
        *,
        callback: Callable[[Binary | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def create_data_key(
        self,
        kms_provider: str,
        master_key: Mapping[str, Any] | None = None,
        key_alt_names: Sequence[str] | None = None,
        key_material: bytes | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[Binary]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[tuple[MotorCollection[_DocumentTypeArg], Mapping[str, Any]]]: ...
    @overload
    def decrypt(
        self, value: Binary, *, callback: Callable[[Any | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def decrypt(self, value: Binary, *, callback: None = None) -> CallFuture[Any]: ...
    @overload
    def delete_key(
        self, id: Binary, *, callback: Callable[[DeleteResult | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def delete_key(self, id: Binary, *, callback: None = None) -> CallFuture[DeleteResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[Binary]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[RawBSONDocument]: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def get_key(
        self, id: Binary, *, callback: Callable[[RawBSONDocument | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def get_key(self, id: Binary, *, callback: None = None) -> CallFuture[RawBSONDocument | None]: ...
    @overload
    def get_key_by_alt_name(
        self, key_alt_name: str, *, callback: Callable[[RawBSONDocument | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def get_key_by_alt_name(
        self, key_alt_name: str, *, callback: None = None
    ) -> CallFuture[RawBSONDocument | None]: ...
    @overload
    def get_keys(
        self, *, callback: Callable[[MotorCursor[RawBSONDocument] | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def get_keys(self, *, callback: None = None) -> MotorCursor[RawBSONDocument]: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @overload
    def remove_key_alt_name(
        self,
        id: Binary,
        key_alt_name: str,
        *,
        callback: Callable[[RawBSONDocument | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def remove_key_alt_name(
        self, id: Binary, key_alt_name: str, *, callback: None = None
    ) -> CallFuture[RawBSONDocument | None]: ...
    @overload
    def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[RewrapManyDataKeyResult | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def rewrap_many_data_key(
        self,
        filter: Mapping[str, Any],
        provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[RewrapManyDataKeyResult]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorClientSession:
    delegate: ClientSession
    async def __aenter__(self) -> MotorClientSession: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __eq__(self, other: object) -> bool: ...
    def __hash__(self) -> int: ...
    def __init__(self, delegate: ClientSession, motor_client: MotorClient[Any]) -> None: ...
    @overload
    def abort_transaction(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def abort_transaction(self, callback: None = None) -> CallFuture[None]: ...
    def advance_cluster_time(self, cluster_time: Mapping[str, Any]) -> None: ...
    def advance_operation_time(self, operation_time: Timestamp) -> None: ...
    def bind(self, end_session: bool = True) -> _BoundSession: ...
    @property
    def client(self) -> MotorClient[Any]: ...
    @property
    def cluster_time(self) -> ClusterTime | None: ...
    @overload
    def commit_transaction(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def commit_transaction(self, callback: None = None) -> CallFuture[None]: ...
    @overload
    def end_session(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def end_session(self, callback: None = None) -> CallFuture[None]: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def has_ended(self) -> bool: ...
    @property
    def in_transaction(self) -> bool: ...
    @classmethod
    def of(cls, delegate: ClientSession, motor_client: MotorClient[Any]) -> MotorClientSession: ...
    @property
    def operation_time(self) -> Timestamp | None: ...
    @property
    def options(self) -> SessionOptions: ...
    @property
    def session_id(self) -> Mapping[str, Any]: ...
    @overload
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callable[[MotorTransaction | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: None = None,
    ) -> MotorTransaction: ...
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
    ) -> CallFuture[T]: ...
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
    ) -> CallFuture[T]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorCollection(Generic[_DocumentType]):
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
    ) -> None: ...
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
    ) -> MotorLatentCommandCursor[_DocumentType]: ...
    @overload
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MotorLatentCommandCursor[bytes] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def aggregate_raw_batches(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[bytes]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[BulkWriteResult]: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
    @overload
    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[int | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def count_documents(
        self,
        filter: Mapping[str, Any],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[int]: ...
    @overload
    def create_index(
        self,
        keys: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[str | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def create_index(
        self,
        keys: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[str]: ...
    @overload
    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def create_indexes(
        self,
        indexes: Sequence[IndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]: ...
    @overload
    def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: MotorClientSession | None = None,
        comment: Any = None,
        *,
        callback: Callable[[str | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def create_search_index(
        self,
        model: Mapping[str, Any] | SearchIndexModel,
        session: MotorClientSession | None = None,
        comment: Any = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[str]: ...
    @overload
    def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def create_search_indexes(
        self,
        models: list[SearchIndexModel],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]: ...
    @property
    def database(self) -> MotorDatabase[_DocumentType]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[DeleteResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[DeleteResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[list[Any]]: ...
    @overload
    def drop(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def drop(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
    @overload
    def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def drop_index(
        self,
        index_or_name: _IndexKeyHint,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]: ...
    @overload
    def drop_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def drop_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]: ...
    @overload
    def drop_search_index(
        self,
        name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def drop_search_index(
        self,
        name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[None]: ...
    @overload
    def estimated_document_count(
        self,
        comment: Any | None = None,
        *,
        callback: Callable[[int | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def estimated_document_count(
        self, comment: Any | None = None, *, callback: None = None, **kwargs: Any
    ) -> CallFuture[int]: ...
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
    ) -> MotorCursor[_DocumentType]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[_DocumentType | None]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[_DocumentType | None]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[_DocumentType | None]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[_DocumentType | None]: ...
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
    ) -> MotorRawBatchCursor: ...
    @property
    def full_name(self) -> str: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def index_information(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def index_information(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[MutableMapping[str, Any]]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[InsertManyResult]: ...
    @overload
    def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[InsertOneResult | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def insert_one(
        self,
        document: _DocumentType | RawBSONDocument,
        bypass_document_validation: bool | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[InsertOneResult]: ...
    @overload
    def list_indexes(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[
            [MotorLatentCommandCursor[MutableMapping[str, Any]] | None, BaseException | None], object
        ],
    ) -> None: ...
    @overload
    def list_indexes(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> MotorLatentCommandCursor[MutableMapping[str, Any]]: ...
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
    ) -> None: ...
    @overload
    def list_search_indexes(
        self,
        name: str | None = None,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[Mapping[str, Any]]: ...
    @property
    def name(self) -> str: ...
    @overload
    def options(
        self,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def options(
        self, session: MotorClientSession | None = None, comment: Any | None = None, *, callback: None = None
    ) -> CallFuture[MutableMapping[str, Any]]: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
    @overload
    def rename(
        self,
        new_name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[MutableMapping[str, Any] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def rename(
        self,
        new_name: str,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MutableMapping[str, Any]]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[UpdateResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[UpdateResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[UpdateResult]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[None]: ...
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
    ) -> None: ...
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
    ) -> MotorChangeStream[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorCollection[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorCollection[_DocumentTypeArg]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class MotorCommandCursor(Generic[_ItemType]):
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
    def address(self) -> _Address | None: ...
    @property
    def alive(self) -> bool: ...
    def batch_size(self, batch_size: int) -> Self: ...
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, callback: None = None) -> CallFuture[None]: ...
    @property
    def collection(self) -> MotorCollection[Any]: ...
    @property
    def cursor_id(self) -> int | None: ...
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @property
    def fetch_next(self) -> CallFuture[bool]: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @overload
    def next(self, callback: None = None) -> CallFuture[_ItemType]: ...
    def next_object(self) -> _ItemType | None: ...
    @property
    def session(self) -> MotorClientSession | None: ...
    @property
    def started(self) -> bool: ...
    @overload
    def to_list(
        self,
        length: int | None = None,
        *,
        callback: Callable[[list[_ItemType] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def to_list(
        self, length: int | None, callback: Callable[[list[_ItemType] | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def to_list(self, length: int | None = None, callback: None = None) -> CallFuture[list[_ItemType]]: ...
    @overload
    def try_next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @overload
    def try_next(self, callback: None = None) -> CallFuture[_ItemType | None]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorCursor(Generic[_ItemType]):
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
    def add_option(self, mask: int) -> Self: ...
    @property
    def address(self) -> _Address | None: ...
    @property
    def alive(self) -> bool: ...
    def allow_disk_use(self, allow_disk_use: bool) -> Self: ...
    def batch_size(self, batch_size: int) -> Self: ...
    def clone(self) -> Self: ...
    @overload
    def close(self, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, callback: None = None) -> CallFuture[None]: ...
    def collation(self, collation: _CollationIn | None) -> Self: ...
    @property
    def collection(self) -> MotorCollection[Any]: ...
    def comment(self, comment: Any) -> Self: ...
    @property
    def cursor_id(self) -> int | None: ...
    @overload
    def distinct(
        self, key: str, *, callback: Callable[[list[Any] | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def distinct(self, key: str, *, callback: None = None) -> CallFuture[list[Any]]: ...
    def each(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @overload
    def explain(self, *, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @overload
    def explain(self, *, callback: None = None) -> CallFuture[_ItemType]: ...
    @property
    def fetch_next(self) -> CallFuture[bool]: ...
    def get_io_loop(self) -> IOLoop: ...
    def hint(self, index: _Hint | None) -> Self: ...
    def limit(self, limit: int) -> Self: ...
    def max(self, spec: _Sort) -> Self: ...
    def max_await_time_ms(self, max_await_time_ms: int | None) -> Self: ...
    def max_scan(self, max_scan: int | None) -> Self: ...
    def max_time_ms(self, max_time_ms: int | None) -> Self: ...
    def min(self, spec: _Sort) -> Self: ...
    @overload
    def next(self, callback: Callable[[_ItemType | None, BaseException | None], object]) -> None: ...
    @overload
    def next(self, callback: None = None) -> CallFuture[_ItemType]: ...
    def next_object(self) -> _ItemType | None: ...
    def remove_option(self, mask: int) -> Self: ...
    @property
    def retrieved(self) -> int: ...
    def rewind(self) -> Self: ...
    @property
    def session(self) -> MotorClientSession | None: ...
    def skip(self, skip: int) -> Self: ...
    def sort(self, key_or_list: _Hint, direction: int | str | None = None) -> Self: ...
    @property
    def started(self) -> bool: ...
    @overload
    def to_list(
        self,
        length: int | None = None,
        *,
        callback: Callable[[list[_ItemType] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def to_list(
        self, length: int | None, callback: Callable[[list[_ItemType] | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def to_list(self, length: int | None = None, callback: None = None) -> CallFuture[list[_ItemType]]: ...
    def where(self, code: str | Code) -> Self: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorDatabase(Generic[_DocumentType]):
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
    ) -> None: ...
    @overload
    def aggregate(
        self,
        pipeline: _Pipeline,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> MotorLatentCommandCursor[_DocumentType]: ...
    @property
    def client(self) -> MotorClient[_DocumentType]: ...
    @property
    def codec_options(self) -> CodecOptions[Any]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[dict[str, Any]]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[_CodecDocumentType]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[MotorCollection[_DocumentType]]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[MotorCommandCursor[_DocumentType]]: ...
    @overload
    def dereference(
        self,
        dbref: DBRef,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[_DocumentType | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def dereference(
        self,
        dbref: DBRef,
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[_DocumentType | None]: ...
    @overload
    def drop_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: Callable[[dict[str, Any] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def drop_collection(
        self,
        name_or_collection: str | MotorCollection[_DocumentTypeArg],
        session: MotorClientSession | None = None,
        comment: Any | None = None,
        encrypted_fields: Mapping[str, Any] | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[dict[str, Any]]: ...
    def get_collection(
        self,
        name: str,
        codec_options: CodecOptions[_DocumentTypeArg] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
    ) -> MotorCollection[_DocumentType]: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def list_collection_names(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: Callable[[list[str] | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def list_collection_names(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[list[str]]: ...
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
    ) -> None: ...
    @overload
    def list_collections(
        self,
        session: MotorClientSession | None = None,
        filter: Mapping[str, Any] | None = None,
        comment: Any | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorCommandCursor[MutableMapping[str, Any]]]: ...
    @property
    def name(self) -> str: ...
    @property
    def read_concern(self) -> ReadConcern: ...
    @property
    def read_preference(self) -> _ServerMode: ...
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
    ) -> None: ...
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
    ) -> CallFuture[dict[str, Any]]: ...
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
    ) -> None: ...
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
    ) -> MotorChangeStream[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: None = None,
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorDatabase[_DocumentType]: ...
    @overload
    def with_options(
        self,
        codec_options: CodecOptions[_DocumentTypeArg],
        read_preference: _ServerMode | None = ...,
        write_concern: WriteConcern | None = ...,
        read_concern: ReadConcern | None = ...,
    ) -> MotorDatabase[_DocumentTypeArg]: ...
    def wrap(self, obj: Any) -> Any: ...
    @property
    def write_concern(self) -> WriteConcern: ...

class MotorGridFS:
    delegate: FlatGridFS
    def __init__(self, database: MotorDatabase[Any], collection: str = "fs") -> None: ...
    @overload
    def delete(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def delete(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]: ...
    @overload
    def exists(
        self,
        document_or_id: Any | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[bool | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def exists(
        self,
        document_or_id: Any | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[bool]: ...
    def find(self, *args: Any, **kwargs: Any) -> MotorGridOutCursor: ...
    @overload
    def find_one(
        self,
        filter: Any = None,
        session: MotorClientSession | None = None,
        *args: Any,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def find_one(
        self,
        filter: Any = None,
        session: MotorClientSession | None = None,
        *args: Any,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut | None]: ...
    @overload
    def get(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def get(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[MotorGridOut]: ...
    def get_io_loop(self) -> IOLoop: ...
    @overload
    def get_last_version(
        self,
        filename: str | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def get_last_version(
        self,
        filename: str | None = None,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut]: ...
    @overload
    def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
        **kwargs: Any,
    ) -> None: ...
    @overload
    def get_version(
        self,
        filename: str | None = None,
        version: int | None = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
        **kwargs: Any,
    ) -> CallFuture[MotorGridOut]: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @overload
    def list(
        self,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[builtins.list[str] | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def list(
        self, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[builtins.list[str]]: ...
    def new_file(self, **kwargs: Any) -> MotorGridIn: ...
    @overload
    def put(
        self, data: Any, *, callback: Callable[[Any | None, BaseException | None], object], **kwargs: Any
    ) -> None: ...
    @overload
    def put(self, data: Any, *, callback: None = None, **kwargs: Any) -> CallFuture[Any]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorGridFSBucket:
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
    ) -> None: ...
    @overload
    def delete(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]: ...
    @overload
    def delete_by_name(
        self,
        filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def delete_by_name(
        self, filename: str, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[None]: ...
    @overload
    def download_to_stream(
        self,
        file_id: Any,
        destination: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def download_to_stream(
        self,
        file_id: Any,
        destination: Any,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
    @overload
    def download_to_stream_by_name(
        self,
        filename: str,
        destination: Any,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def download_to_stream_by_name(
        self,
        filename: str,
        destination: Any,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
    def find(
        self,
        filter: Mapping[str, Any] | None = None,
        skip: int = 0,
        limit: int = 0,
        no_cursor_timeout: bool = False,
        sort: Any | None = None,
        batch_size: int = 0,
        session: MotorClientSession | None = None,
    ) -> MotorGridOutCursor: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @overload
    def open_download_stream(
        self,
        file_id: Any,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def open_download_stream(
        self, file_id: Any, session: MotorClientSession | None = None, *, callback: None = None
    ) -> CallFuture[MotorGridOut]: ...
    @overload
    def open_download_stream_by_name(
        self,
        filename: str,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[MotorGridOut | None, BaseException | None], object],
    ) -> None: ...
    @overload
    def open_download_stream_by_name(
        self,
        filename: str,
        revision: int = -1,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[MotorGridOut]: ...
    def open_upload_stream(
        self,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
    ) -> MotorGridIn: ...
    def open_upload_stream_with_id(
        self,
        file_id: Any,
        filename: str,
        chunk_size_bytes: int | None = None,
        metadata: Mapping[str, Any] | None = None,
        session: MotorClientSession | None = None,
    ) -> MotorGridIn: ...
    @overload
    def rename(
        self,
        file_id: Any,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def rename(
        self,
        file_id: Any,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
    @overload
    def rename_by_name(
        self,
        filename: str,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: Callable[[None, BaseException | None], object],
    ) -> None: ...
    @overload
    def rename_by_name(
        self,
        filename: str,
        new_filename: str,
        session: MotorClientSession | None = None,
        *,
        callback: None = None,
    ) -> CallFuture[None]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[ObjectId]: ...
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
    ) -> None: ...
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
    ) -> CallFuture[None]: ...
    def wrap(self, obj: Any) -> Any: ...

class MotorGridIn:
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
    def abort(self, *, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def abort(self, *, callback: None = None) -> CallFuture[None]: ...
    @property
    def chunk_size(self) -> int: ...
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]: ...
    @property
    def closed(self) -> bool: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def filename(self) -> str | None: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    @property
    def length(self) -> int: ...
    @property
    def md5(self) -> str | None: ...
    @property
    def name(self) -> str | None: ...
    def readable(self) -> bool: ...
    def seekable(self) -> bool: ...
    @overload
    def set(
        self, name: str, value: Any, *, callback: Callable[[None, BaseException | None], object]
    ) -> None: ...
    @overload
    def set(self, name: str, value: Any, *, callback: None = None) -> CallFuture[None]: ...
    @property
    def upload_date(self) -> datetime: ...
    def wrap(self, obj: Any) -> Any: ...
    @overload
    def write(self, data: Any, *, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def write(self, data: Any, *, callback: None = None) -> CallFuture[None]: ...
    def writeable(self) -> bool: ...
    @overload
    def writelines(
        self, sequence: Iterable[Any], *, callback: Callable[[None, BaseException | None], object]
    ) -> None: ...
    @overload
    def writelines(self, sequence: Iterable[Any], *, callback: None = None) -> CallFuture[None]: ...

class MotorGridOut:
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
    def aliases(self) -> list[str] | None: ...
    @property
    def chunk_size(self) -> int: ...
    @overload
    def close(self, *, callback: Callable[[None, BaseException | None], object]) -> None: ...
    @overload
    def close(self, *, callback: None = None) -> CallFuture[None]: ...
    @property
    def closed(self) -> bool: ...
    @property
    def content_type(self) -> str | None: ...
    @property
    def filename(self) -> str: ...
    def flush(self) -> None: ...
    def get_io_loop(self) -> IOLoop: ...
    @property
    def io_loop(self) -> IOLoop: ...
    def isatty(self) -> bool: ...
    @property
    def length(self) -> int: ...
    @property
    def md5(self) -> str | None: ...
    @property
    def metadata(self) -> Mapping[str, Any] | None: ...
    @property
    def name(self) -> str: ...
    @overload
    def open(self, callback: Callable[[Self | None, BaseException | None], object]) -> None: ...
    @overload
    def open(self, callback: None = None) -> CallFuture[Self]: ...
    @overload
    def read(
        self, size: int = -1, *, callback: Callable[[bytes | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def read(self, size: int = -1, *, callback: None = None) -> CallFuture[bytes]: ...
    def readable(self) -> bool: ...
    @overload
    def readchunk(self, *, callback: Callable[[bytes | None, BaseException | None], object]) -> None: ...
    @overload
    def readchunk(self, *, callback: None = None) -> CallFuture[bytes]: ...
    @overload
    def readline(
        self, size: int = -1, *, callback: Callable[[bytes | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def readline(self, size: int = -1, *, callback: None = None) -> CallFuture[bytes]: ...
    @overload
    def readlines(
        self, size: int = -1, *, callback: Callable[[list[bytes] | None, BaseException | None], object]
    ) -> None: ...
    @overload
    def readlines(self, size: int = -1, *, callback: None = None) -> CallFuture[list[bytes]]: ...
    def seek(self, pos: int, whence: int = ...) -> Position: ...
    def seekable(self) -> bool: ...
    @overload
    def stream_to_handler(
        self, request_handler: RequestHandler, callback: Callable[[None, BaseException | None], object]
    ) -> None: ...
    @overload
    def stream_to_handler(
        self, request_handler: RequestHandler, callback: None = None
    ) -> CallFuture[None]: ...
    def tell(self) -> int: ...
    @overload
    def to_list(self, *, callback: Callable[[list[bytes] | None, BaseException | None], object]) -> None: ...
    @overload
    def to_list(self, *, callback: None = None) -> CallFuture[list[bytes]]: ...
    @property
    def upload_date(self) -> datetime: ...
    def wrap(self, obj: Any) -> Any: ...
    def writable(self) -> bool: ...

class MotorGridOutCursor(MotorCursor[MotorGridOut]):
    async def __anext__(self) -> MotorGridOut: ...
    def each(self, callback: Callable[[MotorGridOut | None, BaseException | None], object]) -> None: ...
    @overload
    def next(self, callback: Callable[[MotorGridOut | None, BaseException | None], object]) -> None: ...
    @overload
    def next(self, callback: None = None) -> CallFuture[MotorGridOut]: ...
    def next_object(self) -> MotorGridOut | None: ...

class MotorLatentCommandCursor(MotorCommandCursor[_ItemType]):
    def __init__(
        self, collection: Any, start: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None: ...
    def batch_size(self, batch_size: int) -> Self: ...

class MotorRawBatchCursor(MotorCursor[bytes]): ...

class AsyncLatentCommandCursor(AsyncCommandCursor[_ItemType]):
    def __init__(
        self, collection: Any, start: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> None: ...
    def batch_size(self, batch_size: int) -> Self: ...
    def send(self, value: Any) -> Any: ...
    def throw(self, *exception: Any) -> Any: ...

class AsyncLatentRawBatchCommandCursor(AsyncLatentCommandCursor[bytes], AsyncRawBatchCommandCursor): ...

class MotorTransaction:
    delegate: Any
    async def __aenter__(self) -> MotorTransaction: ...
    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None: ...
    def __await__(self) -> Generator[Any, None, Self]: ...
    def __init__(self, delegate: Any, session: MotorClientSession) -> None: ...
    def get_io_loop(self) -> IOLoop: ...
    def wrap(self, obj: Any) -> Any: ...

class _BoundSession:
    async def __aenter__(self) -> MotorClientSession: ...
    async def __aexit__(self, *exc_info: object) -> None: ...
    def __enter__(self) -> MotorClientSession: ...
    def __exit__(self, *exc_info: object) -> None: ...
    def __init__(self, session: MotorClientSession, end_session: bool) -> None: ...
