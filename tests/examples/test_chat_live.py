"""
The chat live: WebSocket, long polling, order under many writers, and clients that misbehave.
"""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime

import pymongo
import pytest
from tornado.httpclient import HTTPClientError

from tests.examples.chat_client import ChatProcess, Json
from tests.faults.figures import Figures
from tests.memory import AT_PEAK, IS_KNOWN, resident_bytes


def test_a_socket_gets_what_was_missed_then_what_comes(chat: ChatProcess, room: str) -> None:
    """
    ``after`` selects the missed messages; later ones arrive however they were sent, each once.
    """
    for text in ("one", "two", "three"):
        chat.send(room, text)

    async def talk() -> tuple[list[Json], list[Json], dict[str, int], str]:
        async with chat.socket(room, after=1) as reader, chat.socket(room) as writer:
            await reader.read_messages(2)
            client_id = await writer.send("four", name="Bob")
            await reader.read_messages(3)
            await asyncio.to_thread(chat.send, room, "five")
            await writer.send("six")
            while len(writer.acks) < 2:
                await writer.read()
            await writer.read_messages(6)
            return await reader.read_messages(5), writer.messages, writer.acks, client_id

    read, written, acks, client_id = asyncio.run(talk())

    assert ["two", "three", "four", "five", "six"] == [message["text"] for message in read]
    assert [2, 3, 4, 5, 6] == [message["seq"] for message in read]
    assert chat.history(room) == written
    assert 4 == acks[client_id]


def test_a_socket_acknowledges_a_repeated_message_with_its_first_number(chat: ChatProcess, room: str) -> None:
    """
    The same client_id gets the same number again and is not shown again.
    """

    async def repeat() -> list[Json]:
        async with chat.socket(room) as client:
            for _ in range(2):
                client.acks.clear()
                await client.send("once", client_id="same")
                while client.acks != {"same": 1}:
                    await client.read()
            await client.send("last")
            return await client.read_messages(2)

    assert ["once", "last"] == [message["text"] for message in asyncio.run(repeat())]


def test_readers_see_every_message_once_and_in_order(chat: ChatProcess, room: str, mongod_uri: str) -> None:
    """
    Two server processes, many writers in one room: no gap, no double, one order everywhere.
    """
    writers, each = 6, 40
    total = 2 * writers * each

    async def write(server: ChatProcess, number: int) -> None:
        async with server.socket(room) as client:
            for count in range(each):
                await client.send(f"{number}.{count}")
            await client.read_messages(total)
            while len(client.acks) < each:
                await client.read()
            assert list(range(1, total + 1)) == client.seqs
            by_id = {message["client_id"]: message["seq"] for message in client.messages}
            assert all(by_id[client_id] == seq for client_id, seq in client.acks.items())

    async def poll(server: ChatProcess) -> None:
        seqs: list[int] = []
        while len(seqs) < total:
            after = seqs[-1] if seqs else 0
            path = f"/api/rooms/{room}/poll?after={after}"
            status, answer = await asyncio.to_thread(server.request, "GET", path)
            assert 200 == status
            seqs += [message["seq"] for message in answer["messages"]]
        assert list(range(1, total + 1)) == seqs

    async def run() -> None:
        servers = [chat, other]
        tasks = [write(server, number) for server in servers for number in range(writers)]
        await asyncio.gather(*tasks, *[poll(server) for server in servers])

    other = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)
    try:
        asyncio.run(run())
    finally:
        other.stop()

    messages = chat.history(room, "?limit=1000")
    assert list(range(1, total + 1)) == [message["seq"] for message in messages]
    for number in range(writers):
        own = [message["text"] for message in messages if message["text"].startswith(f"{number}.")]
        assert 2 * each == len(own)


def test_a_poll_waits_for_the_next_message(chat: ChatProcess, room: str) -> None:
    """
    A poll answers at once when there is something, else when something comes.
    """
    first = chat.send(room, "first")
    path = f"/api/rooms/{room}/poll?after="
    at_once = chat.request("GET", path + "0")

    with ThreadPoolExecutor() as pool:
        waiting = [pool.submit(chat.request, "GET", path + "1") for _ in range(5)]
        second = chat.send(room, "second")
        answers = [future.result() for future in waiting]

    assert (200, {"messages": [first]}) == at_once
    assert [(200, {"messages": [second]})] * 5 == answers


def test_a_poll_that_the_client_leaves_is_forgotten(chat: ChatProcess, room: str) -> None:
    """
    Hanging up during a poll harms nobody.
    """
    with socket.create_connection(("127.0.0.1", chat.port)) as left:
        left.sendall(f"GET /api/rooms/{room}/poll HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    chat.send(room, "hello")

    assert ["hello"] == [message["text"] for message in chat.history(room)]


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        (None, True),
        ("http://127.0.0.1:{port}", True),
        ("http://evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("null", False),
    ],
)
def test_foreign_origins_get_no_socket(
    chat: ChatProcess, room: str, origin: str | None, allowed: bool
) -> None:
    """
    A page of another origin is refused with 403; a client without Origin is let in.
    """
    headers = {} if origin is None else {"Origin": origin.format(port=chat.port)}

    async def connect() -> int:
        try:
            async with chat.socket(room, 0, **headers) as client:
                await client.send("in")
                await client.read_messages(1)
            return 101
        except HTTPClientError as error:
            return error.code

    assert (101 if allowed else 403) == asyncio.run(connect())
    assert allowed == bool(chat.history(room))


BAD_FRAMES: list[tuple[str, str | bytes]] = [
    ("body: not valid JSON", "{"),
    ("body: must be a JSON object", "[]"),
    ("name: must be a string", '{"name": {"$ne": null}, "text": "t", "client_id": "c"}'),
    ("text: NUL", r'{"name": "n", "text": "\u0000", "client_id": "c"}'),
    ("text: half of a surrogate", r'{"name": "n", "text": "\udc00", "client_id": "c"}'),
    ("frame: must be text", b'{"name": "n", "text": "t", "client_id": "c"}'),
]


def test_bad_frames_get_an_error_and_the_socket_lives_on(chat: ChatProcess, room: str) -> None:
    """
    Each bad frame is answered with what is wrong; a good one after them is stored.
    """

    async def send_all() -> tuple[list[str], list[Json]]:
        async with chat.socket(room) as client:
            for _, frame in BAD_FRAMES:
                await client.connection.write_message(frame, binary=isinstance(frame, bytes))
                await client.read()
            await client.send("good")
            return client.errors, await client.read_messages(1)

    errors, messages = asyncio.run(send_all())

    assert [True] * len(BAD_FRAMES) == [
        error.startswith(expected) for error, (expected, _) in zip(errors, BAD_FRAMES, strict=True)
    ]
    assert ["good"] == [message["text"] for message in messages]


@pytest.mark.parametrize("size", [32 * 1024 + 1, 1_000_000])
def test_an_oversize_frame_closes_with_1009(chat: ChatProcess, room: str, size: int) -> None:
    """
    A frame above the limit ends the connection with "message too big", and is not stored.
    """

    async def send() -> int | None:
        async with chat.socket(room) as client:
            await client.send("x" * size)
            return await client.close_code()

    assert 1009 == asyncio.run(send())
    assert [] == chat.history(room)


def test_invalid_utf8_closes_with_1007(chat: ChatProcess, room: str) -> None:
    """
    A text frame that is not UTF-8 ends the connection as RFC 6455 says.
    """
    with raw_socket(chat, room) as client:
        client.sendall(b"\x81\x83\0\0\0\0a\xff\xfe")
        frame = client.recv(100)

    assert 0x88 == frame[0]
    assert 1007 == struct.unpack(">H", frame[2:4])[0]


@pytest.mark.row("G33")
def test_a_client_that_does_not_read_is_closed_with_1013(
    chat: ChatProcess, room: str, mongod_uri: str, figures: Figures
) -> None:
    """
    A stalled client is let go when more than 256 messages wait for it; others lose nothing.
    """
    count = 700
    text = "😀" * 4000  # 16 kB each: the kernel's buffers must be full before the queue fills
    common = {"room": room, "name": "Ann", "text": text, "sent_at": datetime.now()}
    documents = [common | {"seq": n, "client_id": str(n)} for n in range(1, count + 1)]

    def store() -> None:
        mongo: pymongo.MongoClient[Json] = pymongo.MongoClient(mongod_uri)
        with mongo:
            mongo.get_default_database("motorish_chat").messages.insert_many(documents)

    async def write() -> list[int]:
        async with chat.socket(room) as reader:
            await asyncio.to_thread(store)
            await reader.read_messages(count)
            return reader.seqs

    before = peak_mb(chat)
    with raw_socket(chat, room) as stalled:
        seqs = asyncio.run(write())
        tail = b""
        while not tail.endswith(b"behind"):
            tail = (tail + stalled.recv(1 << 20))[-31:]

    code, reason = tail[:2], tail[2:]
    assert b"more than 256 messages behind" == reason
    assert list(range(1, count + 1)) == seqs
    figures.equal("the chat, slow reader closed with", 1013, *struct.unpack(">H", code))
    figures.at_most("the chat, memory while it waits for the slow reader", 20, peak_mb(chat) - before, "MB")


@pytest.mark.slow
def test_a_flood_is_slowed_down_and_others_are_not(chat: ChatProcess, room: str) -> None:
    """
    A client that sends 150 messages at once passes its burst of 100, then 50 a second.
    """

    async def flood() -> tuple[float, float]:
        async with chat.socket(room) as loud, chat.socket(f"{room}-2") as quiet:
            started = time.monotonic()
            for number in range(150):
                await loud.send(str(number))
            await quiet.send("hello")
            await quiet.read_messages(1)
            quiet_s = time.monotonic() - started
            await loud.read_messages(150)
            return quiet_s, time.monotonic() - started

    quiet_s, loud_s = asyncio.run(flood())

    assert quiet_s < 0.9 <= loud_s


def peak_mb(chat: ChatProcess) -> float:
    """
    The most memory (resident set, in 10^6 bytes) that the server has taken so far; 0 where nobody says so.
    """
    return resident_bytes(AT_PEAK, chat.process.pid) / 1e6 if IS_KNOWN else 0.0


def raw_socket(chat: ChatProcess, room: str) -> socket.socket:
    """
    Return a TCP connection upgraded to WebSocket, with a small receive buffer.
    """
    client = socket.socket()
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
    client.settimeout(20)
    client.connect(("127.0.0.1", chat.port))
    client.sendall(
        f"GET /ws/{room} HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n".encode()
    )
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += client.recv(1)
    assert head.startswith(b"HTTP/1.1 101 ")
    return client
