"""
AsyncMongoClient and its family: PyMongo's asynchronous API, names and signatures, on stock PyMongo.

Each class is the Motor one with lazy methods: real coroutine functions, which start nothing before they are
awaited and take no ``callback=``.  What comes from an object of this family is of this family.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from bson.codec_options import CodecOptions
from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import _ServerMode
from pymongo.synchronous.collection import Collection
from pymongo.write_concern import WriteConcern

from motorish.drivers.mongo.change_stream import MotorChangeStream
from motorish.drivers.mongo.client import MotorClient
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.command_cursor import MotorCommandCursor, MotorLatentCommandCursor
from motorish.drivers.mongo.cursor import MotorCursor, MotorRawBatchCursor
from motorish.drivers.mongo.database import MotorDatabase
from motorish.drivers.mongo.session import MotorClientSession
from motorish.proxy import LatentCoroutine

T = TypeVar("T")


class AsyncCursor(MotorCursor):
    """
    What `AsyncCollection.find` returns; nothing is sent until it is used.

    Iterate with ``async for``, or use `to_list`.
    """

    _lazy = True

    async def add_option(self, mask: int) -> AsyncCursor:
        """
        Set query flags, such as ``CursorType.EXHAUST``.  Coroutine; gives the cursor itself.
        """
        self.delegate.add_option(mask)
        return self

    async def rewind(self) -> AsyncCursor:  # type: ignore[override]
        """
        Back to the state before the query was sent; options stay.  Coroutine; gives the cursor itself.
        """
        return super().rewind()


class AsyncRawBatchCursor(AsyncCursor, MotorRawBatchCursor):
    """
    What `AsyncCollection.find_raw_batches` returns: each item is a batch of documents as BSON bytes.
    """


class AsyncCommandCursor(MotorCommandCursor):
    """
    The documents that a command returns, such as those of ``await collection.aggregate(...)``.

    What makes one need not be awaited: the command is sent when the cursor is first used.
    """

    _lazy = True


class AsyncRawBatchCommandCursor(AsyncCommandCursor):
    """
    What `AsyncCollection.aggregate_raw_batches` returns: each item is a batch of documents as BSON bytes.
    """


class AsyncLatentCommandCursor(MotorLatentCommandCursor, AsyncCommandCursor, LatentCoroutine):
    """
    An `AsyncCommandCursor` whose command is sent when it is awaited or first used.
    """


class AsyncLatentRawBatchCommandCursor(AsyncLatentCommandCursor, AsyncRawBatchCommandCursor):
    """
    An `AsyncRawBatchCommandCursor` whose command is sent when it is awaited or first used.
    """


class AsyncChangeStream(MotorChangeStream, LatentCoroutine):
    """
    The changes of a collection, database or deployment, as they happen.

    Awaiting it opens the stream and gives the stream itself; any other use opens it too.
    """

    _lazy = True


class AsyncCollectionChangeStream(AsyncChangeStream):
    """
    What `AsyncCollection.watch` returns.
    """


class AsyncDatabaseChangeStream(AsyncChangeStream):
    """
    What `AsyncDatabase.watch` returns.
    """


class AsyncClusterChangeStream(AsyncDatabaseChangeStream):
    """
    What `AsyncMongoClient.watch` returns.
    """


class AsyncClientSession(MotorClientSession):
    """
    A session; get one from a client: ``client.start_session()``.

    Example::

        async with client.start_session() as session:
            async with await session.start_transaction():
                await orders.insert_one({"_id": 1}, session=session)
    """

    _lazy = True

    async def with_transaction(  # type: ignore[override]
        self,
        callback: Callable[[AsyncClientSession], Awaitable[T] | T],
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
    ) -> T:
        """
        Run a function in a transaction and commit it; run it again when that may help.  Coroutine.

        As `MotorClientSession.with_transaction`; when it is cancelled the function is, and the transaction
        is aborted.

        Args:
            callback: ``async def function(session)``; a plain function runs on a child greenlet.
            max_commit_time_ms: limit for the commit, in milliseconds.

        Raises:
            TypeError: *callback* cannot be called.
        """
        options = (read_concern, write_concern, read_preference, max_commit_time_ms)
        return await super().with_transaction(callback, *options)  # type: ignore[arg-type]


class AsyncCollection(MotorCollection):
    """
    A collection; get one from a database: ``db.orders`` or ``db["orders"]``.

    Args:
        database: the `AsyncDatabase` that it belongs to.
        name: its name.
        create, session, kwargs: PyMongo's, which refuses them: use ``database.create_collection``.

    Raises:
        TypeError: *database* is not an AsyncDatabase of motorish.
        ValueError: *create* or other options were given.
        pymongo.errors.InvalidName: no collection can have this name.
    """

    _lazy = True
    _change_stream_class = AsyncCollectionChangeStream
    _command_cursor_class = AsyncCommandCursor
    _cursor_class = AsyncCursor
    _latent_cursor_class = AsyncLatentCommandCursor
    _latent_raw_cursor_class = AsyncLatentRawBatchCommandCursor
    _raw_cursor_class = AsyncRawBatchCursor

    def __init__(
        self,
        database: AsyncDatabase,
        name: str,
        create: bool | None = False,
        codec_options: CodecOptions[Any] | None = None,
        read_preference: _ServerMode | None = None,
        write_concern: WriteConcern | None = None,
        read_concern: ReadConcern | None = None,
        session: AsyncClientSession | None = None,
        *,
        _delegate: Collection[Any] | None = None,
        **kwargs: Any,
    ) -> None:
        if create or session is not None or kwargs:
            raise ValueError(
                f"{type(self).__name__}() creates nothing on the server: "
                f"await database.create_collection({name!r}, ...) with these options"
            )
        super().__init__(
            database, name, codec_options, read_preference, write_concern, read_concern, _delegate=_delegate
        )


class AsyncDatabase(MotorDatabase):
    """
    A database; get one from a client: ``client.shop`` or ``client["shop"]``.

    Args:
        client: the `AsyncMongoClient` that it belongs to.
        name: its name.

    Raises:
        pymongo.errors.InvalidName: no database can have this name.
    """

    _lazy = True
    _change_stream_class = AsyncDatabaseChangeStream
    _collection_class = AsyncCollection
    _command_cursor_class = AsyncCommandCursor


class AsyncMongoClient(MotorClient):
    """
    PyMongo's asynchronous client, with its names and signatures, for Tornado and asyncio.

    As `MotorClient`, but methods are coroutine functions: they start nothing before they are awaited, and
    take no ``callback=``.  The driver is stock PyMongo's synchronous one, on child greenlets.

    Takes what `pymongo.AsyncMongoClient` takes, and ``io_loop``.  Making one does no I/O and needs no
    running loop; it belongs to the loop of its first use.  When that loop is closed, the next one that
    uses the client takes over, with new connections.

    Args:
        io_loop: Tornado or asyncio loop to belong to, instead of that of the first use.
        connect: ignored; the first operation connects.
        batch_time_ms: as for `MotorClient`.

    Raises:
        pymongo.errors.ConfigurationError: as PyMongo's client, for what is wrong with the arguments.

    Example::

        async with motorish.AsyncMongoClient("mongodb://localhost") as client:
            async with asyncio.TaskGroup() as group:
                first = group.create_task(client.shop.orders.find_one({"_id": 1}))
                count = group.create_task(client.shop.orders.count_documents({}))
    """

    _lazy = True
    _change_stream_class = AsyncClusterChangeStream
    _command_cursor_class = AsyncCommandCursor
    _database_class = AsyncDatabase
    _session_class = AsyncClientSession
