"""
Replies that are garbage, cut off or otherwise spoilt, to PyMongo.

Here in each way that one can think of; in test_garbage_mongo_at_random.py in thousands of ways.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from typing import Any

import pytest
from backports import zstd
from bson.errors import InvalidBSON
from pymongo.errors import AutoReconnect, ProtocolError

from motorish import MotorClient
from tests.faults.figures import Figures
from tests.faults.mongo_asking import OPTIONS, alone, end_alone, end_of
from tests.faults.mongo_replay import HEADER, OP_MSG, MongoReplay
from tests.memory import peak

BOMB_MB = 200
OP_COMPRESSED = 2012


def header(at: int, value: int) -> Any:
    """
    Return what puts another number into the header of a message.
    """
    return lambda reply: reply[:at] + struct.pack("<i", value) + reply[at + 4 :]


def compressed(compressor: int, payload: bytes, declared: int = 1000) -> Any:
    """
    Return what says a compressed message instead, which declares its size to be *declared*.
    """

    def spoil(reply: bytes) -> bytes:
        _, own_id, request_id, _ = HEADER.unpack(reply[:16])
        head = HEADER.pack(25 + len(payload), own_id, request_id, OP_COMPRESSED)
        return head + struct.pack("<iiB", OP_MSG, declared, compressor) + payload

    return spoil


def replaced(old: bytes, new: bytes) -> Any:
    """
    Return what replaces bytes by others.
    """
    return lambda reply: reply.replace(old, new)


def bomb(compressor: Any) -> bytes:
    """
    Return what swells to 200 MB of zeros.
    """
    return b"".join(compressor.compress(bytes(1_000_000)) for _ in range(BOMB_MB)) + bytes(compressor.flush())


SNAPPY_BOMB = b"\x80\x84\xaf\x5f" + bytes(100)  # the size that it declares is all that is looked at
WRONG: dict[str, tuple[Any, type[Exception]]] = {
    "length 0": (header(0, 0), ProtocolError),
    "length 15": (header(0, 15), ProtocolError),
    "length 16": (header(0, 16), ProtocolError),
    "length -1": (header(0, -1), ProtocolError),
    "length over 48 MB": (header(0, 48_000_001), ProtocolError),
    "length 2 GB": (header(0, 0x7FFFFFFF), ProtocolError),
    "length too long": (lambda reply: struct.pack("<i", len(reply) + 8) + reply[4:], AutoReconnect),
    "length too short": (lambda reply: struct.pack("<i", len(reply) - 8) + reply[4:], ProtocolError),
    "answers another": (header(8, 123456789), ProtocolError),
    "unknown kind": (header(12, 2014), ProtocolError),
    "kind of old servers": (header(12, 1), ProtocolError),
    "checksum": (header(16, 1), ProtocolError),
    "unknown flags": (header(16, 0xFF0), ProtocolError),
    "cut off in the header": (lambda reply: reply[:10], AutoReconnect),
    "cut off": (lambda reply: reply[:-10], AutoReconnect),
    "nothing": (lambda reply: b"", AutoReconnect),
    "zlib bomb": (compressed(2, bomb(zlib.compressobj())), ProtocolError),
    "zstd bomb": (compressed(3, bomb(zstd.ZstdCompressor())), ProtocolError),
    "snappy bomb": (compressed(1, SNAPPY_BOMB), ProtocolError),
    "declares 2 GB": (compressed(2, zlib.compress(b"x"), 0x7FFFFFFF), ProtocolError),
    "not compressed": (compressed(2, b"garbage"), zlib.error),
    "unknown compressor": (compressed(77, b"garbage"), ValueError),
    "not UTF-8": (replaced("grüße".encode(), b"gr\xff\xfe\xfd\xfce"), InvalidBSON),
    "unknown type": (replaced(b"\x09when", b"\x42when"), InvalidBSON),
    "no end": (lambda reply: reply[:-1] + b"\x01", InvalidBSON),
    "length of a text": (replaced(b"text\0\x08\0", b"text\0\xff\xff"), InvalidBSON),
}


@pytest.mark.row("A9")
def test_wrong_replies(replay: MongoReplay, figures: Figures) -> None:
    """
    Each kind of wrong reply is the right error, the connection is closed, the next reply is right.

    Two errors are not PyMongo's own: zlib's, and the ValueError for a compressor that was not agreed upon.
    A document that cannot be decoded in a message that is otherwise right leaves the connection in step with
    the server, and PyMongo goes on using it.
    """
    wrong: list[str] = []
    used_again: list[str] = []

    async def main() -> None:
        async with replay.serving(), MotorClient("127.0.0.1", replay.port, **OPTIONS) as client:
            for number, (name, (spoil, expected)) in enumerate(WRONG.items()):
                replay.spoilt = {number: spoil}
                end = await end_of(client, number)
                following = await end_of(client, 1000 + number)
                if type(end) is not expected or following != 1000 + number:
                    wrong.append(f"{name}: {end!r}, then {following!r}")
                if replay.after(number):
                    used_again.append(name)

    asyncio.run(main())
    print(*wrong, sep="\n")
    undecodable = [name for name, (_, expected) in WRONG.items() if expected is InvalidBSON]
    figures.equal(f"PyMongo, errors that are wrong, for {len(WRONG)} kinds of wrong replies", 0, len(wrong))
    figures.equal("PyMongo, connections used again", 0, len(set(used_again) - set(undecodable)))
    figures.note("PyMongo, used again after documents that cannot be decoded", len(used_again))


@pytest.mark.row("A9")
@pytest.mark.parametrize("name", ["zlib", "zstd", "snappy"])
def test_bombs(name: str, replay: MongoReplay, figures: Figures) -> None:
    """
    A reply that would swell to 200 MB takes no more memory than with PyMongo alone, which stops at 48 MB.
    """
    replay.spoilt = dict.fromkeys((1, 2), WRONG[f"{name} bomb"][0])

    async def main() -> tuple[float, float]:
        async with replay.serving():
            address = {"host": "127.0.0.1", "port": replay.port, **OPTIONS}
            async with alone(address) as stock:
                with peak() as before:
                    assert isinstance(await asyncio.to_thread(end_alone, stock, 1), ProtocolError)
            async with MotorClient(**address) as client:
                with peak() as after:
                    assert isinstance(await end_of(client, 2), ProtocolError)
        return before.grown_mb, after.grown_mb

    before, after = asyncio.run(main())
    figures.note(f"PyMongo alone, memory for a {name} reply that swells to 200 MB", before, "MB")
    figures.at_most(f"PyMongo, memory for a {name} reply that swells to 200 MB", before + 8, after, "MB")
