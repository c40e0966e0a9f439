"""
MotorClient: a stock PyMongo MongoClient, used from children of one event loop.
"""

from __future__ import annotations

from asyncio import AbstractEventLoop
from collections.abc import Sequence
from functools import partial
from typing import Any, ClassVar, Self

from bson.codec_options import TypeRegistry
from pymongo.client_session_shared import TransactionOptions
from pymongo.driver_info import DriverInfo
from pymongo.synchronous.command_cursor import CommandCursor
from pymongo.synchronous.database import Database
from pymongo.synchronous.mongo_client import MongoClient
from tornado import version as tornado_version
from tornado.ioloop import IOLoop

import motorish
from motorish.calls import Callback
from motorish.drivers.mongo import _lifecycle, _srv
from motorish.drivers.mongo._batches import BATCH_TIME_MS, seconds_of
from motorish.drivers.mongo._deployment import Deployment
from motorish.drivers.mongo.change_stream import Watchable
from motorish.drivers.mongo.command_cursor import MotorCommandCursor
from motorish.drivers.mongo.database import MotorDatabase
from motorish.drivers.mongo.session import MotorClientSession
from motorish.drivers.mongo.texts.client import CLIENT
from motorish.hub import CallFuture, running_loop
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    DelegateMethod,
    LoopBinding,
    ReadOnlyProperty,
    WithLoop,
    gives_latent,
    starts_call,
)


class MotorClient(Watchable, Deployment, WithLoop):
    """
    An asynchronous MongoDB client for Tornado and asyncio.

    Takes what `pymongo.MongoClient` takes, and ``io_loop``.  Making one does no I/O and needs no
    running loop; it belongs to the loop of its first use.  When that loop is closed, the next one that
    uses the client takes over, with new connections.

    Args:
        io_loop: Tornado or asyncio loop to belong to, instead of that of the first use.
        connect: ignored; the first operation connects.
        batch_time_ms: cursors ask the server for batches that take about so many milliseconds to decode,
            because the event loop stands still meanwhile; None for batches as large as the server makes them.
            A cursor's batch_size has precedence.

    Raises:
        pymongo.errors.ConfigurationError: as PyMongo's client, for what is wrong with the arguments.
        TypeError, ValueError: *batch_time_ms* is no number above 0.

    Example::

        client = motorish.MotorClient("mongodb://localhost")
        order = await client.shop.orders.find_one({"_id": 1})
    """

    __delegate_class__ = MongoClient
    __texts__ = CLIENT
    _child_kind = "database"
    _command_cursor_class: ClassVar[type[MotorCommandCursor]] = MotorCommandCursor
    _database_class: ClassVar[type[MotorDatabase]] = MotorDatabase
    _session_class: ClassVar[type[MotorClientSession]] = MotorClientSession

    delegate: MongoClient[Any]

    bulk_write = AsyncCommand()
    drop_database = AsyncCommand().unwrap("MotorDatabase")
    list_databases = AsyncRead().wrap(CommandCursor)
    list_database_names = AsyncRead()
    server_info = AsyncRead()

    append_metadata = DelegateMethod()
    eq_props = DelegateMethod()
    get_database = DelegateMethod().wrap(Database)
    get_default_database = DelegateMethod().wrap(Database)
    next = DelegateMethod()  # a TypeError: a client is not an iterator
    __next__ = DelegateMethod()

    HOST = ReadOnlyProperty()
    PORT = ReadOnlyProperty()
    codec_options = ReadOnlyProperty()
    options = ReadOnlyProperty()
    read_concern = ReadOnlyProperty()
    read_preference = ReadOnlyProperty()
    write_concern = ReadOnlyProperty()

    def __init__(
        self,
        host: str | Sequence[str] | None = None,
        port: int | None = None,
        document_class: type[Any] | None = None,
        tz_aware: bool | None = None,
        connect: bool | None = None,
        type_registry: TypeRegistry | None = None,
        *,
        io_loop: IOLoop | AbstractEventLoop | None = None,
        driver: DriverInfo | None = None,
        batch_time_ms: float | None = BATCH_TIME_MS,
        **kwargs: Any,
    ) -> None:
        self._batch_s = seconds_of(batch_time_ms)
        if "auto_encryption_opts" in kwargs:
            # Only now: pymongocrypt takes as long to import as half of the rest.
            from motorish.drivers.mongo.encryption import green_options

            kwargs["auto_encryption_opts"] = green_options(kwargs["auto_encryption_opts"])
        self.delegate = _lifecycle.make(
            host,
            port,
            document_class,
            tz_aware,
            False,  # connect: its monitors would start here, as threads
            type_registry,
            driver=DriverInfo("motorish", motorish.__version__, f"Tornado {tornado_version}"),
            **kwargs,
        )
        _srv.look_up_once(self.delegate)
        if driver is not None:
            self.delegate.append_metadata(driver)
        self._binding = LoopBinding(
            type(self).__name__, partial(_lifecycle.start_afresh, self.delegate), io_loop
        )

    @property
    def _client(self) -> Self:
        return self

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        await self.aclose()

    def __getitem__(self, name: str) -> MotorDatabase:
        return self._database_class(self, name)

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of a database or command cursor of PyMongo's.
        """
        if isinstance(obj, Database):
            return self._database_class(self, obj.name, _delegate=obj)
        if isinstance(obj, CommandCursor):
            return self._command_cursor_class(obj, self)
        return obj

    @gives_latent
    def start_session(
        self,
        causal_consistency: bool | None = None,
        default_transaction_options: TransactionOptions | None = None,
        snapshot: bool | None = False,
        *,
        callback: Callback | None = None,
    ) -> MotorClientSession:
        """
        Start a session; nothing is sent.  It can be used at once, or awaited.  Also accepts callback=.

        Args:
            causal_consistency: reads see what was written before in this session; the default unless
                *snapshot*.
            default_transaction_options: of the session's transactions.
            snapshot: all reads see the data of one moment.

        Raises:
            pymongo.errors.ConfigurationError: *snapshot* and *causal_consistency* exclude each other.

        Example::

            async with client.start_session() as session:
                await orders.insert_one({"_id": 5}, session=session)
        """
        session = self.delegate.start_session(causal_consistency, default_transaction_options, snapshot)
        return self._session_class(session, self)._give(callback)  # type: ignore[no-any-return]

    @starts_call
    def aconnect(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Connect now, not with the first operation.  Coroutine. Also accepts callback=.

        Unlike PyMongo's, it returns when a server has been found that the client can use, so that
        `address`, `primary` and their like know it.

        Raises:
            pymongo.errors.ServerSelectionTimeoutError: none was found in ``serverSelectionTimeoutMS``.
        """
        return self._call(_lifecycle.connect, self.delegate, callback=callback)  # type: ignore[no-any-return]

    @starts_call
    def open(self, callback: Callback | None = None) -> CallFuture[Self]:
        """
        As `aconnect`, but gives the client itself; from Motor before 1.0.
        """
        return self._call(self._open, callback=callback)  # type: ignore[no-any-return]

    def _open(self) -> Self:
        # Runs on a child.
        _lifecycle.connect(self.delegate)
        return self

    @starts_call
    def close(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        End the server's sessions, close all connections and stop the monitors.

        Need not be awaited, but can be.  Where no event loop runs, it is done on return.

        Returns:
            A `CallFuture`; None with a callback and where no event loop runs.
        """
        if running_loop() is None and callback is None:
            self.delegate.close()
            return None  # type: ignore[return-value]
        return self._call(_lifecycle.close, self.delegate, callback=callback)  # type: ignore[no-any-return]

    @starts_call
    def aclose(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        As `close`, on the event loop.  Coroutine. Also accepts callback=.
        """
        return self._call(_lifecycle.close, self.delegate, callback=callback)  # type: ignore[no-any-return]
