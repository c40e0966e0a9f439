"""
Two calls on one connection at the same time: an error in the second, or its turn, but never another's answer.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from time import monotonic
from typing import Any

import pytest

import motorish
from motorish.integrations.contract.driver import until
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.talks import TALKS, Talk

ROUNDS = 1000
AT_ONCE_MS = 100


@pytest.mark.row("B17", "G13")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("name", TALKS)
def test_two_calls_on_one_connection(name: str, figures: Figures, request: pytest.FixtureRequest) -> None:
    """
    The first waits for its answer when the second begins; afterwards the connection works or is closed.
    """
    talk = TALKS[name]
    server = request.getfixturevalue(talk.server)
    rounds = figures.times(ROUNDS)
    found: Counter[str] = Counter()
    delays: list[float] = []

    async def main(proxy: chaos.Proxy) -> None:
        for _ in range(rounds):
            connection = await motorish.spawn(talk.connect, proxy.host, proxy.port, server)
            assert "warm" == await motorish.spawn(talk.ask, connection, "warm")
            await _one(talk, connection, proxy, found, delays)
            await asyncio.gather(motorish.spawn(connection.close), return_exceptions=True)

    with motorish.patch(talk.package), chaos.Proxy(server.host, server.port) as proxy:
        asyncio.run(main(proxy))
    figures.equal(f"{name}, answers that were another call's", 0, found["mixed up"])
    figures.note(
        f"{name}, first calls that ended, too, because the driver closed the connection",
        found["first failed"],
    )
    if delays:
        figures.at_most(f"{name}, error in the second call after", AT_ONCE_MS, min(delays), "ms")
    if found["took turns"]:
        figures.note(
            f"{name}, second calls that waited for their turn, and got their answers", found["took turns"]
        )


async def _one(
    talk: Talk, connection: Any, proxy: chaos.Proxy, found: Counter[str], delays: list[float]
) -> None:
    proxy.hold()
    first = motorish.spawn(talk.ask, connection, "first")
    await until(lambda: proxy.kept)
    began = monotonic()
    second = motorish.spawn(talk.ask, connection, "second")
    done, _ = await asyncio.wait({second}, timeout=0.02)
    took = (monotonic() - began) * 1000
    proxy.release()
    ends = await asyncio.gather(
        first, second, motorish.spawn(talk.ask, connection, "third"), return_exceptions=True
    )
    for text in ("fourth", "fifth"):  # when all is over: what was asked by the second may be answered now
        ends += await asyncio.gather(motorish.spawn(talk.ask, connection, text), return_exceptions=True)
    for text, end in zip(("first", "second", "third", "fourth", "fifth"), ends, strict=True):
        found["mixed up"] += not isinstance(end, Exception) and end != text
    found["first failed"] += isinstance(ends[0], Exception)
    if isinstance(ends[1], Exception):
        assert isinstance(ends[1], (motorish.BusyError, *talk.errors)), f"not clear: {ends[1]!r}"
        delays.append(took if done else 1000.0)
        found[f"{type(ends[1]).__name__}: {ends[1]}"[:70]] += 1
    else:
        found["took turns"] += 1
