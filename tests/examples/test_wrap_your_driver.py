"""
examples/wrap_your_driver.py on a real MariaDB.
"""

import asyncio
import json
import re
import urllib.request
from collections.abc import Callable
from pathlib import Path
from typing import Any, NoReturn

import pymysql
import pytest

from motorish.integrations.servers import find_mariadbd
from tests.examples.example_program import Running

EXAMPLE = Path(__file__).parents[2] / "examples" / "wrap_your_driver.py"
NAMES = ["Ada", "Grace", "Barbara"]


@pytest.fixture
def users(mariadb: Any) -> Any:
    """
    Return a MariaDB with a table of users.
    """
    settings = {
        "host": mariadb.host,
        "port": mariadb.port,
        "user": mariadb.user,
        "password": mariadb.password,
        "database": mariadb.database,
    }
    with pymysql.connect(**settings) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE OR REPLACE TABLE users (id INT AUTO_INCREMENT PRIMARY KEY, name TEXT)")
        for name in NAMES:
            cursor.execute("INSERT INTO users (name) VALUES (%s)", (name,))
        connection.commit()
    return settings


def answers(urls: list[str]) -> list[list[str]]:
    """
    The names that each address gives.
    """
    names = []
    for url in urls:
        with urllib.request.urlopen(url, timeout=10) as response:
            names.append([user["name"] for user in json.load(response)["users"]])
    return names


def test_private_server(missing_program: Callable[[str], NoReturn]) -> None:
    """
    Started as its first line says, it answers from a coroutine and from a callback.
    """
    if find_mariadbd() is None:
        missing_program("mariadbd")
    with Running("wrap_your_driver", lines=2) as example:
        assert ["users", "users-callback"] == [url.rpartition("/")[2] for url in example.urls]
        assert [NAMES, NAMES] == answers(example.urls)


def test_existing_server(users: dict[str, Any]) -> None:
    """
    With --host and the like it uses the table that is there.
    """
    options = [f"--mysql-port={users['port']}"]
    options += [f"--{name}={users[name]}" for name in ("host", "user", "password", "database")]
    with Running("wrap_your_driver", *options, lines=2) as example:
        assert [NAMES, NAMES] == answers(example.urls)


def test_readme_example_of_any_driver(users: dict[str, Any], capsys: pytest.CaptureFixture[str]) -> None:
    """
    The README's two lines make a synchronous function a coroutine call.
    """
    readme = (EXAMPLE.parents[1] / "README.md").read_text()
    block = next(block for block in re.findall(r"```python\n(.*?)```", readme, re.S) if "pymysql" in block)
    namespace: dict[str, Any] = {}
    exec(compile(block, "README.md", "exec"), namespace)

    asyncio.run(namespace["main"](users))

    assert f"{NAMES}\n" == capsys.readouterr().out
