"""
A MySQL server that lets everybody in and then answers as a test tells it to.
"""

from __future__ import annotations

import contextlib
import socket
import struct
import threading
from types import TracebackType
from typing import Self

CAPABILITIES = 0x000F_A28F  # the 4.1 protocol, plug-ins for the login, local files, no TLS
OK = b"\x00\x00\x00\x02\x00\x00\x00"
LOGIN, QUERY, QUIT = 0x85, 0x03, 0x01


def packet(number: int, payload: bytes) -> bytes:
    """
    Return a packet of MySQL's protocol.
    """
    return struct.pack("<I", len(payload))[:3] + bytes([number]) + payload


def error(number: int, code: int, text: str) -> bytes:
    """
    Return a packet that says what is wrong.
    """
    return packet(number, b"\xff" + struct.pack("<H", code) + b"#HY000" + text.encode())


class RogueMySQL:
    """
    As a context manager: the server, in threads of its own.

    Args:
        answer: what every ``SELECT`` is answered with, as packets; all else gets an OK.

    Attributes:
        received: the packets' payloads that came after such an answer, on all connections.
    """

    host = "127.0.0.1"

    def __init__(self, answer: bytes) -> None:
        self._answer = answer
        self.received: list[bytes] = []
        self._listener = socket.create_server((self.host, 0))
        self.port = self._listener.getsockname()[1]
        self._threads = [threading.Thread(target=self._serve)]

    def __enter__(self) -> Self:
        self._threads[0].start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        self._listener.close()

    def _serve(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._listener.accept()[0]
                self._threads.append(threading.Thread(target=self._talk, args=(client,)))
                self._threads[-1].start()

    def _talk(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as stream, contextlib.suppress(OSError):
            low, high = CAPABILITIES & 0xFFFF, CAPABILITIES >> 16
            greeting = b"\x0a8.0-rogue\x00" + struct.pack("<I", 1) + b"saltsalt\x00"
            greeting += struct.pack("<HBHHB", low, 45, 2, high, 21) + bytes(10) + b"saltsaltsalt\x00"
            client.sendall(packet(0, greeting + b"mysql_native_password\x00"))
            was_asked = False
            while head := stream.read(4):
                payload = stream.read(int.from_bytes(head[:3], "little"))
                if was_asked:
                    self.received.append(payload)
                was_asked = payload.startswith(b"\x03SELECT")
                client.sendall(self._answer if was_asked else packet(head[3] + 1, OK))
