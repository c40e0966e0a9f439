"""
Hear what PostgreSQL says while a query runs, and what others notify: asyncpg's listeners, on psycopg2.

    python examples/notice_listener.py

It starts a private PostgreSQL, runs a block that raises notices as it goes on, and prints each when it is
raised; then what another connection notifies.  DATABASE_URL in the environment uses an existing server.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

import psycopg2

import motorish
from motorish.integrations.servers import PostgreSQL

WORK = """
    DO $$ BEGIN
        FOR step IN 1..3 LOOP
            PERFORM pg_sleep(0.1);
            RAISE NOTICE 'step % of 3', step;
        END LOOP;
        RAISE WARNING 'tired' USING HINT = 'sleep';
    END $$
"""


def on_message(connection: Any, message: Any) -> None:
    """
    Called on the loop for each message of the server, while the query goes on.
    """
    hint = f" ({message.hint})" if message.hint else ""
    print(f"{message.severity}: {message.message}{hint}", flush=True)


async def main(dsn: str) -> None:
    """
    Listen to the server, then to another connection.
    """
    postgres = motorish.wrap(psycopg2)
    listening, talking = await postgres.connect(dsn), await postgres.connect(dsn)

    await listening.add_log_listener(on_message)
    async with listening.cursor() as cursor:
        await cursor.execute(WORK)
    await listening.commit()
    print("the work is done")

    heard: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    await listening.add_listener("news", lambda connection, pid, channel, payload: heard.set_result(payload))
    async with talking.cursor() as cursor:
        await cursor.execute("NOTIFY news, 'it rains'")
    await talking.commit()
    print(f"news: {await heard}")

    await listening.close()
    await talking.close()


def start() -> None:
    """
    Start a private server, unless there is one.
    """
    if given := os.environ.get("DATABASE_URL"):
        asyncio.run(main(given))
        return
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)  # started by root, PostgreSQL runs as an account of its own
        with PostgreSQL(directory) as server:
            asyncio.run(main(server.dsn))


if __name__ == "__main__":
    start()
