"""
AsyncClientEncryption: PyMongo's asynchronous client-side encryption of single fields.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bson.codec_options import CodecOptions

from motorish.drivers.mongo.encryption import KmsConnect, MotorClientEncryption


class AsyncClientEncryption(MotorClientEncryption):
    """
    Encrypts and decrypts values explicitly, and manages the keys.  Needs the extra ``encryption``.

    As `MotorClientEncryption`, but methods are coroutine functions, and the parameters PyMongo's.

    Args:
        kms_providers: what protects the data keys, for example ``{"local": {"key": 96 random bytes}}``.
        key_vault_namespace: ``"database.collection"`` of the data keys.
        key_vault_client: the `AsyncMongoClient` that reaches it.
        codec_options: those of the application's own client, usually.
        kms_tls_options: TLS options for each provider, as in PyMongo.
        key_expiration_ms: how long keys are cached, in milliseconds; 0 is for ever, the default a minute.
        kms_connect_callback: makes the connections to a key management service: a coroutine function, or
            a function that is run in a child.

    Raises:
        pymongo.errors.ConfigurationError: pymongocrypt is not installed, or the providers are wrong.
        TypeError: *key_vault_client* is no client of motorish, *codec_options* are no CodecOptions.
    """

    _lazy = True

    def __init__(
        self,
        kms_providers: Mapping[str, Any],
        key_vault_namespace: str,
        key_vault_client: Any,
        codec_options: CodecOptions[Any],
        kms_tls_options: Mapping[str, Any] | None = None,
        key_expiration_ms: int | None = None,
        kms_connect_callback: KmsConnect | None = None,
    ) -> None:
        super().__init__(
            kms_providers,
            key_vault_namespace,
            key_vault_client,
            codec_options,
            None,
            kms_tls_options,
            key_expiration_ms,
            kms_connect_callback,
        )
