"""
psycopg2 in a Tornado handler: a pool, one SELECT … WHERE id=, and a callback; then the same as a coroutine.

    python examples/psycopg2_handler.py

It starts a private PostgreSQL with a table of users, and prints two addresses that do the same.
DATABASE_URL in the environment uses the table ``users`` of an existing database; PORT is where to listen.
"""

import asyncio
import os
import tempfile
from pathlib import Path
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

import motorish
from motorish.integrations.servers import PostgreSQL

NAMES = ("Ada", "Grace", "Barbara")
SELECT = "SELECT name FROM users WHERE id = %s"


class CallbackHandler(RequestHandler):
    """
    With a callback.
    """

    def get(self, user_id: str) -> asyncio.Future[None]:
        """
        Ask; the answer comes to on_rows(), and other requests are served meanwhile.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_rows(rows: list[tuple[str]] | None, error: BaseException | None) -> None:
            if error is not None:
                done.set_exception(error)
            elif not rows:
                done.set_exception(HTTPError(404))
            else:
                self.write({"id": int(user_id), "name": rows[0][0]})
                done.set_result(None)

        self.settings["pool"].run_query(SELECT, (user_id,), callback=on_rows)
        return done


class CoroutineHandler(RequestHandler):
    """
    With a coroutine.
    """

    async def get(self, user_id: str) -> None:
        """
        Ask, and go on when the answer is there.
        """
        rows = await self.settings["pool"].run_query(SELECT, (user_id,))
        if not rows:
            raise HTTPError(404)
        self.write({"id": int(user_id), "name": rows[0][0]})


def fill(cursor: Any) -> None:
    """
    Something to find.
    """
    cursor.execute("CREATE TABLE users (id serial PRIMARY KEY, name text)")
    cursor.executemany("INSERT INTO users (name) VALUES (%s)", [(name,) for name in NAMES])


async def serve(dsn: str, *, private: bool) -> None:
    """
    Serve until Ctrl-C.
    """
    pool = motorish.ConnectionPool("psycopg2", dsn, max_size=10)
    if private:
        await pool.run_interaction(fill)
    handlers = [(r"/callback/(\d{1,9})", CallbackHandler), (r"/coroutine/(\d{1,9})", CoroutineHandler)]
    sockets = bind_sockets(int(os.environ.get("PORT", "0")), "127.0.0.1")
    HTTPServer(Application(handlers, pool=pool)).add_sockets(sockets)
    for style in ("callback", "coroutine"):
        print(f"A user is at http://127.0.0.1:{sockets[0].getsockname()[1]}/{style}/1", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """
    Start a private server, unless there is one.
    """
    if given := os.environ.get("DATABASE_URL"):
        asyncio.run(serve(given, private=False))
        return
    with tempfile.TemporaryDirectory() as directory:
        Path(directory).chmod(0o711)  # started by root, PostgreSQL runs as an account of its own
        with PostgreSQL(directory) as server:
            asyncio.run(serve(server.dsn, private=True))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
