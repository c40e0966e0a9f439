"""
A replica set loses its primary under eight writers: no write lost, none doubled, no error, no long gap.

The primary steps down, or it is killed with SIGKILL.  PyMongo sends a failed write once more (retryable
writes), so each failure is over before the next one comes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pymongo
import pytest

from motorish.integrations.servers import ReplicaSet
from motorish.integrations.servers.base import poll_until
from tests.faults.figures import Figures
from tests.measures.failover import PATIENCE_S, Load, write_through

ELECTION_S, DEFAULT_ELECTION_S = 2, 10  # electionTimeoutMillis of the tests' set, and by default
GAP_S = 3.0
STEP_DOWN = {"replSetStepDown": 5, "secondaryCatchUpPeriodSecs": 4}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(150)]


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


@pytest.mark.row("A4")
def test_step_down(replica_set: ReplicaSet, stock: pymongo.MongoClient[Any], figures: Figures) -> None:
    """
    What was acknowledged is there, once, when a majority of the members is asked; no writer saw an error.
    """

    async def step_down(load: Load) -> None:
        first = await load.primary()
        assert 1 == (await asyncio.to_thread(first.command, STEP_DOWN))["ok"]
        await load.another_primary(first)
        await load.settle()  # who stepped down may have answered all it had: no failure is due

    load = asyncio.run(write_through(replica_set, step_down))

    load.record(figures, stock, GAP_S)


@pytest.fixture(params=[ELECTION_S, DEFAULT_ELECTION_S])
def election_s(request: pytest.FixtureRequest, stock: pymongo.MongoClient[Any]) -> Iterator[int]:
    """
    Return after how many seconds without a primary the set elects another.
    """
    if request.param != ELECTION_S and request.config.getoption("scale") < 1:
        pytest.skip("an election after the default time is for --scale 1")
    set_election_timeout(stock, request.param)
    yield request.param
    set_election_timeout(stock, ELECTION_S)


def set_election_timeout(stock: pymongo.MongoClient[Any], seconds: int) -> None:
    """
    Reconfigure the set.
    """
    config = stock.admin.command("replSetGetConfig")["config"]
    config["settings"]["electionTimeoutMillis"] = seconds * 1000
    config["version"] += 1
    stock.admin.command("replSetReconfig", config)


@pytest.mark.row("A5")
def test_killed_primary(
    replica_set: ReplicaSet, stock: pymongo.MongoClient[Any], election_s: int, figures: Figures
) -> None:
    """
    The same when the primary is killed, and while it comes back; writes failed, and were sent again.
    """

    async def kill(load: Load) -> None:
        first = await load.primary()
        await asyncio.to_thread(first.kill)
        await load.another_primary(first)
        await load.settle()
        await asyncio.to_thread(first.start)
        await load.settle()

    load = asyncio.run(write_through(replica_set, kill))

    assert load.failures.count
    load.record(figures, stock, election_s + GAP_S, f", elections after {election_s} s")
