"""
Eight writers on a replica set, and what it has of their writes after a failure.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from itertools import pairwise
from time import monotonic
from typing import Any

import pymongo
from pymongo.monitoring import CommandFailedEvent, CommandListener, CommandStartedEvent, CommandSucceededEvent

from motorish import MotorClient, MotorDatabase
from motorish.integrations.servers import Mongod, ReplicaSet
from tests.faults.figures import Figures

COROUTINES, CALLBACKS = 6, 2
NAMES = [f"writer{number}" for number in range(COROUTINES + CALLBACKS)]
SETTLED = 20  # rounds of each writer before the first failure and after each
PATIENCE_S = 30.0
BACK_S = 1.0


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

    def __init__(self, name: str, database: MotorDatabase, acknowledged_at: list[float]) -> None:
        self.name, self.acknowledged_at = name, acknowledged_at
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
                self.acknowledged_at.append(monotonic())
                for counter in (self.name, "all"):
                    await self.counters.update_one({"_id": counter}, {"$inc": {"count": 1}})
                    self.acknowledged_at.append(monotonic())
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
        self.acknowledged_at.append(monotonic())
        self.acknowledged += 1
        self.begin_round()

    def count(self, counter: str, callback: Callable[..., None], error: BaseException | None) -> None:
        if error is not None:
            self.ended.set_exception(error)
        else:
            self.acknowledged_at.append(monotonic())
            self.counters.update_one({"_id": counter}, {"$inc": {"count": 1}}, callback=callback)


class Load:
    """
    Eight writers, and when anything was acknowledged.
    """

    def __init__(self, replica_set: ReplicaSet, database: MotorDatabase, failures: Failures) -> None:
        self.replica_set, self.database, self.failures = replica_set, database, failures
        self.acknowledged_at: list[float] = []
        self.writers = [Writer(name, database, self.acknowledged_at) for name in NAMES]
        self.back_s = 0.0

    async def settle(self) -> None:
        """
        Return when every writer has done some rounds more.
        """
        goals = [(writer, writer.acknowledged + SETTLED) for writer in self.writers]
        async with asyncio.timeout(PATIENCE_S):
            while any(writer.acknowledged < goal and not writer.ended.done() for writer, goal in goals):
                await asyncio.sleep(0.02)

    async def primary(self) -> Mongod:
        """
        Return the primary, when there is one.
        """
        async with asyncio.timeout(PATIENCE_S):
            while (found := await asyncio.to_thread(lambda: self.replica_set.primary)) is None:
                await asyncio.sleep(0.02)
        return found

    async def another_primary(self, old: Mongod) -> None:
        """
        Return when a different one is the primary and the client has read from it.
        """
        reading = asyncio.create_task(self.read())
        while await self.primary() is old:
            await asyncio.sleep(0.02)
        is_primary_at = monotonic()
        self.back_s = max(0.0, await reading - is_primary_at)

    async def read(self) -> float:
        await self.database.counters.find_one()
        return monotonic()

    async def run(self, break_it: Callable[[Load], Coroutine[Any, Any, None]]) -> None:
        """
        Let the writers write through what *break_it* does.
        """
        tasks = [asyncio.create_task(writer.run()) for writer in self.writers[:COROUTINES]]
        for writer in self.writers[COROUTINES:]:
            writer.begin_round()
        try:
            await self.settle()
            await break_it(self)
        finally:
            for writer in self.writers:
                writer.stopping = True
            await asyncio.gather(*tasks, *(writer.ended for writer in self.writers), return_exceptions=True)

    def record(self, figures: Figures, stock: pymongo.MongoClient[Any], gap_s: float, how: str = "") -> None:
        """
        Record errors, what a majority of the members has, and for how long nothing was acknowledged.
        """
        errors = [writer.ended.exception() for writer in self.writers]
        database = stock.motorish_failover
        found = [document["_id"] for document in database.documents.find()]
        rounds = {writer.name: writer.acknowledged for writer in self.writers}
        acknowledged = {f"{name}-{number}" for name, count in rounds.items() for number in range(count)}
        counters = {counter["_id"]: counter["count"] for counter in database.counters.find()}
        expected = {**rounds, "all": sum(rounds.values())}
        gap = max(after - before for before, after in pairwise(self.acknowledged_at))

        name = f"PyMongo{how}"
        figures.equal(f"{name}, errors that the writers saw", 0, sum(error is not None for error in errors))
        figures.note(f"{name}, writes acknowledged", 3 * len(acknowledged))
        less = sum(max(0, expected[counter] - counters[counter]) for counter in expected)
        more = sum(max(0, counters[counter] - expected[counter]) for counter in expected)
        figures.equal(f"{name}, writes lost", 0, len(acknowledged.difference(found)) + less)
        figures.equal(f"{name}, writes doubled", 0, len(found) - len(acknowledged) + more)
        figures.at_most(f"{name}, longest time without an acknowledged write", gap_s, gap, "s")
        figures.at_most(f"{name}, from the new primary to a read from it", BACK_S, self.back_s, "s")
        figures.note(f"{name}, writes that failed and were sent again", self.failures.count)


async def write_through(
    replica_set: ReplicaSet, break_it: Callable[[Load], Coroutine[Any, Any, None]]
) -> Load:
    """
    Return the load, when *break_it* is over.
    """
    failures = Failures()
    async with MotorClient(replica_set.uri, w="majority", event_listeners=[failures]) as client:
        database = client.motorish_failover
        await database.counters.insert_many([{"_id": name, "count": 0} for name in [*NAMES, "all"]])
        load = Load(replica_set, database, failures)
        await load.run(break_it)
    return load
