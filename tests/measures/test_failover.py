"""
A replica set loses its primary under eight writers: no write lost, none doubled, no error.

Twice: the primary steps down, and the next one is killed with SIGKILL.  PyMongo sends a failed write
once more (retryable writes), so each failure is over before the next one comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pymongo
import pytest
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from motorish import MotorClient, MotorDatabase
from motorish.integrations.servers import Mongod, ReplicaSet
from motorish.integrations.servers.base import poll_until

COROUTINES, CALLBACKS = 6, 2
SETTLED = 20  # rounds of each writer before the first failure and after each
PATIENCE_S = 30.0
STEP_DOWN = {"replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 4}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


class Failures(CommandListener):
    """
    Counts the writes that failed under the driver's hands, and which it sent once more.
    """

    count = 0

    def started(self, event: CommandStartedEvent) -> None: ...

    def succeeded(self, event: CommandSucceededEvent) -> None: ...

    def failed(self, event: CommandFailedEvent) -> None:
        self.count += event.command_name in ("insert", "update")


class Writer:
    """
    Rounds of three writes, one after the other: a new document, the writer's counter, everybody's counter.
    """

    def __init__(self, name: str, database: MotorDatabase) -> None:
        self.name = name
        self.documents, self.counters = database.documents, database.counters
        self.acknowledged = 0  # rounds
        self.stopping = False
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def document(self) -> dict[str, str]:
        return {"_id": f"{self.name}-{self.acknowledged}"}

    async def run(self) -> None:
        """
        Write with coroutines until told to stop; `ended` gets the first error.
        """
        try:
            while not self.stopping:
                await self.documents.insert_one(self.document())
                for counter in (self.name, "all"):
                    await self.counters.update_one({"_id": counter}, {"$inc": {"count": 1}})
                self.acknowledged += 1
        except Exception as error:
            self.ended.set_exception(error)
        else:
            self.ended.set_result(None)

    def begin_round(self) -> None:
        """
        The same with the callback API.
        """
        if self.stopping:
            self.ended.set_result(None)
        else:
            self.documents.insert_one(self.document(), callback=self.on_inserted)

    def on_inserted(self, result: object, error: BaseException | None) -> None:
        self.count(self.name, self.on_counted, error)

    def on_counted(self, result: object, error: BaseException | None) -> None:
        self.count("all", self.on_counted_for_all, error)

    def on_counted_for_all(self, result: object, error: BaseException | None) -> None:
        if error is not None:
            self.ended.set_exception(error)
            return
        self.acknowledged += 1
        self.begin_round()

    def count(self, counter: str, callback: Callable[..., None], error: BaseException | None) -> None:
        if error is not None:
            self.ended.set_exception(error)
        else:
            self.counters.update_one({"_id": counter}, {"$inc": {"count": 1}}, callback=callback)


async def settle(writers: Iterable[Writer]) -> None:
    """
    Return when every writer has done some rounds more.
    """
    goals = [(writer, writer.acknowledged + SETTLED) for writer in writers]
    async with asyncio.timeout(PATIENCE_S):
        while any(writer.acknowledged < goal for writer, goal in goals):
            for writer, _ in goals:
                if writer.ended.done():
                    writer.ended.result()
            await asyncio.sleep(0.02)


async def another_primary(replica_set: ReplicaSet, old: Mongod) -> Mongod:
    """
    Return the primary, when it is a different one and the writers go on.
    """
    async with asyncio.timeout(PATIENCE_S):
        while (primary := await asyncio.to_thread(lambda: replica_set.primary)) in (None, old):
            await asyncio.sleep(0.05)
    assert primary is not None
    return primary


async def run_through_failures(replica_set: ReplicaSet, failures: Failures) -> dict[str, int]:
    """
    Let the writers write through both failures; return each one's acknowledged rounds.
    """
    async with MotorClient(replica_set.uri, w="majority", event_listeners=[failures]) as client:
        database = client.motorish_failover
        names = [f"writer{number}" for number in range(COROUTINES + CALLBACKS)]
        await database.counters.insert_many([{"_id": name, "count": 0} for name in [*names, "all"]])
        writers = [Writer(name, database) for name in names]
        tasks = [asyncio.create_task(writer.run()) for writer in writers[:COROUTINES]]
        for writer in writers[COROUTINES:]:
            writer.begin_round()
        try:
            await settle(writers)
            first = replica_set.primary
            assert first is not None
            assert 1 == (await asyncio.to_thread(first.command, STEP_DOWN))["ok"]
            second = await another_primary(replica_set, first)
            await settle(writers)  # who stepped down may have answered all it had: no failure is due

            failures.count = 0
            await asyncio.to_thread(second.kill)
            await another_primary(replica_set, second)
            await settle(writers)
            assert failures.count

            await asyncio.to_thread(second.start)
            await settle(writers)
        finally:
            for writer in writers:
                writer.stopping = True
            await asyncio.gather(*tasks, *(writer.ended for writer in writers))
        return {writer.name: writer.acknowledged for writer in writers}


@pytest.fixture
def stock(replica_set: ReplicaSet) -> Iterator[pymongo.MongoClient[Any]]:
    """
    Return PyMongo's own client; at the end the database is gone and all members serve again.
    """
    majority = {"w": "majority", "readConcernLevel": "majority"}
    with pymongo.MongoClient[Any](replica_set.uri, **majority) as stock:
        yield stock
        stock.drop_database("motorish_failover")
        assert poll_until(lambda: len(stock.nodes) == len(replica_set.nodes), PATIENCE_S)


def test_no_write_is_lost_or_doubled(replica_set: ReplicaSet, stock: pymongo.MongoClient[Any]) -> None:
    """
    What was acknowledged is there, once, when a majority of the members is asked; no writer saw an error.
    """
    rounds = asyncio.run(run_through_failures(replica_set, Failures()))
    print(rounds)

    database = stock.motorish_failover
    expected = {f"{name}-{number}" for name, count in rounds.items() for number in range(count)}
    assert expected == {document["_id"] for document in database.documents.find()}
    assert {**rounds, "all": sum(rounds.values())} == {
        counter["_id"]: counter["count"] for counter in database.counters.find()
    }
