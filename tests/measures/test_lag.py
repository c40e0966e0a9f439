"""
Nothing holds the loop up: no callback takes more than 50 ms of CPU, no tick is 50 ms late.
"""

import asyncio
import contextlib
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.contract.lag import Lag, assert_no_lag, measured
from motorish.integrations.servers import MariaDB

pytestmark = pytest.mark.alone


@pytest.fixture(autouse=True)
def patched() -> Iterator[None]:
    """
    PyMySQL is green during the test.
    """
    with motorish.patch("pymysql"):
        yield


def test_lag_of_a_thousand_operations(mongod_uri: str) -> None:
    """
    1,000 operations, 100 at a time, beginning with a cold client.
    """

    async def main() -> Lag:
        client = motorish.MotorClient(mongod_uri)
        orders = client.motorish_test.lag
        limit = asyncio.Semaphore(100)

        async def one(number: int) -> None:
            async with limit:
                await orders.replace_one({"_id": number % 50}, {"x": number}, upsert=True)
                assert await orders.find_one({"_id": number % 50}) is not None

        async with measured() as lag:
            await asyncio.gather(*(one(number) for number in range(500)))
        await client.drop_database("motorish_test")
        await client.close()
        return lag

    assert_no_lag(main)


def test_lag_while_a_query_sleeps_on_the_server(mariadb: MariaDB) -> None:
    """
    SELECT SLEEP(0.5) keeps MariaDB busy, not the loop.
    """

    def query(connection: Any) -> Any:
        with connection.cursor() as cursor:
            cursor.execute("SELECT SLEEP(0.5)")
            return cursor.fetchone()

    async def main() -> Lag:
        connections = [await motorish.spawn(pymysql.connect, **_settings(mariadb)) for _ in range(5)]
        async with measured() as lag:
            began = time.perf_counter()
            slept = await asyncio.gather(*(motorish.spawn(query, one) for one in connections))
            assert time.perf_counter() - began < 2
        for connection in connections:
            await motorish.spawn(connection.close)
        assert [(0,)] * 5 == slept
        return lag

    assert_no_lag(main)


def test_lag_while_a_name_is_slow_to_resolve(mongod_uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A look-up that takes half a second blocks a resolver thread, not the loop.
    """
    stock = socket.getaddrinfo

    def slow(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host == "slow.example":
            time.sleep(0.5)
            host = "127.0.0.1"
        return stock(host, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", slow)
    port = int(mongod_uri.split("127.0.0.1:")[1].partition("/")[0])

    async def main() -> Lag:
        client = motorish.MotorClient("slow.example", port, directConnection=True)
        async with measured() as lag:
            assert (await client.admin.command("ping"))["ok"] == 1
        await client.close()
        return lag

    assert_no_lag(main)


@pytest.fixture
def tls_echo(tls_files: tuple[Path, Path, Path]) -> Iterator[int]:
    """
    Return the port of a TLS server, in threads, whose handshakes take a while.
    """
    chain, key, _ = tls_files
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(chain, key)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]

        def answer(connection: socket.socket) -> None:
            time.sleep(0.2)
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.sendall(tls.recv(100))

        def serve() -> None:
            with contextlib.suppress(OSError):
                while True:
                    threading.Thread(target=answer, args=(listener.accept()[0],)).start()

        thread = threading.Thread(target=serve)
        thread.start()
        yield port
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def test_lag_while_tls_shakes_hands(tls_echo: int, tls_files: tuple[Path, Path, Path]) -> None:
    """
    Ten handshakes with a slow server, with a context that the application made with the stock ssl.
    """
    from motorish.green import socket as green_socket

    context = ssl.create_default_context(cafile=tls_files[2])

    def exchange() -> bytes:
        with (
            green_socket.create_connection(("127.0.0.1", tls_echo)) as plain,
            context.wrap_socket(plain, server_hostname="localhost") as tls,
        ):
            tls.sendall(b"hello")
            return tls.recv(100)

    async def main() -> Lag:
        async with measured() as lag:
            replies = await asyncio.gather(*(motorish.spawn(exchange) for _ in range(10)))
        assert [b"hello"] * 10 == replies
        return lag

    assert_no_lag(main)


def _settings(server: MariaDB) -> dict[str, Any]:
    return {
        "host": server.host,
        "port": server.port,
        "user": server.user,
        "password": server.password,
        "database": server.database,
    }
