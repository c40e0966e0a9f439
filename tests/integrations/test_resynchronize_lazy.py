"""
resynchronize() of the lazy family: coroutine functions are run to their end.
"""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from bson import ObjectId

import motorish

SyncClient = motorish.resynchronize(motorish.AsyncMongoClient)


@pytest.fixture
def collection(mongod_uri: str) -> Iterator[Any]:
    """
    Return a resynchronized collection that does not exist yet.
    """
    with SyncClient(mongod_uri) as client:
        collection = client["motorish_test"][f"c{ObjectId()}"]
        yield collection
        collection.drop()


def test_coroutine_functions(collection: Any) -> None:
    """
    Methods that are coroutine functions give their results.
    """
    collection.insert_many([{"_id": number} for number in range(300)])

    assert {"_id": 1} == collection.find_one({"_id": 1})
    assert list(range(300)) == [document["_id"] for document in collection.find().sort("_id")]
    assert [{"_id": 299}] == collection.aggregate([{"$match": {"_id": {"$gt": 298}}}]).to_list()
    assert ["_id_"] == [index["name"] for index in collection.list_indexes()]
    with collection.watch() as stream:
        collection.insert_one({"_id": "new"})
        assert "insert" == next(stream)["operationType"]


def test_transactions(collection: Any) -> None:
    """
    A transaction's function gets the resynchronized session, and may call in turn.
    """

    def insert(given: Any) -> int:
        assert given is session
        collection.insert_one({"_id": 1}, session=given)
        return collection.count_documents({}, session=given)  # type: ignore[no-any-return]

    with collection.database.client.start_session() as session:
        assert 1 == session.with_transaction(insert)
        with session.start_transaction():
            collection.insert_one({"_id": 2}, session=session)

    assert [{"_id": 1}, {"_id": 2}] == collection.find().to_list()


def test_files(collection: Any) -> None:
    """
    A file is iterated by line; both kinds of GridFS classes work.
    """
    bucket = motorish.resynchronize(motorish.AsyncGridFSBucket)(collection.database, collection.name)
    legacy = motorish.resynchronize(motorish.AsyncGridFS)(collection.database, collection.name)
    file_id = bucket.upload_from_stream("a", b"one\ntwo")

    assert b"one\ntwo" == legacy.get(file_id).read()
    assert [b"one\n", b"two"] == list(bucket.open_download_stream(file_id))
    for name in ("files", "chunks"):
        collection[name].drop()


def test_the_same_object_has_the_same_counterpart(collection: Any) -> None:
    """
    What "is" the same for the asynchronous API is so for the counterparts.
    """
    client = collection.database.client

    assert collection is collection.find().collection
    assert client is collection.database.client
    assert client is client.shop.client


def test_no_counterpart_is_kept_alive(collection: Any) -> None:
    """
    A counterpart that nobody holds is collected.
    """
    gone = weakref.ref(collection.find())
    gc.collect()

    assert gone() is None


def test_close(mongod_uri: str) -> None:
    """
    close() of a lazy client closes it.
    """
    client = SyncClient(mongod_uri)
    client.shop.orders.find_one()

    assert client.close() is None
    with pytest.raises(pymongo.errors.InvalidOperation):
        client.shop.orders.find_one()
