"""
A program with sqlite3, whose types are those of typeshed.
"""

# ruff: noqa: D103
from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, assert_type

import motorish

if TYPE_CHECKING:
    import sqlite3_async as asqlite3
else:
    asqlite3 = motorish.wrap(sqlite3)


def on_row(row: Any, error: BaseException | None) -> None: ...


def on_cursor(cursor: asqlite3.Cursor | None, error: BaseException | None) -> None: ...


def on_number(number: int, error: BaseException | None) -> None: ...


async def main() -> None:
    async with asqlite3.connect(":memory:") as connection:
        assert_type(connection, asqlite3.Connection)
        assert_type(connection.total_changes, int)
        assert_type(connection.delegate, sqlite3.Connection)
        cursor = await connection.execute("select ?", (1,))
        assert_type(cursor, asqlite3.Cursor)
        row: tuple[int] = await cursor.fetchone()
        async for number, text in connection.execute("select 1, 'one'"):
            print(number + 1, text)
        async for number, text in cursor:
            print(number + 1, text)
        assert_type(connection.execute("select 1", callback=on_cursor), None)
        cursor.fetchone(callback=on_row)
        await connection.commit()
        own: Iterator[str] = iter(await connection.iterdump())  # error
        async for line in connection.iterdump():
            assert_type(line, str)
        try:
            await (await connection.cursor()).executemany("insert into t values (?)", [(1,), (2,)])
        except asqlite3.OperationalError as error:
            print(error.sqlite_errorname)
        cursor.execute("select 1").fetchall()  # error
        connection.execute("select 1", callback=on_number)  # error
        print(row, own, connection.comit())  # error
    with asqlite3.connect(":memory:") as connection:  # error
        print(connection)
