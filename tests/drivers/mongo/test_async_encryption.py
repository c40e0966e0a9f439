"""
AsyncClientEncryption: explicit encryption, lazily, with PyMongo's parameters.
"""

import inspect
import secrets
from typing import Any

import pymongo
import pytest
from bson import CodecOptions
from bson.binary import STANDARD
from pymongo.encryption import Algorithm
from pymongo.errors import InvalidOperation

from motorish import AsyncClientEncryption, AsyncCollection, AsyncCursor, AsyncMongoClient

CODEC_OPTIONS: CodecOptions[Any] = CodecOptions(uuid_representation=STANDARD)
PROVIDERS = {"local": {"key": secrets.token_bytes(96)}}
RANDOM = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random


@pytest.fixture
def client(mongod_uri: str) -> AsyncMongoClient:
    """
    Return a client that has not been used yet.
    """
    return AsyncMongoClient(mongod_uri)


async def test_round_trip(client: AsyncMongoClient, collection: AsyncCollection) -> None:
    """
    Keys are made, found, and used; get_keys() gives a cursor of the family, which may be awaited.
    """
    async with AsyncClientEncryption(
        PROVIDERS, collection.full_name, client, CODEC_OPTIONS, None, 60_000
    ) as vault:
        making = vault.create_data_key("local", key_alt_names=["orders"])
        assert inspect.iscoroutine(making)
        assert 0 == await collection.count_documents({})
        key = await making
        secret = await vault.encrypt("4111 1111", RANDOM, key)

        assert "4111 1111" == await vault.decrypt(secret)
        keys = vault.get_keys()
        assert type(keys) is AsyncCursor
        assert [key] == [document["_id"] async for document in await keys]
        assert key == (await vault.get_key_by_alt_name("orders"))["_id"]
        assert 1 == (await vault.delete_key(key)).deleted_count

    with pytest.raises(InvalidOperation, match="closed ClientEncryption"):
        await vault.decrypt(secret)


async def test_mistakes(client: AsyncMongoClient, stock: pymongo.MongoClient[Any]) -> None:
    """
    A client of PyMongo's, a database of PyMongo's, a callback.
    """
    with pytest.raises(TypeError, match=r"key_vault_client .* must be an AsyncMongoClient of motorish, not"):
        AsyncClientEncryption(PROVIDERS, "a.b", stock, CODEC_OPTIONS)
    vault = AsyncClientEncryption(PROVIDERS, "a.b", client, CODEC_OPTIONS)
    with pytest.raises(TypeError, match=r"the database .* must be an AsyncDatabase of motorish"):
        await vault.create_encrypted_collection(stock["x"], "y", {"fields": []})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match=r"get_keys\(\) takes no callback="):
        vault.get_keys(callback=print)  # type: ignore[call-arg]
    await vault.close()
