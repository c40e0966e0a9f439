"""
Sends and receives what is nearly or really too large, and prints the memory that each took at its peak.

A program of its own, so that nothing else is in its memory.  Prints lines of "name figure".
"""

import asyncio
import sys
from typing import Any

from bson import Binary, encode
from pymongo import MongoClient
from pymongo.errors import DocumentTooLarge, PyMongoError
from pymongo.monitoring import ConnectionPoolListener

from motorish import MotorClient
from tests.memory import peak

MEGABYTE = 1_000_000
LIMIT = 16 * 1024 * 1024
ALLOWANCE = 16 * 1024  # PyMongo lets the server decide on documents that are larger by less
SIZES = {"over": LIMIT + 1, "far_over": LIMIT + ALLOWANCE + 1}


class Closed(ConnectionPoolListener):
    """
    Counts the connections that are closed.
    """

    count = 0

    def connection_closed(self, event: Any) -> None:
        """
        Count one.
        """
        self.count += 1

    def _ignore(self, event: Any) -> None:
        pass

    pool_created = pool_ready = pool_cleared = pool_closed = connection_created = connection_ready = _ignore
    connection_check_out_started = connection_check_out_failed = _ignore
    connection_checked_out = connection_checked_in = _ignore


def document_of(size: int) -> dict[str, Any]:
    """
    Return a document of so many bytes.
    """
    document = {"_id": 0, "data": Binary(b"")}
    return document | {"data": Binary(bytes(size - len(encode(document))))}


def alone(uri: str) -> None:
    """
    See what PyMongo alone does with its connection.
    """
    closed = Closed()
    with MongoClient[Any](uri, event_listeners=[closed]) as client:
        for name, size in SIZES.items():
            before = closed.count
            try:
                client.motorish_test.oversize.insert_one(document_of(size))
            except (PyMongoError, DocumentTooLarge):
                print(f"{name}_closed_alone", closed.count - before)


async def main(uri: str, large_replies: str) -> None:
    """
    Use a real server at *uri*, and one at *large_replies* that says more than a real one may.
    """
    closed = Closed()
    async with MotorClient(uri, event_listeners=[closed]) as client:
        things = client.motorish_test.oversize
        await things.drop()
        for name, size in SIZES.items():
            before = closed.count
            try:
                await things.insert_one(document_of(size))
            except (PyMongoError, DocumentTooLarge) as error:
                print(name, int(isinstance(error, DocumentTooLarge)))
            print(f"{name}_closed", closed.count - before)
            assert await things.find_one() is None
        await asyncio.to_thread(alone, uri)

        data = Binary(bytes(MEGABYTE))
        documents = [{"_id": number, "data": data} for number in range(47)]
        with peak() as memory:
            await things.insert_many(documents)
        print("send", memory.grown_mb)
        print("sent", await things.count_documents({}))
        await things.drop()
    async with MotorClient(large_replies) as client:
        assert await client.motorish_test.replay.find_one({"_id": 1}) is not None
        with peak() as memory:
            found = await client.motorish_test.replay.find_one({"_id": 2})
        print("reply", memory.grown_mb)
        print("received", len(found["data"]) / MEGABYTE)


asyncio.run(main(*sys.argv[1:]))
