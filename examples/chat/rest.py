"""
``/api/rooms/<room>/messages``: history and sending, written with coroutines.
"""

from __future__ import annotations

from tornado.escape import json_encode
from tornado.web import stream_request_body

from .base import ChatHandler, messages_json
from .limits import BODY_LIMIT, DRAIN_LIMIT, PAGE_LIMIT
from .validation import check_room, parse_count, parse_post

_DEFAULT_PAGE = 100


@stream_request_body
class MessagesHandler(ChatHandler):
    """
    GET reads a part of the history, POST sends a message.

    The body is streamed so that an oversize one is refused before it is read. A server that
    answers and hangs up while the client is still sending resets the connection, and the answer
    is lost with it. So the 413 goes out at once, and the rest of the body is thrown away.
    """

    def prepare(self) -> None:
        self._body = bytearray()
        self._refused = False
        if self.request.method == "POST":
            self.request.connection.set_max_body_size(DRAIN_LIMIT)  # type: ignore[union-attr]
            length = self.request.headers.get("Content-Length", "0")
            if length.isdecimal() and int(length) > BODY_LIMIT:
                self._refuse()

    def data_received(self, chunk: bytes) -> None:
        if not self._refused:
            self._body += chunk
            if len(self._body) > BODY_LIMIT:
                self._refuse()

    async def get(self, room: str) -> None:
        after = parse_count("after", self.get_query_argument("after", "0"))
        limit = parse_count("limit", self.get_query_argument("limit", str(_DEFAULT_PAGE)), 1)
        messages = await self.store.read(check_room(room), after, min(limit, PAGE_LIMIT))
        self.send_json(200, messages_json(messages))

    async def post(self, room: str) -> None:
        if self._refused:
            self.finish()
            return
        message, created = await self.store.add(parse_post(room, bytes(self._body)))
        self.send_json(201 if created else 200, message.json)

    def _refuse(self) -> None:
        self._refused = True
        self._body.clear()
        body = json_encode({"error": f"body: more than {BODY_LIMIT} bytes"})
        self.set_header("Content-Length", len(body))
        self.set_header("Connection", "close")
        self.send_json(413, body)
        self.flush()
