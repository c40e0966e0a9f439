"""
examples/wrap_your_driver.py on a real MariaDB.
"""

import asyncio
import json
import re
import socket
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import Any

import pymysql
import pytest

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


def test_serves_the_users_both_ways(users: dict[str, Any]) -> None:
    """
    The program answers /users from a coroutine and /users-callback from a callback.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, "-u", str(EXAMPLE), "--port", str(port), "--mysql-port", str(users["port"])]
    for name in ("host", "user", "password", "database"):
        command += [f"--{name}", users[name]]
    program = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    try:
        assert program.stdout is not None
        assert re.match(r"Users are at (\S+)", program.stdout.readline())
        answers = []
        for path in ("users", "users-callback"):
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=10) as response:
                answers.append([user["name"] for user in json.load(response)["users"]])
    finally:
        program.terminate()
        program.communicate(timeout=10)

    assert [NAMES, NAMES] == answers


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
