"""
Replies spoilt in thousands of ways, to PyMongo: replies to finds, to its handshakes and to its monitors.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random
from time import monotonic
from typing import Any

import pytest
from bson.errors import InvalidBSON
from pymongo import common
from pymongo.errors import AutoReconnect, DocumentTooLarge, ProtocolError, PyMongoError

from motorish import MotorClient
from tests.faults.figures import Figures
from tests.faults.mongo_asking import OPTIONS, alone, end_alone, end_of, spoiling
from tests.faults.mongo_replay import MongoReplay
from tests.faults.mutations import mutate
from tests.faults.replay import PATIENCE_S
from tests.loops import until
from tests.memory import peak

MUTATIONS = 20_000
WORKERS = 20
HANG_S = 10.0
MOST_MB = 64
ONE = OPTIONS | {"maxPoolSize": 1}
OWN = (PyMongoError, InvalidBSON)


@pytest.mark.row("A9")
@pytest.mark.timeout(1800)
def test_spoilt_replies(replay: MongoReplay, figures: Figures) -> None:
    """
    Every spoilt reply ends as with PyMongo alone, and so does the next call, on that connection or another.
    """
    mutations = figures.times(MUTATIONS)
    found: Counter[str] = Counter()

    async def in_children(seeds: Iterator[int], base: int, replay: MongoReplay) -> dict[int, list[Any]]:
        ends = {}
        async with replay.serving(), MotorClient("127.0.0.1", replay.port, **ONE) as client:
            for seed in seeds:
                first = base + 10 * seed
                replay.spoilt = {first: spoiling(seed)}
                began = monotonic()
                got = [await end_of(client, first + number) for number in range(3)]
                found["hung"] += monotonic() - began > HANG_S + 4 * replay.idle_s
                found["mixed up"] += not isinstance(got[1], Exception) and got[1] != first + 1
                if isinstance(got[0], (ProtocolError, AutoReconnect)):
                    found["used again"] += replay.after(first)
                ends[seed] = [_shape(end, first) for end in got]
        return ends

    async def in_threads(seeds: Iterator[int], base: int, replay: MongoReplay) -> dict[int, list[Any]]:
        ends = {}
        async with replay.serving(), alone({"host": "127.0.0.1", "port": replay.port, **ONE}) as stock:
            for seed in seeds:
                first = base + 10 * seed
                replay.spoilt = {first: spoiling(seed)}
                got = [await asyncio.to_thread(end_alone, stock, first + number) for number in range(3)]
                ends[seed] = [_shape(end, first) for end in got]
        return ends

    async def all_of(work: Any, seeds: list[int], base: int, idle_s: float) -> dict[int, list[Any]]:
        numbers = iter(seeds)
        replays = [replay.another() for _ in range(min(WORKERS, len(seeds)))]
        for each in replays:
            each.idle_s = idle_s
        parts = await asyncio.gather(*(work(numbers, base, each) for each in replays))
        return {seed: ends for part in parts for seed, ends in part.items()}

    async def main() -> None:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS))
        seeds = [*range(mutations)]
        for idle_s in PATIENCE_S:  # those that differ are tried again, with more of it
            with peak() as memory:
                ends = await all_of(in_children, seeds, 0, idle_s)
            if len(ends) == mutations:
                found["peak"], found["left"] = round(memory.grown_mb), round(memory.left_mb)
                first = [each[0] for each in ends.values()]
                found["errors"] = sum(isinstance(end, type) for end in first)
                found["own"] = sum(isinstance(end, type) and issubclass(end, OWN) for end in first)
            others = await all_of(in_threads, seeds, 5, idle_s)
            seeds = [seed for seed in seeds if ends[seed] != others[seed]]
        found["different"] = len(seeds)
        print(*((seed, ends[seed], others[seed]) for seed in seeds), sep="\n")

    asyncio.run(main())
    figures.note("PyMongo, spoilt replies", mutations)
    figures.note("PyMongo, ended with PyMongo's error", found["own"])
    figures.note("PyMongo, with another error of stock PyMongo's", found["errors"] - found["own"])
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
    return end - base if isinstance(end, int) and end - base in range(3) else "spoilt"


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
                    client = MotorClient[Any]("127.0.0.1", replay.port, **OPTIONS)
                    ends.append(await end_of(client, seed))
                    with suppress(DocumentTooLarge):  # PyMongo's end of sessions, for a size below zero
                        await client.aclose()
                    await client.aclose()
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
