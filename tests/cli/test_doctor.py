"""
``motorish doctor``: what it says of drivers with and without an adapter, of the stdlib, of what is not there.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import motorish
from motorish.cli import main

ROOT = Path(__file__).parent.parent.parent


def doctor(*arguments: str, path: Path = ROOT) -> str:
    """
    Run the command in a process of its own, with *path* on sys.path; give what it printed.
    """
    env = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{path}"}
    command = [sys.executable, "-W", "error", "-m", "motorish", "doctor", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=60)
    assert (0, "") == (done.returncode, done.stderr)
    return done.stdout


def test_everything() -> None:
    """
    Without a package: versions, and the drivers that are installed.
    """
    text = doctor()

    assert f"motorish    {motorish.__version__}" in text
    assert f"Python      {sys.version_info.major}.{sys.version_info.minor}" in text
    for name in ("greenlet", "tornado"):
        assert re.search(rf"^{name} +\d", text, re.M)
    assert re.search(r"^  pymongo +4\.\d+\S* +greenlet$", text, re.M)
    assert re.search(r"^  sqlite3 +of the stdlib +thread$", text, re.M)
    assert "\n  bson" not in text


def test_driver_with_an_adapter() -> None:
    """
    Engine and reason, what is patched, where, and that nothing escapes.
    """
    text = doctor("pymysql")

    assert "  engine:   greenlet, because the adapter 'pymysql' says so" in text
    assert "    pymysql.connections: socket, ssl" in text
    assert "  escaped:  nothing of what 'import pymysql' loads, even if that comes before the patch" in text


def test_module_of_a_package() -> None:
    """
    Of a module inside a package, what that loads is looked at, too.
    """
    text = doctor("psycopg2.pool")

    assert "psycopg2.pool (2." in text
    assert "  escaped:  nothing of what 'import psycopg2.pool' loads" in text


def test_asynchronous_already(tmp_path: Path) -> None:
    """
    A package whose waits are coroutines needs no engine.
    """
    (tmp_path / "aiodriver.py").write_text("import asyncio, socket\n")

    text = doctor("aiodriver", path=tmp_path)

    assert "  engine:   none: what waits in it are coroutines already" in text
    assert "patched:" not in text


def test_driver_without_one() -> None:
    """
    What a package is judged by is said.
    """
    text = doctor("httplib2")

    assert "  adapter:  none" in text
    assert "  engine:   greenlet, because httplib2/__init__.py waits with the stdlib's modules" in text
    assert re.search(r"^    httplib2: .*socket", text, re.M)


def test_what_escapes(tmp_path: Path) -> None:
    """
    What stays blocking when a package is imported too early is listed.
    """
    (tmp_path / "hastydriver.py").write_text("import threading\nthread = threading.Thread()\n")

    text = doctor("hastydriver", path=tmp_path)

    assert "  escaped:  if it is imported before it is patched" in text
    assert "    hastydriver.thread: is a threading.Thread made before the patch" in text


@pytest.mark.parametrize(
    ("name", "engine", "more"),
    [
        ("sqlite3", "thread", "a call that runs can be interrupted"),
        ("smtplib", "greenlet", "a private copy whose waits are green"),
        ("xmlrpc.client", "thread", "a call that runs cannot be interrupted"),
    ],
)
def test_stdlib(name: str, engine: str, more: str, capsys: pytest.CaptureFixture[str]) -> None:
    """
    Modules of the stdlib stay as they are, whichever engine they need.
    """
    main(["doctor", name])

    text = capsys.readouterr().out
    assert f"{name} (of the stdlib)" in text
    assert f"  engine:   {engine}, because" in text
    assert more in text


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("nothing_there", "there is no package 'nothing_there' here: install it, or check the name"),
        ("nothing_there.at_all", "there is no package 'nothing_there' here: install it, or check the name"),
        ("pymysql.nosuch", "there is no module 'pymysql.nosuch' in 'pymysql': check the name"),
        ("pymysql.cursors.Cursor", "there is no module 'pymysql.cursors.Cursor' in 'pymysql'"),
        ("./conf.py", "'./conf.py' is no import name: give what stands after 'import'"),
        ("mysql-connector-python", "'mysql-connector-python' is no import name"),
        ("tornado", "'tornado' is what the event loop runs on, and stays as it is: name the package"),
        ("motorish.hub", "'motorish' is what the event loop runs on"),
        ("broken_driver", "'broken_driver' cannot be imported: ZeroDivisionError: division by zero"),
        ("broken_driver.part", "'broken_driver' cannot be imported: ZeroDivisionError"),
        ("ending_driver", "'ending_driver' cannot be imported: SystemExit: 3"),
    ],
)
def test_wrong_names(name: str, what: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    What is said of a name that is not that of a module is one line, and the command fails.
    """
    (tmp_path / "broken_driver").mkdir()
    (tmp_path / "broken_driver" / "__init__.py").write_text("1 / 0\n")
    (tmp_path / "ending_driver.py").write_text("import sys\nsys.exit(3)\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    with pytest.raises(SystemExit, match=f"^motorish doctor: {re.escape(what)}") as ended:
        main(["doctor", name])

    assert "\n" not in str(ended.value)
