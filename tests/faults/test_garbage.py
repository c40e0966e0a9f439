"""
Replies that are garbage, cut off or otherwise spoilt, to each driver: an error or an answer, never a hang.

What a driver makes of spoilt bytes is its own affair.  So each is asked twice, in a child and in a plain
thread, where it runs as it does without us; both must come to the same end.
"""

from __future__ import annotations

import asyncio
import gc
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random
from time import monotonic
from typing import Any

import pytest

import motorish
from tests.faults.figures import Figures
from tests.faults.mutations import mutate
from tests.faults.replay import PATIENCE_S, Replay, Turn, recorded
from tests.faults.talks import QUESTIONS, TALKS, Talk
from tests.memory import peak

MUTATIONS = 20_000
WORKERS = 50
HANG_S = 10.0  # a hundred times what the server waits before it hangs up
MOST_MB = 64


@pytest.mark.row("A9")
@pytest.mark.timeout(1800)
@pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning")  # from 3.12 on
@pytest.mark.parametrize("name", TALKS)
def test_spoilt_replies(name: str, figures: Figures, request: pytest.FixtureRequest) -> None:
    """
    Every spoilt reply ends as in a plain thread without us: with an error, or with an answer.
    """
    talk = TALKS[name]
    server = request.getfixturevalue(talk.server)
    mutations = figures.times(MUTATIONS)
    found: Counter[str] = Counter()

    async def main() -> None:
        turns = talk.without_login(
            await recorded(server.host, server.port, lambda *address: talk.session(*address, server))
        )
        numbers = iter(range(mutations))

        async def work() -> None:
            async with Replay(turns).serving() as replay:
                replay.idle_s = PATIENCE_S[-1]
                assert [*QUESTIONS] == await _in_child(talk, replay, server)
                for number in numbers:
                    await _try(talk, turns, replay, server, number, found)

        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(WORKERS))
        with peak() as memory:
            await asyncio.gather(*(work() for _ in range(WORKERS)))
        found["peak"], found["left"] = round(memory.grown_mb), round(memory.left_mb)

    with motorish.patch(talk.package):
        asyncio.run(main())
        gc.collect()
    figures.note(f"{name}, spoilt replies", mutations)
    figures.note(f"{name}, ended with the driver's error", found["own error"])
    figures.note(f"{name}, with another error of the stock driver's", found["other error"])
    figures.equal(f"{name}, ended otherwise than without motorish", 0, found["different"])
    figures.equal(f"{name}, hung", 0, found["hung"])
    figures.at_most(f"{name}, memory that it took", MOST_MB, found["left"], "MB")
    figures.note(f"{name}, at the peak of {WORKERS} at once", found["peak"], "MB")


async def _try(
    talk: Talk, turns: list[Turn], replay: Replay, server: Any, seed: int, found: Counter[str]
) -> None:
    """
    Spoil one reply, and see to what it leads.
    """
    rng = Random(seed)
    number = rng.randrange(len(turns))
    replay.spoil(number, mutate(turns[number].reply, rng))
    for replay.idle_s in PATIENCE_S:
        began = monotonic()
        said = await _in_child(talk, replay, server)
        found["hung"] += monotonic() - began > HANG_S + 4 * replay.idle_s
        stock = await asyncio.to_thread(talk.session, "127.0.0.1", replay.port, server)
        if _shape(said) == _shape(stock):
            break
    else:
        found["different"] += 1
        print(f"mutation {seed}: {said!r} in a child, {stock!r} in a thread")
    errors = [each for each in said if isinstance(each, Exception)]
    if errors:
        found["own error" if isinstance(errors[0], (*talk.errors, OSError)) else "other error"] += 1


async def _in_child(talk: Talk, replay: Replay, server: Any) -> list[Any]:
    return await motorish.spawn(talk.session, "127.0.0.1", replay.port, server)


def _shape(said: list[Any]) -> list[Any]:
    return [type(each) if isinstance(each, Exception) else each for each in said]
