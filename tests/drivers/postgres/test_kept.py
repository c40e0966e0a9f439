"""
What stays of a PostgreSQL connection on the event loop between its queries, and when it is let go.
"""

from __future__ import annotations

import asyncio
import gc
import io
import os
import socket
import warnings
from collections.abc import Callable, Iterator
from time import monotonic
from typing import Any

import psycopg
import psycopg2
import pytest

import motorish
from motorish.drivers.postgres.kept import KeptStream
from motorish.hub import current_hub
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import run, until

Connect = Callable[[], Any]


@pytest.fixture(params=["psycopg2", "psycopg"])
def connect(request: pytest.FixtureRequest, postgres: PostgreSQL) -> Iterator[Connect]:
    """
    Return what makes a connection in autocommit mode, for each driver.
    """

    def make() -> Any:
        connection: Any = (psycopg if request.param == "psycopg" else psycopg2).connect(postgres.dsn)
        connection.autocommit = True
        return connection

    with motorish.patch(request.param, on_loop="error"):
        yield make


def ask(connection: Any) -> int:
    """
    What the server says the connection's process is.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return int(cursor.fetchone()[0])


def kept(fd: int) -> bool:
    """
    Whether a connection's descriptor is on the running loop.
    """
    return type(current_hub().streams.get(fd)) is KeptStream


def close(connection: Any) -> None:
    """
    Close it, in a child.
    """
    connection.close()


def close_in_thread(connection: Any) -> None:
    """
    Close it, in a plain thread, while the child waits for that.
    """
    motorish.await_(asyncio.to_thread(connection.close))


def use_in_thread(connection: Any) -> None:
    """
    Use it in a plain thread, while the child waits for that.
    """
    motorish.await_(asyncio.to_thread(ask, connection))


def lose(connection: Any) -> None:
    """
    Let the server end it, and find out.
    """
    pid = ask(connection)
    with pytest.raises(Exception, match=r"terminat|clos|lost"):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s)", [pid])
        for _ in range(2):
            ask(connection)
    assert connection.closed


def abort(connection: Any) -> None:
    """
    Run into a deadline.
    """
    with pytest.raises(motorish.DeadlineExceeded), motorish.timeout(0.05), connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(30)")


def test_the_registration_stays(connect: Connect) -> None:
    """
    The loop is told of a connection once, not for each query.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect)
        await motorish.spawn(ask, connection)
        stream = current_hub().streams[connection.fileno()]
        await motorish.spawn(ask, connection)
        assert type(stream) is KeptStream
        assert stream is current_hub().streams[connection.fileno()]
        await motorish.spawn(connection.close)

    run(main)


@pytest.mark.parametrize("end", [close, close_in_thread, lose, abort, use_in_thread])
def test_the_registration_ends(connect: Connect, end: Callable[[Any], None]) -> None:
    """
    A connection that is closed, lost or aborted is not on the loop any more; nor is one that a thread uses.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect)
        await motorish.spawn(ask, connection)
        fd = connection.fileno()
        assert kept(fd)
        await motorish.spawn(end, connection)
        assert not kept(fd)
        if end is use_in_thread:
            assert await motorish.spawn(ask, connection)
            await motorish.spawn(connection.close)
        for _ in range(3):  # one of them gets that number
            again = await motorish.spawn(connect)
            assert await motorish.spawn(ask, again)
            await motorish.spawn(again.close)

    run(main)


def test_dropped_connection_leaves_the_loop(connect: Connect) -> None:
    """
    A connection that nobody closes is taken off the loop when it is collected: its number serves others.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect)
        await motorish.spawn(ask, connection)
        fd = connection.fileno()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            del connection
            gc.collect()
        assert fd not in current_hub().streams
        one, other = socket.socketpair()
        with one, other:
            one.setblocking(False)
            if one.fileno() != fd:
                os.dup2(one.fileno(), fd)  # the loop must not think that it knows that number
                one.detach()
                one = socket.socket(fileno=fd)
                one.setblocking(False)
            other.send(b"x")
            assert b"x" == await asyncio.wait_for(asyncio.get_running_loop().sock_recv(one, 1), 5)
            one.close()

    run(main)


def test_connection_on_two_loops(connect: Connect) -> None:
    """
    A connection serves one loop after another, whether the first one is closed or just stands still.
    """
    still = asyncio.new_event_loop()
    connection = run(lambda: _made(connect))

    async def ask_here() -> int:
        pid = await motorish.spawn(ask, connection)
        assert kept(connection.fileno())
        return pid

    pid = run(ask_here)
    assert pid == still.run_until_complete(ask_here())
    assert pid == run(ask_here)
    assert pid == still.run_until_complete(ask_here())
    still.close()
    connection.close()


async def _made(connect: Connect) -> Any:
    return await motorish.spawn(connect)


def test_connection_on_two_loops_at_a_time(connect: Connect) -> None:
    """
    A connection that another thread's loop has used is taken off that, while it runs.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect)
        pid = await motorish.spawn(ask, connection)

        async def elsewhere() -> bool:
            return pid == await motorish.spawn(ask, connection) and kept(connection.fileno())

        assert await asyncio.to_thread(asyncio.run, elsewhere())
        assert not kept(connection.fileno())
        assert pid == await motorish.spawn(ask, connection)
        await motorish.spawn(connection.close)

    run(main)


def test_forked_process_leaves_the_loop_alone(connect: Connect) -> None:
    """
    A forked process that drops the connection waits for nobody; the parent's goes on.
    """

    def fork_and_drop(held: list[Any]) -> int:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            pid = os.fork()
        if not pid:
            began = monotonic()
            try:
                held.clear()
                gc.collect()
            finally:
                os._exit(0 if monotonic() - began < 0.9 else 1)
        return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])

    async def main() -> None:
        held = [await motorish.spawn(connect)]
        pid = await motorish.spawn(ask, held[0])
        assert 0 == await motorish.spawn(fork_and_drop, held)
        assert kept(held[0].fileno())
        assert pid == await motorish.spawn(ask, held[0])
        await motorish.spawn(held[0].close)

    run(main)


def test_copy_on_a_kept_connection(connect: Connect) -> None:
    """
    COPY, which waits in its own ways, and queries take turns on one connection.
    """

    def copy(connection: Any) -> int:
        with connection.cursor() as cursor:
            cursor.execute("CREATE TEMP TABLE IF NOT EXISTS kept (x text)")
            if hasattr(cursor, "copy_expert"):
                cursor.copy_expert("COPY kept FROM STDIN", io.BytesIO(b"%s\n" % (b"x" * 1000) * 5000))
            else:
                with cursor.copy("COPY kept FROM STDIN") as rows:
                    rows.write(b"%s\n" % (b"x" * 1000) * 5000)
            cursor.execute("SELECT count(*) FROM kept")
            return int(cursor.fetchone()[0])

    async def main() -> None:
        connection = await motorish.spawn(connect)
        assert 5000 == await motorish.spawn(copy, connection)
        assert 10000 == await motorish.spawn(copy, connection)
        await motorish.spawn(connection.close)

    run(main)


def test_queries_beside_a_listener(connect: Connect) -> None:
    """
    A connection that a listener waits on serves queries, and is kept again when the listener is gone.
    """

    async def main() -> None:
        connection = await motorish.spawn(connect)
        pid = await motorish.spawn(ask, connection)
        notes: list[str] = []
        listener = lambda *note: notes.append(note[-1])  # noqa: E731
        await motorish.spawn(connection.add_listener, "kept", listener)
        other = await motorish.spawn(connect)
        for number in range(5):
            assert pid == await motorish.spawn(ask, connection)
            await motorish.spawn(lambda text: other.cursor().execute(f"NOTIFY kept, '{text}'"), number)
            assert pid == await motorish.spawn(ask, connection)
        await until(lambda: len(notes) == 5)
        assert ["0", "1", "2", "3", "4"] == notes
        await motorish.spawn(connection.close)
        await motorish.spawn(other.close)
        assert not [stream for stream in current_hub().streams.values() if type(stream) is KeptStream]

    run(main)


def test_descriptor_closed_behind_our_back(pg3: Any, postgres: PostgreSQL) -> None:
    """
    An application that closes libpq's connection itself does not stop the next one with that number.
    """

    async def main() -> None:
        for _ in range(3):
            connection = await motorish.spawn(pg3.connect, postgres.dsn, autocommit=True)
            assert await asyncio.wait_for(motorish.spawn(ask, connection), 5)
            connection.pgconn.finish()

    run(main)


def test_unpatched_connection_leaves_the_loop(postgres: PostgreSQL) -> None:
    """
    Unpatching takes the connections off the loop, for psycopg itself does not know that they are there.
    """

    async def main() -> None:
        with motorish.patch("psycopg", on_loop="error"):
            connection = await motorish.spawn(psycopg.connect, postgres.dsn, autocommit=True)
            await motorish.spawn(ask, connection)
            fd = connection.fileno()
            assert kept(fd)
        assert fd not in current_hub().streams
        connection.close()

    run(main)
