"""
``/ws/<room>``: what was missed, then what comes; and sending with an acknowledgement.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator, Sequence
from typing import Any

from pymongo.errors import PyMongoError
from tornado.escape import json_encode
from tornado.websocket import WebSocketClosedError, WebSocketHandler, WebSocketProtocol13

from .base import ChatHandler, messages_json
from .limits import FEED_PAGE, FRAME_TARGET, QUEUE_LIMIT, TokenBucket
from .live import Subscription
from .store import Message
from .validation import BadInput, check_room, parse_count, parse_post

_GOING_AWAY = 1001
_NOT_UTF8 = 1007
_TOO_BIG = 1009
_TRY_AGAIN_LATER = 1013


class SocketHandler(ChatHandler, WebSocketHandler):
    """
    One client in one room.

    Tornado reads the next frame when ``on_message`` has returned, and every write is awaited, so
    a client that does not read is not read from either. Tornado itself refuses foreign origins.
    """

    subscription: Subscription | None = None

    def prepare(self) -> None:
        self._room = check_room(self.path_args[0])
        self._seq = parse_count("after", self.get_query_argument("after", "0"))

    async def open(self, *args: str, **kwargs: str) -> None:
        assert isinstance(self.ws_connection, WebSocketProtocol13)
        self._stream = self.ws_connection.stream  # kept, because close() forgets ws_connection
        self._bucket = TokenBucket()
        self._changed = asyncio.Event()
        self.subscription = self.live.subscribe(self._room, self._wake)
        self._open_sockets.add(self)
        self._feeder = asyncio.create_task(self._feed())

    def on_close(self) -> None:
        if self.subscription is not None:
            self.live.unsubscribe(self.subscription)
            self._open_sockets.discard(self)
            self._changed.set()  # the feeder ends by itself: Tornado logs every write that is cancelled

    def shut_down(self) -> None:
        """
        Tell the client that this server stops; it may connect to another one.
        """
        self.close(_GOING_AWAY, "the server stops")

    def hang_up(self) -> None:
        """
        End the connection of a client that does not read and so never says goodbye.
        """
        self._stream.close()

    @property
    def _open_sockets(self) -> set[SocketHandler]:
        sockets: set[SocketHandler] = self.application.settings["open_sockets"]
        return sockets

    # --- from the client ---

    async def on_message(self, message: str | bytes) -> None:
        if self._closing():
            return
        await asyncio.sleep(self._bucket.take())
        try:
            if isinstance(message, bytes):
                raise BadInput("frame: must be text, not binary")
            post = parse_post(self._room, message)
            stored, _ = await self.store.add(post)
            answer = {"ack": post.client_id, "seq": stored.seq}
        except BadInput as error:
            answer = {"error": str(error)}
        except PyMongoError:
            self.close(_TRY_AGAIN_LATER, "database: not available, send it again later")
            return
        with contextlib.suppress(WebSocketClosedError):  # it is stored; who sent it has left
            await self._send(json_encode(answer))

    def get_websocket_protocol(self) -> WebSocketProtocol13 | None:
        protocol = super().get_websocket_protocol()
        if isinstance(protocol, WebSocketProtocol13):
            return _PoliteProtocol(self, False, protocol.params)
        return None

    # --- to the client ---

    async def _feed(self) -> None:
        try:
            while True:
                await self._send_stored()
                await self._send_live()
        except WebSocketClosedError:
            pass
        except PyMongoError:
            self.close(_TRY_AGAIN_LATER, "database: not available, connect again later")

    async def _send_stored(self) -> None:
        """
        Send from the store until nothing newer is there.
        """
        assert self.subscription is not None
        while True:
            page = await self.store.read(self._room, self._seq, FEED_PAGE)
            await self._send_messages(page)
            if len(page) < FEED_PAGE and self.subscription.go_live():
                return

    async def _send_live(self) -> None:
        """
        Send what the change stream brings, until it was interrupted or has a gap.
        """
        assert self.subscription is not None
        queue = self.subscription.messages
        while not self.subscription.missed:
            if self._closing():
                raise WebSocketClosedError
            if not queue:
                self._changed.clear()
                await self._changed.wait()
                continue
            fresh = [message for message in queue if message.seq > self._seq]
            queue.clear()
            if fresh and fresh[0].seq != self._seq + 1:
                self.subscription.resync()
            else:
                await self._send_messages(fresh)

    async def _send_messages(self, messages: Sequence[Message]) -> None:
        for part in _frames(messages):
            await self._send(messages_json(part))
            self._seq = part[-1].seq

    async def _send(self, frame: str) -> None:
        await self.write_message(frame)

    def _wake(self) -> None:
        assert self.subscription is not None
        if self.subscription.overflowed and not self._closing():
            self.live.unsubscribe(self.subscription)
            self.subscription.messages.clear()
            self.close(_TRY_AGAIN_LATER, f"more than {QUEUE_LIMIT} messages behind")
        self._changed.set()

    def _closing(self) -> bool:
        return self.ws_connection is None or self.ws_connection.is_closing()


def _frames(messages: Sequence[Message]) -> Iterator[list[Message]]:
    """
    Divide *messages* so that no frame is long: a stalled client holds one of them in memory.
    """
    part: list[Message] = []
    length = 0
    for message in messages:
        if part and length + len(message.json) > FRAME_TARGET:
            yield part
            part, length = [], 0
        part.append(message)
        length += len(message.json)
    if part:
        yield part


class _PoliteProtocol(WebSocketProtocol13):
    """
    Says why before it hangs up: Tornado drops the connection at invalid UTF-8 without a word.
    """

    def _handle_message(self, opcode: int, data: bytes) -> Any:
        if opcode == 0x1:
            try:
                data.decode("utf-8")
            except UnicodeDecodeError as error:
                self.close(_NOT_UTF8, f"not valid UTF-8 at byte {error.start}")
                return None
        return super()._handle_message(opcode, data)
