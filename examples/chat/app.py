"""
Addresses and settings: which handler serves what.
"""

from __future__ import annotations

import asyncio
import contextlib
from pathlib import Path

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RedirectHandler

from .base import NotFoundHandler, StaticHandler
from .limits import BODY_LIMIT, FRAME_LIMIT
from .live import Live
from .longpoll import PollHandler
from .pages import DoorHandler, HealthHandler, RoomHandler
from .rest import MessagesHandler
from .store import Store, StoreError
from .websocket import SocketHandler

_HERE = Path(__file__).parent


class ChatServer:
    """
    The chat on one port of 127.0.0.1.
    """

    def __init__(self, store: Store) -> None:
        self._live = Live(store)
        self._sockets: set[SocketHandler] = set()
        self._http = HTTPServer(
            _application(store, self._live, self._sockets),
            max_body_size=BODY_LIMIT,
            body_timeout=20,
            idle_connection_timeout=75,
        )

    def listen(self, port: int) -> int:
        """
        Listen on *port*, or on a free one if it is 0; return the port.

        Raises:
            OSError: the port is taken.
        """
        sockets = bind_sockets(port, "127.0.0.1")
        self._http.add_sockets(sockets)
        self._live.start()
        bound: int = sockets[0].getsockname()[1]
        return bound

    async def ready(self) -> None:
        """
        Return when new messages arrive.

        Raises:
            StoreError: they do not after 10 s.
        """
        try:
            await asyncio.wait_for(self._live.connected.wait(), 10)
        except TimeoutError:
            raise StoreError("the change stream did not open within 10 s; the log says why") from None

    async def stop(self) -> None:
        """
        Say goodbye to the clients and close everything but the database client.
        """
        self._http.stop()
        for socket in list(self._sockets):
            socket.shut_down()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._all_gone(), 1)
        for socket in list(self._sockets):
            socket.hang_up()
        await self._live.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._http.close_all_connections(), 5)

    async def _all_gone(self) -> None:
        while self._sockets:
            await asyncio.sleep(0.01)


def _application(store: Store, live: Live, sockets: set[SocketHandler]) -> Application:
    return Application(
        [
            (r"/", DoorHandler),
            (r"/r/([^/]+)", RoomHandler),
            (r"/api/rooms/([^/]+)/messages", MessagesHandler),
            (r"/api/rooms/([^/]+)/poll", PollHandler),
            (r"/ws/([^/]+)", SocketHandler),
            (r"/healthz", HealthHandler),
            (r"/favicon\.ico", RedirectHandler, {"url": "/static/icon.svg"}),
        ],
        store=store,
        live=live,
        open_sockets=sockets,
        template_path=str(_HERE / "templates"),
        static_path=str(_HERE / "static"),
        static_handler_class=StaticHandler,
        default_handler_class=NotFoundHandler,
        cross_origin_protection=True,
        websocket_max_message_size=FRAME_LIMIT,
        websocket_ping_interval=20,
    )
