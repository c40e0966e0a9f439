"""
The patcher with a real driver and server: PyMySQL, over TLS too, in children and threads at once.
"""

import asyncio
import importlib
import ssl
import sys
import threading
from collections.abc import Iterator
from typing import Any

import pytest

import motorish
from motorish import patcher
from motorish.integrations.servers import MariaDB


def take_out() -> dict[str, Any]:
    """
    Take PyMySQL's modules out of `sys.modules`, and return them: other tests have imported their classes.
    """
    names = [name for name in sys.modules if name.partition(".")[0] == "pymysql"]
    return {name: sys.modules.pop(name) for name in names}


@pytest.fixture(params=["imported before", "imported after"])
def pymysql(request: pytest.FixtureRequest) -> Iterator[Any]:
    """
    Return PyMySQL, freshly imported and patched, in both orders.
    """
    others = take_out()
    try:
        if request.param == "imported before":
            importlib.import_module("pymysql")
        with patcher.patch("pymysql", strict=True):
            yield importlib.import_module("pymysql")
    finally:
        take_out()
        sys.modules.update(others)


def query(pymysql: Any, server: MariaDB, number: int, **options: Any) -> int:
    """
    Ask the server for *number*, on a connection of its own.
    """
    connection = pymysql.connect(
        host=server.host,
        port=server.port,
        user=server.user,
        password=server.password,
        **options,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("select sleep(0.05), %s", (number,))
        row = cursor.fetchone()
    return int(row[1])


def test_children_and_threads_share_the_module(pymysql: Any, mariadb: MariaDB) -> None:
    """
    Twenty children and five plain threads use the same patched module at once: right rows everywhere.
    """
    rows: dict[int, int] = {}

    def work(number: int) -> None:
        rows[number] = query(pymysql, mariadb, number)

    async def main() -> list[int]:
        return await asyncio.gather(
            *(motorish.spawn(query, pymysql, mariadb, number) for number in range(20))
        )

    threads = [threading.Thread(target=work, args=(number,)) for number in range(100, 105)]
    for thread in threads:
        thread.start()
    found = asyncio.run(main())
    for thread in threads:
        thread.join()

    assert list(range(20)) == found
    assert {number: number for number in range(100, 105)} == rows


def test_a_stock_ssl_context_wraps_green_sockets(pymysql: Any, mariadb: MariaDB, authority: Any) -> None:
    """
    With the application's own SSLContext, queries run side by side and nothing blocks the loop.
    """
    context = ssl.create_default_context()
    authority.configure_trust(context)

    async def main() -> list[int]:
        return await asyncio.gather(
            *(motorish.spawn(query, pymysql, mariadb, number, ssl=context) for number in range(5))
        )

    assert list(range(5)) == asyncio.run(main())


def test_the_application_may_go_on_synchronously(pymysql: Any, mariadb: MariaDB) -> None:
    """
    Outside any loop the patched driver works as before.
    """
    assert 7 == query(pymysql, mariadb, 7)
