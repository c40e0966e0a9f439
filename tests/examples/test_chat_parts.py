"""
Parts of the chat on their own: limits, subscriptions, a poll's end, a database that is away.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from tornado.httpclient import AsyncHTTPClient
from tornado.websocket import websocket_connect

import motorish
from examples.chat import longpoll
from examples.chat.app import ChatServer
from examples.chat.limits import QUEUE_LIMIT, TokenBucket
from examples.chat.live import Live, Subscription
from examples.chat.store import Message, Store
from tests.examples.chat_client import messages_path

MESSAGE = Message("room", 1, "{}")


def test_the_bucket_lets_a_burst_pass_and_then_a_steady_stream() -> None:
    """
    The waits after the burst grow by 1/rate, and time fills the bucket again, up to the burst.
    """
    now = 0.0
    bucket = TokenBucket(rate=10, burst=2, clock=lambda: now)
    waits = [bucket.take() for _ in range(4)]
    now = 100.0
    later = [bucket.take() for _ in range(3)]

    assert [0, 0, 0.1, 0.2] == pytest.approx(waits)
    assert [0, 0, 0.1] == pytest.approx(later)


def test_a_subscription_queues_only_when_its_reader_has_caught_up() -> None:
    """
    A message that comes while the store is read asks for another look at the store.
    """
    subscription = Subscription("room", lambda: None)
    subscription.offer(MESSAGE)
    refused = subscription.go_live()
    granted = subscription.go_live()
    subscription.offer(MESSAGE)

    assert (False, True) == (refused, granted)
    assert [MESSAGE] == list(subscription.messages)
    subscription.resync()
    assert subscription.missed
    assert [] == list(subscription.messages)


def test_a_full_queue_overflows() -> None:
    """
    The queue never grows beyond its limit; the reader is told.
    """
    subscription = Subscription("room", lambda: None)
    subscription.go_live()
    for _ in range(QUEUE_LIMIT):
        subscription.offer(MESSAGE)
    before = subscription.overflowed
    subscription.offer(MESSAGE)

    assert (False, True) == (before, subscription.overflowed)
    assert QUEUE_LIMIT == len(subscription.messages)


def test_nobody_is_kept_when_all_have_left() -> None:
    """
    Unsubscribing, even twice, leaves nothing behind.
    """
    live = Live(None)  # type: ignore[arg-type]
    first, second = (live.subscribe("room", lambda: None) for _ in range(2))
    for subscription in (first, first, second):
        live.unsubscribe(subscription)

    assert {} == live._rooms


def test_a_poll_ends_with_no_messages(mongod_uri: str, room: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    When nothing comes in time, the answer is an empty list.
    """
    monkeypatch.setattr(longpoll, "POLL_SECONDS", 0.1)

    async def poll(url: str) -> bytes:
        answer = await AsyncHTTPClient().fetch(f"{url}/api/rooms/{room}/poll")
        return answer.body

    assert b'{"messages": []}' == with_server(mongod_uri, poll)


def test_without_a_database_every_answer_says_so() -> None:
    """
    HTTP answers 503, a WebSocket is closed with 1013; nothing hangs, nothing is a 500.
    """
    body = '{"name": "n", "text": "t", "client_id": "c"}'

    async def ask(url: str) -> tuple[list[int], int | None]:
        client = AsyncHTTPClient()
        address = url + messages_path("room")
        answers = await asyncio.gather(
            client.fetch(address, raise_error=False),
            client.fetch(address, method="POST", body=body, raise_error=False),
            client.fetch(url + "/api/rooms/room/poll", raise_error=False),
            client.fetch(url + "/r/room", raise_error=False),
            client.fetch(url + "/healthz", raise_error=False),
        )
        socket = await websocket_connect(url.replace("http", "ws") + "/ws/room")
        assert await socket.read_message() is None
        socket.close()
        return [answer.code for answer in answers], socket.close_code

    nobody = "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=50"

    assert ([503] * 5, 1013) == with_server(nobody, ask)


def with_server(uri: str, ask: Callable[[str], Awaitable[Any]]) -> Any:
    """
    Run ``ask(url)`` against a chat server in this process.
    """

    async def run() -> Any:
        client = motorish.MotorClient(uri)
        server = ChatServer(Store(client, "motorish_chat"))
        try:
            return await ask(f"http://127.0.0.1:{server.listen(0)}")
        finally:
            await server.stop()
            client.close()

    return asyncio.run(run())
