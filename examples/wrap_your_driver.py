"""
Wrap your driver: an application's own synchronous function as a coroutine and as a callback call.

    python examples/wrap_your_driver.py --host 127.0.0.1 --user shop --password secret --database shop

``load_users`` and everything below it, PyMySQL included, stay as they were; two lines are added.  Then

    http://127.0.0.1:8889/users             a coroutine
    http://127.0.0.1:8889/users-callback    a callback
"""

import argparse
import asyncio
from typing import Any

import pymysql
from tornado.web import Application, RequestHandler

import motorish

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


async def main() -> None:
    """
    Serve until Ctrl-C.
    """
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--mysql-port", type=int, default=3306)
    parser.add_argument("--user", default="shop")
    parser.add_argument("--password", default="secret")
    parser.add_argument("--database", default="shop")
    parser.add_argument("--port", type=int, default=8889, help="where this program listens")
    given = parser.parse_args()
    mysql = {
        "host": given.host,
        "port": given.mysql_port,
        "user": given.user,
        "password": given.password,
        "database": given.database,
    }
    make_app(mysql).listen(given.port, "127.0.0.1")
    print(f"Users are at http://127.0.0.1:{given.port}/users")
    await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
