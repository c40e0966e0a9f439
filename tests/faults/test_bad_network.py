"""
Rows A7 and A8: the network loses everything and says nothing, or brings a reply byte by byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from time import monotonic

import pytest
from pymongo.errors import NetworkTimeout

from motorish.integrations.servers.base import Server
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.stuck import (
    ATTEMPTS,
    BY_MONITOR,
    OURS,
    OVER_MS,
    READ_TIMEOUT,
    SOCKET_TIMEOUT,
    SOCKET_TIMEOUT_MS,
    TIMEOUT_MS,
    TIMEOUT_S,
    TOKENS,
    Patience,
    check,
)
from tests.faults.victims import Client, PyMongo


@contextmanager
def half_open(proxy: chaos.Proxy) -> Iterator[None]:
    """
    Drop what passes: what is connected now stays half open, what connects later is well.
    """
    proxy.up.dropped = proxy.down.dropped = True
    yield
    proxy.up.dropped = proxy.down.dropped = False


@contextmanager
def trickling(proxy: chaos.Proxy, size: int = 1) -> Iterator[None]:
    """
    Let replies come in byte by byte, or so many bytes at a time.
    """
    proxy.down.trickle = (size, 0.05)
    yield
    proxy.down.trickle = None


def suffer(
    figures: Figures,
    patience: Patience,
    server: Server,
    fault: Callable[[chaos.Proxy], AbstractContextManager[None]],
) -> None:
    """
    Record what a fault of the network costs.
    """
    with chaos.Proxy(server.host, server.port) as proxy:
        check(
            figures,
            patience,
            lambda: patience.driver(proxy.host, proxy.port, server, **patience.options),
            lambda: fault(proxy),
            "the network's return",
        )


@pytest.mark.row("A7")
@pytest.mark.parametrize(
    "patience", [SOCKET_TIMEOUT_MS, READ_TIMEOUT, OURS[0], BY_MONITOR], ids=str, indirect=True
)
def test_a_dead_network_costs_the_timeout(
    patience: Patience, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    As a frozen server does; the connections that were open are not used again.
    """
    suffer(figures, patience, victims(patience.driver), half_open)


@pytest.mark.row("A8")
@pytest.mark.parametrize(
    "patience", [SOCKET_TIMEOUT_MS, TIMEOUT_MS, OURS[0], OURS[1], OURS[3]], ids=str, indirect=True
)
def test_a_trickle_does_not_stretch_the_timeout(
    patience: Patience, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    The deadline is that of the whole reply: of PyMongo's own timeouts, and of motorish.timeout.
    """
    suffer(figures, patience, victims(patience.driver), trickling)


@pytest.mark.row("A8")
@pytest.mark.parametrize(
    ("patience", "size"), [(READ_TIMEOUT, 8), (SOCKET_TIMEOUT, 2)], ids=str, indirect=["patience"]
)
def test_a_trickle_passes_under_a_timeout_of_each_receive(
    patience: Patience, size: int, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    PyMySQL's and redis-py's own timeouts are for each receive, as in threads: motorish.timeout helps.
    """
    server = victims(patience.driver)

    async def main(proxy: chaos.Proxy) -> float:
        client = patience.driver(proxy.host, proxy.port, server, **patience.options)
        token = next(TOKENS)
        assert token == await client.echo(token)
        with trickling(proxy, size):
            began = monotonic()
            assert token == await client.echo(token)
            took_s = monotonic() - began
        await client.close()
        return took_s

    with chaos.Proxy(server.host, server.port) as proxy:
        took_s = asyncio.run(main(proxy))

    assert took_s > TIMEOUT_S
    figures.note(f"{patience}, of each receive: a reply that trickled was accepted after", took_s, "s")


@pytest.mark.row("A7")
@pytest.mark.parametrize("retries", [True, False], ids=["retryReads", "no retry"])
def test_a_dead_idle_connection(
    retries: bool, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    It costs the read that takes it its timeout; with retryReads, that succeeds on a new connection.
    """
    server = victims(PyMongo)
    up, down = chaos.Faults(), chaos.Faults()

    async def main(proxy: chaos.Proxy) -> float:
        proxy.script([None, (up, down)])  # the monitor's connection, the pool's
        options = SOCKET_TIMEOUT_MS.options | {"retryReads": retries, "serverMonitoringMode": "poll"}
        client = PyMongo(proxy.host, proxy.port, server, **options)
        await client.echo(1)
        up.dropped = down.dropped = True
        began = monotonic()
        if retries:
            assert 2 == await client.echo(2)
        else:
            with pytest.raises(NetworkTimeout):
                await client.echo(2)
        took_s = monotonic() - began
        assert 3 == await client.echo(3)
        await client.close()
        return took_s * 1000

    for _ in range(ATTEMPTS):
        up.dropped = down.dropped = False
        with chaos.Proxy(server.host, server.port) as proxy:
            took_ms = asyncio.run(main(proxy))
        if took_ms <= TIMEOUT_S * 1000 + OVER_MS:
            break

    assert took_ms >= TIMEOUT_S * 1000
    what = "a success with retryReads" if retries else "the error without a retry"
    figures.at_most(
        f"PyMongo, a dead idle connection, timeout of 300 ms: {what} after",
        TIMEOUT_S * 1000 + OVER_MS,
        took_ms,
        "ms",
    )


@pytest.mark.row("A7")
@pytest.mark.parametrize("end", ["cut_after", "reset_after"], ids=["FIN", "RST"])
def test_a_closed_idle_connection_is_noticed(
    end: str, victims: Callable[[type[Client]], Server], figures: Figures
) -> None:
    """
    PyMongo looks at a connection before it uses it (if it was idle for a second): no error, and no retry.
    """
    server = victims(PyMongo)
    faults = chaos.Faults()

    async def main(proxy: chaos.Proxy) -> int:
        proxy.script([None, (None, faults)])
        client = PyMongo(proxy.host, proxy.port, server, serverMonitoringMode="poll")
        await client.echo(1)
        for each in client.client.delegate._topology._servers.values():
            each.pool._check_interval_seconds = 0  # as if a second had passed
        setattr(faults, end, 0)
        assert 2 == await client.echo(2)
        await client.close()
        return proxy.accepted

    with chaos.Proxy(server.host, server.port) as proxy:
        accepted = asyncio.run(main(proxy))

    name = "FIN" if end == "cut_after" else "RST"
    figures.equal(f"PyMongo, connections made in all after a {name} to an idle one", 3, accepted)
