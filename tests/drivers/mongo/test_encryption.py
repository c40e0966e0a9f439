"""
MotorClientEncryption: values are encrypted explicitly, keys are managed, each with await or a callback.
"""

import asyncio
import secrets
from collections.abc import Callable
from typing import Any

import pymongo
import pytest
from bson import Binary, CodecOptions
from bson.binary import STANDARD
from pymongo.encryption import Algorithm
from pymongo.errors import EncryptedCollectionError, EncryptionError, InvalidOperation
from pymongo.synchronous.encryption import ClientEncryption
from tornado.ioloop import IOLoop

import motorish
from motorish import ForeignLoopError, MotorClient, MotorClientEncryption, MotorCollection

RANDOM = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Random
DETERMINISTIC = Algorithm.AEAD_AES_256_CBC_HMAC_SHA_512_Deterministic
CODEC_OPTIONS: CodecOptions[Any] = CodecOptions(uuid_representation=STANDARD)
PROVIDERS = {"local": {"key": secrets.token_bytes(96)}}
ENCRYPTED = 6
"""Subtype of an encrypted value."""


@pytest.fixture
def vault(client: MotorClient, collection: MotorCollection) -> MotorClientEncryption:
    """
    Return an object that keeps its keys in *collection*.
    """
    return MotorClientEncryption(PROVIDERS, collection.delegate.full_name, client, CODEC_OPTIONS)


def called_back(method: Callable[..., Any], *args: Any, **kwargs: Any) -> "asyncio.Future[Any]":
    """
    Call a method with a callback; return a future of what the callback got.
    """
    future: asyncio.Future[Any] = asyncio.get_running_loop().create_future()

    def callback(result: Any, error: BaseException | None) -> None:
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)

    assert method(*args, **kwargs, callback=callback) is None
    return future


async def test_round_trip(vault: MotorClientEncryption) -> None:
    """
    What is encrypted is unreadable, and decrypted it is what it was; only one algorithm gives equal secrets.
    """
    key = await vault.create_data_key("local")
    for value in ("4111 1111 1111 1111", 42, b"bytes", {"nested": [1, 2]}):
        secret, again = [await vault.encrypt(value, RANDOM, key) for _ in range(2)]

        assert ENCRYPTED == secret.subtype
        assert secret != again
        assert value == await vault.decrypt(secret) == await vault.decrypt(again)
    one, other = [await vault.encrypt("same", DETERMINISTIC, key_id=key.as_uuid()) for _ in range(2)]
    assert one == other


async def test_with_callbacks(vault: MotorClientEncryption) -> None:
    """
    Every method takes a callback.
    """
    key = await called_back(vault.create_data_key, "local", key_alt_names=["one"])
    secret = await called_back(vault.encrypt, "x", RANDOM, key_alt_name="one")

    assert "x" == await called_back(vault.decrypt, secret)
    assert key == (await called_back(vault.get_key, key))["_id"]
    assert key == (await called_back(vault.get_key_by_alt_name, "one"))["_id"]
    await called_back(vault.add_key_alt_name, key, "two")
    await called_back(vault.remove_key_alt_name, key, "one")
    (found,) = await (await called_back(vault.get_keys)).to_list()
    assert ["two"] == found["keyAltNames"]
    rewrapped = await called_back(vault.rewrap_many_data_key, {})
    assert 1 == rewrapped.bulk_write_result.modified_count
    assert 1 == (await called_back(vault.delete_key, key)).deleted_count
    with pytest.raises(EncryptionError):
        await called_back(vault.encrypt, "x", RANDOM, key_alt_name="two")
    assert await called_back(vault.close) is None
    with pytest.raises(TypeError, match="callback must be a function"):
        vault.close(callback=1)  # type: ignore[arg-type]


async def test_keys(vault: MotorClientEncryption) -> None:
    """
    Keys are found by id and by name, get and lose names, and are deleted.
    """
    material = secrets.token_bytes(96)
    key = await vault.create_data_key("local", key_alt_names=["a"], key_material=material)

    assert isinstance(key, Binary)
    assert await vault.get_key(Binary(b"0" * 16, 4)) is None
    assert "local" == (await vault.get_key(key))["masterKey"]["provider"]
    before = await vault.add_key_alt_name(key, "b")
    assert ["a"] == before["keyAltNames"]
    assert {"a", "b"} == set((await vault.get_key_by_alt_name("b"))["keyAltNames"])
    await vault.remove_key_alt_name(key, "a")
    assert await vault.get_key_by_alt_name("a") is None
    assert 1 == (await vault.delete_key(key)).deleted_count
    assert await vault.get_key(key) is None


async def test_cursor_over_the_keys(vault: MotorClientEncryption) -> None:
    """
    get_keys gives a cursor that can be used at once, awaited first, entered and cloned.
    """
    keys = {await vault.create_data_key("local") for _ in range(3)}

    assert keys == {key["_id"] async for key in vault.get_keys()}
    assert keys == {key["_id"] for key in await (await vault.get_keys()).to_list()}
    async with vault.get_keys() as cursor:
        assert 1 == len(await cursor.clone().limit(1).to_list())
        assert isinstance(cursor.collection, MotorCollection)


async def test_rewrapping(vault: MotorClientEncryption) -> None:
    """
    Rewrapping changes how keys are kept; what they have encrypted stays readable.
    """
    key = await vault.create_data_key("local")
    secret = await vault.encrypt("x", RANDOM, key)
    before = (await vault.get_key(key))["keyMaterial"]
    result = await vault.rewrap_many_data_key({}, provider="local")

    assert 1 == result.bulk_write_result.modified_count
    assert before != (await vault.get_key(key))["keyMaterial"]
    assert "x" == await vault.decrypt(secret)
    assert (await vault.rewrap_many_data_key({"_id": "no such key"})).bulk_write_result is None


async def test_queryable_encryption(vault: MotorClientEncryption) -> None:
    """
    Values for Queryable Encryption, and expressions for its range queries, are encrypted too.
    """
    key = await vault.create_data_key("local")
    secret = await vault.encrypt("x", Algorithm.UNINDEXED, key)
    expression = {"$and": [{"age": {"$gt": 1}}, {"age": {"$lt": 9}}]}
    options = pymongo.encryption_options.RangeOpts(min=0, max=200, sparsity=1, trim_factor=1)
    encrypted = await vault.encrypt_expression(
        expression, Algorithm.RANGE, key, query_type="range", contention_factor=0, range_opts=options
    )

    assert "x" == await vault.decrypt(secret)
    assert ENCRYPTED == encrypted["$and"][0]["age"]["$gt"].subtype


async def test_many_at_once(vault: MotorClientEncryption) -> None:
    """
    Calls that fetch their keys at the same time do not get in each other's way.
    """
    keys = await asyncio.gather(*(vault.create_data_key("local") for _ in range(20)))
    secrets_ = await asyncio.gather(*(vault.encrypt(number, RANDOM, key) for number, key in enumerate(keys)))

    assert list(range(20)) == await asyncio.gather(*map(vault.decrypt, secrets_))


async def test_encrypted_collection(vault: MotorClientEncryption, client: MotorClient) -> None:
    """
    create_encrypted_collection makes the missing keys; servers before 7.0 then refuse the collection.
    """
    name = f"c{secrets.token_hex(8)}"
    fields = {"fields": [{"path": "card", "bsonType": "string", "keyId": None}]}
    database = client.motorish_test
    version = tuple((await client.server_info())["versionArray"])
    call = vault.create_encrypted_collection(database, name, fields, "local")
    if version < (7,):
        with pytest.raises(EncryptedCollectionError, match="incompatible with server") as caught:
            await call
        made: Any = caught.value.encrypted_fields
    else:
        collection, made = await call
        assert isinstance(collection, MotorCollection)
        assert name == collection.name
        await database.drop_collection(name, encrypted_fields=made)

    assert [made["fields"][0]["keyId"]] == [key["_id"] async for key in vault.get_keys()]
    assert fields["fields"][0]["keyId"] is None
    with pytest.raises(TypeError, match="must be a MotorDatabase"):
        vault.create_encrypted_collection(database.delegate, name, fields, "local")  # type: ignore[arg-type]


async def test_closed(vault: MotorClientEncryption, client: MotorClient) -> None:
    """
    `async with` closes it, closing again does nothing, and every later call says that it is closed.
    """
    async with vault as same:
        assert vault is same
        key = await vault.create_data_key("local")
    await vault.close()

    for call in (
        lambda: vault.encrypt("x", RANDOM, key),
        lambda: vault.decrypt(Binary(b"x", ENCRYPTED)),
        lambda: vault.get_key(key),
    ):
        with pytest.raises(InvalidOperation, match="closed ClientEncryption"):
            await call()
    with pytest.raises(InvalidOperation, match="closed ClientEncryption"):
        vault.get_keys()
    assert (await client.admin.command("ping"))["ok"]


def test_no_plain_with(vault: MotorClientEncryption) -> None:
    """
    A plain `with` says what to use instead.
    """
    with pytest.raises(RuntimeError, match="use MotorClientEncryption in 'async with'"), vault:
        pass


def test_wrong_arguments(client: MotorClient, stock: pymongo.MongoClient[Any]) -> None:
    """
    What is no MotorClient, or no CodecOptions, is refused at once.
    """
    with pytest.raises(TypeError, match="must be a MotorClient, not MongoClient"):
        MotorClientEncryption(PROVIDERS, "a.b", stock, CODEC_OPTIONS)
    with pytest.raises(TypeError, match="codec_options"):
        MotorClientEncryption(PROVIDERS, "a.b", client, {})  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="io_loop"):
        MotorClientEncryption(PROVIDERS, "a.b", client, CODEC_OPTIONS, io_loop=1)  # type: ignore[arg-type]


async def test_loop(client: MotorClient) -> None:
    """
    It belongs to its client's loop, which can be given as io_loop, and no other.
    """
    current = IOLoop.current()
    for io_loop in (current, asyncio.get_running_loop(), None):
        vault = MotorClientEncryption(PROVIDERS, "a.b", client, CODEC_OPTIONS, io_loop)
        assert current is vault.io_loop is vault.get_io_loop()
    other = asyncio.new_event_loop()
    with pytest.raises(ForeignLoopError, match="both must be the same"):
        MotorClientEncryption(PROVIDERS, "a.b", client, CODEC_OPTIONS, io_loop=other)
    other.close()


async def test_wrong_value(vault: MotorClientEncryption) -> None:
    """
    PyMongo's own errors arrive as they are.
    """
    with pytest.raises(TypeError, match="subtype 6"):
        await vault.decrypt(b"not encrypted")  # type: ignore[arg-type]
    with pytest.raises(EncryptionError):
        await vault.create_data_key("aws")


def test_nothing_of_pymongo_s_is_forgotten() -> None:
    """
    Each public name of PyMongo's class is one of ours, which is generic at runtime.
    """
    public = {name for name in dir(ClientEncryption) if not name.startswith("_")}

    assert public <= set(dir(MotorClientEncryption))
    assert MotorClientEncryption is MotorClientEncryption[dict]
    assert motorish.MotorClientEncryption is MotorClientEncryption
