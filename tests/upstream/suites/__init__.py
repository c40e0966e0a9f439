"""What the runner must know about one driver's own test suite, and which suites there are.

A suite is a module beside this one with a `SUITE`, and a TOML file of the same name that lists which
tests cannot be run and which may differ, each with the reason.
"""

from __future__ import annotations

import importlib
import tomllib
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
NAMES = ("pymongo", "motor", "psycopg2", "pymysql", "redis", "pymemcache", "pg8000", "urllib3")

Topology = Callable[[Path], AbstractContextManager[Mapping[str, str]]]
"""Starts fresh servers, given the suite's work folder; yields environment variables for the tests."""


@dataclass(frozen=True)
class Mode:
    """A way to run the tests.

    Attributes:
        command: What follows ``python`` on the command line, up to pytest's own arguments.
        socket: The module that the driver must then know as ``socket``: proof that the run was what
            it is said to be.
        known: Name of the TOML file's table with what may differ from stock.
    """

    command: tuple[str, ...]
    socket: str = "motorish.green.socket"
    known: str = "difference"


STOCK = Mode(("-m", "pytest"), socket="socket")


def green(*packages: str) -> Mode:
    """Return the mode in which pytest and the patched packages run inside one child greenlet."""
    patch = [word for package in packages for word in ("--patch", package)]
    return Mode(("-m", "motorish", "run", *patch, "-m", "pytest"))


@dataclass(frozen=True)
class Suite:
    """A driver's own tests.

    Attributes:
        name: Of the suite, and of the TOML file.
        distribution: What to fetch from PyPI: the sdist of the version that is installed.
        unpack: The folders and files of the sdist that the tests need; never the driver itself.
        pytest_ini: Makes the text of ``pytest.ini`` from the sdist's ``pyproject.toml``.
        socket_of: The driver's module that imports ``socket``; where none does, one that imports another
            module which has a green twin, as ``module:name``.
        modes: Ways to run the tests besides stock.
        topologies: Ways to run the servers; the first is what the quick part uses.
        tests: What to give to pytest for all of the tests.
        quick: What to give to pytest for the part that the project's own tests run.
        arguments: More of pytest's own, in every mode.
        tests_of: The version whose sdist has the tests, if that of the installed version has none.
        test_timeout: Seconds that one test may take before it counts as hung.
    """

    name: str
    distribution: str
    unpack: tuple[str, ...]
    pytest_ini: Callable[[dict[str, Any]], str]
    socket_of: str
    modes: Mapping[str, Mode]
    topologies: Mapping[str, Topology]
    tests: tuple[str, ...]
    quick: tuple[str, ...]
    arguments: tuple[str, ...] = ()
    tests_of: str = ""
    test_timeout: float = 120.0

    def notes(self, table: str, topology: str) -> dict[str, str]:
        """Return the reasons by test that a table of the TOML file has for this topology.

        Args:
            table: ``excluded``, or a mode's `known`.
            topology: An entry with ``topologies`` counts for these only.
        """
        entries = tomllib.loads((HERE / f"{self.name}.toml").read_text()).get(table, [])
        return {
            test: entry["reason"]
            for entry in entries
            for test in entry.get("tests") or [entry["test"]]
            if topology in entry.get("topologies", self.topologies)
        }


def load(name: str) -> Suite:
    """Return the suite of that name."""
    suite: Suite = importlib.import_module(f"suites.{name}").SUITE
    return suite
