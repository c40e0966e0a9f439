"""
The messages in MongoDB: indexes, reading history, opening the change stream.

Everything read here is committed on a majority of the replica set, so no
fail-over can take back what a reader has seen.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

import motorish

from .sequencer import Sequencer
from .validation import Post

_FIELDS = ("seq", "room", "name", "text", "client_id")


class StoreError(Exception):
    """
    The database cannot serve a chat; the message says what to do.
    """


@dataclass(frozen=True, slots=True)
class Message:
    """
    A stored message: its place in its room, and its JSON as every client gets it.
    """

    room: str
    seq: int
    json: str


class Store:
    """
    Reads and writes the messages of all rooms.
    """

    def __init__(self, client: motorish.MotorClient, database: str) -> None:
        self._client = client
        self._messages = client[database].get_collection(
            "messages",
            read_concern=ReadConcern("majority"),
            write_concern=WriteConcern("majority", wtimeout=10_000),
        )
        self._sequencer = Sequencer(self._messages)

    async def prepare(self) -> None:
        """
        Make the indexes.

        Raises:
            StoreError: the server is not part of a replica set, so it has no change streams.
        """
        hello = await self._client.admin.command("hello")
        if "setName" not in hello and hello.get("msg") != "isdbgrid":
            raise StoreError(
                "The MongoDB server is not part of a replica set, and change streams need one. "
                "Start it with --replSet and run rs.initiate() once, or leave out --mongodb-uri."
            )
        await self._messages.create_index([("room", 1), ("seq", 1)], unique=True)
        await self._messages.create_index([("room", 1), ("client_id", 1)], unique=True)

    async def ping(self) -> None:
        """
        Return when the server has answered.
        """
        await self._client.admin.command("ping")

    async def add(self, post: Post) -> tuple[Message, bool]:
        """
        Store *post*; the second value is False if its client_id was stored before.
        """
        document, created = await self._sequencer.add(post)
        return to_message(document), created

    async def read(self, room: str, after: int, limit: int) -> list[Message]:
        """
        Return the first *limit* messages of *room* that come after number *after*.
        """
        documents = await self.find(room, after, limit).to_list(limit)
        return [to_message(document) for document in documents]

    def find(self, room: str, after: int, limit: int) -> motorish.MotorCursor:
        """
        Return a cursor over the documents that :meth:`read` would return.
        """
        query = {"room": room, "seq": {"$gt": after}}
        cursor: motorish.MotorCursor = self._messages.find(query).sort("seq", 1).limit(limit)
        return cursor

    async def last_seq(self, room: str) -> int:
        """
        Return the number of the newest message of *room*, 0 if there is none.
        """
        newest = await self._messages.find_one({"room": room}, sort=[("seq", -1)])
        return newest["seq"] if newest else 0

    def watch(self) -> motorish.MotorChangeStream:
        """
        Return a change stream of all messages that are stored from now on.
        """
        inserts = [{"$match": {"operationType": "insert"}}]
        # Small batches: after a burst mongod would send 16 MB at once, and decoding takes the loop's time.
        stream: motorish.MotorChangeStream = self._messages.watch(inserts, batch_size=100)
        return stream


def to_message(document: Mapping[str, Any]) -> Message:
    """
    Turn a stored document into what clients get.
    """
    fields = {field: document[field] for field in _FIELDS}
    fields["sent_at"] = _iso(document["sent_at"])
    return Message(document["room"], document["seq"], json.dumps(fields, ensure_ascii=False))


def _iso(moment: datetime) -> str:
    """
    Return a UTC time as ``2026-01-31T12:00:00.000Z``; PyMongo's datetimes are naive UTC.
    """
    return moment.replace(tzinfo=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
