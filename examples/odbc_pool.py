"""
A pool of ODBC connections: what aioodbc's README does, with pyodbc as it is and no wrapper class of its own.

    python examples/odbc_pool.py

ODBC_DSN in the environment names the database, as pyodbc.connect() takes it; otherwise it is a new one of
SQLite (its ODBC driver is Debian's package libsqliteodbc).
"""

import asyncio
import os
import tempfile
from typing import Any

from motorish import ConnectionPool


def sell(cursor: Any, what: str, count: int) -> int:
    """
    A synchronous function, which runs in a transaction: it is committed when it returns.
    """
    cursor.execute("UPDATE stock SET number = number - ? WHERE name = ?", (count, what))
    (left,) = cursor.execute("SELECT number FROM stock WHERE name = ?", (what,)).fetchone()
    if left < 0:
        raise ValueError(f"not so many: {what}")
    return int(left)


async def main(dsn: str) -> None:
    """
    Each way to use a pool.
    """
    pool = ConnectionPool("pyodbc", dsn, min_size=1, max_size=5)

    async with pool.acquire() as connection:  # several calls on one connection
        cursor = connection.cursor()
        await cursor.execute("SELECT 42 AS age")
        row = await cursor.fetchone()
        print(row, row.age)
        await cursor.close()

    await pool.run_operation("CREATE TABLE stock (name VARCHAR(20), number INTEGER)")
    async with pool.transaction() as cursor:  # committed when the block ends
        await cursor.executemany("INSERT INTO stock VALUES (?, ?)", [("tea", 10), ("milk", 1)])

    print("tea left:", await pool.run_interaction(sell, "tea", 3))
    try:
        await pool.run_interaction(sell, "milk", 2)
    except ValueError as error:  # and it was rolled back
        print(error)

    async for name, number in pool.stream("SELECT name, number FROM stock ORDER BY name"):
        print(name, number)
    await pool.run_operation("DROP TABLE stock")
    await pool.close()


if __name__ == "__main__":
    if given := os.environ.get("ODBC_DSN"):
        asyncio.run(main(given))
    else:
        with tempfile.TemporaryDirectory() as directory:
            asyncio.run(main(f"Driver=SQLite3;Database={directory}/stock.db"))
