"""
What may come in from outside; everything else is a BadInput that names the field.

Only strings reach MongoDB as values, so an operator such as ``{"$ne": null}``
cannot be smuggled into a query.
"""

from __future__ import annotations

import json
import re
import unicodedata
from dataclasses import dataclass

ROOM_LIMIT = 64
NAME_LIMIT = 64
TEXT_LIMIT = 4000
CLIENT_ID_LIMIT = 128

_COUNT = re.compile(r"[0-9]{1,15}")


class BadInput(Exception):
    """
    The client sent something it must not; the message says what and where.
    """


@dataclass(frozen=True)
class Post:
    """
    A checked message on its way in; all four fields are non-empty text.
    """

    room: str
    name: str
    text: str
    client_id: str


def parse_post(room: str, body: bytes | str) -> Post:
    """
    Read the JSON that a client sends: exactly name, text and client_id.

    Args:
        room: the room from the address.
        body: the request's body, or one WebSocket frame.

    Raises:
        BadInput: not UTF-8, not JSON, a field missing, unknown or not acceptable.
    """
    room = check_room(room)
    fields = _parse_object(body)
    for key in fields:
        if key not in ("name", "text", "client_id"):
            raise BadInput(f"body: unknown field {key[:40]!a}; send name, text and client_id")
    return Post(
        room,
        _check_line("name", fields.get("name"), NAME_LIMIT),
        _check_text("text", fields.get("text"), TEXT_LIMIT),
        _check_line("client_id", fields.get("client_id"), CLIENT_ID_LIMIT),
    )


def check_room(room: str) -> str:
    """
    Return *room* if it can be the name of a room, else raise BadInput.
    """
    return _check_line("room", room, ROOM_LIMIT)


def parse_count(field: str, value: str, minimum: int = 0) -> int:
    """
    Read a whole number from a query argument.

    Raises:
        BadInput: not plain decimal digits, or below *minimum*.
    """
    if not _COUNT.fullmatch(value) or int(value) < minimum:
        raise BadInput(f"{field}: must be a whole number from {minimum} up, got {value[:40]!a}")
    return int(value)


def _parse_object(body: bytes | str) -> dict[str, object]:
    try:
        text = body.decode("utf-8") if isinstance(body, bytes) else body
        parsed = json.loads(text)
    except UnicodeDecodeError as error:
        raise BadInput(f"body: not valid UTF-8 at byte {error.start}") from None
    except json.JSONDecodeError as error:
        raise BadInput(f"body: not valid JSON: {error.msg} at character {error.pos}") from None
    except (ValueError, RecursionError):  # a number of 5,000 digits; 50,000 open brackets
        raise BadInput("body: JSON with a number too long or nested too deep") from None
    if not isinstance(parsed, dict):
        raise BadInput("body: must be a JSON object with name, text and client_id")
    return parsed


def _check_text(field: str, value: object, limit: int) -> str:
    if not isinstance(value, str):
        problem = "is missing" if value is None else f"must be a string, not {_json_type(value)}"
        raise BadInput(f"{field}: {problem}")
    if not value.strip():
        raise BadInput(f"{field}: must not be empty")
    if len(value) > limit:
        raise BadInput(f"{field}: {len(value)} characters long, at most {limit} are allowed")
    for position, char in enumerate(value):
        if char == "\0":
            raise BadInput(f"{field}: NUL at character {position}")
        if "\ud800" <= char <= "\udfff":
            raise BadInput(f"{field}: half of a surrogate pair at character {position}")
    return value


def _check_line(field: str, value: object, limit: int) -> str:
    text = _check_text(field, value, limit)
    for position, char in enumerate(text):
        if unicodedata.category(char) == "Cc":
            raise BadInput(f"{field}: control character at character {position}")
    return text


def _json_type(value: object) -> str:
    names = {dict: "an object", list: "an array", bool: "a boolean"}
    return names.get(type(value), "a number")
