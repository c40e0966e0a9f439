"""
Look up users' avatars in SQLite, three at once: Twisted's adbapi, without Twisted.

    python examples/avatars.py

It makes a database of three users, then does what the adbapi howto does: a query, and an interaction, on a
pool of three connections that work in threads, because SQLite is a C library.  Then it prints the avatars.
AVATARS_DB=file in the environment uses an existing database, with a table users(name, avatar, seen).
"""

import asyncio
import os
import sqlite3
import tempfile

from motorish import ConnectionPool

USERS = {"ada": "difference-engine.png", "grace": "moth.png", "barbara": "clu.png"}


def find_avatar(cursor: sqlite3.Cursor, name: str) -> str:
    """
    A synchronous function, which runs in a transaction; what it changes is committed when it returns.
    """
    cursor.execute("SELECT avatar FROM users WHERE name = ?", (name,))
    (avatar,) = cursor.fetchone() or ("nobody.png",)
    cursor.execute("UPDATE users SET seen = seen + 1 WHERE name = ?", (name,))
    return str(avatar)


async def main(path: str) -> None:
    """
    Look three users up at once, as a coroutine; then say how often they were seen, with a callback.
    """
    pool = ConnectionPool("sqlite3", path, max_size=3)

    names = [*USERS]
    avatars = await asyncio.gather(*(pool.runInteraction(find_avatar, name) for name in names))
    for name, avatar in zip(names, avatars, strict=True):
        print(f"{name}: {avatar}")

    printed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_rows(rows: list[tuple[int]] | None, error: BaseException | None) -> None:
        print(f"failed: {error}" if rows is None else f"seen: {rows[0][0]}")
        printed.set_result(None)

    pool.runQuery("SELECT sum(seen) FROM users", callback=on_rows)
    await printed
    print(f"connections: {pool.stats().made}")
    await pool.close()


def make_database(path: str) -> None:
    """
    A table of users.
    """
    with sqlite3.connect(path) as connection:
        connection.execute("CREATE TABLE users (name TEXT PRIMARY KEY, avatar TEXT, seen INTEGER DEFAULT 0)")
        connection.executemany("INSERT INTO users (name, avatar) VALUES (?, ?)", USERS.items())
    connection.close()


if __name__ == "__main__":
    if given := os.environ.get("AVATARS_DB"):
        asyncio.run(main(given))
    else:
        with tempfile.TemporaryDirectory() as directory:
            made = os.path.join(directory, "users.db")
            make_database(made)
            asyncio.run(main(made))
