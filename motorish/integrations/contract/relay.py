"""
A TCP relay before a server, which keeps answers back, cuts connections and refuses new ones.
"""

from __future__ import annotations

import queue
import selectors
import socket
import struct
import threading
import time
from collections.abc import Callable
from types import TracebackType
from typing import Any, Self

_AT_ONCE_NO_FIN = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset, as a server's crash does
_CHUNK_BYTES = 1 << 16
_OBEYS_S = 20.0


class Relay:
    """
    As a context manager: relays between clients and the server at *host* and *port*.

    It works in one thread of its own, with stock sockets.

    Args:
        delay_s: seconds by which each of the server's answers is late: a fast server has answered before the
            client looks, and then that does not wait.

    Attributes:
        port: where it listens on 127.0.0.1; the same for its whole life.
        kept: how many chunks of the server's answers are being held back.
        connections: how many clients are connected.
    """

    host = "127.0.0.1"

    def __init__(self, host: str, port: int, *, delay_s: float = 0.0) -> None:
        self._server = (host, port)
        self._delay_s = delay_s
        self._selector = selectors.DefaultSelector()
        self._peers: dict[socket.socket, socket.socket] = {}  # both directions
        self._clients: set[socket.socket] = set()
        self._stash: list[tuple[socket.socket, bytes]] | None = None
        self._orders: queue.SimpleQueue[tuple[Callable[[], None] | None, threading.Event]] = (
            queue.SimpleQueue()
        )
        self._wake, self._woken = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="contract relay", daemon=True)
        self._listener: socket.socket | None = None
        self.port = 0
        self._listen()

    @property
    def kept(self) -> int:
        return len(self._stash or ())

    @property
    def connections(self) -> int:
        return len(self._clients)

    def hold(self) -> None:
        """
        From now on keep back what the server says.
        """
        self._order(self._start_holding)

    def release(self) -> None:
        """
        Pass on what was kept back, and again what comes.
        """
        self._order(self._stop_holding)

    def crash(self) -> None:
        """
        Reset all connections and refuse new ones, as the kernel does when a server is killed.
        """
        self._order(self._cut)

    def restart(self) -> None:
        """
        After a `crash`: accept connections again.
        """
        self._order(self._listen)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._order(None)
        self._thread.join()
        self._cut()
        self._selector.close()
        self._wake.close()
        self._woken.close()

    def _order(self, what: Callable[[], None] | None) -> None:
        done = threading.Event()
        self._orders.put((what, done))
        self._wake.send(b"!")
        assert done.wait(_OBEYS_S), "the contract's relay has failed: see what its thread has printed"

    def _serve(self) -> None:
        # Runs in the relay's thread, as does all below, but for the beginning and the end.
        self._selector.register(self._woken, selectors.EVENT_READ, self._obey)
        self._is_serving = True
        while self._is_serving:
            for key, _ in self._selector.select():
                if key.fileobj.fileno() >= 0:  # type: ignore[union-attr]  # an earlier event may close it
                    key.data(key.fileobj)

    def _obey(self, woken: socket.socket) -> None:
        woken.recv(1)
        what, done = self._orders.get()
        if what is None:
            self._is_serving = False
        else:
            what()
        done.set()

    def _listen(self) -> None:
        self._listener = socket.create_server((self.host, self.port))
        self.port = self._listener.getsockname()[1]
        self._selector.register(self._listener, selectors.EVENT_READ, self._accept)

    def _accept(self, listener: socket.socket) -> None:
        client, _ = listener.accept()
        try:
            server = socket.create_connection(self._server)
        except OSError:
            client.close()
            return
        self._peers |= {client: server, server: client}
        self._clients.add(client)
        for one in (client, server):
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._selector.register(one, selectors.EVENT_READ, self._pass_on)

    def _pass_on(self, source: socket.socket) -> None:
        target = self._peers[source]
        try:
            data = source.recv(_CHUNK_BYTES)
            if self._delay_s and target in self._clients:
                time.sleep(self._delay_s)
            if data and self._stash is not None and target in self._clients:
                self._stash.append((target, data))
            elif data:
                target.sendall(data)
        except OSError:
            data = b""
        if not data:
            self._drop(source)
            self._drop(target)

    def _drop(self, one: socket.socket) -> None:
        if self._peers.pop(one, None) is not None:
            self._clients.discard(one)
            self._selector.unregister(one)
            one.close()

    def _start_holding(self) -> None:
        self._stash = []

    def _stop_holding(self) -> None:
        stash, self._stash = self._stash or [], None
        for client, data in stash:
            if client in self._clients:
                client.sendall(data)

    def _cut(self) -> None:
        if self._listener is not None:
            self._selector.unregister(self._listener)
            self._listener.close()
            self._listener = None
        self._stash = None
        for one in list(self._peers):
            one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _AT_ONCE_NO_FIN)
            self._drop(one)


def nobody_listens() -> int:
    """
    Return a port of 127.0.0.1 that refuses connections at this moment.
    """
    with socket.socket() as probe:
        probe.bind((Relay.host, 0))
        port: Any = probe.getsockname()[1]
        return int(port)
