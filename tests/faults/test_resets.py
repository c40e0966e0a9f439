"""
Row A6: PyMongo's connection is reset, at each of the moments of its life.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pymongo
import pytest
from bson import ObjectId
from pymongo.errors import AutoReconnect
from pymongo.uri_parser import parse_uri

from tests.faults.figures import Figures
from tests.faults.resets import (
    HELLO,
    MOMENTS,
    PASSWORD,
    USER,
    End,
    Operation,
    read,
    reset_at_all_moments,
    write,
    write_many,
)

pytestmark = [pytest.mark.row("A6"), pytest.mark.timeout(300)]


def record(figures: Figures, name: str, ends: list[End]) -> None:
    """
    Record what holds for all operations.
    """
    assert [] == [end for end in ends if end.left_busy], "the pool counts connections in use afterwards"
    assert [] == [end for end in ends if not end.is_well_after], "the next operation fails"
    figures.at_most(f"{name}, clearings of the pool", 1, max(end.clearings for end in ends))


@pytest.fixture
def server(mongod_uri: str) -> tuple[str, int]:
    """
    Return the address of a member of a replica set, which retries writes.
    """
    host, port = parse_uri(mongod_uri)["nodelist"][0]
    return host, port or 27017


@pytest.fixture
def database(mongod_uri: str) -> Iterator[Any]:
    """
    Return a database, by PyMongo's own client, and one may log in on the server.
    """
    with pymongo.MongoClient[Any](mongod_uri) as stock:
        stock.admin.command("createUser", USER, pwd=PASSWORD, roles=["readWriteAnyDatabase"])
        database = stock[f"motorish_resets_{ObjectId()}"]
        database.create_collection("things")
        yield database
        stock.admin.command("dropUser", USER)
        stock.drop_database(database)


@pytest.mark.parametrize("operate", [read, write], ids=["reads", "retryable writes"])
def test_what_can_be_retried_succeeds(
    operate: Operation, server: tuple[str, int], database: Any, figures: Figures, request: Any
) -> None:
    """
    With one retry, and what was written is there once.
    """
    rounds = figures.times(20)
    ends = reset_at_all_moments(server, operate, database.name, rounds)

    name = f"PyMongo, {request.node.callspec.id}"
    figures.equal(
        f"{name} that succeed at {len(MOMENTS)} moments, × {rounds}",
        len(MOMENTS) * rounds,
        sum(end.error is None for end in ends),
    )
    figures.at_most(f"{name}, attempts", 2, max(end.attempts for end in ends))
    if operate is write:
        figures.equal(f"{name}, documents", len(MOMENTS) * rounds, database.things.count_documents({}))
    record(figures, name, ends)


def test_what_cannot_be_retried_fails(server: tuple[str, int], database: Any, figures: Figures) -> None:
    """
    With AutoReconnect, after one attempt, and nothing is done twice.

    Before the hello is answered PyMongo 4.20 takes a reset for an overloaded server, and retries whatever it
    is: nothing has been sent.
    """
    rounds = figures.times(20)
    ends = reset_at_all_moments(server, write_many, database.name, rounds)
    early = [end for end in ends if MOMENTS[end.moment].message == HELLO]
    late = [end for end in ends if end not in early]

    name = "PyMongo, other writes"
    figures.equal(
        f"{name} that raise AutoReconnect at {len(late) // rounds} moments, × {rounds}",
        len(late),
        sum(isinstance(end.error, AutoReconnect) for end in late),
    )
    figures.equal(
        f"{name} that succeed at {len(early) // rounds} moments up to the hello, × {rounds}",
        len(early),
        sum(end.error is None for end in early),
    )
    figures.at_most(f"{name}, attempts", 1, max(end.attempts for end in ends))
    figures.equal(f"{name}, done twice", 0, database.things.count_documents({"count": {"$gt": 1}}))
    record(figures, name, ends)
