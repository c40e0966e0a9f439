"""
mongodb+srv: the servers' names come from a DNS server (of the tests' own), and the loop never waits for it.
"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from time import monotonic
from typing import Any

import dns.asyncresolver
import dns.resolver
import pytest
from pymongo import common
from pymongo.errors import ConfigurationError

import motorish
from motorish import MotorClient
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import Mongod
from motorish.integrations.servers.base import free_port
from tests.drivers.mongo.connecting.dns_server import DnsServer
from tests.drivers.mongo.connecting.helpers import ROOT, user_of
from tests.faults.figures import Figures
from tests.loops import until

URI = "mongodb+srv://cluster.motorish.test"
SRV = ("_mongodb._tcp.cluster.motorish.test.", "SRV")
TXT = ("cluster.motorish.test.", "TXT")


@pytest.fixture
def dns_server(monkeypatch: pytest.MonkeyPatch, plain_mongod: Mongod) -> Iterator[DnsServer]:
    """
    Return a DNS server that dnspython asks, which knows a cluster of one server without TLS.
    """
    addresses = socket.getaddrinfo

    def getaddrinfo(host: Any, *args: Any, **kwargs: Any) -> Any:
        return addresses("127.0.0.1" if str(host).endswith(".motorish.test") else host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    with DnsServer() as server:
        server.records[SRV] = [f"0 0 {plain_mongod.port} db.motorish.test."]
        server.records[TXT] = ["authSource=admin"]
        resolver = dns.resolver.Resolver(configure=False)
        resolver.nameservers, resolver.port = ["127.0.0.1"], server.port
        monkeypatch.setattr(dns.resolver, "default_resolver", resolver)
        yield server


def make_client(uri: str = URI, **options: Any) -> MotorClient:
    """
    Return a client of the cluster, or of another one, that knows the password.
    """
    options = {"username": ROOT.name, "password": ROOT.password, "tls": False, **options}
    return MotorClient(uri, serverSelectionTimeoutMS=5000, **options)


async def test_servers_from_dns(dns_server: DnsServer, plain_mongod: Mongod) -> None:
    """
    The server's name and port come from the SRV record, options from the TXT record.
    """
    client = make_client()
    assert not dns_server.asked

    assert ROOT.name == await user_of(client)
    assert {("db.motorish.test", plain_mongod.port)} == client.nodes
    assert {(*SRV, "udp"): 1, (*TXT, "udp"): 1} == dns_server.asked
    await client.close()


async def test_tls_by_default(dns_server: DnsServer, tls_mongod: Mongod, ca_file: str) -> None:
    """
    With mongodb+srv TLS is on, and the certificate must be for the name in the SRV record.
    """
    dns_server.records[SRV] = [f"0 0 {tls_mongod.port} db.motorish.test."]
    client = MotorClient(URI, tlsCAFile=ca_file, username=ROOT.name, password=ROOT.password)

    assert ROOT.name == await user_of(client)
    await client.close()


async def test_many_first_calls(dns_server: DnsServer) -> None:
    """
    Calls that begin while the name is being looked up wait for that one look-up.
    """
    dns_server.delay = 0.05
    client = make_client()
    replies = await asyncio.gather(*(client.admin.command("ping") for _ in range(10)))

    assert [1.0] * 10 == [reply["ok"] for reply in replies]
    assert {(*SRV, "udp"): 1, (*TXT, "udp"): 1} == dns_server.asked
    await client.close()


async def test_long_answer(dns_server: DnsServer) -> None:
    """
    An answer that is too long for UDP is fetched over TCP.
    """
    dns_server.truncate = True
    client = make_client()

    assert (await client.admin.command("ping"))["ok"]
    assert dns_server.asked[(*SRV, "tcp")]
    await client.close()


@pytest.mark.row("A13")
async def test_unknown_name(dns_server: DnsServer, figures: Figures) -> None:
    """
    A name without an SRV record is a ConfigurationError; the next call asks again.
    """
    known = dns_server.records.pop(SRV)
    client = make_client()
    for _ in range(2):
        with pytest.raises(ConfigurationError) as caught:
            await client.admin.command("ping")
    named = "cluster.motorish.test" in str(caught.value)
    figures.equal("PyMongo's error names the cluster that has no SRV record", True, named)
    dns_server.records[SRV] = known

    assert (await client.admin.command("ping"))["ok"]
    await client.close()


async def test_foreign_host(dns_server: DnsServer) -> None:
    """
    A server outside the domain is refused.
    """
    dns_server.records[SRV] = ["0 0 27017 db.elsewhere.test."]
    client = make_client()

    with pytest.raises(ConfigurationError, match=r"Invalid SRV host: db\.elsewhere\.test"):
        await client.admin.command("ping")
    await client.close()


async def test_mute_dns_server(dns_server: DnsServer) -> None:
    """
    Waiting for a DNS server ends after connectTimeoutMS.
    """
    dns_server.mute = True
    client = make_client(connectTimeoutMS=200)
    began = monotonic()

    with pytest.raises(ConfigurationError, match="resolution lifetime expired"):
        await client.admin.command("ping")
    assert 1 > monotonic() - began
    await client.close()


@pytest.mark.row("A13")
async def test_cancelled_look_up(dns_server: DnsServer, figures: Figures) -> None:
    """
    A call that waits for DNS can be cancelled and has a deadline; another one that waits with it goes on.
    """
    dns_server.mute = True
    client = make_client()
    first, second = client.admin.command("ping"), client.admin.command("ping")
    await until(lambda: dns_server.asked)
    dns_server.mute = False
    first.cancel()
    began = monotonic()
    with pytest.raises(asyncio.CancelledError):
        await first
    figures.at_most("a cancelled SRV look-up ended after", 50, (monotonic() - began) * 1000, "ms")

    assert (await second)["ok"]
    await client.close()


async def test_deadline_of_a_look_up(dns_server: DnsServer) -> None:
    """
    motorish.timeout covers the look-up.
    """
    dns_server.mute = True
    client = make_client()
    began = monotonic()

    with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.1):
        await client.admin.command("ping")
    assert 1 > monotonic() - began
    await client.close()


async def test_polling(dns_server: DnsServer, plain_mongod: Mongod, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    While no server is found the records are asked for again, on a greenlet, and a new server is found.
    """
    monkeypatch.setattr(common, "MIN_SRV_RESCAN_INTERVAL", 0.1)
    found = dns_server.records[SRV]
    dns_server.records[SRV] = [f"0 0 {free_port()} db.motorish.test."]
    threads = set(threading.enumerate())
    client = make_client(heartbeatFrequencyMS=500)
    call = client.admin.command("ping")
    await until(lambda: dns_server.asked[(*SRV, "udp")])
    dns_server.records[SRV] = found

    assert (await call)["ok"]
    assert {("db.motorish.test", plain_mongod.port)} == client.nodes
    assert {"pymongo_srv_polling_thread"}.isdisjoint(thread.name for thread in threading.enumerate())
    assert len(set(threading.enumerate()) - threads) <= 2  # the loop's own, for getaddrinfo
    await client.close()


@pytest.mark.row("A13")
def test_loop_stays_on_time(dns_server: DnsServer, figures: Figures) -> None:
    """
    A slow DNS server does not hold the loop up.
    """
    dns_server.delay = 0.3
    lags: list[Lag] = []

    async def scenario() -> Lag:
        client = make_client()
        async with measured() as lag:
            await client.admin.command("ping")
        await client.close()
        lags.append(lag)
        return lag

    assert_no_lag(scenario)
    late = max(0.0, lags[-1].ticker_s - lags[-1].control_s)
    figures.note("the loop's ticker later than one beside it, in a slow SRV look-up", late * 1000, "ms")


async def test_dnspython_of_others(dns_server: DnsServer) -> None:
    """
    The application's own use of dnspython, in threads and with its asynchronous resolver, is as before.
    """
    in_thread = await asyncio.to_thread(dns.resolver.resolve, *SRV)
    resolver = dns.asyncresolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], dns_server.port

    assert dns_server.records[SRV] == [in_thread[0].to_text()]
    for tcp in (False, True):
        assert dns_server.records[SRV] == [(await resolver.resolve(*SRV, tcp=tcp))[0].to_text()]
