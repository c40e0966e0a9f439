"""
The chat server as a process of its own, and small clients for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import json
import signal
import subprocess
import sys
import tempfile
import uuid
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from tornado.httpclient import HTTPRequest
from tornado.websocket import WebSocketClientConnection, websocket_connect

ROOT = Path(__file__).resolve().parents[2]

Json = dict[str, Any]


class ChatProcess:
    """
    ``python -m examples.chat`` with the given options, up and listening.
    """

    def __init__(self, *options: str) -> None:
        command = [sys.executable, "-m", "examples.chat", *options]
        self._log = tempfile.TemporaryFile("w+")  # noqa: SIM115 (closed in stop)
        self.process = subprocess.Popen(
            command, cwd=ROOT, stdout=subprocess.PIPE, stderr=self._log, text=True
        )
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line.startswith("Chat is at http://127.0.0.1:"), line
        self.port = int(line.rpartition(":")[2])
        self.url = f"http://127.0.0.1:{self.port}"

    def stop(self, number: int = signal.SIGTERM) -> int:
        """
        Send a signal and return the exit status; nothing may have gone wrong inside until then.
        """
        self.process.send_signal(number)
        assert self.process.stdout is not None
        self.process.stdout.close()
        status = self.process.wait(20)
        with self._log:
            self._log.seek(0)
            log = self._log.read()
        assert "Traceback" not in log, log
        return status

    def request(
        self,
        method: str,
        path: str,
        body: bytes | str | Json | None = None,
        headers: dict[str, str] | None = None,
    ) -> tuple[int, Json]:
        """
        Make one request; return the status and the JSON of the answer.
        """
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        with contextlib.closing(connection):
            sent = json.dumps(body) if isinstance(body, dict) else body
            connection.request(method, path, sent, headers or {})
            answer = connection.getresponse()
            return answer.status, json.loads(answer.read())

    def send(self, room: str, text: str, name: str = "Ann", client_id: str = "") -> Json:
        """
        Post a message and return it as stored.
        """
        body = {"name": name, "text": text, "client_id": client_id or uuid.uuid4().hex}
        status, message = self.request("POST", messages_path(room), body)
        assert status in (200, 201), message
        return message

    def history(self, room: str, query: str = "") -> list[Json]:
        """
        Return the messages of a room.
        """
        status, answer = self.request("GET", messages_path(room) + query)
        assert 200 == status, answer
        messages: list[Json] = answer["messages"]
        return messages

    @contextlib.asynccontextmanager
    async def socket(self, room: str, after: int = 0, **headers: str) -> AsyncIterator[Socket]:
        """
        Open a WebSocket.
        """
        url = f"ws://127.0.0.1:{self.port}/ws/{quote(room, safe='')}?after={after}"
        connection = await websocket_connect(HTTPRequest(url, headers=headers))
        client = Socket(connection)
        try:
            yield client
        finally:
            connection.close()
            await client.close_code()


class Socket:
    """
    A WebSocket client that sorts the server's frames by their kind.
    """

    def __init__(self, connection: WebSocketClientConnection) -> None:
        self.connection = connection
        self.messages: list[Json] = []
        self.acks: dict[str, int] = {}
        self.errors: list[str] = []
        self._ended = False

    @property
    def seqs(self) -> list[int]:
        return [message["seq"] for message in self.messages]

    async def send(self, text: str, name: str = "Ann", client_id: str = "") -> str:
        """
        Send a message; return its client_id.
        """
        client_id = client_id or uuid.uuid4().hex
        await self.connection.write_message(json.dumps({"name": name, "text": text, "client_id": client_id}))
        return client_id

    async def read(self) -> bool:
        """
        Read one frame; False at the end of the connection.
        """
        if self._ended:
            return False
        frame = await asyncio.wait_for(self.connection.read_message(), 20)
        if frame is None:
            self._ended = True
            return False
        kind = json.loads(frame)
        assert set(kind) in ({"messages"}, {"ack", "seq"}, {"error"})
        self.messages += kind.get("messages", [])
        if "ack" in kind:
            self.acks[kind["ack"]] = kind["seq"]
        if "error" in kind:
            self.errors.append(kind["error"])
        return True

    async def read_messages(self, count: int) -> list[Json]:
        """
        Read until *count* messages are there.
        """
        while len(self.messages) < count:
            assert await self.read(), "the server closed the connection"
        return self.messages

    async def close_code(self) -> int | None:
        """
        Read to the end and return the code of the server's close frame.
        """
        while await self.read():
            pass
        return self.connection.close_code


def messages_path(room: str) -> str:
    """
    Return the address of the messages of a room.
    """
    return f"/api/rooms/{quote(room, safe='')}/messages"
