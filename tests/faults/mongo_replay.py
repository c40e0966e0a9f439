"""
A MongoDB server, on the test's own loop, that says what a real one has said: as it was, or spoilt.
"""

from __future__ import annotations

import asyncio
import struct
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

import bson
from bson.codec_options import CodecOptions
from bson.raw_bson import RawBSONDocument

from tests.faults.replay import IDLE_S, listening

OP_MSG = 2013
HEADER = struct.Struct("<iiii")  # length, id, the id that it answers, kind
PLACEHOLDER = 0x1122334455667788
Spoil = Callable[[bytes], bytes]


def message(request_id: int, document: bytes) -> bytes:
    """
    Return the reply to a request, as the server says it.
    """
    return HEADER.pack(21 + len(document), 1, request_id, OP_MSG) + b"\0\0\0\0\0" + document


class MongoReplay:
    """
    Answers hello, find and anything else; a find for ``{"_id": number}`` gets a document with that number.

    Args:
        hello: what the real server said to hello.
        found: what it said to a find whose document has PLACEHOLDER for its ``_id``.

    Attributes:
        port: where it listens, on 127.0.0.1, inside its block.
        spoilt: the numbers whose finds are answered with what a function makes of the reply.
        spoil_hello: what is made of the reply to hello.
        asked: for each connection the numbers that it was asked for, in order.
        open: the connections that are open.
        idle_s: how many seconds a client may say nothing after a spoilt reply.
    """

    def __init__(self, hello: dict[str, Any], found: bytes) -> None:
        self.port = 0
        self.idle_s = IDLE_S
        self.spoilt: dict[int, Spoil] = {}
        self.spoil_hello: Spoil = bytes
        self.asked: list[list[int]] = []
        self.open: set[int] = set()
        self._hello, self._found = bson.encode(hello), found

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[MongoReplay]:
        """
        Listen during the block.
        """
        async with listening(self._serve) as self.port:
            yield self

    def another(self) -> MongoReplay:
        """
        Return a server that says the same, and nothing spoilt.
        """
        return MongoReplay(bson.decode(self._hello), self._found)

    def after(self, number: int) -> int:
        """
        How often the connection that was asked for *number* has been asked again since.
        """
        (asked,) = (asked for asked in self.asked if number in asked)
        return len(asked) - asked.index(number) - 1

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = len(self.asked)
        self.asked.append([])
        self.open.add(connection)
        with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            patience: float | None = None
            while True:
                async with asyncio.timeout(patience):
                    size, request_id, _, _ = HEADER.unpack(await reader.readexactly(16))
                    body = await reader.readexactly(size - 16)
                patience = None
                question = bson.decode(body[5:])
                if "hello" in question or "ismaster" in question:
                    reply = self.spoil_hello(message(request_id, self._hello))
                    patience = None if self.spoil_hello is bytes else self.idle_s
                elif "find" in question:
                    number = question["filter"]["_id"]
                    self.asked[connection].append(number)
                    document = self._found.replace(_int64(PLACEHOLDER), _int64(number))
                    spoil = self.spoilt.get(number, bytes)
                    reply = spoil(message(request_id, document))
                    if spoil is not bytes:
                        patience = self.idle_s
                else:
                    reply = message(request_id, bson.encode({"ok": 1}))
                writer.write(reply)
        self.open.discard(connection)


def _int64(number: int) -> bytes:
    return number.to_bytes(8, "little")


def record(client: Any) -> MongoReplay:
    """
    Return a server that says what *client*'s, PyMongo's own client, says now, as if behind a load balancer.
    """
    hello = client.admin.command("hello")
    for name in (
        "hosts",
        "setName",
        "setVersion",
        "primary",
        "me",
        "electionId",
        "lastWrite",
        "$clusterTime",
    ):
        hello.pop(name, None)
    hello |= {"msg": "isdbgrid", "serviceId": bson.ObjectId(), "topologyVersion": None}
    things = client.motorish_test.replay
    document = {
        "_id": bson.Int64(PLACEHOLDER),
        "text": "grüße",
        "parts": [1, 2.5, None, True, {"deep": [b"bytes", bson.ObjectId()]}],
        "when": bson.DatetimeMS(0),
        "money": bson.Decimal128("1.50"),
        "pattern": bson.Regex("a+", "i"),
    }
    things.replace_one({"_id": document["_id"]}, document, upsert=True)
    raw = CodecOptions(document_class=RawBSONDocument)
    reply = client.motorish_test.command(
        "find", "replay", filter={"_id": document["_id"]}, limit=1, singleBatch=True, codec_options=raw
    )
    things.drop()
    kept = {name: reply[name] for name in ("cursor", "ok")}
    return MongoReplay(hello, bson.encode(kept))
