"""
Row D32: several event loops at once, and a client that is used on the wrong one.
"""

from __future__ import annotations

import asyncio
import threading
from time import monotonic

import pytest

from motorish import ForeignLoopError, MotorClient
from tests.faults.figures import Figures

THREADS = 4
AT_ONCE = 10
pytestmark = pytest.mark.row("D32")


@pytest.mark.timeout(300)
def test_a_loop_and_a_client_in_each_thread(mongod_uri: str, figures: Figures) -> None:
    """
    Four threads with a loop and a client each do not notice each other.
    """
    operations = figures.times(10_000, least=400)
    mixed_up: list[int] = []

    async def ask(client: MotorClient, who: str) -> int:
        wrong = 0
        for number in range(operations // AT_ONCE):
            text = f"{who}x{number}"
            cursor = client.admin.aggregate([{"$documents": [{"said": text}]}])
            wrong += [{"said": text}] != await cursor.to_list()
        return wrong

    async def main(thread: int) -> None:
        client = MotorClient(mongod_uri)
        mixed_up.extend(
            await asyncio.gather(*(ask(client, f"{thread}x{number}") for number in range(AT_ONCE)))
        )
        await client.close()

    threads = [threading.Thread(target=lambda n=n: asyncio.run(main(n))) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert THREADS * AT_ONCE == len(mixed_up)
    figures.equal(f"PyMongo: mixed up of {THREADS} × {operations:,}", 0, sum(mixed_up))


def test_client_on_a_foreign_loop(mongod_uri: str, figures: Figures) -> None:
    """
    From another thread's loop it is a RuntimeError at once, which names both; its own loop goes on.
    """
    told: list[tuple[float, ForeignLoopError, asyncio.AbstractEventLoop]] = []

    async def misuse(client: MotorClient) -> None:
        began = monotonic()
        with pytest.raises(RuntimeError) as caught:
            await client.admin.command("ping")
        assert isinstance(caught.value, ForeignLoopError)
        told.append((monotonic() - began, caught.value, asyncio.get_running_loop()))

    async def main() -> str:
        client = MotorClient(mongod_uri)
        await client.admin.command("ping")
        await asyncio.to_thread(lambda: asyncio.run(misuse(client)))
        assert 1 == (await client.admin.command("ping"))["ok"]
        await client.close()
        return repr(asyncio.get_running_loop())

    first = asyncio.run(main())

    (took, error, second) = told[0]
    named = [_kind(first) in str(error), str(error).count(_kind(repr(second)))]
    figures.equal("PyMongo: loops named", "both", "both" if named == [True, 2] else "not both")
    figures.at_most("PyMongo: to the error", 50, took * 1000, "ms")


def _kind(text: str) -> str:
    return text.partition(" ")[0]
