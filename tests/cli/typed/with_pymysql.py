"""
A program with PyMySQL, whose source has no annotations.
"""

# ruff: noqa: D103
from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

import pymysql

import motorish

if TYPE_CHECKING:
    import pymysql_async as apymysql
else:
    apymysql = motorish.wrap(pymysql)


def on_rows(rows: Any, error: BaseException | None) -> None: ...


async def rows_of(connection: apymysql.Connection, sql: str) -> list[tuple[int, str]]:
    async with connection.cursor() as cursor:
        await cursor.execute(sql)
        return [row async for row in cursor]


async def main() -> None:
    async with apymysql.connect(host="localhost", user="app") as connection:
        assert_type(connection, apymysql.Connection)
        print(await rows_of(connection, "select id, name from users"))
        await connection.commit()
        assert_type(connection.ping(reconnect=False, callback=on_rows), None)
        try:
            cursor = await apymysql.cursors.DictCursor(connection)
            print(await cursor.fetchall())
        except apymysql.err.OperationalError as error:
            print(error, connection.host)
    await apymysql.connect(hots="localhost")  # error
    connection.comit()  # error
    connection.ping(callback=7)  # error
