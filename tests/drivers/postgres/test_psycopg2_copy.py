"""
COPY and large objects of psycopg2, in children and elsewhere.
"""

from __future__ import annotations

import asyncio
import io
import pickle
import threading
from collections.abc import Callable
from typing import Any

import pytest

import motorish
from motorish.integrations.servers import PostgreSQL
from tests.drivers.postgres.helpers import IN_TRANSACTION, count, run, until

ROWS = 100_000


def in_child(function: Callable[..., Any], *args: Any) -> Any:
    """
    Call a function in a child of a new loop.
    """

    async def main() -> Any:
        return await motorish.spawn(function, *args)

    return run(main)


def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """
    Call a function in a thread of its own.
    """
    return asyncio.run(asyncio.to_thread(function, *args))


everywhere = pytest.mark.parametrize("where", [in_child, in_thread])


class Table:
    """
    A connection with an empty table ``t (n int, text text)``.
    """

    def __init__(self, pg2: Any, dsn: str) -> None:
        self.connection = pg2.connect(dsn)
        self.cursor = self.connection.cursor()
        self.cursor.execute("CREATE TEMPORARY TABLE t (n int PRIMARY KEY, text text)")
        self.connection.commit()

    def __enter__(self) -> Table:
        return self

    def __exit__(self, *error: object) -> None:
        self.connection.close()


@everywhere
def test_there_and_back(pg2: Any, postgres: PostgreSQL, where: Any) -> None:
    """
    A large table goes in and comes out, as text and as bytes; the cursor knows how many rows.
    """
    text = "".join(f"{n}\tré{n}\n" for n in range(ROWS))

    def main() -> None:
        with Table(pg2, postgres.dsn) as table:
            table.cursor.copy_from(io.StringIO(text), "t", columns=("n", "text"))
            assert ROWS == table.cursor.rowcount
            assert table.cursor.query.startswith(b'COPY "t"("n","text") FROM stdin')
            for file, expected in ((io.StringIO(), text), (io.BytesIO(), text.encode())):
                table.cursor.copy_to(file, "t")
                assert expected == file.getvalue()
            assert ROWS == table.cursor.rowcount
            table.cursor.execute("SELECT count(*) FROM t")
            assert (ROWS,) == table.cursor.fetchone()
            assert 1 == table.cursor.rowcount
            table.connection.rollback()
            table.cursor.execute("SELECT count(*) FROM t")
            assert (0,) == table.cursor.fetchone(), "it was part of the transaction"

    where(main)


def test_others_run_meanwhile(pg2: Any, postgres: PostgreSQL) -> None:
    """
    The loop goes on while a COPY waits for the server.
    """
    out = io.BytesIO()
    sql = "COPY (SELECT n, pg_sleep(0.01) FROM generate_series(1, 30) n) TO stdout CSV"

    async def main() -> int:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        copying = motorish.spawn(connection.cursor().copy_expert, sql, out)
        ticks = 0
        while not copying.done():
            await asyncio.sleep(0.01)
            ticks += 1
        await motorish.spawn(connection.close)
        return ticks

    assert 10 < run(main)
    assert b"".join(b'%d,""\n' % n for n in range(1, 31)) == out.getvalue()


@everywhere
def test_servers_error(pg2: Any, postgres: PostgreSQL, where: Any) -> None:
    """
    What the server finds wrong with the data is psycopg2's own exception, diagnostics included.
    """

    def main() -> None:
        with Table(pg2, postgres.dsn) as table:
            with pytest.raises(pg2.errors.UniqueViolation, match="duplicate key") as caught:
                table.cursor.copy_expert("COPY t FROM stdin", io.BytesIO(b"1\ta\n1\tb\n"))
            error = caught.value
            assert "23505" == error.pgcode == error.diag.sqlstate
            assert ("t", "t_pkey") == (error.diag.table_name, error.diag.constraint_name)
            assert error.pgerror.startswith("ERROR:  duplicate")
            assert "23505" == pickle.loads(pickle.dumps(error)).pgcode
            table.connection.rollback()
            with pytest.raises(pg2.errors.UndefinedTable) as unknown:
                table.cursor.copy_to(io.StringIO(), "nowhere")
            assert "42P01" == unknown.value.diag.sqlstate
            table.connection.rollback()
            table.cursor.copy_expert("SELECT 1", io.BytesIO())
            assert (1,) == table.cursor.fetchone()

    where(main)


@everywhere
def test_files_error(pg2: Any, postgres: PostgreSQL, where: Any) -> None:
    """
    What the file raises ends the COPY, and the connection goes on working.
    """

    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ZeroDivisionError("broken")

        def write(self, data: Any) -> int:
            raise ZeroDivisionError("broken")

    def main() -> None:
        with Table(pg2, postgres.dsn) as table:
            with pytest.raises(
                pg2.errors.QueryCanceled, match=r"error in \.read\(\) call: ZeroDivisionError"
            ):
                table.cursor.copy_from(Broken(), "t")
            table.connection.rollback()
            with pytest.raises(ZeroDivisionError):
                table.cursor.copy_expert("COPY (SELECT generate_series(1, 5000)) TO stdout", Broken())
            table.cursor.execute("SELECT 1")
            assert (1,) == table.cursor.fetchone()
            with pytest.raises(TypeError):
                table.cursor.copy_from(object(), "t")

    where(main)


@pytest.mark.parametrize("how", ["cancel", "deadline"])
def test_given_up(pg2: Any, postgres: PostgreSQL, watcher: Any, how: str) -> None:
    """
    A COPY that is given up leaves no transaction at the server, and a closed connection.
    """
    sql = "COPY (SELECT n, pg_sleep(0.01) FROM generate_series(1, 100000) n) TO stdout"
    active = "SELECT count(*) FROM pg_stat_activity WHERE query LIKE 'COPY (SELECT n%%' AND state = 'active'"

    async def main() -> None:
        connection = await motorish.spawn(pg2.connect, postgres.dsn)
        with motorish.timeout(0.3 if how == "deadline" else None):
            copying = motorish.spawn(connection.cursor().copy_expert, sql, io.BytesIO())
        await until(lambda: count(watcher, active))
        if how == "cancel":
            copying.cancel()
        with pytest.raises(asyncio.CancelledError if how == "cancel" else motorish.DeadlineExceeded):
            await copying
        assert connection.closed
        await until(lambda: not count(watcher, active) and not count(watcher, IN_TRANSACTION))

    run(main)


@everywhere
def test_large_objects(pg2: Any, postgres: PostgreSQL, where: Any, tmp_path: Any) -> None:
    """
    Large objects are written, read, imported and exported; megabytes pass.
    """
    data = b"0123456789" * 500_000
    (tmp_path / "in").write_bytes(data)

    def main() -> None:
        connection = pg2.connect(postgres.dsn)
        large = connection.lobject(0, "wb")
        assert isinstance(large, pg2.extensions.lobject)
        assert len(data) == large.write(data)
        assert len(data) == large.tell()
        assert 10 == large.seek(10)
        assert data[10:] == large.read()
        large.truncate(5)
        large.close()
        assert large.closed
        connection.commit()
        assert b"01234" == connection.lobject(large.oid, "rb").read()
        connection.lobject(large.oid).unlink()
        imported = connection.lobject(0, "n", 0, str(tmp_path / "in"))
        connection.lobject(imported.oid).export(str(tmp_path / "out"))
        connection.rollback()
        with pytest.raises(pg2.OperationalError):
            connection.lobject(large.oid, "wb").write(b"x")
            connection.lobject(0xFFFFFFF0, "rb")
        connection.close()

    where(main)

    assert data == (tmp_path / "out").read_bytes()


def test_large_object_leaves_the_loop_alone(pg2: Any, postgres: PostgreSQL, watcher: Any) -> None:
    """
    A large object that another transaction has locked is waited for in a thread; a cancel ends that.
    """

    def make(connection: Any) -> int:
        oid = int(connection.lobject(0, "wb").oid)
        connection.commit()
        return oid

    async def main() -> None:
        first, second = [await motorish.spawn(pg2.connect, postgres.dsn) for _ in range(2)]
        oid = await motorish.spawn(make, first)
        await motorish.spawn(lambda: first.lobject(oid).unlink())
        waiting = motorish.spawn(lambda: second.lobject(oid).unlink())
        await until(
            lambda: count(watcher, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        )
        assert not waiting.done()
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert second.closed
        await until(
            lambda: not count(watcher, "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
        )
        await motorish.spawn(first.close)

    run(main)
    assert all("large" not in thread.name for thread in threading.enumerate())
