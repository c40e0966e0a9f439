"""
Bugs that PyMySQL's asynchronous twins (aiomysql, asyncmy) have shipped, and PyMySQL under gevent.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import pymysql
import pytest

import motorish
from motorish.integrations.servers import MariaDB
from motorish.testing import chaos
from tests.faults.figures import Figures
from tests.faults.logins import ask
from tests.faults.logins import mariadb_options as options
from tests.faults.rogue_mysql import RogueMySQL, error, packet
from tests.loops import outcome, turns

SHUTDOWN = 1053

Connect = Callable[..., Any]

pytestmark = pytest.mark.timeout(300)  # at full scale


@pytest.fixture
def connect(mariadb: MariaDB) -> Iterator[Connect]:
    """
    Return what connects to the private MariaDB with a patched PyMySQL.
    """
    with motorish.patch("pymysql"):
        yield partial(pymysql.connect, **options(mariadb, mariadb))


@pytest.mark.row("G5")
def test_connects_that_time_out(connect: Connect, mariadb: MariaDB, figures: Figures) -> None:
    """
    Fifty at a time connect to a server that says nothing in time, and again when it does.

    PyMySQL's connect_timeout is for the connection of the socket only, read_timeout for what comes then.
    """
    rounds = figures.times(20, least=1)

    async def main(proxy: chaos.Proxy) -> set[Any]:
        here = partial(connect, host=proxy.host, port=proxy.port)
        ends: set[Any] = set()
        for _ in range(rounds):
            proxy.hold()
            late = [motorish.spawn(here, connect_timeout=0.05, read_timeout=0.05) for _ in range(50)]
            ends |= set(await asyncio.gather(*map(outcome, late)))
            proxy.release()
            connection = await motorish.spawn(here)
            assert ((1,),) == await motorish.spawn(ask, connection, "SELECT 1")
            await motorish.spawn(connection.close)
        return ends

    with chaos.Proxy(mariadb.host, mariadb.port) as proxy:
        ends = asyncio.run(main(proxy))
    figures.equal("PyMySQL, what connect raises after its timeout", "OperationalError", names(ends))


def names(ends: set[Any]) -> str:
    """
    The names of some classes.
    """
    return ", ".join(sorted(end.__name__ for end in ends))


@pytest.mark.row("G5")
def test_packet_of_a_server_that_shuts_down(figures: Figures) -> None:
    """
    It is numbered 0, out of sequence: the connection is lost, and that is what the error says.
    """

    async def main(port: int) -> set[Any]:
        connection = await motorish.spawn(pymysql.connect, host=RogueMySQL.host, port=port, user="me")
        first = await outcome(motorish.spawn(ask, connection, "SELECT 1"))
        assert not connection.open
        return {first}

    shutdown = error(0, SHUTDOWN, "Server shutdown in progress")
    with motorish.patch("pymysql"), RogueMySQL(shutdown) as server:
        ends = asyncio.run(main(server.port))
    figures.equal("PyMySQL, a query when the server shuts down", "OperationalError", names(ends))


@pytest.mark.row("G9")
def test_a_server_that_asks_for_a_file(figures: Figures) -> None:
    """
    A rogue server answers a SELECT by asking for /etc/passwd, and gets nothing.
    """

    async def main(port: int) -> Any:
        connection = await motorish.spawn(pymysql.connect, host=RogueMySQL.host, port=port, user="me")
        with pytest.raises(RuntimeError, match="local_infile option is false"):
            await motorish.spawn(ask, connection, "SELECT 1")
        await motorish.spawn(connection.close)

    with motorish.patch("pymysql"), RogueMySQL(packet(1, b"\xfb/etc/passwd")) as server:
        asyncio.run(main(server.port))
    got = sum(len(each) for each in server.received if each != b"\x01")  # but for "I leave"
    figures.equal("PyMySQL, bytes of the file that the server got", 0, got)


@pytest.mark.row("G10")
def test_cancelled_in_a_transaction(connect: Connect, figures: Figures) -> None:
    """
    Two rows in one transaction, cancelled at random moments: both are there or none, and no lock is held.
    """
    rounds = figures.times(1000, least=30)
    rng = random.Random(10)

    def work(connection: Any, number: int) -> None:
        connection.begin()
        ask(connection, "INSERT INTO half VALUES (%s)", number)
        ask(connection, "INSERT INTO half VALUES (%s)", -number)
        connection.commit()

    async def main() -> tuple[set[Any], int, int]:
        watcher = await motorish.spawn(connect, autocommit=True)
        await motorish.spawn(ask, watcher, "CREATE OR REPLACE TABLE half (n INT PRIMARY KEY)")
        connection, closed, ends = None, 0, set()
        for number in range(1, rounds + 1):
            connection = connection or await motorish.spawn(connect)
            call = motorish.spawn(work, connection, number)
            await turns(rng.randrange(12))
            call.cancel()
            ends.add(await outcome(call))
            if not connection.open:
                connection, closed = None, closed + 1
        statement = "SELECT COUNT(*) FROM half one LEFT JOIN half two ON one.n = -two.n WHERE two.n IS NULL"
        await motorish.spawn(ask, watcher, "SET innodb_lock_wait_timeout = 1")
        await motorish.spawn(ask, watcher, "UPDATE half SET n = n * 1000000")  # needs all their locks
        half = int((await motorish.spawn(ask, watcher, statement))[0][0])
        await motorish.spawn(ask, watcher, "DROP TABLE half")
        for each in filter(None, (connection, watcher)):
            await motorish.spawn(each.close)
        return ends, closed, half

    ends, closed, half = asyncio.run(main())
    assert {None, asyncio.CancelledError} >= ends
    figures.note(f"PyMySQL, connections closed by {rounds} cancels in transactions", closed)
    figures.equal("PyMySQL, half committed transactions", 0, half)
