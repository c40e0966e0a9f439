"""
Rows D39 and D40: what is left on the server and in the process of many operations and connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pymongo
import pytest
import redis
from pymongo.monitoring import CommandListener
from redis.backoff import NoBackoff
from redis.retry import Retry

import motorish
from motorish import MotorClient
from motorish.hub import current_hub
from motorish.integrations.servers.base import free_port
from motorish.testing import chaos
from tests.faults import everyday
from tests.faults.census import census
from tests.faults.figures import Figures
from tests.loops import until

AT_ONCE = 50
CYCLES_AT_ONCE = 10
FAILS_IN_MS = 50


class Sessions(CommandListener):
    """
    Notes the server sessions that commands have used.
    """

    def __init__(self) -> None:
        self.seen: set[Any] = set()

    def started(self, event: Any) -> None:
        """
        Note one.
        """
        if "lsid" in event.command:
            self.seen.add(event.command["lsid"]["id"])

    def succeeded(self, event: Any) -> None:
        """
        Nothing new.
        """

    failed = succeeded


@pytest.mark.row("D39")
@pytest.mark.timeout(300)
def test_sessions(mongod_uri: str, figures: Figures) -> None:
    """
    Operations share as many sessions as there are at once; closing the client ends them on the server.
    """
    count = figures.times(10_000, least=500)
    sessions = Sessions()

    async def work(things: Any) -> None:
        for number in range(count // AT_ONCE):
            await things.find_one({"_id": number})

    async def main() -> None:
        client = MotorClient(mongod_uri, event_listeners=[sessions])
        await asyncio.gather(*(work(client.motorish_test.sessions) for _ in range(AT_ONCE)))
        await client.close()

    def on_server(stock: Any) -> int:
        # Else the server's table learns once in five minutes of those that were used or have ended.
        stock.admin.command("refreshLogicalSessionCacheNow")
        listed = stock.config.system.sessions.aggregate([{"$listSessions": {"allUsers": True}}])
        return sum(each["_id"]["id"] in sessions.seen for each in listed)

    asyncio.run(main())
    used = len(sessions.seen)
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        left = on_server(stock)

    figures.at_most(f"PyMongo: sessions of {count:,} operations, {AT_ONCE} at a time", AT_ONCE, used)
    figures.equal("PyMongo: sessions left on the server after close()", 0, left)


async def grown(cycle: Callable[[], Any], times: int) -> dict[str, int]:
    """
    Let *cycle* run so often in children.

    Returns:
        By how much the counts have changed.
    """

    async def work(rounds: int) -> None:
        for _ in range(rounds):
            await motorish.spawn(cycle)

    async def all_over() -> dict[str, int]:
        await until(lambda: not current_hub().calls and not current_hub().streams)
        return census()

    await asyncio.gather(*(work(2) for _ in range(CYCLES_AT_ONCE)))  # what is made once, is made now
    before = await all_over()
    await asyncio.gather(*(work(times // CYCLES_AT_ONCE) for _ in range(CYCLES_AT_ONCE)))
    after = await all_over()
    return {what: after[what] - number for what, number in before.items()}


IMPATIENT: dict[str, Callable[[str, int], Any]] = {
    "PyMongo": partial(pymongo.MongoClient, directConnection=True, serverSelectionTimeoutMS=FAILS_IN_MS),
    "redis-py": partial(redis.Redis, retry=Retry(NoBackoff(), 0)),  # by default it tries for seconds
}
NAMES = ["PyMongo", "PyMySQL", "psycopg2", "redis-py"]


def record(figures: Figures, label: str, differences: dict[str, int]) -> None:
    """
    Record what has changed: nothing, it should be.
    """
    found = ", ".join(f"{number:+} {what}" for what, number in differences.items() if number)
    figures.equal(label, "as before", found or "as before")


@pytest.mark.row("D40")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", NAMES)
def test_connect_use_close(name: str, request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    Descriptors, greenlets, tasks, threads and registrations are as before.
    """
    driver = everyday.drivers(everyday.addresses(request, name))[name]
    count = figures.times(10_000, least=50)

    def cycle() -> None:
        assert "said" == driver.session("said")

    with motorish.patch(*driver.packages):
        differences = asyncio.run(grown(cycle, count))

    record(figures, f"{name}: after {count:,} times connect, use, close", differences)


@pytest.mark.row("D40")
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("fault", ["refused", "reset"])
def test_failing_to_connect(fault: str, name: str, request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    The same where nobody listens, and where the connection is reset before a word was said.
    """
    where = everyday.addresses(request, name)
    patient = everyday.drivers(where)[name]
    count = figures.times(5_000, least=20)

    def cycle(host: str, port: int) -> None:
        here = patient.at(host, port)
        here = replace(here, connect=IMPATIENT.get(name, here.connect))
        with pytest.raises(Exception) as caught:
            here.session("said")
        assert type(caught.value).__module__.partition(".")[0] == patient.packages[0]

    with motorish.patch(*patient.packages):
        if fault == "refused":
            differences = asyncio.run(grown(partial(cycle, "127.0.0.1", free_port()), count))
        else:
            with chaos.Proxy(patient.host, patient.port) as proxy:
                proxy.down.reset_after = 0
                differences = asyncio.run(grown(partial(cycle, proxy.host, proxy.port), count))

    record(figures, f"{name}: after {count:,} connects that were {fault}", differences)
