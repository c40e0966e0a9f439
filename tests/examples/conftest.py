"""
The chat server for the tests of the chat, and a room for each of them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.examples.chat_client import ChatProcess


@pytest.fixture(scope="session")
def chat(mongod_uri: str) -> Iterator[ChatProcess]:
    """
    One chat server for all tests; each test has a room of its own.
    """
    server = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)
    yield server
    assert 0 == server.stop()


@pytest.fixture
def room() -> str:
    """
    The name of a room that nobody has used.
    """
    return f"room-{uuid.uuid4().hex[:12]}"
