"""
Row D31: processes that fork, before their loop runs and while it has calls in flight.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from tests.faults import everyday
from tests.faults.figures import Figures

PROGRAM = Path(__file__).with_name("forking.py")
pytestmark = [
    pytest.mark.row("D31", "G24"),
    pytest.mark.timeout(1200),
    pytest.mark.skipif(sys.platform != "linux", reason="counts bytes with Linux's TCP_INFO"),
]


def run(how: str, operations: int, forks: int, where: everyday.Addresses) -> list[dict[str, Any]]:
    """
    Run the program; it must say nothing else.
    """
    done = subprocess.run(
        [sys.executable, str(PROGRAM), how, str(operations), str(forks), json.dumps(where)],
        capture_output=True,
        text=True,
        timeout=1100,
    )
    said = "\n".join(line for line in done.stderr.splitlines() if "Starting 4 processes" not in line)
    assert ("", 0) == (said, done.returncode)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_client_made_before_the_fork(request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    A client that was not used yet works in each of four processes.
    """
    operations = figures.times(1000, least=100)

    seen = run("early", operations, 0, everyday.addresses(request, "PyMongo"))

    assert 4 == len(seen)
    mixed_up = sum(each["mixed_up"] for each in seen)
    figures.equal(f"PyMongo, before the fork: mixed up of 4 × {operations:,}", 0, mixed_up)


def test_fork_amid_calls(request: pytest.FixtureRequest, figures: Figures) -> None:
    """
    The parent's sockets are never touched; the child is refused the parent's client, and makes its own.
    """
    forks, operations = figures.times(100, least=8), figures.times(1000, least=50)

    *children, parent = run("amid", operations, forks, everyday.addresses(request))

    assert forks == len(children) == parent["forks"]
    figures.equal(f"{forks} forks: times that a parent's socket was used", 0, parent["touched"])
    figures.equal("all four drivers, parent: answers mixed up", 0, parent["mixed_up"])
    figures.at_least("all four drivers, parent: operations", forks * operations, parent["done"])
    figures.equal("PyMongo, child: answers mixed up", 0, sum(each["mixed_up"] for each in children))
    figures.equal("children that ended in another way than they wanted", 0, parent["failed"])
    # The median: what else the machine does may add to some.
    took = median(each["refused_s"] for each in children) * 1000
    figures.at_most("PyMongo, child with the parent's client: to the error", 100, took, "ms")
    assert all("after the fork" in each["refused"] for each in children)
