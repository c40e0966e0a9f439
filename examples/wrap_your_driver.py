"""
Wrap your driver: an application's own synchronous function as a coroutine and as a callback call.

    python examples/wrap_your_driver.py

``load_users`` and everything below it, PyMySQL included, stay as they were; two lines are added.  It starts a
private MariaDB with a table of users, and prints two addresses: a coroutine and a callback, which answer the
same.  With --host and so on it uses the table ``users`` of an existing server.
"""

import argparse
import asyncio
import tempfile
from typing import Any

import pymysql
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

import motorish
from motorish.integrations.servers import MariaDB

motorish.patch("pymysql")  # added line 1: its sockets, locks and sleeps let the loop run


def load_users(settings: dict[str, Any], limit: int) -> list[dict[str, Any]]:
    """
    The application's synchronous function, as it has always been.
    """
    with pymysql.connect(**settings) as connection, connection.cursor() as cursor:
        cursor.execute("SELECT id, name FROM users ORDER BY id LIMIT %s", (limit,))
        return [{"id": id_, "name": name} for id_, name in cursor.fetchall()]


load_users_async = motorish.asynchronize(load_users)  # added line 2


class UsersHandler(RequestHandler):
    """
    The coroutine style.
    """

    async def get(self) -> None:
        """
        Answer with the users; other requests are served while MariaDB thinks.
        """
        with motorish.timeout(5.0):
            users = await load_users_async(self.settings["mysql"], limit=10)
        self.write({"users": users})


class UsersCallbackHandler(RequestHandler):
    """
    The callback style: no coroutine anywhere.
    """

    def get(self) -> asyncio.Future[None]:
        """
        Answer from the callback; the future tells Tornado when the request is finished.
        """
        finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_users(users: list[dict[str, Any]] | None, error: BaseException | None) -> None:
            if error is not None:
                self.send_error(503)
            else:
                self.finish({"users": users})
            finished.set_result(None)

        load_users_async(self.settings["mysql"], limit=10, callback=on_users)
        return finished


def make_app(mysql: dict[str, Any]) -> Application:
    """
    Args:
        mysql: what ``pymysql.connect`` is to get.
    """
    handlers = [("/users", UsersHandler), ("/users-callback", UsersCallbackHandler)]
    return Application(handlers, mysql=mysql)


def fill(mysql: dict[str, Any]) -> None:
    """
    A table of users.
    """
    with pymysql.connect(**mysql, autocommit=True) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT)")
        cursor.executemany("INSERT INTO users (name) VALUES (%s)", [("Ada",), ("Grace",), ("Barbara",)])


async def serve(mysql: dict[str, Any], port: int) -> None:
    """
    Serve until Ctrl-C.
    """
    sockets = bind_sockets(port, "127.0.0.1")
    HTTPServer(make_app(mysql)).add_sockets(sockets)
    for path in ("users", "users-callback"):
        print(f"Users are at http://127.0.0.1:{sockets[0].getsockname()[1]}/{path}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """
    Start a private server, unless there is one.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--host", help="of a MariaDB or MySQL; otherwise a private one is started")
    parser.add_argument("--mysql-port", type=int, default=3306)
    parser.add_argument("--user", default="shop")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--database", default="shop")
    parser.add_argument("--port", type=int, default=0, help="where this program listens")
    given = parser.parse_args()
    mysql = {name: getattr(given, name) for name in ("host", "user", "password", "database")}
    if given.host:
        asyncio.run(serve(mysql | {"port": given.mysql_port}, given.port))
        return
    with tempfile.TemporaryDirectory() as directory, MariaDB(directory) as server:
        mysql = {name: getattr(server, name) for name in ("host", "port", "user", "password", "database")}
        fill(mysql)
        asyncio.run(serve(mysql, given.port))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
