"""
Fixtures of the PostgreSQL tests: each driver, patched, and a plain connection that watches the server.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import psycopg
import psycopg2
import pytest

import motorish
from motorish.integrations.servers import PostgreSQL


@pytest.fixture
def pg2() -> Iterator[Any]:
    """
    Return psycopg2, patched for the length of a test.
    """
    with motorish.patch("psycopg2", on_loop="error"):
        yield psycopg2


@pytest.fixture
def pg3() -> Iterator[Any]:
    """
    Return psycopg 3, patched for the length of a test.
    """
    with motorish.patch("psycopg", on_loop="error"):
        yield psycopg


@pytest.fixture
def watcher(postgres: PostgreSQL, pg2: Any) -> Iterator[Any]:
    """
    Return a connection of psycopg2's in autocommit mode.
    """
    connection = pg2.connect(postgres.dsn)
    connection.autocommit = True
    yield connection
    connection.close()
