"""
Names that are slow to resolve or do not exist, and those with several addresses.
"""

from __future__ import annotations

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic
from typing import Any

import pymongo.errors
import pytest

import motorish
from motorish import MotorClient
from motorish.integrations.contract.driver import until
from motorish.integrations.contract.lag import Lag, measured
from tests.faults.figures import Figures
from tests.faults.talks import TALKS

SLOW, UNKNOWN, DUAL = "slow.motorish.test", "unknown.motorish.test", "dual.motorish.test"
LAG_MS = 20
CANCEL_MS = 50
ATTEMPTS = 3


class Resolver:
    """
    Stands in for getaddrinfo(): SLOW never resolves until it may, UNKNOWN does not exist, DUAL has addresses.
    """

    def __init__(self) -> None:
        self._stock = socket.getaddrinfo
        self.asked, self.go_on = threading.Event(), threading.Event()
        self.addresses: list[tuple[socket.AddressFamily, str, int]] = []

    def __call__(self, host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        """
        Answer as getaddrinfo() does.
        """
        name = host.decode() if isinstance(host, bytes) else host
        if name == SLOW:
            self.asked.set()
            self.go_on.wait(20)
            name = "127.0.0.1"
        if name == UNKNOWN:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        if name == DUAL:
            return [
                (family, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", (address, number))
                for family, address, number in self.addresses
            ]
        return self._stock(name, port, *args, **kwargs)


@pytest.fixture
def resolver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Resolver]:
    """
    Return what resolves names during the test.
    """
    resolver = Resolver()
    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    yield resolver
    resolver.go_on.set()


@pytest.mark.row("A13")
def test_slow_name(mongod_uri: str, resolver: Resolver, figures: Figures) -> None:
    """
    While a name takes 5 s to resolve, operations go on and the loop is on time; then the call succeeds.
    """
    seconds = figures.times(5)
    port = pymongo.uri_parser.parse_uri(mongod_uri)["nodelist"][0][1]

    async def scenario() -> Lag:
        resolver.asked.clear()
        resolver.go_on.clear()
        slow = MotorClient(SLOW, port, directConnection=True)
        async with MotorClient(mongod_uri) as client:
            await client.admin.command("ping")
            async with measured() as lag:
                call = slow.admin.command("ping")
                end = monotonic() + seconds
                while monotonic() < end:
                    assert (await client.admin.command("ping"))["ok"]
                    await asyncio.sleep(0.005)
                assert not call.done()
            resolver.go_on.set()
            assert (await call)["ok"]
            await slow.close()
            return lag

    lags = []
    for _ in range(ATTEMPTS):
        lags.append(asyncio.run(scenario()))
        if lags[-1].is_within(LAG_MS / 1000):
            break
    lag = lags[-1]
    figures.at_most("CPU time of one callback meanwhile", LAG_MS, lag.callback_cpu_s * 1000, "ms")
    late = max(0.0, lag.ticker_s - lag.control_s)
    figures.at_most("the loop's ticker later than one beside it", LAG_MS, late * 1000, "ms")


@pytest.mark.row("A13")
@pytest.mark.parametrize("name", ["PyMongo", *TALKS])
def test_cancel_during_a_look_up(
    name: str, resolver: Resolver, figures: Figures, request: pytest.FixtureRequest
) -> None:
    """
    A call that waits for a name ends at once when it is cancelled.
    """

    async def main(server: Any) -> float:
        resolver.asked.clear()
        if name == "PyMongo":
            client = MotorClient(SLOW)
            call = client.admin.command("ping")
        elif name.startswith(("redis", "pymemcache")):  # which connect when they are first asked
            connection = talk.connect(SLOW, server.port, server)
            call = motorish.spawn(talk.ask, connection, "something")
        else:
            call = motorish.spawn(talk.connect, SLOW, server.port, server)
        await until(resolver.asked.is_set)
        began = monotonic()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        took_ms = (monotonic() - began) * 1000
        if name == "PyMongo":
            await client.close()
        resolver.go_on.set()
        return took_ms

    if name == "PyMongo":
        took_ms = min(asyncio.run(main(None)) for _ in range(ATTEMPTS))
    else:
        talk = TALKS[name]
        server = request.getfixturevalue(talk.server)
        with motorish.patch(talk.package):
            took_ms = asyncio.run(main(server))
    figures.at_most(f"{name}, a cancelled look-up ended after", CANCEL_MS, took_ms, "ms")


@pytest.mark.row("A13")
def test_unknown_name(resolver: Resolver, figures: Figures) -> None:
    """
    PyMongo's error names the host and says what is wrong.
    """

    async def main() -> str:
        async with MotorClient(UNKNOWN, serverSelectionTimeoutMS=200) as client:
            with pytest.raises(pymongo.errors.ServerSelectionTimeoutError) as caught:
                await client.admin.command("ping")
            return str(caught.value)

    said = asyncio.run(main())
    figures.equal(
        "PyMongo's error names the host that is unknown", True, UNKNOWN in said and "not known" in said
    )


@contextmanager
def dead_end(kind: str) -> Iterator[int]:
    """
    Give a port of ``::1`` that refuses connections, or never answers because its queue is full.
    """
    with socket.socket(socket.AF_INET6) as listener, ExitStack() as fillers:
        listener.bind(("::1", 0))
        if kind == "is silent":
            listener.listen(0)
            for _ in range(8):
                filler = fillers.enter_context(socket.socket(socket.AF_INET6))
                filler.setblocking(False)
                filler.connect_ex(listener.getsockname())
        yield listener.getsockname()[1]


@pytest.mark.row("A14")
@pytest.mark.parametrize("kind", ["refuses", "is silent"])
def test_two_addresses_of_which_one_is_dead(
    kind: str, mongod_uri: str, resolver: Resolver, figures: Figures
) -> None:
    """
    The second address is used; a silent first one costs each connection the connect timeout at most.

    There are two connections: the monitor's, and then that of the call.
    """
    port = pymongo.uri_parser.parse_uri(mongod_uri)["nodelist"][0][1]
    patience_ms = 200

    async def main(dead_port: int) -> tuple[float, set[Any]]:
        resolver.addresses = [(socket.AF_INET6, "::1", dead_port), (socket.AF_INET, "127.0.0.1", port)]
        options: dict[str, Any] = {"directConnection": True, "connectTimeoutMS": patience_ms}
        async with MotorClient(DUAL, port, **options) as client:
            began = monotonic()
            await client.admin.command("ping")
            took_ms = (monotonic() - began) * 1000
            (server,) = client.delegate._topology._servers.values()
            return took_ms, {each.conn.sock.getpeername()[0] for each in server.pool.conns}

    with dead_end(kind) as dead_port:
        tries = [asyncio.run(main(dead_port)) for _ in range(ATTEMPTS)]
    assert [{"127.0.0.1"}] * ATTEMPTS == [addresses for _, addresses in tries]
    limit_ms = 2 * patience_ms + 100 if kind == "is silent" else 100
    took_ms = min(took_ms for took_ms, _ in tries)
    figures.at_most(
        f"IPv6 address that {kind}, then IPv4: the first call is done after", limit_ms, took_ms, "ms"
    )
