"""
Rows D33 and D34: callbacks that raise, and callbacks while everything else goes wrong.
"""

from __future__ import annotations

import asyncio
import random
import threading
from typing import Any

import pymongo
import pytest

import motorish
from motorish import MotorClient, hub
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.loops import until

AT_ONCE = 100


@pytest.mark.row("D33")
def test_callback_that_raises(mongod_uri: str, figures: Figures) -> None:
    """
    The loop's exception handler is told of each, once; all operations complete.
    """
    count = figures.times(10_000, least=200)
    told: list[str] = []
    called = [0] * count

    def callback(number: int) -> Any:
        def end(result: Any, error: BaseException | None) -> None:
            called[number] += 1
            if number % 2:
                raise LookupError(str(number))

        return end

    async def main() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: told.append(str(context["exception"])))
        client = MotorClient(mongod_uri)
        for number in range(count):
            client.admin.command("ping", callback=callback(number))
            if number % AT_ONCE == 0:
                await until(lambda last=number: sum(called) > last)
        await until(lambda: sum(called) >= count)
        assert 1 == (await client.admin.command("ping"))["ok"]
        await client.close()

    asyncio.run(main())

    figures.equal("PyMongo: callbacks not called exactly once", 0, sum(each != 1 for each in called))
    raised = [str(number) for number in range(1, count, 2)]
    assert sorted(raised) == sorted(told)
    figures.equal(
        f"PyMongo: of {len(raised):,} that raised, not told to the loop", 0, len(raised) - len(told)
    )


class Calls:
    """
    What becomes of calls with callbacks.
    """

    def __init__(self) -> None:
        self.thread = threading.get_ident()
        self.started = self.early = self.elsewhere = self.in_child = 0
        self.ends: dict[int, int] = {}
        self.errors: dict[str, int] = {}

    def start(self, things: Any, patience_s: float | None) -> None:
        """
        Start one call.
        """
        number, returned = self.started, False
        self.started += 1

        def end(result: Any, error: BaseException | None) -> None:
            self.early += not returned
            self.elsewhere += threading.get_ident() != self.thread
            self.in_child += hub.current_child() is not None
            self.ends[number] = self.ends.get(number, 0) + 1
            assert error is not None or {"_id": number % 100} == result
            name = type(error).__name__
            self.errors[name] = self.errors.get(name, 0) + 1

        with motorish.timeout(patience_s):
            assert things.find_one({"_id": number % 100}, callback=end) is None
        returned = True

    @property
    def in_flight(self) -> int:
        """
        How many have not ended.
        """
        return self.started - len(self.ends)


@pytest.mark.row("D34")
@pytest.mark.timeout(900)
def test_callbacks_under_faults(mongod_uri: str, figures: Figures) -> None:
    """
    Connections are reset and deadlines pass: each is called once.

    The loop is closed amid the last: it calls none of theirs, as with any future, and none twice.
    """
    count = figures.times(100_000, least=2000)
    rng = random.Random(34)
    ((host, port),) = pymongo.uri_parser.parse_uri(mongod_uri)["nodelist"]

    async def main(proxy: chaos.Proxy, client: MotorClient) -> None:
        things = client.motorish_test.callbacks
        await things.drop()
        await things.insert_many([{"_id": number} for number in range(100)])
        while calls.started < count:
            await until(lambda: calls.in_flight < AT_ONCE)
            calls.start(things, rng.choice((None, None, None, 0.0, 0.002, 5.0)))
            if calls.started % 500 == 0:
                proxy.reset()
        await until(lambda: not calls.in_flight)
        proxy.hold()
        for _ in range(AT_ONCE):
            last.start(things, None)

    with chaos.Proxy(host, port) as proxy:
        calls, last = Calls(), Calls()
        client = MotorClient(host=proxy.host, port=proxy.port, directConnection=True, retryReads=False)
        asyncio.run(main(proxy, client))
        proxy.release()
        client.close()

    wrong = sum(times != 1 for times in calls.ends.values())
    figures.equal(f"PyMongo: of {count:,} not called exactly once", 0, wrong + calls.in_flight)
    figures.equal(
        "PyMongo: called twice as the loop was closed", 0, sum(each > 1 for each in last.ends.values())
    )
    figures.equal("PyMongo: called before the call had returned", 0, calls.early)
    figures.equal("PyMongo: called on another thread, or in a child", 0, calls.elsewhere + calls.in_child)
    for name, times in sorted(calls.errors.items()):
        figures.note(f"PyMongo: {'results' if name == 'NoneType' else name}", times)
