"""
MotorCollection: reading, writing, indexes.
"""

import asyncio
import inspect
from typing import Any

import pymongo
import pytest
from bson import CodecOptions, DBRef
from pymongo.errors import DuplicateKeyError, OperationFailure
from pymongo.read_preferences import ReadPreference

from motorish import CallFuture, MotorClient, MotorCollection


async def test_create_read_update_delete(collection: MotorCollection) -> None:
    """
    Each operation gives PyMongo's own result.
    """
    assert 1 == (await collection.insert_one({"_id": 1, "n": 0})).inserted_id
    assert [2, 3] == (await collection.insert_many([{"_id": 2}, {"_id": 3}])).inserted_ids
    assert {"_id": 1, "n": 0} == await collection.find_one({"_id": 1})
    assert None is await collection.find_one({"_id": 9})
    assert 1 == (await collection.update_one({"_id": 1}, {"$inc": {"n": 1}})).modified_count
    assert 3 == (await collection.update_many({}, {"$set": {"m": 1}})).matched_count
    assert 1 == (await collection.replace_one({"_id": 2}, {"r": 1})).modified_count
    assert {"_id": 2, "r": 1} == await collection.find_one_and_update({"_id": 2}, {"$set": {"r": 2}})
    assert {"_id": 2, "r": 2} == await collection.find_one_and_replace({"_id": 2}, {"r": 3})
    assert {"_id": 2, "r": 3} == await collection.find_one_and_delete({"_id": 2})
    assert 2 == await collection.count_documents({})
    assert 2 == await collection.estimated_document_count()
    assert [1] == await collection.distinct("m")
    assert 1 == (await collection.delete_one({"_id": 1})).deleted_count
    assert 1 == (await collection.delete_many({})).deleted_count


async def test_bulk_write(collection: MotorCollection) -> None:
    """
    Models of several kinds in one call.
    """
    result = await collection.bulk_write(
        [
            pymongo.InsertOne({"_id": 1}),
            pymongo.UpdateOne({"_id": 1}, {"$set": {"a": 1}}),
            pymongo.DeleteOne({"_id": 1}),
        ]
    )

    assert (1, 1, 1) == (result.inserted_count, result.modified_count, result.deleted_count)


async def test_indexes(collection: MotorCollection) -> None:
    """
    Create, list, describe and drop.
    """
    assert "a_1" == await collection.create_index("a", unique=True)
    names = await collection.create_indexes([pymongo.IndexModel("b"), pymongo.IndexModel("c")])
    assert ["b_1", "c_1"] == names
    listed = [index["name"] async for index in collection.list_indexes()]
    assert ["_id_", "a_1", "b_1", "c_1"] == listed
    assert (await collection.index_information())["a_1"]["unique"]

    await collection.drop_index("a_1")
    await collection.drop_indexes()
    assert ["_id_"] == [index["name"] for index in await collection.list_indexes().to_list()]


async def test_search_indexes_reach_the_server(collection: MotorCollection) -> None:
    """
    Only Atlas has them: the calls end with the server's own error.
    """
    await collection.insert_one({})
    for call in (
        collection.create_search_index({"definition": {}}),
        collection.create_search_indexes([pymongo.operations.SearchIndexModel({})]),
        collection.update_search_index("x", {}),
        collection.drop_search_index("x"),
        collection.list_search_indexes().to_list(),
    ):
        with pytest.raises(OperationFailure):
            await call


async def test_options_and_rename(collection: MotorCollection, client: MotorClient) -> None:
    """
    with_options gives a proxy, options the server's; a renamed collection has another name.
    """
    await client.motorish_test.create_collection(collection.name, capped=True, size=4096)
    assert (await collection.options())["capped"]
    raw = collection.with_options(
        CodecOptions(document_class=dict), read_preference=ReadPreference.SECONDARY_PREFERRED
    )
    assert isinstance(raw, MotorCollection)
    assert ReadPreference.SECONDARY_PREFERRED == raw.read_preference
    assert collection.database is raw.database

    await collection.rename(collection.name + "_new")
    renamed = client.motorish_test[collection.name + "_new"]
    assert [] == await renamed.find().to_list()
    await renamed.drop()


async def test_errors_are_pymongo_s(collection: MotorCollection) -> None:
    """
    They come from the future, or to the callback, as PyMongo raises them.
    """
    await collection.insert_one({"_id": 1})
    done = asyncio.get_running_loop().create_future()

    with pytest.raises(DuplicateKeyError):
        await collection.insert_one({"_id": 1})
    with pytest.raises(TypeError):
        await collection.insert_one(3)
    collection.insert_one({"_id": 1}, callback=lambda *outcome: done.set_result(outcome))
    result, error = await done
    assert result is None
    assert isinstance(error, DuplicateKeyError)


async def test_a_hundred_at_once(collection: MotorCollection) -> None:
    """
    Concurrent calls, the very first ones of the client included, each get their own answer.
    """
    await asyncio.gather(*[collection.insert_one({"_id": n}) for n in range(100)])

    found = await asyncio.gather(*[collection.find_one({"_id": n}) for n in range(100)])
    assert [{"_id": n} for n in range(100)] == found


async def test_a_session_of_pymongo_s_can_be_given(collection: MotorCollection, client: MotorClient) -> None:
    """
    session= takes a ClientSession of the delegate.
    """
    with client.delegate.start_session() as session:
        await collection.insert_one({"_id": 1}, session=session)
        assert [{"_id": 1}] == await collection.find(session=session).to_list()
        assert [{"_id": 1}] == await collection.aggregate([], session=session).to_list()
        assert session.operation_time is not None


async def test_calls_start_at_once(collection: MotorCollection) -> None:
    """
    A future that nobody awaits is a call under way all the same.
    """
    future = collection.insert_one({"_id": 1})

    assert isinstance(future, CallFuture)
    await asyncio.wait([future])
    assert 1 == await collection.count_documents({})


async def test_database_commands(client: MotorClient, collection: MotorCollection) -> None:
    """
    command, cursor_command, dereference, listing, validating and dropping collections.
    """
    database = client.motorish_test
    made = await database.create_collection(collection.name)
    await made.insert_one({"_id": 1})

    assert isinstance(made, MotorCollection)
    assert 1.0 == (await database.command("ping"))["ok"]
    cursor = await database.cursor_command("find", collection.name)
    assert [{"_id": 1}] == await cursor.to_list()
    assert {"_id": 1} == await database.dereference(DBRef(collection.name, 1))
    assert collection.name in await database.list_collection_names()
    listed = await database.list_collections(filter={"name": collection.name})
    assert [collection.name] == [item["name"] async for item in listed]
    assert (await database.validate_collection(made))["valid"]
    assert isinstance(database.get_collection("x"), MotorCollection)
    assert database == database.with_options()
    assert (await database.aggregate([{"$documents": [{"a": 1}]}]).to_list()) == [{"a": 1}]
    await database.drop_collection(made)
    assert collection.name not in await database.list_collection_names()


def test_signatures_and_docstrings() -> None:
    """
    Those of PyMongo's method, plus callback=.
    """
    parameters: dict[str, Any] = dict(inspect.signature(MotorCollection.insert_one).parameters)

    assert ["self", "document", "bypass_document_validation", "session", "comment", "callback"] == list(
        parameters
    )
    assert "callback=" in (MotorCollection.insert_one.__doc__ or "")


def test_a_collection_needs_a_database() -> None:
    """
    Made by hand from anything else, it is a TypeError.
    """
    client = MotorClient()

    assert MotorCollection(client.shop, "orders") == client.shop.orders
    with pytest.raises(TypeError, match="must be a MotorDatabase"):
        MotorCollection(client, "orders")  # type: ignore[arg-type]
