"""
Rows A2 and A3: a server is frozen with SIGSTOP, and goes on with SIGCONT as if nothing had been.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from statistics import median
from time import monotonic
from typing import Any, NamedTuple

import pytest
import redis
from pymongo.errors import AutoReconnect, NetworkTimeout

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.lag import measured
from motorish.integrations.servers.base import Server
from tests.faults.figures import Figures
from tests.faults.victims import AT_ONCE, Client, Psycopg2, PyMongo, PyMySQL, RedisPy, frozen, until

STUCK = 10
TIMEOUT_S = 0.3
WARM_S = 0.1
OVER_MS, BACK_MS, LAG_MS, MONITOR_MS = 100, 2000, 50, 3000
ATTEMPTS = 3
ECHOES = 200
TOKENS = itertools.count(1)


class Patience(NamedTuple):
    """
    What ends the wait for a frozen server: the driver's own options or motorish.timeout, and with what error.
    """

    driver: type[Client]
    what: str
    error: type[Exception]
    options: dict[str, Any] = {}
    timeout: float | None = None


PATIENCE = [
    Patience(PyMongo, "socketTimeoutMS", NetworkTimeout, {"socketTimeoutMS": TIMEOUT_S * 1000}),
    Patience(PyMongo, "timeoutMS", NetworkTimeout, {"timeoutMS": TIMEOUT_S * 1000}),
    Patience(PyMySQL, "read_timeout", PyMySQL.lost, {"read_timeout": TIMEOUT_S}),
    Patience(RedisPy, "socket_timeout", redis.TimeoutError, {"socket_timeout": TIMEOUT_S}),
    *(
        Patience(driver, "motorish.timeout", motorish.DeadlineExceeded, timeout=TIMEOUT_S)
        for driver in (PyMongo, PyMySQL, Psycopg2, RedisPy)
    ),
]
BY_MONITOR = Patience(
    PyMongo, "monitor", AutoReconnect, {"heartbeatFrequencyMS": 500, "connectTimeoutMS": 500}
)


class Outcome(NamedTuple):
    """
    Of one freeze: when the operations ended, all in ms, and what came after it.
    """

    first_ms: float
    last_ms: float
    back_ms: float
    lag_ms: float
    errors: set[type]
    mixed_up: int
    left_busy: int


@pytest.fixture
def patched(request: pytest.FixtureRequest) -> Iterator[Patience]:
    """
    Return what the test is parametrised with, its driver patched.
    """
    patience: Patience = request.param
    with motorish.patch(*patience.driver.packages):
        yield patience


async def freeze(patience: Patience, server: Server) -> Outcome:
    """
    Freeze the server under operations on warm connections, wait for their errors, let it go on.
    """
    client = patience.driver(server.host, server.port, server, **patience.options)

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

    async def echo() -> None:
        nonlocal mixed_up
        token = next(TOKENS)
        mixed_up += token != await client.echo(token)

    mixed_up = 0
    while any(error for _, error in await at_once(lambda: client.hold(WARM_S), STUCK)):
        pass  # not all had a connection in time
    async with measured() as lag:
        with frozen(server):
            ends = await at_once(echo, STUCK)
            left_busy = client.busy()
    going_on = monotonic()
    while (await timed(echo))[1] is not None:
        await asyncio.sleep(0.01)
    back_s = monotonic() - going_on
    await at_once(echo, AT_ONCE)  # nobody gets what the server says now to those who have given up
    await client.close()
    await until(lambda: not current_hub().calls)
    seconds = [took for took, _ in ends]
    late_s = max(lag.callback_cpu_s, lag.ticker_s - lag.control_s)
    kinds = {type(error) for _, error in ends}
    return Outcome(
        min(seconds) * 1000, max(seconds) * 1000, back_s * 1000, late_s * 1000, kinds, mixed_up, left_busy
    )


def best_outcome(patience: Patience, server: Server, limit_ms: float) -> Outcome:
    """
    What else the machine does can only add: freeze again if it took too long, twice at the most.
    """
    for _ in range(ATTEMPTS):
        outcome = asyncio.run(freeze(patience, server))
        if outcome.last_ms <= limit_ms and outcome.back_ms <= BACK_MS and outcome.lag_ms <= LAG_MS:
            break
    return outcome


def record(figures: Figures, name: str, error: type[Exception], outcome: Outcome) -> None:
    """
    Record what is the same for all kinds of patience.
    """
    assert [] == [kind for kind in outcome.errors if not issubclass(kind, error)], "another error"
    assert 0 == outcome.left_busy, "the pool counts connections in use after the errors"
    figures.at_most(f"{name}, from SIGCONT to a success", BACK_MS, outcome.back_ms, "ms")
    figures.equal(f"{name}, late replies delivered", 0, outcome.mixed_up)
    figures.at_most(f"{name}, the loop was late", LAG_MS, outcome.lag_ms, "ms")


@pytest.mark.row("A2")
@pytest.mark.parametrize(
    "patched", PATIENCE, ids=lambda each: f"{each.driver.driver}-{each.what}", indirect=True
)
def test_a_frozen_server_costs_the_timeout(
    patched: Patience, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    The timeout is kept, by the driver's own error, and what the server says later goes to nobody.
    """
    timeout_ms = TIMEOUT_S * 1000
    outcome = best_outcome(patched, victims(patched.driver), timeout_ms + OVER_MS)

    name = f"{patched.driver.driver}, {patched.what} of {timeout_ms:g} ms"
    assert timeout_ms <= outcome.first_ms, "an error before the timeout, or none"
    figures.at_most(f"{name}, last error", timeout_ms + OVER_MS, outcome.last_ms, "ms")
    record(figures, name, patched.error, outcome)


@pytest.mark.row("A2")
def test_without_a_timeout_the_monitor_ends_the_wait(
    victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    PyMongo's monitor times out, and interrupts the operations on that server.
    """
    outcome = best_outcome(BY_MONITOR, victims(PyMongo), MONITOR_MS)

    name = "PyMongo without a timeout (heartbeats every 500 ms, 500 ms to connect)"
    figures.at_most(f"{name}, last error", MONITOR_MS, outcome.last_ms, "ms")
    record(figures, name, AutoReconnect, outcome)


@pytest.mark.row("A3")
@pytest.mark.parametrize("driver", [PyMongo, RedisPy], ids=lambda driver: driver.driver, indirect=True)
def test_a_frozen_server_does_not_slow_another(
    driver: type[Client], victim: Server, tmp_path: Path, figures: Figures
) -> None:
    """
    With fifty operations stuck on it, those on the other take as long as before.
    """

    async def median_ms(client: Client) -> float:
        times = []
        for token in range(ECHOES):
            began = monotonic()
            assert token == await client.echo(token)
            times.append(monotonic() - began)
        return median(times) * 1000

    async def main(other: Server) -> tuple[float, float]:
        here = driver(other.host, other.port, other)
        there = driver(victim.host, victim.port, victim)
        await asyncio.gather(*(there.echo(token) for token in range(AT_ONCE)))
        await median_ms(here)
        before_ms = await median_ms(here)
        with frozen(victim):
            stuck = [asyncio.create_task(there.echo(token)) for token in range(AT_ONCE)]
            await until(lambda: there.busy() >= AT_ONCE)
            meanwhile_ms = await median_ms(here)
            assert not any(task.done() for task in stuck)
        assert list(range(AT_ONCE)) == await asyncio.gather(*stuck)
        for client in (here, there):
            await client.close()
        return before_ms, meanwhile_ms

    with driver.serve(tmp_path) as other:
        for _ in range(ATTEMPTS):
            before_ms, meanwhile_ms = asyncio.run(main(other))
            if meanwhile_ms <= 2 * before_ms:
                break

    figures.note(f"{driver.driver}, median operation before", before_ms, "ms")
    figures.at_most(
        f"{driver.driver}, median operation with {AT_ONCE} stuck elsewhere", 2 * before_ms, meanwhile_ms, "ms"
    )
