"""
PostgreSQL's drivers, wrapped: cursors whose rows stay at the server are asynchronous iterators.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import psycopg2
import pytest

import motorish
from motorish.integrations.servers import PostgreSQL
from motorish.proxy.wrapped_object import ROWS

COUNT = 2 * ROWS + 50


@pytest.mark.parametrize("driver", [psycopg2, psycopg], ids=lambda driver: str(driver.__name__))
def test_server_side_cursors_are_asynchronous_iterators(driver: Any, postgres: PostgreSQL) -> None:
    """
    Rows come in batches, in order; one that is left early leaves its connection in use.
    """
    pg = motorish.wrap(driver)

    async def main() -> None:
        async with pg.connect(postgres.dsn) as connection:
            async with connection.cursor("all_of_them") as cursor:
                await cursor.execute("SELECT generate_series(1, %s)", (COUNT,))
                assert list(range(1, COUNT + 1)) == [number async for (number,) in cursor]
            async with connection.cursor("some_of_them") as cursor:
                await cursor.execute("SELECT generate_series(1, 1000000)")
                async for (number,) in cursor:
                    if number == 3:
                        break
                assert (4,) == await cursor.fetchone()
            async with connection.cursor() as cursor:
                await cursor.execute("SELECT count(*) FROM pg_cursors")
                assert (0,) == await cursor.fetchone()
        if driver is psycopg2:  # whose own ``with`` ends the transaction only
            await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg2", "psycopg")
