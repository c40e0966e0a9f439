"""
Bugs that PyMongo, its asynchronous client, Motor and users of Motor have shipped.
"""

from __future__ import annotations

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Iterator
from time import monotonic
from typing import Any, NoReturn

import pymongo
import pytest
from pymongo.errors import NotPrimaryError
from pymongo.monitoring import CommandListener

import motorish
from motorish.integrations.servers import ReplicaSet
from tests.faults.figures import Figures
from tests.loops import outcome, until

SLOW = {"$where": "sleep(300) || true"}
STEP_DOWN = {"replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 4}
LOSE = {"failCommands": ["getMore"], "closeConnection": True, "appName": "resumed"}
EXIT_S = 1.0

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture
def alarm() -> Iterator[None]:
    """
    Let the alarm's signal be a KeyboardInterrupt.
    """

    def handle(number: int, frame: object) -> NoReturn:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, handle)
    yield
    signal.setitimer(signal.ITIMER_REAL, 0)
    signal.signal(signal.SIGALRM, before)


@pytest.mark.row("G23")
def test_interrupted_queries(mongod_uri: str, alarm: None, figures: Figures) -> None:
    """
    KeyboardInterrupt comes out of the loop amid a query; the next one, on the same loop, is right.
    """
    rounds = figures.times(200, least=5)
    client = motorish.MotorClient(mongod_uri, maxPoolSize=1)
    things = client.motorish_test.interrupted
    loop = asyncio.new_event_loop()

    async def find(query: dict[str, Any]) -> Any:
        return await things.find_one(query)

    async def prepare() -> None:
        await things.drop()
        await things.insert_many([{"_id": number} for number in range(rounds)])

    loop.run_until_complete(prepare())
    wrong = 0
    for number in range(rounds):
        slow = loop.create_task(find(SLOW))
        signal.setitimer(signal.ITIMER_REAL, 0.05)
        with pytest.raises(KeyboardInterrupt):
            loop.run_until_complete(slow)
        slow.cancel()
        wrong += loop.run_until_complete(find({"_id": number})) != {"_id": number}
        assert asyncio.CancelledError is loop.run_until_complete(outcome(slow))
    client.close()
    loop.close()
    figures.equal(f"PyMongo, wrong replies after {rounds} interrupts", 0, wrong)


HUNDRED_STREAMS = """
import asyncio, json, sys, time
import motorish

async def main():
    client = motorish.MotorClient(sys.argv[1], maxPoolSize=None)
    things = client.motorish_test.hundred
    await things.replace_one({"_id": 1}, {}, upsert=True)
    streams = [things.watch(max_await_time_ms=10_000) for _ in range(100)]
    waiting = [stream.next() for stream in streams if await stream]
    await asyncio.sleep(0.5)
    took = []
    for _ in range(100):
        began = time.monotonic()
        await things.find_one({"_id": 1})
        took.append(time.monotonic() - began)
    if sys.argv[2] == "close":
        await client.close()
        await asyncio.gather(*waiting, return_exceptions=True)
    print(json.dumps({"slowest_ms": max(took) * 1000, "streams": len(waiting), "at": time.monotonic()}))

asyncio.run(main())
"""


@pytest.mark.row("G27")
@pytest.mark.parametrize("how", ["close", "no close"])
def test_hundred_streams_starve_nobody(mongod_uri: str, how: str, figures: Figures) -> None:
    """
    A hundred change streams wait: operations go on beside them, and the program ends quietly amid them.
    """
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-c", HUNDRED_STREAMS, mongod_uri, how]
    exits = []
    for _ in range(3):
        done = subprocess.run(command, capture_output=True, text=True, timeout=50)
        ended = monotonic()
        assert 0 == done.returncode, done.stderr
        seen = json.loads(done.stdout)
        assert 100 == seen["streams"]
        exits.append(ended - seen["at"])
        if exits[-1] <= EXIT_S:
            break
    figures.equal(f"Motor's API, {how}: lines printed at the end", 0, len(done.stderr.splitlines()))
    figures.at_most(f"Motor's API, {how}: exit", EXIT_S, min(exits), "s")
    figures.at_most(f"Motor's API, {how}: slowest of 100 find_one", 1000, seen["slowest_ms"], "ms")


class Resumed(CommandListener):
    """
    Counts how often a change stream was opened anew, after what it had given.
    """

    count = 0

    def started(self, event: Any) -> None:
        """
        Count one.
        """
        first = next(iter(event.command.get("pipeline") or ()), {})
        self.count += "resumeAfter" in first.get("$changeStream", ())

    def succeeded(self, event: Any) -> None:
        """
        Nothing new.
        """

    failed = succeeded


@pytest.mark.row("G29")
def test_no_event_is_missed_or_doubled(replica_set: ReplicaSet, figures: Figures) -> None:
    """
    Batches come that are empty but for a new token, then the primary steps down: the stream goes on there.
    """
    rounds = figures.times(10, least=1)
    resumed = Resumed()

    async def main() -> tuple[list[int], int]:
        client = motorish.MotorClient(
            replica_set.uri, w="majority", appname="resumed", event_listeners=[resumed]
        )
        other = motorish.MotorClient(replica_set.uri, w="majority")
        things = client.motorish_test.resumed
        await things.drop()
        got: list[int] = []
        stream = await things.watch([{"$match": {"fullDocument.wanted": True}}], max_await_time_ms=100)

        async def follow() -> None:
            async for change in stream:
                got.append(change["fullDocument"]["n"])

        following = asyncio.create_task(follow())
        number = 0

        async def write(wanted: bool) -> None:
            nonlocal number
            for _ in range(10):  # what is inserted together comes in one batch
                numbers = range(number, number + 5)
                documents = [{"n": n if wanted else -1, "wanted": wanted} for n in numbers]
                # PyMongo does not retry a write which had to wait for its connection, when it has heard
                # meanwhile that its server is no primary any more.
                while NotPrimaryError is await outcome(things.insert_many(documents)):
                    pass
                number += wanted * len(numbers)

        for _ in range(rounds):
            await write(True)
            await until(lambda: len(got) == number)
            seen = stream.resume_token
            await write(False)
            await until(lambda before=seen: before != stream.resume_token)  # type: ignore[misc]
            writing = asyncio.create_task(write(True))
            await until(lambda before=number: len(got) > before)  # type: ignore[misc]
            # A server that is no primary any more goes on with the cursors that it has: let it lose this one.
            await other.admin.command("configureFailPoint", "failCommand", mode={"times": 1}, data=LOSE)
            await outcome(other.admin.command(STEP_DOWN))
            await writing
            await write(True)
        await until(lambda: len(got) >= number)
        await write(False)
        await asyncio.sleep(0.3)  # for one that comes twice
        following.cancel()
        await outcome(following)
        await client.drop_database("motorish_test")
        for each in (client, other):
            await each.close()
        return got, number

    got, number = asyncio.run(main())
    figures.at_least("PyMongo, times that the stream was resumed", rounds, resumed.count)
    figures.equal(f"PyMongo, of {number} events and {rounds} step-downs: missed", 0, number - len(set(got)))
    figures.equal("PyMongo, events doubled or out of order", 0, sum(a != b for a, b in enumerate(got)))


@pytest.mark.row("G34")
@pytest.mark.parametrize("kind", [motorish.MotorClient, motorish.AsyncMongoClient])
def test_unknown_attributes_are_not_callable(kind: Any, figures: Figures) -> None:
    """
    callable() tells a client's methods from databases; the method that an ODM asked for is there.
    """
    client = kind(connect=False)
    known = [name for name in dir(pymongo.MongoClient) if not name.startswith("_")]
    named = [f"{name}_of_tomorrow" for name in known]

    assert callable(client.append_metadata)
    count = sum(callable(getattr(client, name)) for name in named)
    figures.equal(f"{kind.__name__}, unknown attributes of {len(named)} that are callable", 0, count)
