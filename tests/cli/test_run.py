"""
``motorish run``: a program ends, fails and is interrupted as it is by Python alone.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
PLAIN: tuple[str, ...] = ()
GREEN = ("-m", "motorish", "run")


@dataclass(frozen=True)
class Ended:
    """What is left of a program."""

    status: int
    out: str
    err: str


class Programs:
    """Writes programs into a directory and runs them there."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def write(self, name: str, source: str) -> None:
        path = self.directory / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source)

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        env = {key: value for key, value in os.environ.items() if not key.startswith("PYTEST")}
        paths = [str(ROOT), env.get("PYTHONPATH")]
        env |= {"PYTHONPATH": os.pathsep.join(filter(None, paths)), "PYTHONUNBUFFERED": "1"}
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.directory,
            env=env,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *arguments: str) -> Ended:
        with self.start(*arguments) as process:
            out, err = process.communicate()
        return Ended(process.returncode, out, err)

    def interrupt(self, *arguments: str) -> Ended:
        """Send SIGINT once the program has printed its first line."""
        with self.start(*arguments) as process:
            assert process.stdout is not None
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            out, err = process.communicate()
        return Ended(process.returncode, first + out, err)


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    """A directory for programs, and ways to run them."""
    return Programs(tmp_path)


SHOW = "import sys\nprint(__name__, __file__, sys.argv, sys.path[0], sys.modules['__main__'].__file__)\n"


@pytest.mark.parametrize(
    "source",
    [
        "print('done')",
        "import sys; sys.exit(3)",
        "import sys; sys.exit('what went wrong')",
        "raise SystemExit",
        "def f():\n    1 / 0\n\nf()\n",
        "def f():\n    try:\n        1 / 0\n    finally:\n        raise KeyError('x')\n\nf()\n",
        "raise ExceptionGroup('two', [ValueError(1), ValueError(2)])",
        "x = (\n",
        "import sys\nsys.excepthook = lambda *what: print('my own hook', what[:2])\n1 / 0\n",
        "raise KeyboardInterrupt",
        "import no_such_module",
        "import atexit; atexit.register(print, 'at exit')",
    ],
)
def test_program_ends_as_under_python(programs: Programs, source: str) -> None:
    """
    Output, exit status and traceback are those of the same program under Python alone.
    """
    programs.write("program.py", source)

    assert programs.run(*PLAIN, "program.py") == programs.run(*GREEN, "program.py")


@pytest.mark.parametrize(
    "arguments",
    [
        ("program.py",),
        ("program.py", "-v", "--patch", "x", "-m", "y"),
        ("package/inside.py", "a b"),
        ("-m", "program", "-v", "--patch", "x", "-m", "y"),
        ("-m", "package.inside"),
        ("-m", "package"),
        ("package",),
    ],
)
def test_program_sees_its_own_arguments(programs: Programs, arguments: Sequence[str]) -> None:
    """
    ``sys.argv``, ``sys.path[0]``, ``__file__`` and ``__main__`` are as Python itself sets them.
    """
    programs.write("package/__init__.py", "")
    for name in ("program.py", "package/inside.py", "package/__main__.py"):
        programs.write(name, SHOW)

    assert programs.run(*PLAIN, *arguments) == programs.run(*GREEN, *arguments)


WAITING = """
import time
try:
    print("ready")
    time.sleep(60)
finally:
    print("cleaned up")
"""


def test_interrupt_ends_the_wait(programs: Programs) -> None:
    """
    Ctrl-C is a KeyboardInterrupt where the program waits, and ends it as Python alone would.
    """
    programs.write("program.py", WAITING)

    ended = programs.interrupt(*GREEN, "program.py")

    assert (-signal.SIGINT, "ready\ncleaned up\n") == (ended.status, ended.out)
    assert "program.py" in ended.err.splitlines()[1]
    assert "KeyboardInterrupt" == ended.err.splitlines()[-1]


def test_signal_handler_may_raise(programs: Programs) -> None:
    """
    What a signal handler raises appears where the program waits, and can be caught there.
    """
    programs.write(
        "program.py",
        "import signal, time\n"
        "class Alarm(Exception): pass\n"
        "def on_alarm(*_): raise Alarm\n"
        "signal.signal(signal.SIGALRM, on_alarm)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0.05)\n"
        "try:\n"
        "    time.sleep(60)\n"
        "except Alarm:\n"
        "    time.sleep(0.01)\n"
        "    print('caught')\n",
    )

    assert Ended(0, "caught\n", "") == programs.run(*GREEN, "program.py")


def test_signal_interrupts_no_other_child(programs: Programs) -> None:
    """
    A signal that arrives while another call runs still interrupts the program, and not that call.
    """
    programs.write(
        "program.py",
        "import os, signal, time, motorish\n"
        "def other():\n"
        "    os.kill(os.getpid(), signal.SIGINT)\n"
        "    print('the other call goes on')\n"
        "motorish.hub.spawn(other, later=True)\n"
        "try:\n"
        "    time.sleep(60)\n"
        "except KeyboardInterrupt:\n"
        "    print('the program is interrupted')\n",
    )

    ended = programs.run(*GREEN, "program.py")

    assert Ended(0, "the other call goes on\nthe program is interrupted\n", "") == ended


def test_signal_handlers_are_the_programs(programs: Programs) -> None:
    """
    The program gets the handlers back that it has set, and those that Python sets.
    """
    programs.write(
        "program.py",
        "import signal\n"
        "def handler(signum, frame): print('handled', signum == signal.SIGUSR1, frame is not None)\n"
        "print(signal.getsignal(signal.SIGINT) is signal.default_int_handler)\n"
        "print(signal.signal(signal.SIGUSR1, handler))\n"
        "print(signal.getsignal(signal.SIGUSR1) is handler)\n"
        "signal.raise_signal(signal.SIGUSR1)\n"
        "print(signal.signal(signal.SIGUSR1, signal.SIG_IGN) is handler)\n",
    )

    assert programs.run(*PLAIN, "program.py") == programs.run(*GREEN, "program.py")


def test_program_runs_in_a_child(programs: Programs) -> None:
    """
    The program is inside a child greenlet of a running loop, which goes on while it sleeps.
    """
    programs.write(
        "program.py",
        "import asyncio, time\n"
        "asyncio.get_running_loop().call_later(0.01, print, 'the loop runs')\n"
        "time.sleep(0.1)\n"
        "print('and the program')\n",
    )

    assert Ended(0, "the loop runs\nand the program\n", "") == programs.run(*GREEN, "program.py")


def test_named_packages_are_patched(programs: Programs) -> None:
    """
    ``--patch`` makes a package's sockets green, and no others.
    """
    for name in ("driver", "second", "other"):
        programs.write(f"{name}/__init__.py", "import socket\n")
    programs.write(
        "program.py",
        "import driver, second, other\n"
        "print(driver.socket.__name__, second.socket.__name__, other.socket.__name__)\n",
    )

    ended = programs.run(*GREEN, "--patch", "driver", "--patch", "second", "program.py")

    assert Ended(0, "motorish.green.socket motorish.green.socket socket\n", "") == ended


TEST_MODULE = """
import asyncio, threading, time
import helper

def test_own_primitives_park():
    ticked = threading.Event()
    asyncio.get_running_loop().call_later(0.01, ticked.set)
    assert ticked.wait(5)

def test_helpers_primitives_park():
    ticked = helper.make_event()
    asyncio.get_running_loop().call_later(0.01, ticked.set)
    assert ticked.wait(5)

def test_fixtures_primitives_park(ticked):
    assert ticked.wait(5)

def test_fails():
    answer = 41
    assert answer == 42
"""


@pytest.mark.parametrize("mode", ["prepend", "append", "importlib"])
def test_pytest_runs_green_test_modules(programs: Programs, mode: str) -> None:
    """
    Test modules, ``conftest.py`` and helpers wait by parking; assertions are still rewritten.
    """
    programs.write("pytest.ini", "[pytest]\naddopts = -p no:cacheprovider\npythonpath = .\n")
    programs.write("tests/test_waits.py", TEST_MODULE)
    programs.write("helper.py", "import threading\ndef make_event(): return threading.Event()\n")
    programs.write(
        "tests/conftest.py",
        "import asyncio, threading, pytest\n"
        "@pytest.fixture\n"
        "def ticked():\n"
        "    event = threading.Event()\n"
        "    asyncio.get_running_loop().call_later(0.01, event.set)\n"
        "    return event\n",
    )

    ended = programs.run(*GREEN, "-m", "pytest", f"--import-mode={mode}")

    assert 1 == ended.status
    assert "assert 41 == 42" in ended.out
    assert "1 failed, 3 passed" in ended.out


MOCKS = """
from unittest import mock
import daemon_of_driver
import pytest

def test_module():
    with mock.patch("urllib.request.urlopen", return_value=42):
        assert 42 == daemon_of_driver.fetch()

def test_class_of_module():
    with mock.patch("urllib.request.OpenerDirector.open", return_value=43):
        assert 43 == daemon_of_driver.fetch()
    with mock.patch("subprocess.Popen", return_value=44):
        assert 44 == daemon_of_driver.start()

def test_other_module():
    with mock.patch("os.getcwd", return_value=45):
        assert 45 == daemon_of_driver.os.getcwd()

def test_built_in_function():
    with mock.patch("builtins.open", mock.mock_open(read_data="46")):
        assert "46" == daemon_of_driver.read() == open("nothing").read()
    with pytest.raises(FileNotFoundError):
        daemon_of_driver.read()
"""


def test_mocks_are_seen_by_green_modules(programs: Programs) -> None:
    """
    What ``mock.patch("subprocess.Popen")`` names is the module that a patched package has.
    """
    programs.write("pytest.ini", "[pytest]\naddopts = -p no:cacheprovider\npythonpath = .\n")
    programs.write("test_mocks.py", MOCKS)
    programs.write(
        "daemon_of_driver.py",
        "import os, subprocess\n"
        "def fetch():\n"
        "    from urllib.request import urlopen\n"
        "    return urlopen('http://127.0.0.1:1')\n"
        "def start():\n"
        "    return subprocess.Popen(['true'])\n"
        "def read():\n"
        "    return open('nothing').read()\n",
    )

    ended = programs.run(*GREEN, "-m", "pytest")

    assert "4 passed" in ended.out, ended.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((), "which program?"),
        (("--patch", "pymysql"), "which program?"),
        (("no_such_file.py",), "no_such_file.py"),
        (
            ("--patch", "nosuch", "-m", "this"),
            "error: --patch: cannot patch 'nosuch': there is no module of this",
        ),
        (
            ("--patch", "socket", "-m", "this"),
            "error: --patch: cannot patch 'socket': the standard library stays",
        ),
    ],
)
def test_wrong_command_line_is_refused(programs: Programs, arguments: Sequence[str], message: str) -> None:
    """
    Without a program to run, or with a wrong package, there is a usage message, and status 2.
    """
    ended = programs.run(*GREEN, *arguments)

    assert 2 == ended.status
    assert message in ended.err
    assert "Traceback" not in ended.err


def test_pytest_names_tests_after_stock_modules(programs: Programs) -> None:
    """
    A test that is parametrized with a module has the same id with motorish and without.
    """
    programs.write("pytest.ini", "[pytest]\naddopts = -p no:cacheprovider\n")
    programs.write(
        "test_modules.py",
        "import socket, json, pytest\n"
        "@pytest.mark.parametrize('module', [socket, json])\n"
        "def test_one(module): pass\n",
    )

    ended = programs.run(*GREEN, "-m", "pytest", "--collect-only", "-q")

    assert "test_modules.py::test_one[socket]\ntest_modules.py::test_one[json]\n" in ended.out
