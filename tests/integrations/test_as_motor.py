"""
install_as_motor(): in processes of their own, because it cannot be undone.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

INSTALL = "import motorish; motorish.install_as_motor()\n"


def run_script(script: str, *args: str) -> subprocess.CompletedProcess[str]:
    """
    Run a program whose first error ends it.
    """
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", script, *args], capture_output=True, text=True, timeout=50
    )


def output(script: str, *args: str) -> str:
    """
    What a program prints that has no errors.
    """
    done = run_script(script, *args)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_a_program_for_motor(mongod_uri: str) -> None:
    """
    A program that is written for Motor runs, and none of Motor is imported.
    """
    script = """
import asyncio, sys
import motor.motor_asyncio
from motor import motor_asyncio
from motor.motor_asyncio import AsyncIOMotorClient, AsyncIOMotorCollection

async def main():
    client = AsyncIOMotorClient(sys.argv[1])
    assert isinstance(client.shop.orders, AsyncIOMotorCollection)
    assert await client.admin.command("ping")
    client.close()

asyncio.run(main())
assert motor.motor_asyncio is motor_asyncio
loaded = [module for name, module in sys.modules.items() if name.startswith("motor.")]
print({getattr(module, "__file__", None) for module in loaded})
"""

    assert "{None}\n" == output(INSTALL + script, mongod_uri)


def test_all_of_motor_s_modules() -> None:
    """
    Motor's modules and their names are there, star imports too, and bases hold.
    """
    script = """
import motor, motor.core, motor.aiohttp, motor.web, motor.motor_gridfs, motor.motor_tornado
from importlib.util import find_spec
from motor import *
from motor.motor_tornado import *
from motor.motor_asyncio import *
from motor.core import AgnosticBase, AgnosticBaseCursor, AgnosticClient, AgnosticCommandCursor
from motor.motor_gridfs import AgnosticGridFSBucket

assert MotorClient is motor.MotorClient is motorish.MotorClient is AgnosticClient
assert AgnosticGridFSBucket is MotorGridFSBucket
assert issubclass(AsyncIOMotorClient, (AgnosticClient, AgnosticBase))
assert issubclass(MotorCursor, AgnosticBaseCursor)
assert motor.web.GridFSHandler and motor.aiohttp.AIOHTTPGridFS
assert ("3.7.1", (3, 7, 1), "3.7.1") == (motor.version, motor.version_tuple, motor.get_version_string())
assert find_spec("motor") and find_spec("motor.motor_asyncio")
assert "MotorClient" in dir(motor) and "AsyncIOMotorClient" in dir(motor.motor_asyncio)
"""

    assert output(INSTALL + script) == ""


def test_it_costs_nothing_by_itself() -> None:
    """
    Installing imports no driver, and can be repeated.
    """
    script = """
import sys
motor = sys.modules["motor"]
motorish.install_as_motor()
assert motor is sys.modules["motor"]
assert "pymongo" not in sys.modules
"""

    assert output(INSTALL + script) == ""


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("import motor.frameworks", "No module named 'motor.frameworks'"),
        ("from motor.core import nothing", "cannot import name 'nothing'"),
        ("import motor; motor.nothing", "which is motorish.motor_tornado here"),
    ],
)
def test_what_is_not_there(statement: str, message: str) -> None:
    """
    What motorish does not have is an import or attribute error.
    """
    assert message in run_script(INSTALL + statement).stderr.splitlines()[-1]


def test_motor_came_first() -> None:
    """
    When Motor was imported before, an error says where it came from and what to do.
    """
    script = """
import sys, types
sys.modules["motor"] = types.ModuleType("motor")
import motorish
motorish.install_as_motor()
"""

    message = run_script(script).stderr.splitlines()[-1]

    assert "UsageError: motor was imported already" in message
    assert "at the start of the program" in message
