"""
Row G25: bugs that PyMongo's own AsyncMongoClient has shipped, tried on motorish's.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

import motorish
from motorish import AsyncMongoClient
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import ReplicaSet
from tests.faults.figures import Figures
from tests.loops import Runner, on_every_loop, outcome, run_uvloop, until

SLOW = {"$where": "sleep(2000) || true"}
LATE_MS = 50

pytestmark = pytest.mark.row("G25")


async def is_at_rest(client: AsyncMongoClient) -> bool:
    """
    Whether the only connection that the client may have can be used again.
    """
    with motorish.timeout(1.0):
        pinged = await client.admin.command("ping")
    pools = [server.pool for server in client.delegate._topology._servers.values()]
    return bool(pinged["ok"]) and not any(pool.active_sockets or pool.operation_count for pool in pools)


def test_cancels(mongod_uri: str, figures: Figures) -> None:
    """
    An operation, a cursor, a transaction and a change stream are cancelled: each gives back its connection.
    """
    sessions: list[Any] = []
    streams: list[Any] = []

    async def transaction(client: AsyncMongoClient) -> None:
        async with client.start_session() as session, await session.start_transaction():
            sessions.append(session)
            await client.motorish_test.cancelled.insert_one({"_id": 2}, session=session)
            await client.motorish_test.cancelled.find_one(SLOW, session=session)

    async def follow(client: AsyncMongoClient) -> None:
        async with await client.motorish_test.cancelled.watch() as stream:
            streams.append(stream)
            await stream.next()

    ways: list[Callable[[AsyncMongoClient], Awaitable[Any]]] = [
        lambda client: client.motorish_test.cancelled.find_one(SLOW),
        lambda client: client.motorish_test.cancelled.find(SLOW).to_list(),
        transaction,
        follow,
    ]

    async def main() -> int:
        clean = 0
        client = AsyncMongoClient(mongod_uri, maxPoolSize=1)
        await client.motorish_test.cancelled.replace_one({"_id": 1}, {}, upsert=True)
        for way in ways:
            task = asyncio.ensure_future(way(client))
            await asyncio.sleep(0.1)
            task.cancel()
            assert asyncio.CancelledError is await outcome(task)
            clean += await is_at_rest(client)
        assert not sessions[0].in_transaction
        assert not streams[0].alive
        with motorish.timeout(2.0):  # else the lock of the transaction is held
            await client.motorish_test.cancelled.insert_one({"_id": 2})
        await client.drop_database("motorish_test")
        await client.close()
        return clean

    figures.equal(f"AsyncMongoClient, of {len(ways)} cancelled were clean", len(ways), asyncio.run(main()))


@on_every_loop
def test_loops(run: Runner, mongod_uri: str, figures: Figures) -> None:
    """
    One client is used on three loops, one after the other, of each kind: finds and changes, fifty at a time.
    """
    client = AsyncMongoClient(mongod_uri)
    worked = 0

    async def main() -> None:
        nonlocal worked
        things = client.motorish_test.loops
        async with await things.watch() as stream:
            await things.insert_one({"n": 1})
            change = await stream.next()
        found = await asyncio.gather(*(things.find_one(change["documentKey"]) for _ in range(50)))
        worked += [1] * 50 == [each["n"] for each in found if each]
        await client.drop_database("motorish_test")

    for _ in range(3):
        run(main)

    async def close() -> None:
        await client.close()

    run(close)
    figures.equal(f"AsyncMongoClient, {run.__name__[4:]}: loops of 3 on which it worked", 3, worked)


def test_connecting_does_not_block(mongod_uri: str, figures: Figures) -> None:
    """
    A hundred connections are made at once; the loop goes on.
    """
    lags: list[Lag] = []

    async def main() -> Lag:
        async with AsyncMongoClient(mongod_uri, maxConnecting=10) as client, measured() as lag:
            await asyncio.gather(*(client.motorish_test.cold.find_one() for _ in range(100)))
        lags.append(lag)
        return lag

    assert_no_lag(main)
    late_ms = min(max(0.0, lag.ticker_s - lag.control_s) for lag in lags) * 1000
    figures.at_most("AsyncMongoClient, 100 at once when cold: the loop is late by", LATE_MS, late_ms, "ms")


def test_a_monitor_that_removes_its_own_server(replica_set: ReplicaSet, figures: Figures) -> None:
    """
    The seeds are names that the replica set does not use: each monitor's first news is that its server goes.
    """

    async def main() -> set[tuple[str, int]]:
        uri = replica_set.uri.replace("127.0.0.1", "localhost")
        async with AsyncMongoClient(uri, serverSelectionTimeoutMS=10_000) as client:
            await client.admin.command("ping")
            await until(lambda: len(client.nodes) == len(replica_set.nodes))
            await asyncio.gather(*(client.motorish_test.removed.find_one() for _ in range(50)))
            return set(client.nodes)

    expected = {("127.0.0.1", node.port) for node in replica_set.nodes}
    found = expected & asyncio.run(main())
    figures.equal("AsyncMongoClient, members found after all seeds were removed", len(expected), len(found))
    assert expected == run_uvloop(main)
