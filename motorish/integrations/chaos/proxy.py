"""
A proxy before a server, which does to its connections what networks and crashing servers do.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from random import Random
from types import TracebackType
from typing import Any, Self

from .faults import Faults
from .link import End

HOST = "127.0.0.1"
_BACKLOG = 1024
_OBEYS_S = 20.0


class Proxy:
    """
    As a context manager: relays between clients and the server at *host* and *port*, or at the path *unix*.

    It works in one thread of its own, on a stock event loop of its own, with stock sockets.
    Whatever it is told has happened when the call, or the assignment, returns.

    Args:
        seed: for the random numbers that each connection's mutations are given.

    Attributes:
        host: where it listens: 127.0.0.1.
        port: and the port; the same for its whole life.
        unix: the path where it listens if *unix* was given: the same file name in another directory.
        accepted: how many connections clients have made, ever.

    Raises:
        Exception: (at the end of the block) a mutation failed.
    """

    host = HOST

    def __init__(self, host: str = HOST, port: int = 0, *, unix: str | Path = "", seed: int = 0) -> None:
        self._server: tuple[str, int] | str = str(unix) or (host, port)
        self.port = 0
        self.unix = ""
        self._up, self._down = Faults(), Faults()
        self.accepted = 0
        self._seed = seed
        self._script: deque[tuple[Faults, Faults]] = deque()
        self._links: set[End] = set()  # each connection's client end
        self._connecting: set[asyncio.Task[None]] = set()
        self._listening: socket.socket | None = None
        self._error: BaseException | None = None
        self._loop: asyncio.AbstractEventLoop
        self._thread = threading.Thread(target=self._run, name="chaos proxy", daemon=True)
        self._directory: tempfile.TemporaryDirectory[str] | None = None

    @property
    def up(self) -> Faults:
        """
        What is done to the bytes that clients send.
        """
        return self._up

    @property
    def down(self) -> Faults:
        """
        What is done to the bytes that the server sends.
        """
        return self._down

    @property
    def connections(self) -> int:
        """
        How many clients are connected.
        """
        return sum(not client.has_gone for client in list(self._links))

    @property
    def kept(self) -> int:
        """
        How many chunks of the server's answers are being held back.
        """
        return sum(client.other.kept for client in list(self._links))

    def hold(self) -> None:
        """
        From now on keep back what the server says.
        """
        self.down.frozen = True

    def release(self) -> None:
        """
        Pass on what was kept back, and again what comes.
        """
        self.down.frozen = False

    def reset(self) -> None:
        """
        Reset all connections.
        """
        self._order(self._reset)

    def crash(self) -> None:
        """
        Reset all connections and refuse new ones, as the kernel does when a server is killed.  Ends a `hold`.
        """
        self._order(self._crash)

    def restart(self) -> None:
        """
        After a `crash`: accept connections again.
        """
        listening = self._listen()
        self._order(lambda: self._accept_from(listening))

    def script(self, faults: Iterable[tuple[Faults | None, Faults | None] | None]) -> None:
        """
        Give the next connections faults of their own: ``(up, down)`` for each; None stands for no faults.

        Connections after these get `up` and `down` again.
        """
        pairs = [(up or Faults(), down or Faults()) for up, down in (each or (None, None) for each in faults)]
        for pair in pairs:
            self._attend(*pair)
        self._order(lambda: self._script.extend(pairs))

    def __enter__(self) -> Self:
        if not isinstance(self._server, tuple):
            self._directory = tempfile.TemporaryDirectory(prefix="chaos-")
            self.unix = str(Path(self._directory.name) / Path(self._server).name)
        self._loop = asyncio.SelectorEventLoop()
        self._loop.set_exception_handler(self._failed)
        self._thread.start()
        self._attend(self.up, self.down)
        self.restart()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._order(self._crash)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        if self._directory is not None:
            self._directory.cleanup()
        if self._error is not None and error is None:
            raise self._error

    def _attend(self, *faults: Faults) -> None:
        for each in faults:
            each.tell(lambda: self._order(self._look_anew))

    def _order(self, what: Callable[[], object]) -> None:
        if threading.current_thread() is self._thread:  # a mutation gives orders
            what()
        elif self._thread.is_alive():
            done: Future[None] = Future()
            self._loop.call_soon_threadsafe(self._obey, what, done)
            done.result(_OBEYS_S)

    def _listen(self) -> socket.socket:
        if self.unix:
            Path(self.unix).unlink(missing_ok=True)
            listening = socket.socket(socket.AF_UNIX)
            listening.bind(self.unix)
        else:
            listening = socket.create_server((self.host, self.port))
            self.port = listening.getsockname()[1]
        listening.listen(_BACKLOG)
        listening.setblocking(False)
        return listening

    # What follows runs on the proxy's loop.

    def _obey(self, what: Callable[[], object], done: Future[None]) -> None:
        try:
            what()
        except BaseException as error:
            done.set_exception(error)
        else:
            self._loop.call_soon(done.set_result, None)  # when the transports have closed

    def _failed(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if not isinstance(error, OSError):  # what sockets suffer is what this is about
            self._error = self._error or error or RuntimeError(context["message"])

    def _run(self) -> None:
        self._loop.run_forever()
        self._loop.run_until_complete(self._end())
        self._loop.close()

    async def _end(self) -> None:
        for task in self._connecting:
            task.cancel()
        await asyncio.gather(*self._connecting, return_exceptions=True)
        await asyncio.sleep(0)  # what these have opened is closed now

    def _accept_from(self, listening: socket.socket) -> None:
        self._listening = listening
        self._loop.add_reader(listening, self._accept, listening)

    def _accept(self, listening: socket.socket) -> None:
        try:
            sock, _ = listening.accept()
        except OSError:  # it has gone again
            return
        self.accepted += 1
        up, down = self._script.popleft() if self._script else (self.up, self.down)
        client = End(up, Random(f"up {self.accepted} {self._seed}"))
        client.other = server = End(down, Random(f"down {self.accepted} {self._seed}"))
        server.other = client
        self._links = {each for each in self._links if not each.is_lost} | {client}
        task = self._loop.create_task(self._connect(sock, client))
        self._connecting.add(task)
        task.add_done_callback(partial(self._has_connected, sock, client))

    def _has_connected(self, sock: socket.socket, client: End, task: asyncio.Task[None]) -> None:
        self._connecting.discard(task)
        if client.transport is None:  # cancelled before it began
            sock.close()

    async def _connect(self, sock: socket.socket, client: End) -> None:
        await self._loop.connect_accepted_socket(lambda: client, sock)
        try:
            if isinstance(self._server, tuple):
                await self._loop.create_connection(lambda: client.other, *self._server)
            else:
                await self._loop.create_unix_connection(lambda: client.other, self._server)
        except OSError:  # the server refuses
            client.reset()

    def _reset(self) -> None:
        for client in self._links:
            client.reset()

    def _crash(self) -> None:
        if self._listening is not None:
            self._loop.remove_reader(self._listening)
            self._listening.close()
            self._listening = None
        self._reset()
        self.down.frozen = False

    def _look_anew(self) -> None:
        for client in self._links:
            client.pass_on()
            client.other.pass_on()
