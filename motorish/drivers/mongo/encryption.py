"""
MotorClientEncryption: client-side encryption of single fields, with keys that are kept in MongoDB.
"""

from __future__ import annotations

import copy
import inspect
import socket
from asyncio import AbstractEventLoop
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from bson.codec_options import CodecOptions
from pymongo.encryption_options import AutoEncryptionOpts
from pymongo.synchronous.encryption import ClientEncryption
from tornado.ioloop import IOLoop

from motorish.calls import Callback, await_
from motorish.drivers.mongo._arguments import wrong_argument
from motorish.drivers.mongo.collection import MotorCollection
from motorish.drivers.mongo.cursor import MotorCursor
from motorish.drivers.mongo.database import MotorDatabase
from motorish.drivers.mongo.texts.encryption import ENCRYPTION
from motorish.errors import ForeignLoopError
from motorish.green.socket import socket as green_socket
from motorish.hub import CallFuture
from motorish.proxy import (
    AsyncCommand,
    AsyncRead,
    AsyncWrite,
    Closing,
    LoopBinding,
    NamespaceProxy,
    Proxy,
    WithLoop,
    gives_latent,
    starts_call,
)
from motorish.proxy.base import unwrap_kwargs
from motorish.proxy.binding import UNBOUND

KmsConnect = Callable[[Any], socket.socket | Awaitable[socket.socket]]
"""Called with a `pymongo.encryption_options.KMSConnectContext`."""


class MotorClientEncryption(WithLoop, Closing):
    """
    Encrypts and decrypts values explicitly, and manages the keys.  Needs the extra ``encryption``.

    What it encrypts, a client with ``auto_encryption_opts`` decrypts by itself.

    Args:
        kms_providers: what protects the data keys, for example ``{"local": {"key": 96 random bytes}}``.
        key_vault_namespace: ``"database.collection"`` of the data keys.
        key_vault_client: the `MotorClient` that reaches it.
        codec_options: those of the application's own client, usually.
        io_loop: Tornado or asyncio loop; must be that of *key_vault_client*, which is the default.
        kms_tls_options: TLS options for each provider, as in PyMongo.
        key_expiration_ms: how long keys are cached, in milliseconds; 0 is for ever, the default a minute.
        kms_connect_callback: makes the connections to a key management service: a function that is
            run in a child, or a coroutine function.  `pymongo.encryption_options.HTTPProxyKMSConnect`
            is one.

    Raises:
        pymongo.errors.ConfigurationError: pymongocrypt is not installed, or the providers are wrong.
        TypeError: *key_vault_client* is no MotorClient, *codec_options* are no CodecOptions.
        ForeignLoopError: *io_loop* is not the loop of *key_vault_client*.

    Example::

        vault = MotorClientEncryption({"local": {"key": key}}, "shop.keys", client, CodecOptions())
        async with vault:
            key_id = await vault.create_data_key("local", key_alt_names=["orders"])
            secret = await vault.encrypt("4111 1111", Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random, key_id)
            await client.shop.orders.insert_one({"card": secret})
    """

    __delegate_class__ = ClientEncryption
    __texts__ = ENCRYPTION

    delegate: ClientEncryption[Any]

    add_key_alt_name = AsyncWrite()
    close = AsyncCommand()
    create_data_key = AsyncCommand()
    decrypt = AsyncCommand()
    delete_key = AsyncWrite()
    encrypt = AsyncCommand()
    encrypt_expression = AsyncCommand()
    get_key = AsyncRead()
    get_key_by_alt_name = AsyncRead()
    remove_key_alt_name = AsyncWrite()
    rewrap_many_data_key = AsyncCommand()

    def __init__(
        self,
        kms_providers: Mapping[str, Any],
        key_vault_namespace: str,
        key_vault_client: Any,
        codec_options: CodecOptions[Any],
        io_loop: IOLoop | AbstractEventLoop | None = None,
        kms_tls_options: Mapping[str, Any] | None = None,
        key_expiration_ms: int | None = None,
        kms_connect_callback: KmsConnect | None = None,
    ) -> None:
        if not isinstance(key_vault_client, NamespaceProxy):
            raise wrong_argument(self, "key_vault_client", "Client", key_vault_client)
        self._binding = _binding_of(key_vault_client, io_loop)
        self._key_vault_client = key_vault_client
        self.delegate = ClientEncryption(
            kms_providers,
            key_vault_namespace,
            key_vault_client.delegate,
            codec_options,
            kms_tls_options,
            key_expiration_ms,
            None if kms_connect_callback is None else green_kms_connect(kms_connect_callback),
        )

    @gives_latent
    def get_keys(self, *, callback: Callback | None = None) -> MotorCursor:
        """
        A cursor over all data keys; nothing is sent until it is used.  Also accepts callback=.

        Raises:
            InvalidOperation: it was closed.
        """
        cursor = self.delegate.get_keys()
        database = self._key_vault_client[cursor.collection.database.name]
        return database.wrap(cursor.collection).wrap(cursor)._give(callback)  # type: ignore[no-any-return]

    @starts_call
    def create_encrypted_collection(
        self,
        database: MotorDatabase,
        name: str,
        encrypted_fields: Mapping[str, Any],
        kms_provider: str | None = None,
        master_key: Mapping[str, Any] | None = None,
        *,
        callback: Callback | None = None,
        **kwargs: Any,
    ) -> CallFuture[tuple[MotorCollection, Mapping[str, Any]]]:
        """
        Create a collection for Queryable Encryption, and a data key for each field without one.

        Coroutine. Also accepts callback=.  Needs MongoDB 7.0 or newer.

        Args:
            database: where to create it.
            name: of the collection.
            encrypted_fields: as for PyMongo; where ``"keyId"`` is None a key is made.
            kms_provider: what protects those keys.
            master_key: the provider's key, where it has several.
            kwargs: more options of ``create_collection``.

        Returns:
            (From the future) the collection, and *encrypted_fields* with all keys.

        Raises:
            EncryptedCollectionError: (from the future) it failed; its ``encrypted_fields`` has the keys
                that were made.
            TypeError: *database* is not a MotorDatabase.
        """
        if not isinstance(database, MotorDatabase):
            raise wrong_argument(self, "the database", "Database", database)
        unwrap_kwargs(kwargs)

        def create() -> tuple[MotorCollection, Mapping[str, Any]]:
            # Runs on a child.
            collection, fields = self.delegate.create_encrypted_collection(
                database.delegate, name, encrypted_fields, kms_provider, master_key, **kwargs
            )
            return database.wrap(collection), fields

        return self._call(create, callback=callback)  # type: ignore[no-any-return]


def green_options(options: AutoEncryptionOpts | None) -> AutoEncryptionOpts | None:
    """
    The options of automatic encryption for a client that is used in children.

    A MotorClient as ``key_vault_client`` is replaced by PyMongo's, and the callback for connections to
    a key management service by one whose sockets do not hold the loop up.
    """
    if not isinstance(options, AutoEncryptionOpts):
        return options  # for PyMongo to refuse
    options = copy.copy(options)
    if isinstance(options._key_vault_client, Proxy):
        options._key_vault_client = options._key_vault_client.delegate
    if options._kms_connect_callback is not None:
        options._kms_connect_callback = green_kms_connect(options._kms_connect_callback)
    return options


def green_kms_connect(callback: KmsConnect) -> Callable[[Any], Any]:
    """
    *callback*, of which the result is awaited if need be, and made a green socket.
    """

    def connect(context: Any) -> Any:
        # Runs on a child.
        made: Any = callback(context)
        if inspect.isawaitable(made):
            made = await_(made)
        if type(made) is socket.socket:
            made = green_socket(made.family, made.type, made.proto, made.detach())
        return made

    return connect


def _binding_of(client: Proxy, io_loop: IOLoop | AbstractEventLoop | None) -> LoopBinding:
    binding = client._binding
    if io_loop is None:
        return binding
    loop = LoopBinding("io_loop", lambda: None, io_loop).loop
    if binding.loop not in (UNBOUND, loop):
        raise ForeignLoopError(
            f"io_loop is {io_loop!r}, but key_vault_client belongs to {binding.loop!r}: both must be the same"
        )
    binding.loop = loop
    return binding
