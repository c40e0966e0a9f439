"""
PostgreSQL's drivers, wrapped: cursors whose rows stay at the server are asynchronous iterators.
"""

from __future__ import annotations

import asyncio
from typing import Any

import psycopg
import psycopg2
import psycopg2.extras
import pytest

import motorish
from motorish.integrations.servers import PostgreSQL
from motorish.proxy import wrapping
from motorish.proxy.wrapped_cursor import ROWS

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


@pytest.mark.parametrize("kind", [None, psycopg2.extras.DictCursor])
@pytest.mark.parametrize("name", [None, "rows"])
def test_what_has_its_rows_needs_no_child(
    postgres: PostgreSQL, monkeypatch: pytest.MonkeyPatch, kind: Any, name: str | None
) -> None:
    """
    Of psycopg2's own cursors only the statement is a call in a child; of named ones all are.
    """
    called: list[str] = []

    def spawn(function: Any, run: tuple[Any, ...], **kwargs: Any) -> Any:
        called.append(run[0].__name__)
        return stock_spawn(function, run, **kwargs)

    stock_spawn = wrapping.spawn
    monkeypatch.setattr(wrapping, "spawn", spawn)
    pg = motorish.wrap(psycopg2)

    async def main() -> None:
        connection = await pg.connect(postgres.dsn)
        called.clear()
        async with connection.cursor(name, cursor_factory=kind) as cursor:
            await cursor.execute("SELECT 7")
            assert [7] == list(await cursor.fetchone())
        in_child = ["__enter__", "execute", "fetchone", "__exit__"]
        assert called == (in_child if name else ["execute"])
        await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg2")


@pytest.mark.parametrize("driver", [psycopg2, psycopg], ids=lambda driver: str(driver.__name__))
def test_subclasses_of_the_application_are_wrapped(driver: Any, postgres: PostgreSQL) -> None:
    """
    A connection and a cursor of its own are the driver's all the same, and their own methods are calls.
    """

    class Mine(psycopg2.extensions.connection):
        def numbers(self, count: int) -> list[int]:
            with self.cursor() as cursor:
                cursor.execute("SELECT generate_series(1, %s)", (count,))
                return [number for (number,) in cursor]

    class Cursor(psycopg.Cursor if driver is psycopg else psycopg2.extensions.cursor):  # type: ignore[misc]
        def only(self) -> Any:
            ((value,),) = self.fetchall()
            return value

    pg = motorish.wrap(driver)

    async def main() -> None:
        if driver is psycopg:
            connection = await pg.connect(postgres.dsn, cursor_factory=Cursor)
        else:
            connection = await pg.connect(postgres.dsn, connection_factory=Mine, cursor_factory=Cursor)
            assert [1, 2, 3] == await connection.numbers(3)
        async with connection.cursor() as cursor:
            await cursor.execute("SELECT 7")
            assert 7 == await cursor.only()
        await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg2", "psycopg")


@pytest.mark.parametrize("name", [None, "rows"])
@pytest.mark.parametrize("driver", [psycopg2, psycopg], ids=lambda driver: str(driver.__name__))
def test_scroll_from_where_the_application_is(driver: Any, postgres: PostgreSQL, name: str | None) -> None:
    """
    Rows that were fetched ahead do not count; a scroll that fails leaves the cursor where it is.
    """
    pg = motorish.wrap(driver)

    async def main() -> None:
        connection = await pg.connect(postgres.dsn)
        cursor = await connection.cursor(name, **({"scrollable": True} if name else {}))
        await cursor.execute("SELECT generate_series(1, %s)", (COUNT,))
        assert (1,) == await anext(aiter(cursor))
        for way, expected in ((1, 3), (ROWS + 20, ROWS + 24), (-21, ROWS + 4)):
            await cursor.scroll(way)
            assert (expected,) == await anext(aiter(cursor))
            if name is None or driver is psycopg:  # psycopg2 counts from where it has fetched last
                assert expected == cursor.rownumber
        if name is None:
            with pytest.raises((IndexError, driver.Error)):
                await cursor.scroll(COUNT)
        assert (ROWS + 5,) == await cursor.fetchone()
        await cursor.scroll(6, mode="absolute")
        assert list(range(7, COUNT + 1)) == [number for (number,) in await cursor.fetchall()]
        await cursor.close()
        await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg2", "psycopg")


def test_another_result_of_the_same_statements(postgres: PostgreSQL) -> None:
    """
    After psycopg's set_result() the rows are those of the result chosen.
    """
    pg = motorish.wrap(psycopg)

    async def main() -> None:
        connection = await pg.connect(postgres.dsn)
        cursor = await connection.cursor()
        await cursor.execute("SELECT generate_series(1, 500); SELECT 'two'")
        assert (1,) == await anext(aiter(cursor))
        assert cursor is await cursor.set_result(1)
        assert [("two",)] == await cursor.fetchall()
        await connection.close()

    try:
        asyncio.run(main())
    finally:
        motorish.unpatch("psycopg")
