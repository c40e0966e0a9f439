"""
requests through a SOCKS proxy, with PySocks: it does not hold up the loop, whenever it was imported.
"""

from __future__ import annotations

import asyncio
import socket
import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from time import monotonic

import pytest
import requests
import socks

import motorish
from motorish.green import socket as green_socket
from motorish.integrations.servers import Nginx

SLOW_S = 0.3
CALLS = 10


class Proxy(socketserver.BaseRequestHandler):
    """
    SOCKS 5 without authentication, to IPv4 addresses; it is slow to greet.
    """

    def handle(self) -> None:
        """
        Connect, then relay until both ends are done.
        """
        client: socket.socket = self.request
        _, count = client.recv(2)
        client.recv(count)
        time.sleep(SLOW_S)
        client.sendall(b"\x05\x00")
        _, _, _, _, address, port = struct.unpack("!BBBB4sH", client.recv(10))
        with socket.create_connection((socket.inet_ntoa(address), port)) as server:
            client.sendall(b"\x05\x00\x00\x01" + bytes(6))
            server.sendall(client.recv(65536))
            client.sendall(server.recv(65536))


@pytest.fixture
def proxy() -> Iterator[str]:
    """
    Return the proxy's address.
    """
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        yield f"socks5://127.0.0.1:{server.server_address[1]}"
        server.shutdown()
        thread.join()


def test_calls_through_a_proxy(nginx: Nginx, proxy: str) -> None:
    """
    Ten calls at once wait for a slow proxy together.
    """

    def get(number: int) -> str:
        with requests.Session() as session:
            session.trust_env = False
            proxies = {"http": proxy}
            headers = {"Connection": "close"}
            return session.get(f"{nginx.url}/echo/text{number}", proxies=proxies, headers=headers).text

    async def main() -> list[str]:
        return await asyncio.gather(*(motorish.spawn(get, number) for number in range(CALLS)))

    with motorish.patch("requests", strict=True):
        assert issubclass(socks.socksocket, green_socket.socket)
        began = monotonic()
        said = asyncio.run(main())
        took = monotonic() - began

    assert [f"text{number}" for number in range(CALLS)] == said
    assert took < CALLS * SLOW_S / 2
