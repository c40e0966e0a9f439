"""
One patched PyMySQL serves 50 children and 5 plain threads at once.
"""

import asyncio
import threading
from typing import Any

import pymysql

import motorish
from motorish.integrations.servers import MariaDB

CHILDREN, THREADS, QUERIES = 50, 5, 20


def test_children_and_threads_at_once(mariadb: MariaDB) -> None:
    """
    Everyone gets the rows that belong to his own queries.
    """
    settings = {
        "host": mariadb.host,
        "port": mariadb.port,
        "user": mariadb.user,
        "password": mariadb.password,
    }

    def work(who: int) -> list[Any]:
        rows: list[Any] = []
        with pymysql.connect(**settings) as connection, connection.cursor() as cursor:
            for number in range(QUERIES):
                cursor.execute("SELECT %s, %s, REPEAT('x', %s)", (who, number, number * 1000))
                rows += cursor.fetchall()
        return rows

    def expected(who: int) -> list[Any]:
        return [(who, number, "x" * number * 1000) for number in range(QUERIES)]

    from_threads: dict[int, list[Any]] = {}

    def in_thread(who: int) -> None:
        from_threads[who] = work(who)

    async def main() -> list[list[Any]]:
        return await asyncio.gather(*(motorish.spawn(work, who) for who in range(CHILDREN)))

    threads = [threading.Thread(target=in_thread, args=(1000 + n,)) for n in range(THREADS)]
    with motorish.patch("pymysql"):
        for thread in threads:
            thread.start()
        from_children = asyncio.run(main())
        for thread in threads:
            thread.join()

    assert [expected(who) for who in range(CHILDREN)] == from_children
    assert {1000 + n: expected(1000 + n) for n in range(THREADS)} == from_threads
