"""
Rows A2 and A3: a server is frozen with SIGSTOP, and goes on with SIGCONT as if nothing had been.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path
from statistics import median
from time import monotonic

import pytest

from motorish.integrations.servers.base import Server
from tests.faults.figures import Figures
from tests.faults.stuck import (
    ATTEMPTS,
    BY_MONITOR,
    OURS,
    READ_TIMEOUT,
    SOCKET_TIMEOUT,
    SOCKET_TIMEOUT_MS,
    TIMEOUT_MS,
    Patience,
    check,
)
from tests.faults.victims import AT_ONCE, Client, PyMongo, RedisPy, frozen, until

ECHOES = 200


@pytest.mark.row("A2")
@pytest.mark.parametrize(
    "patience",
    [SOCKET_TIMEOUT_MS, TIMEOUT_MS, READ_TIMEOUT, SOCKET_TIMEOUT, *OURS, BY_MONITOR],
    ids=str,
    indirect=True,
)
def test_a_frozen_server_costs_the_timeout(
    patience: Patience, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    The timeout is kept, with the driver's own error, and what the server says later goes to nobody.

    Where there is none, PyMongo's monitor times out, and interrupts the operations on that server.
    """
    server = victims(patience.driver)

    check(
        figures,
        patience,
        lambda: patience.driver(server.host, server.port, server, **patience.options),
        lambda: frozen(server),
        "SIGCONT",
    )


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
