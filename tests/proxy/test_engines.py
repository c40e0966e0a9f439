"""
Which engine a package gets, and why; what is patched for it; stdlib modules; objects made too early.
"""

import asyncio
import imaplib
import importlib
import smtplib
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import motorish
from motorish import green
from motorish.patcher import copies
from motorish.proxy import engines
from motorish.proxy.engines import choose_engine, packages_to_patch
from tests.loops import run_asyncio

Install = Callable[..., str]


@pytest.fixture
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Install]:
    """
    Return a function that installs a distribution: files of its package, and what it requires.

    With None it is a package that lies there, and no distribution.
    """
    monkeypatch.syspath_prepend(str(tmp_path))
    caches = (
        engines._contents,
        engines._distributions,
        engines._imported_by,
        engines._required_by,
        engines._waiting_below,
        engines._waits_in_python,
    )
    for cached in caches:
        cached.cache_clear()

    def make(name: str, files: dict[str, str | bytes], requires: tuple[str, ...] | None = ()) -> str:
        (tmp_path / name).mkdir()
        for file, content in {"__init__.py": "", **files}.items():
            content = content.encode() if isinstance(content, str) else content
            (tmp_path / name / file).write_bytes(content)
        if requires is None:
            return name
        info = tmp_path / f"{name}-1.0.dist-info"
        info.mkdir()
        lines = ["Metadata-Version: 2.1", f"Name: {name}", "Version: 1.0"]
        lines += [f"Requires-Dist: {requirement}" for requirement in requires]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
        (info / "RECORD").write_text("".join(f"{name}/{file},,\n" for file in ("__init__.py", *files)))
        return name

    yield make
    for cached in caches:
        cached.cache_clear()


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "from socket import (create_connection,\n    timeout)",
        "import os, ssl as tls",
        "def f():\n    from http import client",
        "try:\n    import urllib.request\nexcept ImportError: pass",
        "import select;x = 1",
    ],
)
def test_python_that_waits(install: Install, source: str) -> None:
    """
    Python modules that import sockets, however they do it, can be green.
    """
    name = install("sockety", {"wire.py": source})

    assert (
        "greenlet",
        "sockety/wire.py waits with the stdlib's modules, which can be green",
    ) == choose_engine(name)
    assert {"sockety"} == packages_to_patch(name)


def test_compiled_code(install: Install) -> None:
    """
    What waits in C needs threads; C that only computes does not matter.
    """
    only = install("only_c", {"_core.abi3.so": b"\x7fELF\0connect\0"})
    both = install("both_c", {"_core.abi3.so": b"\x7fELF\0recv\0", "wire.py": "import socket"})
    fast = install("fast_c", {"_parse.abi3.so": b"\x7fELF\0memcpy\0", "wire.py": "import socket"})

    assert (
        "thread",
        "what waits is compiled code (only_c/_core.abi3.so), which no patch reaches",
    ) == choose_engine(only)
    assert "thread" == choose_engine(both).engine
    assert "greenlet" == choose_engine(fast).engine


def test_what_is_required(install: Install) -> None:
    """
    What a package requires, and waits with, becomes green with it; what it merely can use does not.
    """
    install("wires", {"wire.py": "import socket"})
    install("optional", {"wire.py": "import socket"})
    install("middle", {}, ("wires>=1.0",))
    name = install("upper", {"api.py": "import middle"}, ("Middle[x] (>=1)", "optional; extra == 'all'"))

    assert ("greenlet", "it waits with wires, patched with it") == choose_engine(name)
    assert {"upper", "wires"} == packages_to_patch(name)


@pytest.mark.parametrize(
    "source",
    ["import pymysql", "def f():\n    from pymysql.cursors import Cursor", "import app.db, pymysql as db"],
)
def test_what_an_own_module_imports(install: Install, source: str) -> None:
    """
    Of a module that no distribution has brought, what it imports becomes green with it.
    """
    name = install("app", {"__init__.py": source, "db.py": ""}, None)

    assert ("greenlet", "it waits with pymysql, patched with it") == choose_engine(name)
    assert {"app", "pymysql"} == packages_to_patch(name)


def test_own_modules_lead_on(install: Install) -> None:
    """
    Imports are followed through modules of one's own, to drivers that nobody has an adapter for.
    """
    install("wires", {"wire.py": "import socket"})
    install("upper", {}, ("wires",))
    install("fast_c", {"wire.py": "import socket", "_parse.abi3.so": b"\x7fELF\0memcpy\0"})
    install("own_wires", {"wire.py": "import socket, gone_since"}, None)
    install("models", {"all.py": "import app, fast_c, own_wires, upper"}, None)
    name = install("app", {"__init__.py": "import models"}, None)

    assert {"app", "fast_c", "own_wires", "wires"} == packages_to_patch(name)


def test_imports_that_are_not_followed(install: Install) -> None:
    """
    What is asynchronous already, computes, is the stdlib's or runs the program stays as it is.
    """
    install("aio", {"wire.py": "import socket\nimport asyncio"})
    install("sums", {"wire.py": "import urllib.request", "_sums.abi3.so": b"\x7fELF\0memcpy\0"})
    name = install(
        "app", {"__init__.py": "import aio, sums, smtplib, tornado, pytest, app, gone_since"}, None
    )

    assert {"app"} == packages_to_patch(name)


def test_own_module_on_a_driver_in_c(install: Install) -> None:
    """
    A module of one's own that queries with compiled code runs in threads.
    """
    name = install("app", {"__init__.py": "import sqlite3, pymysql"}, None)

    assert (
        "thread",
        "it waits with sqlite3: compiled code, which no patch reaches",
    ) == choose_engine(name)


def test_asynchronous_already(install: Install) -> None:
    """
    A package is asynchronous if all of its files that import sockets have to do with coroutines.
    """
    aio = install("aio", {"a.py": "import socket\nasync def f(): ...", "b.py": "import ssl\nimport asyncio"})
    both = install("both", {"a.py": "import socket\nasync def f(): ...", "b.py": "import socket"})
    quiet = install("quiet", {"a.py": "async def f(): ..."})

    assert [True, False, False] == [engines.is_asynchronous(name) for name in (aio, both, quiet)]
    assert not engines.is_asynchronous("redis")
    assert choose_engine(both).reason.startswith("both/b.py waits")


def test_nothing_that_waits(install: Install) -> None:
    """
    A package that does no I/O is called in children all the same; one that is not there is an error.
    """
    name = install("quiet", {})

    assert ("greenlet", "it is Python, and imports nothing that waits for the network") == choose_engine(name)
    with pytest.raises(motorish.UsageError, match="no package 'nothing_there'"):
        choose_engine("nothing_there")


@pytest.mark.parametrize(
    ("module", "engine", "reason"),
    [
        ("sqlite3", "thread", "the adapter 'sqlite3' says so"),
        ("pymongo", "greenlet", "the adapter 'pymongo' says so"),
        (
            "urllib.request",
            "greenlet",
            "motorish has a green 'urllib.request'; the stdlib's own stays as it is",
        ),
        ("http.client", "greenlet", "motorish has a green 'http.client'; the stdlib's own stays as it is"),
        ("xmlrpc.client", "thread", "it is of the stdlib, which stays as it is"),
    ],
)
def test_known(module: str, engine: str, reason: str) -> None:
    """
    Adapters decide; of the stdlib only what has a green copy can be green.
    """
    assert (engine, reason) == choose_engine(module)


def test_stdlib_modules() -> None:
    """
    A module of the stdlib that has a green copy is wrapped as that; functions and classes too.
    """
    assert motorish.wrap(smtplib).delegate is copies.copy_of("smtplib")
    assert motorish.wrap(smtplib).SMTPException is smtplib.SMTPException
    assert motorish.wrap(imaplib.IMAP4).delegate is copies.copy_of("imaplib").IMAP4
    assert motorish.wrap(time.sleep).delegate is green.TWINS["time"].sleep

    async def main() -> None:
        sleep = motorish.wrap(time.sleep)
        started = time.monotonic()
        await asyncio.gather(*[sleep(0.05) for _ in range(20)])
        assert time.monotonic() - started < 0.5

    run_asyncio(main)


def test_objects_made_too_early(driver: Any, server: Any) -> None:
    """
    An object that holds sockets or locks of the stdlib is refused by the greenlet engine.
    """
    connection = driver.connect(server.port)
    with pytest.raises(motorish.UsageError, match=r"made before its package was patched: its '_lock'"):
        motorish.wrap(connection)
    with pytest.raises(motorish.UsageError, match="stops the loop while it waits"):
        motorish.wrap(smtplib.SMTP())

    async def main() -> None:
        assert "hi" == await motorish.wrap(connection, "thread").call("echo hi")

    run_asyncio(main)
    connection.close()


def test_adapter_from_an_entry_point(
    install: Install, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    An installed distribution brings the adapter of a package; it is imported when that is asked for.
    """
    from motorish import adapter
    from motorish.drivers import _entry_points

    source = """
from motorish.adapter import Adapter
GOOD = Adapter(name="good", packages=("good_driver",), engine="thread")
WRONG = Adapter(name="wrong", packages=("other",))
"""
    install("adapters", {"all.py": source})
    names = {"good_driver": "GOOD", "bad_driver": "Adapter", "wrong_driver": "WRONG", "no_driver": "NONE"}
    lines = [f"{name} = adapters.all:{value}" for name, value in names.items()]
    text = "[motorish.adapters]\n" + "\n".join(lines)
    (tmp_path / "adapters-1.0.dist-info" / "entry_points.txt").write_text(text)
    _entry_points._known.cache_clear()
    monkeypatch.setattr(adapter, "_by_package", dict(adapter._by_package))

    assert "adapters.all" not in sys.modules
    assert ("thread", "the adapter 'good' says so") == choose_engine("good_driver")
    with pytest.raises(motorish.UsageError, match=r"must lead to a motorish\.adapter\.Adapter"):
        choose_engine("bad_driver")
    with pytest.raises(motorish.UsageError, match="leads to an adapter of other"):
        choose_engine("wrong_driver")
    with pytest.raises(AttributeError, match="NONE") as caught:
        choose_engine("no_driver")
    assert "entry point 'no_driver'" in caught.value.__notes__[0]
    _entry_points._known.cache_clear()
    del sys.modules["adapters.all"], sys.modules["adapters"]


def test_wrapped_own_module_waits_in_green(install: Install, server: Any) -> None:
    """
    Calls of a wrapped module that waits with another package do not stop the loop.
    """
    source = """
import wires

def fetch(port):
    with wires.create_connection(("127.0.0.1", port)) as connection:
        connection.sendall(b"hold it\\n")
        return connection.recv(100)
"""
    install("wires", {"__init__.py": "from socket import create_connection"}, None)
    install("app", {"__init__.py": source}, None)
    app = importlib.import_module("app")

    async def main() -> list[bytes]:
        fetch = motorish.wrap(app).fetch
        calls = [fetch(server.port) for _ in range(3)]
        while len(server.lines) < 3:
            await asyncio.sleep(0.005)
        server.holds["it"].set()
        return [await call for call in calls]

    assert [b"it\n"] * 3 == run_asyncio(main)
    motorish.unpatch("app", "wires")
    del sys.modules["app"], sys.modules["wires"]


def test_engine_can_be_chosen() -> None:
    """
    What the argument says holds, whatever ``auto`` would choose.
    """
    assert "thread" == motorish.wrap(sqlite3)._wrapping.engine
    assert "thread" == motorish.wrap(smtplib, "thread")._wrapping.engine
    assert motorish.wrap(smtplib, engine="thread").delegate is smtplib
