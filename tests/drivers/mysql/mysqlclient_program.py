"""
mysqlclient wrapped and pooled, against the server of which the arguments say host, port, user, and so on.

Prints "done"; any failure is a traceback.
"""

import asyncio
import sys
import time

import MySQLdb

import motorish
from motorish.proxy.engines import choose_engine

ARGUMENTS = dict(zip(("host", "port", "user", "password", "database"), sys.argv[1:], strict=True))
SETTINGS = {**ARGUMENTS, "port": int(ARGUMENTS["port"])}
WORKERS_S = 0.3


async def wrapped() -> None:
    """
    Connect, execute, fetch, iterate, commit, roll back.
    """
    connection = await motorish.wrap(MySQLdb).connect(**SETTINGS)
    cursor = connection.cursor()
    await cursor.execute("CREATE OR REPLACE TABLE c_users (id INT PRIMARY KEY, name TEXT)")
    await cursor.executemany("INSERT INTO c_users VALUES (%s, %s)", [(n, f"user {n}") for n in range(300)])
    await connection.commit()
    await cursor.execute("DELETE FROM c_users")
    await connection.rollback()
    await cursor.execute("SELECT id FROM c_users ORDER BY id")
    assert [*range(300)] == [number async for (number,) in cursor]
    await connection.close()


async def pooled() -> None:
    """
    Three jobs at once, a transaction that fails, a stream, a job that is given up.
    """
    pool = motorish.ConnectionPool("MySQLdb", kwargs=SETTINGS, max_size=3)
    before = time.monotonic()
    await asyncio.gather(*(pool.run_query("SELECT SLEEP(%s)", (WORKERS_S,)) for _ in range(3)))
    assert time.monotonic() - before < 3 * WORKERS_S  # at the same time

    def fail(cursor: MySQLdb.cursors.Cursor) -> None:
        cursor.execute("DELETE FROM c_users")
        cursor.execute("SELECT nothing FROM nowhere")

    try:
        await pool.run_interaction(fail)
    except MySQLdb.ProgrammingError:
        pass
    assert 300 == len([row async for row in pool.stream("SELECT * FROM c_users", batch_size=7)])

    given_up = pool.run_query("SELECT SLEEP(%s)", (WORKERS_S,))
    await asyncio.sleep(0.1)
    given_up.cancel()
    try:
        await given_up
    except asyncio.CancelledError:
        pass
    assert ((300,),) == tuple(await pool.run_query("SELECT COUNT(*) FROM c_users"))
    await pool.run_operation("DROP TABLE c_users")
    await pool.close()


async def main() -> None:
    """
    One after the other.
    """
    assert "thread" == choose_engine("MySQLdb").engine
    await wrapped()
    await pooled()
    print("done")


asyncio.run(main())
