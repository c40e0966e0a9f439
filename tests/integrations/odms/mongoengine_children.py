"""
The blog in 100 children at once: none sees what another does, the loop is on time, there are no threads.
"""

# ruff: noqa: E402  # what is imported later has to be patched, or replaced, first

import asyncio
import os
import threading

import motorish

motorish.patch("pymongo", "mongoengine", "blog", strict=True)

import blog

from motorish.integrations.contract.lag import Lag, measured

CHILDREN = 100
DATABASE = "motorish_mongoengine"
CALLBACK_S = 0.05
TICKER_S = 0.25
"""
No child holds the loop up.  But all hundred become ready in the same moment, three times, and then the
ticker has to wait for its turn among them.
"""
ATTEMPTS = 3


async def scenario() -> Lag:
    """
    100 lives, which overlap: each waits for all others, three times.
    """
    await motorish.spawn(blog.start, os.environ["MONGODB_URI"], DATABASE)
    all_here = asyncio.Barrier(CHILDREN)

    async def child(number: int) -> None:
        await motorish.spawn(blog.live, number, lambda: motorish.await_(all_here.wait()))

    async with measured() as lag:
        await asyncio.gather(*map(child, range(CHILDREN)))
    assert not hasattr(blog.current, "author")
    assert 1 == threading.active_count(), threading.enumerate()
    await motorish.spawn(blog.stop, DATABASE)
    return lag


def is_on_time(lag: Lag) -> bool:
    """
    Whether no callback took long, and no tick came much later than in the control process.
    """
    return lag.callback_cpu_s <= CALLBACK_S and lag.ticker_s - lag.control_s <= TICKER_S


lags = []
while not (lags and is_on_time(lags[-1])):  # the rest of the machine can only make it worse
    assert len(lags) < ATTEMPTS, lags
    lags.append(asyncio.run(scenario()))
print("done")
