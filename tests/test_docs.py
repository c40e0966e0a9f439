"""
The runnable programs in the docs: they run without an error, and print what their comments say.

A code block is runnable when the line before it is ``<!-- runnable -->``, which is on MongoDB, or
``<!-- runnable on FIXTURE -->``, on another server.  What it prints has to be what its comments
``# prints ...`` hold, line by line.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.drivers.mail.conftest import smtp_server as smtp_server

ROOT = Path(__file__).parents[1]
RUNNABLE = re.compile(r"^<!-- runnable(?: on (\w+))? -->\n```python\n(.*?)^```$", re.M | re.S)
PRINTS = re.compile(r"# prints (.*)$", re.M)
ADDRESSES = {
    "mongod_uri": ("mongodb://localhost", "{0}"),
    "mariadb": (
        '"port": 3306, "user": "shop", "password": "secret", "database": "shop"',
        '"port": {0.port}, "user": "{0.user}", "password": "{0.password}", "database": "{0.database}"',
    ),
    "memcached": ("11211", "{0.port}"),
    "nginx": ("http://localhost:8080", "{0.url}"),
    "openldap": ("1389", "{0.port}"),
    "postgres": ("postgresql://shop:secret@localhost/shop", "{0.dsn}"),
    "rabbitmq": ("5672", "{0.port}"),
    "redis_server": ("port=6379", "port={0.port}"),
    "smtp_server": ("2525", "{0.port}"),
}
"""Fixture -> the address that the docs have, and that of the fixture's server."""
PROGRAMS = [
    pytest.param(server or "mongod_uri", program, id=f"{page.stem}-{number}")
    for page in sorted((ROOT / "docs").rglob("*.md"))
    for number, (server, program) in enumerate(RUNNABLE.findall(page.read_text()), 1)
]


@pytest.mark.parametrize(("server", "program"), PROGRAMS)
def test_program_runs(server: str, program: str, request: pytest.FixtureRequest) -> None:
    """
    A program of the docs prints what it says, and nothing goes wrong.
    """
    written, real = ADDRESSES[server]
    assert program.count(written) == 1
    runnable = program.replace(written, real.format(request.getfixturevalue(server)))

    done = subprocess.run([sys.executable, "-c", runnable], capture_output=True, text=True, timeout=50)

    assert ("", PRINTS.findall(program)) == (done.stderr, done.stdout.splitlines())
