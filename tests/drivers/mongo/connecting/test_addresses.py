"""
Unix sockets and IPv6.
"""

import asyncio
import socket
import threading
import urllib.parse
from pathlib import Path
from time import monotonic
from typing import Any

import pytest
from pymongo.errors import ServerSelectionTimeoutError

from motorish import MotorClient
from motorish.integrations.servers import Mongod
from tests.drivers.mongo.connecting.helpers import ROOT, client_of, user_of
from tests.faults.figures import Figures
from tests.loops import until


def unix_uri(path: Path, user_info: str = "") -> str:
    """
    Return the URI of a Unix socket: its slashes are escaped.
    """
    return f"mongodb://{user_info}{urllib.parse.quote(str(path), safe='')}"


@pytest.mark.row("A14")
async def test_unix_socket(plain_mongod: Mongod, figures: Figures) -> None:
    """
    A client connects to a Unix socket, logs in, and works on many connections at once.
    """
    uri = unix_uri(plain_mongod.socket_path, "root:r00t%27s%20p%40ss%3Aw%2Frd@")
    assert "%2F" in uri
    client = MotorClient(uri)
    things = client.unix_test.things
    await things.drop()
    await asyncio.gather(*(things.insert_one({"_id": number, "text": "x" * 50_000}) for number in range(40)))

    inserted = await things.count_documents({})
    figures.equal("PyMongo at a Unix socket, documents inserted at once", 40, inserted)
    (server,) = client.delegate._topology._servers.values()
    assert {socket.AF_UNIX} == {each.conn.sock.family for each in server.pool.conns}
    assert (str(plain_mongod.socket_path), None) == client.address
    await client.close()


async def test_no_unix_socket(tmp_path: Path) -> None:
    """
    A path where no socket is, or one that nobody listens on, is named with the reason.
    """
    missing, abandoned = tmp_path / "missing.sock", tmp_path / "abandoned.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(abandoned))
    for path, reason in ((missing, "No such file or directory"), (abandoned, "Connection refused")):
        client = MotorClient(unix_uri(path), serverSelectionTimeoutMS=100)
        began = monotonic()
        with pytest.raises(ServerSelectionTimeoutError, match=f"{path.name}.*{reason}"):
            await client.admin.command("ping")

        assert 1 > monotonic() - began
        await client.close()


async def test_full_unix_socket(tmp_path: Path) -> None:
    """
    Waiting for a listener that accepts nobody does not hold the loop up, and ends with the call.
    """
    path = tmp_path / "full.sock"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(path))
        listener.listen(0)
        client = MotorClient(unix_uri(path))
        call = client.admin.command("ping")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(call, 0.1)
        began = monotonic()
        await client.close()

        assert 1 > monotonic() - began


async def test_ipv6(plain_mongod: Mongod) -> None:
    """
    A client connects to an IPv6 address.
    """
    client = MotorClient(f"mongodb://[::1]:{plain_mongod.port}/?directConnection=true")

    assert (await client.admin.command("ping"))["ok"]
    (server,) = client.delegate._topology._servers.values()
    assert {socket.AF_INET6} == {each.conn.sock.family for each in server.pool.conns}
    assert ("::1", plain_mongod.port) == client.address
    await client.close()


@pytest.mark.row("A14")
async def test_ipv6_with_a_login(plain_mongod: Mongod, figures: Figures) -> None:
    """
    Logging in works over IPv6.
    """
    async with client_of(plain_mongod, "[::1]", user=ROOT) as client:
        figures.equal("PyMongo at [::1], logged in as", ROOT.name, await user_of(client))


async def test_nobody_at_ipv6(mutual_tls_mongod: Mongod) -> None:
    """
    An IPv6 address where nobody listens is named with the reason.
    """
    client = MotorClient(f"mongodb://[::1]:{mutual_tls_mongod.port}", serverSelectionTimeoutMS=100)
    with pytest.raises(ServerSelectionTimeoutError, match=r"::1.*Connection refused"):
        await client.admin.command("ping")
    await client.close()


def test_end_of_the_loop_during_a_look_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    asyncio.run() that ends while a monitor looks a name up leaves nothing to complain of.
    """
    asked, over = threading.Event(), threading.Event()

    def getaddrinfo(*args: Any, **kwargs: Any) -> Any:
        asked.set()
        over.wait(10)
        raise socket.gaierror("there is no such host")

    async def main() -> None:
        asyncio.get_running_loop().call_later(0.1, over.set)  # asyncio.run() waits for the thread
        client.admin.command("ping").cancel()
        await until(asked.is_set)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    client = MotorClient("mongodb://db.motorish.test")
    asyncio.run(main())
    client.close()

    assert asked.is_set()
