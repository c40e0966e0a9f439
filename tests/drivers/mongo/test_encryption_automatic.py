"""
Clients that decrypt by themselves (`AutoEncryptionOpts`); encrypting by themselves needs more than PyPI has.
"""

import asyncio
import secrets
import threading
from collections.abc import Callable
from typing import Any

import pymongo
import pytest
from bson import Binary, CodecOptions
from pymongo.encryption import Algorithm
from pymongo.encryption_options import AutoEncryptionOpts
from pymongo.errors import EncryptionError
from pymongo.monitoring import ServerHeartbeatListener

from motorish import MotorClient, MotorClientEncryption, MotorCollection

RANDOM = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random
PROVIDERS = {"local": {"key": secrets.token_bytes(96)}}
MakeClient = Callable[..., MotorClient]


@pytest.fixture
def keys(collection: MotorCollection) -> str:
    """
    Return the name of a new collection for keys, with its database's.
    """
    return f"{collection.delegate.full_name}.keys"


@pytest.fixture
def make(mongod_uri: str, keys: str) -> MakeClient:
    """
    Return a function that makes a client with automatic encryption; it takes AutoEncryptionOpts' arguments.
    """

    def make_client(client_options: dict[str, Any] | None = None, **options: Any) -> MotorClient:
        opts = AutoEncryptionOpts(PROVIDERS, keys, **options)
        return MotorClient(mongod_uri, auto_encryption_opts=opts, **client_options or {})

    return make_client


async def insert_secrets(client: MotorClient, keys: str, collection: MotorCollection, count: int = 1) -> None:
    """
    Store documents with a field that is encrypted.
    """
    async with MotorClientEncryption(PROVIDERS, keys, client, CodecOptions()) as vault:
        key = await vault.create_data_key("local")
        for number in range(count):
            secret = await vault.encrypt(f"secret {number}", RANDOM, key)
            await collection.insert_one({"_id": number, "secret": secret})


def of(client: MotorClient, collection: MotorCollection) -> MotorCollection:
    """
    Return the same collection of another client.
    """
    return client[collection.database.name][collection.name]


@pytest.mark.parametrize("bypass", ["bypass_auto_encryption", "bypass_query_analysis"])
async def test_decryption(
    client: MotorClient, keys: str, collection: MotorCollection, make: MakeClient, bypass: str
) -> None:
    """
    What was encrypted explicitly is decrypted wherever it is read; other clients see it encrypted.
    """
    await insert_secrets(client, keys, collection, 3)
    expected = [{"_id": number, "secret": f"secret {number}"} for number in range(3)]
    reader = make(**{bypass: True})
    readable = of(reader, collection)

    assert expected[1] == await readable.find_one({"_id": 1})
    assert expected == await readable.find().sort("_id").batch_size(1).to_list()
    assert expected[2:] == [found async for found in readable.aggregate([{"$match": {"_id": 2}}])]
    assert {"secret 0", "secret 1", "secret 2"} == set(await readable.distinct("secret"))
    seen: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
    readable.find_one({"_id": 0}, callback=lambda result, error: seen.set_result((result, error)))
    assert (expected[0], None) == await seen
    await readable.insert_one({"_id": "plain"})
    assert {"_id": "plain"} == await collection.find_one({"_id": "plain"})
    encrypted = (await collection.find_one({"_id": 0}))["secret"]
    assert (Binary, 6) == (type(encrypted), encrypted.subtype)
    await reader.close()


async def test_many_first_calls(
    client: MotorClient, keys: str, collection: MotorCollection, make: MakeClient
) -> None:
    """
    Calls that need the same key at the same time all get it, with few connections too.
    """
    await insert_secrets(client, keys, collection)
    for pool_size in (1, 100, None):
        reader = make({"maxPoolSize": pool_size}, bypass_query_analysis=True)
        readable = of(reader, collection)
        found = await asyncio.gather(*(readable.find_one({"_id": 0}) for _ in range(20)))

        assert ["secret 0"] * 20 == [document["secret"] for document in found]
        await reader.close()


async def test_client_of_the_keys(
    client: MotorClient, keys: str, collection: MotorCollection, make: MakeClient
) -> None:
    """
    The keys may be read by a MotorClient of their own, and the options are not changed by that.
    """
    await insert_secrets(client, keys, collection)
    options = AutoEncryptionOpts(PROVIDERS, keys, key_vault_client=client, bypass_auto_encryption=True)
    for _ in range(2):
        reader = MotorClient(*client.delegate.address, auto_encryption_opts=options)

        assert "secret 0" == (await of(reader, collection).find_one({"_id": 0}))["secret"]
        await reader.close()


class Listener(ServerHeartbeatListener):
    """
    Hears of every check of a server.
    """

    def __init__(self) -> None:
        self.heard = 0

    def started(self, event: Any) -> None:
        """
        Count it.
        """
        self.heard += 1

    succeeded = failed = started


async def test_no_threads(
    client: MotorClient, keys: str, collection: MotorCollection, make: MakeClient
) -> None:
    """
    The clients that PyMongo makes for the keys have no threads either, not even for listeners.
    """
    await insert_secrets(client, keys, collection)
    threads, listener = set(threading.enumerate()), Listener()
    reader = make({"event_listeners": [listener]}, bypass_query_analysis=True)
    await of(reader, collection).find_one({"_id": 0})

    assert set(threading.enumerate()) <= threads
    assert listener.heard
    await reader.close()


def test_next_loop(mongod_uri: str, keys: str, collection: MotorCollection, make: MakeClient) -> None:
    """
    After its loop was closed the client goes on with the next one, and so do those that it has inside.
    """
    reader = make({"heartbeatFrequencyMS": 500}, bypass_query_analysis=True, key_expiration_ms=1)

    async def insert() -> None:
        client = MotorClient(mongod_uri)
        await insert_secrets(client, keys, of(client, collection))
        await client.close()

    async def read(last: bool) -> Any:
        found = await of(reader, collection).find_one({"_id": 0})
        internal = reader.delegate._encrypter._internal_client
        (server,) = internal._topology._servers.values()
        assert asyncio.get_running_loop() is server._monitor._executor._thread._hub.loop
        if last:
            await of(reader, collection).drop()
            await reader.close()
        return found["secret"]

    asyncio.run(insert())
    assert ["secret 0"] * 3 == [asyncio.run(read(last)) for last in (False, False, True)]


async def test_encryption_without_its_program(
    keys: str, make: MakeClient, collection: MotorCollection
) -> None:
    """
    Where neither crypt_shared nor mongocryptd is there, a call that needs it fails and says whom it asked.
    """
    uri = "mongodb://127.0.0.1:9"
    writer = make(
        mongocryptd_uri=uri,
        mongocryptd_bypass_spawn=True,
        schema_map={
            of(make(bypass_auto_encryption=True), collection).delegate.full_name: {"bsonType": "object"}
        },
    )
    with (
        pytest.raises((EncryptionError, pymongo.errors.PyMongoError), match=r"127\.0\.0\.1:9"),
        pymongo.timeout(0.3),
    ):
        await of(writer, collection).insert_one({"_id": 1})
    await writer.close()


def test_required_library(make: MakeClient) -> None:
    """
    crypt_shared_lib_required makes its absence an error when the client is made.
    """
    with pytest.raises(Exception, match="crypt_shared"):
        make(crypt_shared_lib_required=True)


async def test_closed(keys: str, make: MakeClient, collection: MotorCollection) -> None:
    """
    close() closes the clients inside as well.
    """
    reader = make(bypass_query_analysis=True)
    await of(reader, collection).find_one()
    internal = reader.delegate._encrypter._internal_client
    await reader.close()

    assert internal._closed
