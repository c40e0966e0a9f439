"""
A REST call with requests, in a Tornado handler.

    python examples/rest_call.py

It starts a small weather service, which takes half a second for an answer, and a page that asks it with
requests, and prints the page's address.  Both run on one event loop in one thread: while the call waits,
the loop serves the call.  REST_URL in the environment is another service; PORT is where to listen.
"""

import asyncio
import os
from typing import Any

import requests
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, HTTPError, RequestHandler

import motorish

http = motorish.wrap(requests)  # requests as it is; its calls can be awaited


class WeatherService(RequestHandler):
    """
    Somebody else's REST service.
    """

    async def get(self, city: str) -> None:
        """
        Think, then answer with JSON.
        """
        await asyncio.sleep(0.5)
        if city == "atlantis":
            raise HTTPError(404)
        self.write({"city": city, "degrees": len(city) * 3})


class ReportHandler(RequestHandler):
    """
    The page: it asks for two cities at once, through one session that keeps its connections.
    """

    async def get(self, *cities: str) -> None:
        """
        Answer with what the service says, or with an error within two seconds.
        """
        session, service = self.settings["session"], self.settings["service"]
        with motorish.timeout(2.0):
            calls = [session.get(f"{service}/{city}") for city in cities]
            responses = await asyncio.gather(*calls)
        try:
            for response in responses:
                response.raise_for_status()
        except requests.HTTPError as error:
            raise HTTPError(502) from error
        self.write({"weather": [response.json() for response in responses]})


def listen(handlers: list[Any], port: int = 0, **settings: Any) -> str:
    """
    Serve on this machine, and return the address.
    """
    sockets = bind_sockets(port, "127.0.0.1")
    HTTPServer(Application(handlers, **settings)).add_sockets(sockets)
    return f"http://127.0.0.1:{sockets[0].getsockname()[1]}"


async def main() -> None:
    """
    Serve until Ctrl-C.
    """
    service = os.environ.get("REST_URL") or listen([(r"/(\w+)", WeatherService)])
    async with http.Session() as session:
        page = [(r"/report/(\w+)/(\w+)", ReportHandler)]
        address = listen(page, int(os.environ.get("PORT", "0")), session=session, service=service)
        print(f"The weather is at {address}/report/london/madrid", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
