"""
Bugs that SQLAlchemy's asynchronous extension has shipped, tried on its synchronous engine in children.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

import pytest
from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

import motorish
from motorish.errors import BlockingCallError, NotInChildError, UsageError
from motorish.integrations.servers import MariaDB
from tests.faults.figures import Figures
from tests.loops import outcome, turns

POOL = 5
user: ContextVar[str] = ContextVar("user", default="nobody")

pytestmark = pytest.mark.timeout(300)  # at full scale


def make_engine(mariadb: MariaDB) -> Engine:
    """
    Return an engine with a pool of five connections.
    """
    url = URL.create(
        "mysql+pymysql", mariadb.user, mariadb.password, mariadb.host, mariadb.port, mariadb.database
    )
    args = {"ssl_disabled": True}
    return create_engine(url, pool_size=POOL, max_overflow=0, pool_timeout=5, connect_args=args)


@pytest.fixture
def engine(mariadb: MariaDB) -> Iterator[Engine]:
    """
    Return such an engine; SQLAlchemy and PyMySQL are green.
    """
    with motorish.patch("sqlalchemy", "pymysql", on_loop="error"):
        engine = make_engine(mariadb)
        yield engine
        engine.dispose()


@pytest.mark.row("G14")
def test_cancelled_sessions_give_their_connections_back(engine: Engine, figures: Figures) -> None:
    """
    Calls with a session are cancelled at random moments, waiting for a connection included.
    """
    requests = figures.times(1000, least=60)
    rng = random.Random(14)

    def work() -> None:
        with Session(engine) as session:
            session.execute(text("SELECT 1"))
            session.execute(text("SELECT 2"))
            session.commit()

    async def request() -> Any:
        call = motorish.spawn(work)
        await turns(rng.randrange(20))
        call.cancel()
        return await outcome(call)

    async def main() -> tuple[int, int, int]:
        pool = engine.pool
        assert isinstance(pool, QueuePool)
        await asyncio.gather(*(motorish.spawn(work) for _ in range(POOL)))
        ends = []
        for _ in range(requests // 20):
            ends += await asyncio.gather(*(request() for _ in range(20)))
        counts = ends.count(asyncio.CancelledError), pool.checkedin(), pool.checkedout()
        assert {None, asyncio.CancelledError} >= set(ends)
        await asyncio.gather(*(motorish.spawn(sleep) for _ in range(POOL)))  # all at once
        return counts

    def sleep() -> None:
        with Session(engine) as session:
            session.execute(text("SELECT SLEEP(0.05)"))

    cancelled, inside, outside = asyncio.run(main())
    figures.note(f"SQLAlchemy on PyMySQL, of {requests} sessions were cancelled", cancelled)
    figures.equal(f"SQLAlchemy on PyMySQL, connections of {POOL} in the pool", POOL, inside)
    figures.equal("SQLAlchemy on PyMySQL, connections out for ever", 0, outside)


@pytest.mark.row("G15")
def test_listeners_see_context_variables(engine: Engine, figures: Figures) -> None:
    """
    What a coroutine has set is seen where its call makes a connection, and where it executes a statement.
    """
    connecting: list[tuple[str, str]] = []
    executing: list[tuple[str, str]] = []

    @event.listens_for(engine, "do_connect")
    def on_connect(dialect: Any, record: Any, args: Any, parameters: dict[str, Any]) -> None:
        connecting.append((user.get(), user.get()))

    @event.listens_for(engine, "before_cursor_execute")
    def on_execute(connection: Any, cursor: Any, statement: str, *args: Any) -> None:
        if statement.startswith("SELECT 'user"):
            executing.append((statement, f"SELECT '{user.get()}'"))

    def work(name: str) -> None:
        with Session(engine) as session:
            session.execute(text(f"SELECT '{name}'"))

    async def request(name: str) -> None:
        user.set(name)
        await motorish.spawn(work, name)

    async def main() -> None:
        await asyncio.gather(*(request(f"user{number}") for number in range(100)))

    asyncio.run(main())
    seen = sum(name.startswith("user") for name, _ in connecting)
    figures.equal("SQLAlchemy, connect listeners that saw the variable", len(connecting), seen)
    right = sum(asked == seen_by for asked, seen_by in executing)
    figures.equal("SQLAlchemy, of 100 statements' listeners saw their own", 100, right)


def refusal(error: BaseException | None) -> BaseException | None:
    """
    Return the BlockingCallError in the chain of *error*.

    It is not *error* itself where the server was so fast that only the statement was waited for: the
    session then closes, and cannot roll back on the connection that PyMySQL has given up.
    """
    while error is not None and not isinstance(error, BlockingCallError):
        error = error.__cause__ or error.__context__
    return error


@pytest.mark.row("G16")
def test_outside_a_child_the_error_says_what_to_do(engine: Engine, figures: Figures) -> None:
    """
    A query on the event loop's own thread is refused: the message names the remedy.
    """
    messages: list[str] = []

    async def forgot() -> None:
        with pytest.raises((BlockingCallError, DBAPIError)) as blocking, Session(engine) as session:
            session.execute(text("SELECT SLEEP(0.1)"))
        messages.append(str(refusal(blocking.value)))
        with pytest.raises(NotInChildError) as outside:
            motorish.await_(asyncio.sleep(0))
        messages.append(str(outside.value))

    asyncio.run(forgot())
    with pytest.raises(UsageError) as no_loop:
        motorish.spawn(print)
    messages.append(str(no_loop.value))

    remedies = ["await motorish.spawn(function, ...)", "use 'await'", "call the driver's function directly"]
    named = sum(remedy in message for remedy, message in zip(remedies, messages, strict=True))
    figures.equal("of three errors named the remedy", 3, named)
