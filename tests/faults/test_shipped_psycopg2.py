"""
Row G19: bugs of psycopg2's green mode, that of its own wait callback.
"""

from __future__ import annotations

import asyncio
import signal
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from time import monotonic
from typing import Any, NoReturn

import psycopg2
import pytest

import motorish
from motorish.errors import CallAborted
from motorish.integrations.servers import PostgreSQL
from tests.faults.figures import Figures
from tests.faults.logins import ask
from tests.faults.logins import postgres_options as options

SLEEPING = "SELECT pg_sleep(60)"


@pytest.mark.row("G19")
def test_errors_in_the_wait_callback_come_out(postgres: PostgreSQL, figures: Figures) -> None:
    """
    What is raised in a wait of psycopg2's is raised by its execute() as it is: an abort, a signal handler's.
    """
    seen: list[str] = []

    class SignalError(Exception):
        pass

    def handle(number: int, frame: object) -> NoReturn:
        raise SignalError

    def work(connection: Any) -> None:
        try:
            ask(connection, SLEEPING)
        except CallAborted:
            seen.append("CallAborted")
            raise

    async def main() -> None:
        connection = await motorish.spawn(psycopg2.connect, **options(postgres, postgres))
        with motorish.timeout(0.1), pytest.raises(motorish.DeadlineExceeded):
            await motorish.spawn(work, connection)
        await motorish.spawn(connection.close)

    with motorish.patch("psycopg2"):
        asyncio.run(main())
        connection = psycopg2.connect(**options(postgres, postgres))
        before = signal.signal(signal.SIGALRM, handle)
        signal.setitimer(signal.ITIMER_REAL, 0.1)
        with pytest.raises(
            SignalError
        ):  # psycopg2's wait_select cancels the query for Ctrl-C, and for that only
            ask(connection, SLEEPING)
        signal.signal(signal.SIGALRM, before)
        seen.append("SignalError")
        connection.close()
    figures.equal("psycopg2, raised as they are", "CallAborted, SignalError", ", ".join(seen))


@contextmanager
def black_hole() -> Iterator[int]:
    """
    Give a port to which packets go, and from which none comes: a queue of connections that is full.
    """
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        port = listener.getsockname()[1]
        fillers = [socket.socket() for _ in range(3)]
        for filler in fillers:
            filler.setblocking(False)
            filler.connect_ex(("127.0.0.1", port))
        yield port
        for filler in fillers:
            filler.close()


@pytest.mark.row("G19")
@pytest.mark.parametrize("where", ["child", "thread"])
def test_connect_timeout_holds(where: str, figures: Figures) -> None:
    """
    connect_timeout=1 ends the attempt to connect to a black hole after its second.
    """

    async def in_child(connect: Any) -> None:
        await motorish.spawn(connect)

    def measure() -> float:
        connect = partial(psycopg2.connect, host="127.0.0.1", port=port, user="me", connect_timeout=1)
        began = monotonic()
        with pytest.raises(psycopg2.OperationalError, match="timeout expired"):
            if where == "child":
                asyncio.run(in_child(connect))
            else:
                connect()
        return monotonic() - began

    with motorish.patch("psycopg2"), black_hole() as port:
        took = measure()
    figures.at_least(f"psycopg2 in a {where}, s to the end of connect_timeout=1", 0.99, took, "s")
    figures.at_most(f"psycopg2 in a {where}, s to the end of connect_timeout=1", 1.1, took, "s")
