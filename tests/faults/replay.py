"""
A server, on the test's own loop, that says again what a real one has said: as it was, or spoilt.

The conversation is recorded as turns: so many bytes of the client's, then these of the server's.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any, NamedTuple

import motorish

IDLE_S = 0.1
PATIENCE_S = (IDLE_S, 1.0, 3.0)  # redis-py itself gives up after five
"""So long a client may say nothing before it is hung up on: on a busy machine it is not idle, but late."""


class Turn(NamedTuple):
    """
    What the server says after *size* bytes of the client's.
    """

    size: int
    reply: bytes


@asynccontextmanager
async def listening(
    serve: Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]],
    host: str = "127.0.0.1",
    path: Path | None = None,
    **options: Any,
) -> AsyncIterator[int]:
    """
    Give the port of a server that listens during the block, or listen at the *path* of a Unix socket.

    Args:
        options: as of `asyncio.start_server`.
    """
    serving: set[asyncio.Task[Any]] = set()

    async def served(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task
        serving.add(task)
        with suppress(asyncio.CancelledError, ConnectionError):
            await serve(reader, writer)
        writer.close()
        with suppress(asyncio.CancelledError, ConnectionError):
            await writer.wait_closed()
        serving.discard(task)

    if path is None:
        server = await asyncio.start_server(served, host, 0, **options)
    else:
        server = await asyncio.start_unix_server(served, path)
    try:
        yield 0 if path else server.sockets[0].getsockname()[1]
    finally:
        server.close()
        for task in serving:
            task.cancel()
        while serving:
            await asyncio.sleep(0.001)


async def recorded(host: str, port: int, session: Callable[[str, int], object]) -> list[Turn]:
    """
    Return the turns of a synchronous *session*, which is given the address of a relay to the server.
    """
    turns: list[Turn] = []
    ended = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_connection(host, port)

        async def up() -> None:
            while data := await reader.read(65536):
                if not turns or turns[-1].reply:
                    turns.append(Turn(0, b""))
                turns[-1] = Turn(turns[-1].size + len(data), turns[-1].reply)
                to_server.write(data)
            to_server.close()

        async def down() -> None:
            while data := await from_server.read(65536):
                if not turns:
                    turns.append(Turn(0, b""))
                turns[-1] = Turn(turns[-1].size, turns[-1].reply + data)
                writer.write(data)

        with suppress(ConnectionError):
            await asyncio.gather(up(), down())
        ended.set()

    async with listening(serve) as here:
        await motorish.spawn(session, "127.0.0.1", here)
        async with asyncio.timeout(10):
            await ended.wait()
    return [turn for turn in turns if turn.reply]  # the last is a farewell, perhaps


class Replay:
    """
    Plays the server's part to one client after the other; `spoil` says what is wrong with it.

    Attributes:
        port: where it listens, on 127.0.0.1, inside its block.
        idle_s: how many seconds a client may say nothing.
    """

    def __init__(self, turns: list[Turn]) -> None:
        self.port = 0
        self.idle_s = IDLE_S
        self._turns = self._script = turns

    def spoil(self, number: int, reply: bytes) -> None:
        """
        Say *reply* instead in the turn with this number; everything else as it was recorded.
        """
        self._script = [*self._turns]
        self._script[number] = Turn(self._turns[number].size, reply)

    @asynccontextmanager
    async def serving(self) -> AsyncIterator[Replay]:
        """
        Listen during the block.
        """
        async with listening(self._serve) as self.port:
            yield self

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(TimeoutError, ConnectionError, asyncio.IncompleteReadError):
            for size, reply in self._script:
                async with asyncio.timeout(self.idle_s):
                    await reader.readexactly(size)
                writer.write(reply)
            async with asyncio.timeout(self.idle_s):
                await reader.read()
