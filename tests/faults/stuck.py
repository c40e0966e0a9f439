"""
Operations whose answers do not come: how long they take to end, and what comes after them.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from contextlib import AbstractContextManager
from time import monotonic
from typing import Any, NamedTuple

import redis
from pymongo.errors import AutoReconnect, NetworkTimeout

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.lag import measured
from tests.faults.figures import Figures
from tests.faults.victims import AT_ONCE, Client, Psycopg2, PyMongo, PyMySQL, RedisPy, until

STUCK = 10
TIMEOUT_S = 0.3
WARM_S = 0.05
OVER_MS, BACK_MS, LAG_MS, MONITOR_MS = 100, 2000, 50, 3000
PENDING_S = 2.0
ATTEMPTS = 3
TOKENS = itertools.count(1_000_000_000)  # long enough for a reply to trickle


class Patience(NamedTuple):
    """
    What ends the wait for an answer: the driver's own options or motorish.timeout, and with what error.
    """

    driver: type[Client]
    what: str
    error: type[Exception]
    options: dict[str, Any] = {}
    timeout: float | None = None

    def __str__(self) -> str:
        return f"{self.driver.driver}, {self.what}"


SOCKET_TIMEOUT_MS = Patience(
    PyMongo, "socketTimeoutMS of 300 ms", NetworkTimeout, {"socketTimeoutMS": TIMEOUT_S * 1000}
)
TIMEOUT_MS = Patience(PyMongo, "timeoutMS of 300 ms", NetworkTimeout, {"timeoutMS": TIMEOUT_S * 1000})
READ_TIMEOUT = Patience(PyMySQL, "read_timeout of 300 ms", PyMySQL.lost, {"read_timeout": TIMEOUT_S})
SOCKET_TIMEOUT = Patience(
    RedisPy, "socket_timeout of 300 ms", redis.TimeoutError, {"socket_timeout": TIMEOUT_S}
)
OURS = [  # a pool of PyMongo's that has no more connections than that has no room for slow clean-up
    Patience(driver, "motorish.timeout of 300 ms", motorish.DeadlineExceeded, options, TIMEOUT_S)
    for driver, options in ((PyMongo, {"maxPoolSize": STUCK}), (PyMySQL, {}), (Psycopg2, {}), (RedisPy, {}))
]
BY_MONITOR = Patience(
    PyMongo,
    "heartbeats every 500 ms, 500 ms to connect, no timeout",
    AutoReconnect,
    {"heartbeatFrequencyMS": 500, "connectTimeoutMS": 500},
)


class Outcome(NamedTuple):
    """
    When the operations ended, all in ms, and what came after them.
    """

    first_ms: float
    last_ms: float
    back_ms: float
    lag_ms: float
    errors: set[type]
    mixed_up: int
    left_busy: int


async def get_stuck(
    patience: Patience, client: Client, fault: Callable[[], AbstractContextManager[object]]
) -> Outcome:
    """
    Let the fault happen to operations on warm connections, wait for their errors, let all go on.
    """
    mixed_up = 0

    async def echo() -> None:
        nonlocal mixed_up
        token = next(TOKENS)
        mixed_up += token != await client.echo(token)

    async def timed(operation: Callable[[], Any]) -> tuple[float, BaseException | None]:
        began, error = monotonic(), None
        try:
            with motorish.timeout(patience.timeout):
                await operation()
        except Exception as caught:
            error = caught
        return monotonic() - began, error

    async def at_once(operation: Callable[[], Any], count: int) -> list[tuple[float, BaseException | None]]:
        return await asyncio.gather(*(timed(operation) for _ in range(count)))

    while any(error for _, error in await at_once(lambda: client.hold(WARM_S), STUCK)):
        pass  # not all had a connection in time
    async with measured() as lag:
        with fault():
            ends = await at_once(echo, STUCK)
            await asyncio.sleep(WARM_S)  # what cleans up after them has begun, and gets stuck as well
    over_at = monotonic()
    while (await timed(echo))[1] is not None:
        await asyncio.sleep(0.01)
    back_s = monotonic() - over_at
    with contextlib.suppress(TimeoutError):
        await until(lambda: not client.busy(), PENDING_S)  # what cleans up after them is done, too
    left_busy = client.busy()
    await at_once(echo, AT_ONCE)  # nobody gets what the server says now to those who have given up
    await client.close()
    await until(lambda: not current_hub().calls)
    seconds = [took for took, _ in ends]
    late_s = max(lag.callback_cpu_s, lag.ticker_s - lag.control_s)
    kinds = {type(error) for _, error in ends}
    return Outcome(
        min(seconds) * 1000, max(seconds) * 1000, back_s * 1000, late_s * 1000, kinds, mixed_up, left_busy
    )


def check(
    figures: Figures,
    patience: Patience,
    make_client: Callable[[], Client],
    fault: Callable[[], AbstractContextManager[object]],
    over: str,
) -> None:
    """
    Record what the fault costs.  What else the machine does can only add: the best of three counts.

    Args:
        over: what ends the fault.
    """
    timeout_ms = TIMEOUT_S * 1000
    limit_ms = MONITOR_MS if patience is BY_MONITOR else timeout_ms + OVER_MS
    for _ in range(ATTEMPTS):
        outcome = asyncio.run(get_stuck(patience, make_client(), fault))
        if outcome.last_ms <= limit_ms and outcome.back_ms <= BACK_MS and outcome.lag_ms <= LAG_MS:
            break

    if patience is not BY_MONITOR:
        assert timeout_ms <= outcome.first_ms, f"an error before the timeout, or none: {outcome.errors}"
    figures.at_most(f"{patience}, last error", limit_ms, outcome.last_ms, "ms")
    assert [] == [kind for kind in outcome.errors if not issubclass(kind, patience.error)], "other errors"
    assert 0 == outcome.left_busy, "the pool counts connections in use after the errors"
    figures.at_most(f"{patience}, from {over} to a success", BACK_MS, outcome.back_ms, "ms")
    figures.equal(f"{patience}, late replies delivered", 0, outcome.mixed_up)
    figures.at_most(f"{patience}, the loop was late", LAG_MS, outcome.lag_ms, "ms")
