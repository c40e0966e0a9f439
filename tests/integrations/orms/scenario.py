"""
A synchronous shop behind a Tornado handler: 100 requests at once, whatever ORM it is written with.

    python scenario.py sqlalchemy_shop mysql://user:password@host:port/database packages...

Prints "done" if no request saw anything of another, the connections were no more than allowed, the loop
was on time, nothing was left of cancelled calls, and there were no threads.
"""

# ruff: noqa: E402  # what is imported later has to be patched first

import asyncio
import importlib
import json
import socket
import ssl
import sys
import threading
from typing import Any

import motorish

SHOP, URL, *PACKAGES = sys.argv[1:]
motorish.patch(*PACKAGES, SHOP, strict=True)
if "psycopg2" in PACKAGES:
    sys.modules["psycopg"] = None  # type: ignore[assignment]  # which Django would prefer
shop: Any = importlib.import_module(SHOP)

from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import Resolver, bind_sockets
from tornado.web import Application, RequestHandler

from motorish.integrations.contract.lag import Lag, measured

REQUESTS = 100
CONNECTIONS = 5
CANCELLED = 10
CONNECT_ARGS: dict[str, Any] = {}
if URL.startswith("mysql"):  # PyMySQL would load all certificate authorities for each connection
    CONNECT_ARGS["ssl"] = ssl.create_default_context()
    CONNECT_ARGS["ssl"].check_hostname = False
    CONNECT_ARGS["ssl"].verify_mode = ssl.CERT_NONE
CALLBACK_S = 0.1  # 100 requests at once: no step of one holds the loop up for longer
WAITING_S = 0.1  # calls that wait for the server, or for a connection, do not hold it up at all
ATTEMPTS = 3


class ShopHandler(RequestHandler):
    """
    A visit to the shop: several calls, one session.
    """

    async def get(self, name: str) -> None:
        """
        Answer with what this customer has bought.
        """
        with motorish.scope():
            try:
                connection = await motorish.spawn(shop.enter, name)
                for number in range(2):
                    await motorish.spawn(shop.put, f"{name}'s {number}")
                bought = await motorish.spawn(shop.pay, name)
            finally:
                await motorish.spawn(shop.leave)
        assert connection == bought["connection"]
        self.write(bought)


class NoThreads(Resolver):
    """
    Knows addresses only: Tornado's own looks them up in threads.
    """

    async def resolve(self, host: str, port: int, family: Any = 0) -> list[tuple[int, Any]]:
        """
        Return the address, as it is.
        """
        return [(socket.AF_INET, (host, port))]


async def visit_all(address: str) -> set[int]:
    """
    Request 100 pages at once; return the database connections that served them.
    """
    client = AsyncHTTPClient(force_instance=True, max_clients=REQUESTS, resolver=NoThreads())

    async def visit(name: str) -> dict[str, Any]:
        response = await client.fetch(f"{address}/{name}", request_timeout=40)
        answer: dict[str, Any] = json.loads(response.body)
        return answer

    names = [f"Customer-{number}" for number in range(REQUESTS)]
    answers = await asyncio.gather(*map(visit, names))
    client.close()
    connections = {answer.pop("connection") for answer in answers}
    assert answers == [
        {"name": name, "items": [f"{name}'s 0", f"{name}'s 1"], "buyers": [name]} for name in names
    ]
    return connections


async def wait_and_cancel() -> Lag:
    """
    Calls that are cancelled in the midst of a transaction leave nothing: no row, no lost connection.
    """
    before = await motorish.spawn(shop.count)
    for attempt in range(2):  # each with all connections there are, and some calls that wait for one
        names = [f"Lingerer-{attempt}-{number}" for number in range(CONNECTIONS * 2)]
        lingering = [motorish.spawn(shop.linger, name, 30.0) for name in names]
        await asyncio.sleep(0.3)  # until most of them wait
        async with measured() as lag:
            await asyncio.sleep(0.3)
        for call in lingering:
            call.cancel()
        ended = await asyncio.gather(*lingering, return_exceptions=True)
        assert all(isinstance(error, asyncio.CancelledError) for error in ended), ended
    with motorish.timeout(10.0):
        assert before == await motorish.spawn(shop.count)
    return lag


async def main() -> None:
    """
    Serve, request, cancel.
    """
    await motorish.spawn(shop.start, URL, CONNECTIONS, CONNECT_ARGS)
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(Application([("/(.*)", ShopHandler)]))
    server.add_sockets(sockets)
    async with measured() as busy:
        connections = await visit_all(f"http://127.0.0.1:{sockets[0].getsockname()[1]}")
    assert len(connections) <= getattr(shop, "MOST_CONNECTIONS", CONNECTIONS), connections
    assert REQUESTS == await motorish.spawn(shop.count)
    lags = [await wait_and_cancel()]
    while not lags[-1].is_within(WAITING_S):
        assert len(lags) < ATTEMPTS, lags  # the rest of the machine can only make it worse
        lags.append(await wait_and_cancel())
    assert busy.callback_cpu_s <= CALLBACK_S, busy
    server.stop()
    await server.close_all_connections()
    await motorish.spawn(shop.stop)
    assert 1 == threading.active_count(), threading.enumerate()
    print("done")


asyncio.run(main())
