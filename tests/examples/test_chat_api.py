"""
The chat's HTTP interface: each status and shape.
"""

from __future__ import annotations

import http.client
import json
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any

import pytest

from tests.examples.chat_client import ChatProcess, messages_path

GOOD = {"name": "Ann", "text": "hi", "client_id": "c1"}


def test_post_stores_a_message_and_returns_it(chat: ChatProcess, room: str) -> None:
    """
    A first POST answers 201 with all fields, and GET returns the same.
    """
    status, message = chat.request("POST", messages_path(room), GOOD)

    assert 201 == status
    assert GOOD | {"room": room, "seq": 1, "sent_at": message["sent_at"]} == message
    assert message["sent_at"].endswith("Z")
    assert datetime.fromisoformat(message["sent_at"]).tzinfo is not None
    assert [message] == chat.history(room)


def test_post_is_idempotent_by_client_id(chat: ChatProcess, room: str) -> None:
    """
    The same client_id answers 200 with the stored message, whatever else was sent; another room is separate.
    """
    _, first = chat.request("POST", messages_path(room), GOOD)
    again = chat.request("POST", messages_path(room), GOOD | {"text": "other"})
    elsewhere, _ = chat.request("POST", messages_path(room + "-2"), GOOD)

    assert (200, first) == again
    assert 201 == elsewhere
    assert [first] == chat.history(room)


def test_one_client_id_from_many_connections_is_stored_once(chat: ChatProcess, room: str) -> None:
    """
    Twenty simultaneous POSTs of one message: one 201, nineteen 200, one message.
    """
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda _: chat.request("POST", messages_path(room), GOOD), range(20)))

    assert [200] * 19 + [201] == sorted(status for status, _ in answers)
    assert 1 == len({message["seq"] for _, message in answers})
    assert 1 == len(chat.history(room))


def test_history_is_read_in_pages(chat: ChatProcess, room: str) -> None:
    """
    ``after`` and ``limit`` select the next messages in order; numbers have no gap.
    """
    for number in range(1, 6):
        chat.send(room, f"text {number}")

    assert [1, 2, 3, 4, 5] == [message["seq"] for message in chat.history(room)]
    assert [3, 4] == [message["seq"] for message in chat.history(room, "?after=2&limit=2")]
    assert [] == chat.history(room, "?after=5")
    assert 5 == len(chat.history(room, "?limit=999999"))


@pytest.mark.parametrize(
    "query", ["?after=-1", "?after=x", "?after=1.5", "?limit=0", "?after=9e9", "?after="]
)
def test_bad_numbers_are_400(chat: ChatProcess, room: str, query: str) -> None:
    """
    What is not a whole number in range is refused, and the answer names the argument.
    """
    status, answer = chat.request("GET", messages_path(room) + query)

    assert 400 == status
    assert answer["error"].startswith(query[1:6])


BAD_BODIES: list[tuple[str, Any]] = [
    ("body", b"\xff\xfe"),
    ("body", ""),
    ("body", "{"),
    ("body", "[]"),
    ("body", "null"),
    ("body", "[" * 60_000),
    ("body", '{"name": ' + "1" * 5000 + "}"),
    ("body", GOOD | {"$where": "1"}),
    ("name", {"text": "hi", "client_id": "c"}),
    ("name", GOOD | {"name": {"$ne": None}}),
    ("name", GOOD | {"name": 1}),
    ("name", GOOD | {"name": "a\nb"}),
    ("name", GOOD | {"name": "x" * 65}),
    ("text", GOOD | {"text": ["$gt"]}),
    ("text", GOOD | {"text": " \n"}),
    ("text", GOOD | {"text": "a\0b"}),
    ("text", GOOD | {"text": "x" * 4001}),
    ("text", json.dumps(GOOD).replace('"hi"', r'"\ud800"')),
    ("client_id", GOOD | {"client_id": {"$gt": ""}}),
    ("client_id", GOOD | {"client_id": True}),
    ("client_id", GOOD | {"client_id": ""}),
]


@pytest.mark.parametrize(("where", "body"), BAD_BODIES)
def test_bad_messages_are_400(chat: ChatProcess, room: str, where: str, body: Any) -> None:
    """
    A message that is not exactly three good strings is refused, and the answer says where.
    """
    status, answer = chat.request("POST", messages_path(room), body)

    assert 400 == status
    assert answer["error"].startswith(where + ": ")
    assert [] == chat.history(room)


@pytest.mark.parametrize("name", ["%ff", "a%00b", "%0a", "x" * 65, "%20"])
@pytest.mark.parametrize("address", ["/r/{}", "/ws/{}", "/api/rooms/{}/messages", "/api/rooms/{}/poll"])
def test_bad_rooms_are_400(chat: ChatProcess, address: str, name: str) -> None:
    """
    A room's name that cannot be one is refused everywhere.
    """
    connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
    connection.request("GET", address.format(name))
    answer = connection.getresponse()
    connection.close()

    assert 400 == answer.status


def test_any_script_may_name_a_room(chat: ChatProcess) -> None:
    """
    Letters of all scripts, emoji, slashes and quotes work in a room's name and in a text.
    """
    room = "Grüße/漢字 \"'<b>😀 \u202e؟"
    text = "שלום\u200b 👩‍👩‍👧 \\ $where {} \u2028 \x7f"
    message = chat.send(room, text)

    assert (room, text) == (message["room"], message["text"])
    assert message == chat.history(room)[-1]


@pytest.mark.parametrize("size", [64 * 1024 + 1, 10_000_000])
@pytest.mark.parametrize("chunked", [False, True])
def test_oversize_bodies_are_413(chat: ChatProcess, room: str, size: int, chunked: bool) -> None:
    """
    Too large a body is refused with an answer that arrives, with and without Content-Length.
    """
    body = b"x" * size
    connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=20)
    connection.request("POST", messages_path(room), iter([body]) if chunked else body)
    answer = connection.getresponse()

    assert 413 == answer.status
    assert {"error": "body: more than 65536 bytes"} == json.loads(answer.read())
    connection.close()


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, 201),
        ({"Origin": "http://127.0.0.1:{port}"}, 201),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 201),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://evil.example"}, 403),
        ({"Sec-Fetch-Site": "same-site", "Origin": "http://127.0.0.1:1"}, 403),
    ],
)
def test_foreign_origins_may_not_post(
    chat: ChatProcess, room: str, headers: dict[str, str], expected: int
) -> None:
    """
    A page of another origin cannot send; a client without Origin can.
    """
    headers = {name: value.format(port=chat.port) for name, value in headers.items()}
    status, answer = chat.request("POST", messages_path(room), GOOD, headers)

    assert expected == status, answer
    assert (expected == 201) == bool(chat.history(room))


def test_health_and_unknown_addresses(chat: ChatProcess) -> None:
    """
    /healthz is 200 while the database answers; an unknown address or method is a JSON error.
    """
    assert (200, {"ok": True}) == chat.request("GET", "/healthz")
    assert 404 == chat.request("GET", "/nothing")[0]
    assert 405 == chat.request("DELETE", "/healthz")[0]


@pytest.mark.parametrize("address", ["/", "/r/lobby", "/static/chat.js", "/healthz", "/nothing"])
def test_security_headers_are_everywhere(chat: ChatProcess, address: str) -> None:
    """
    Every answer forbids inline scripts, sniffing and framing.
    """
    connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
    connection.request("GET", address)
    headers = connection.getresponse().headers
    connection.close()

    assert "unsafe" not in headers["Content-Security-Policy"]
    assert "default-src 'none'; script-src 'self'" in headers["Content-Security-Policy"]
    assert "nosniff" == headers["X-Content-Type-Options"]
    assert "DENY" == headers["X-Frame-Options"]


def test_the_door_leads_to_a_room(chat: ChatProcess) -> None:
    """
    ``/?room=`` redirects to the room's page on this server, whatever the name is.
    """
    connection = http.client.HTTPConnection("127.0.0.1", chat.port, timeout=10)
    connection.request("GET", "/?room=//evil.example/%3Cb%3E")
    answer = connection.getresponse()
    connection.close()

    assert 302 == answer.status
    assert "/r/%2F%2Fevil.example%2F%3Cb%3E" == answer.headers["Location"]
