"""
SQLAlchemy, peewee and Django, unmodified, in children: each in a process of its own, on real servers.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
ROOT = HERE.parents[2]

pytestmark = pytest.mark.timeout(120)


def run(program: str, *arguments: str) -> tuple[str, str]:
    """
    Run a program of this directory, for which any warning is an error; return what it printed.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", str(HERE / program), *arguments],
        capture_output=True,
        text=True,
        timeout=100,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    return done.stdout, done.stderr


def url_of(server: Any) -> str:
    """
    Where the tests' MariaDB is.
    """
    return f"mysql://{server.user}:{server.password}@{server.host}:{server.port}/{server.database}"


@pytest.mark.parametrize("shop", ["sqlalchemy", "peewee", "django"])
def test_a_hundred_requests_on_mariadb(shop: str, mariadb: Any) -> None:
    """
    Through PyMySQL with TLS: sessions are never mixed up, pools keep their limits, cancelled calls roll back.
    """
    assert ("done\n", "") == run("scenario.py", f"{shop}_shop", url_of(mariadb), shop, "pymysql")


@pytest.mark.parametrize(
    ("shop", "driver"),
    [
        ("sqlalchemy", "psycopg2"),
        ("peewee", "psycopg2"),
        ("django", "psycopg2"),
        ("django", "psycopg"),
    ],
)
def test_a_hundred_requests_on_postgresql(shop: str, driver: str, postgres: Any) -> None:
    """
    The same through psycopg2 and psycopg 3.
    """
    assert ("done\n", "") == run("scenario.py", f"{shop}_shop", postgres.dsn, shop, driver)


def test_sqlalchemy_beside_its_asyncio_extension(mariadb: Any) -> None:
    """
    SQLAlchemy's own greenlets, ours, and threads use the patched package at the same time.
    """
    assert ("done\n", "") == run("sqlalchemy_beside.py", url_of(mariadb))


def test_django_beside_its_asynchronous_methods(mariadb: Any) -> None:
    """
    Django's asynchronous ORM goes on working, and its synchronous one is still refused in coroutines.
    """
    assert ("refused\ndone\n", "") == run("django_beside.py", url_of(mariadb))
