"""A pytest plugin that writes each test's start and outcome to a file as soon as it is known.

A report at the end (JUnit) says nothing when a test hangs or kills the process; this does.
Each line is a JSON pair of a test's id and an event: ``collected``, ``started``, or an outcome.
"""

from __future__ import annotations

import importlib
import json
import os
from pathlib import Path

import pytest

RUNNER = os.getppid()
RECORD = Path(os.environ["UPSTREAM_RECORD"])
SOCKET_OF = os.environ.get("UPSTREAM_SOCKET_OF", "pymongo.pool_shared")


def pytest_sessionstart() -> None:
    """Record which ``socket`` module the driver really uses, and so whether the run is green."""
    module, _, name = SOCKET_OF.partition(":")
    used = vars(importlib.import_module(module))[name or "socket"].__name__
    package = used.rpartition(".")[0]  # of another module than socket, that tells as much
    _write(f"{package}.socket".lstrip("."), "socket")


def pytest_collectreport(report: pytest.CollectReport) -> None:
    """Record a module that cannot be collected, or skips itself, like a test."""
    if report.outcome != "passed":
        _write(report.nodeid, report.outcome)


def pytest_collection_finish(session: pytest.Session) -> None:
    """Record what was collected, once the suite's own hooks have chosen."""
    for item in session.items:
        _write(item.nodeid, "collected")


def pytest_runtest_logstart(nodeid: str) -> None:
    """Record that a test begins, unless the runner was killed, and the servers with it."""
    if os.getppid() != RUNNER:
        os._exit(1)
    _write(nodeid, "started")


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Record one phase (set-up, call, tear-down) or one subtest of a test."""
    is_subtest = type(report) is not pytest.TestReport
    if (report.when == "call" and not is_subtest) or report.outcome != "passed":
        _write(report.nodeid, report.outcome)


def _write(nodeid: str, event: str) -> None:
    with RECORD.open("a") as file:
        file.write(json.dumps([nodeid, event]) + "\n")
