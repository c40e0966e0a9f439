"""
Replies that are garbage, cut off or otherwise spoilt, to PyMongo.

The server plays one behind a load balancer: then PyMongo has no monitors, whose half-second pauses after
each error would make this last for hours.
"""

from __future__ import annotations

import asyncio
import struct
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from random import Random
from time import monotonic
from typing import Any

import pymongo
import pytest
from backports import zstd
from bson.errors import InvalidBSON
from pymongo import common
from pymongo.errors import AutoReconnect, ProtocolError, PyMongoError

from motorish import MotorClient
from tests.faults.figures import Figures
from tests.faults.memory import peak
from tests.faults.mongo_replay import HEADER, OP_MSG, MongoReplay, Spoil, record
from tests.faults.mutations import mutate
from tests.faults.replay import PATIENCE_S
from tests.loops import until

MUTATIONS = 20_000
WORKERS = 20
HANG_S = 10.0
MOST_MB = 64
OPTIONS: dict[str, Any] = {"loadBalanced": True, "retryReads": False, "waitQueueTimeoutMS": 5000}
BOMB_MB = 200
OP_COMPRESSED = 2012
OWN = (PyMongoError, InvalidBSON)


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


def bare(error: Exception) -> Exception:
    """
    Return an error without what it holds on to: cursors in the frames of its traceback keep connections.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


async def end_of(client: MotorClient, number: int) -> Any:
    """
    Return what a find gives, or the error in its place.
    """
    try:
        document = await client.motorish_test.replay.find_one({"_id": number})
    except Exception as error:
        return bare(error)
    return document["_id"] if document else None


@asynccontextmanager
async def alone(address: dict[str, Any]) -> AsyncIterator[pymongo.MongoClient[Any]]:
    """
    Give PyMongo's own client, for use in threads.
    """
    client = await asyncio.to_thread(pymongo.MongoClient[Any], **address)
    try:
        yield client
    finally:
        await asyncio.to_thread(client.close)


def end_alone(client: pymongo.MongoClient[Any], number: int) -> Any:
    """
    Return what a find gives PyMongo alone, or the error in its place.
    """
    try:
        document = client.motorish_test.replay.find_one({"_id": number})
    except Exception as error:
        return bare(error)
    return document["_id"] if document else None


@pytest.fixture
def replay(mongod_uri: str) -> MongoReplay:
    """
    Return a server that says what the real one has said.
    """
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        return record(stock)


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


def spoiling(seed: int) -> Spoil:
    """
    Return what spoils a reply in the way of this seed.
    """
    return lambda reply: mutate(reply, Random(seed))


@pytest.mark.row("A9")
@pytest.mark.timeout(1800)
def test_spoilt_replies(replay: MongoReplay, figures: Figures) -> None:
    """
    Every spoilt reply ends as with PyMongo alone, and so does the next call, on that connection or another.
    """
    mutations = figures.times(MUTATIONS)
    found: Counter[str] = Counter()

    async def work(seeds: Iterator[int], replay: MongoReplay) -> None:
        async with replay.serving():
            address = {"host": "127.0.0.1", "port": replay.port, "maxPoolSize": 1, **OPTIONS}
            async with alone(address) as stock, MotorClient(**address) as client:
                for seed in seeds:
                    await one(seed, replay, client, stock)

    async def one(seed: int, replay: MongoReplay, client: MotorClient, stock: Any) -> None:
        for attempt, replay.idle_s in enumerate(PATIENCE_S):
            base = 30 * seed + 10 * attempt
            replay.spoilt = {base: spoiling(seed), base + 5: spoiling(seed)}
            began = monotonic()
            ends = [await end_of(client, base + number) for number in range(3)]
            found["hung"] += monotonic() - began > HANG_S + 4 * replay.idle_s
            others = [await asyncio.to_thread(end_alone, stock, base + 5 + number) for number in range(3)]
            if [_shape(end, base) for end in ends] == [_shape(end, base + 5) for end in others]:
                break
        else:
            found["different"] += 1
            print(f"mutation {seed}: {ends!r} in a child, {others!r} in a thread")
        if isinstance(ends[0], Exception):
            found["own error" if isinstance(ends[0], OWN) else "other error"] += 1
        if isinstance(ends[0], (ProtocolError, AutoReconnect)):
            found["used again"] += replay.after(base)
        found["mixed up"] += not isinstance(ends[1], Exception) and ends[1] != base + 1
        found["mixed up"] += ends[2] != base + 2

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS))
        seeds = iter(range(mutations))
        with peak() as memory:
            await asyncio.gather(*(work(seeds, replay.another()) for _ in range(WORKERS)))
        found["peak"], found["left"] = round(memory.grown_mb), round(memory.left_mb)

    asyncio.run(main())
    figures.note("PyMongo, spoilt replies", mutations)
    figures.note("PyMongo, ended with PyMongo's error", found["own error"])
    figures.note("PyMongo, with another error of stock PyMongo's", found["other error"])
    figures.equal("PyMongo, ended otherwise than without motorish", 0, found["different"])
    figures.equal("PyMongo, hung", 0, found["hung"])
    figures.equal("PyMongo, answers of another call", 0, found["mixed up"])
    figures.equal(
        "PyMongo, connections used again after ProtocolError, AutoReconnect", 0, found["used again"]
    )
    figures.at_most("PyMongo, memory that it took", MOST_MB, found["left"], "MB")
    figures.note(f"PyMongo, at the peak of {WORKERS} at once", found["peak"], "MB")


def _shape(end: Any, base: int) -> Any:
    """
    Return what must be the same: the error's type, or which answer it is.
    """
    if isinstance(end, Exception):
        return type(end)
    return end - base if isinstance(end, int) and abs(end - base) < 10 else "spoilt"


@pytest.mark.row("A9")
@pytest.mark.timeout(600)
def test_spoilt_greetings(replay: MongoReplay, figures: Figures) -> None:
    """
    A spoilt reply to hello is the first call's error, or does no harm; nothing stays open.
    """
    clients = figures.times(MUTATIONS // 10)
    ends: list[Any] = []

    async def main() -> None:
        numbers = iter(range(clients))

        async def work(replay: MongoReplay) -> None:
            async with replay.serving():
                for seed in numbers:
                    replay.spoil_hello = spoiling(seed)
                    async with MotorClient("127.0.0.1", replay.port, **OPTIONS) as client:
                        ends.append(await end_of(client, seed))
                await until(lambda: not replay.open)

        await asyncio.gather(*(work(replay.another()) for _ in range(WORKERS)))

    asyncio.run(main())
    errors = [end for end in ends if isinstance(end, Exception)]
    own = sum(isinstance(error, OWN) for error in errors)
    figures.note("PyMongo, spoilt replies to hello", clients)
    figures.note("PyMongo, ended with PyMongo's error", own)
    figures.note("PyMongo, with another error of stock PyMongo's", len(errors) - own)


@pytest.mark.row("A9")
def test_monitors_survive(replay: MongoReplay, figures: Figures, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A monitor that hears nothing but nonsense goes on asking, and finds the server when it comes to itself.
    """
    monkeypatch.setattr(common, "MIN_HEARTBEAT_INTERVAL", 0.01)
    asked = figures.times(4000)
    seeds = iter(range(asked))
    spoken: list[int] = []

    def spoil(reply: bytes) -> bytes:
        seed = next(seeds, None)
        if seed is None:
            return reply
        spoken.append(seed)
        return mutate(reply, Random(seed))

    async def main() -> Any:
        replay.spoil_hello = spoil
        options: dict[str, Any] = {"directConnection": True, "serverSelectionTimeoutMS": 500}
        options |= {"heartbeatFrequencyMS": 10, "serverMonitoringMode": "poll"}
        async with replay.serving(), MotorClient("127.0.0.1", replay.port, **options) as client:
            while await end_of(client, 7) != 7 or len(spoken) < asked:
                await asyncio.sleep(0.001)
            return [await end_of(client, number) for number in range(10, 20)]

    found = asyncio.run(main())
    figures.equal("PyMongo, spoilt replies to its monitor, until that found the server", asked, len(spoken))
    assert [*range(10, 20)] == found
