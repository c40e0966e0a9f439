"""
Motorish's modules do as the stdlib's do, in a child and in plain threads: CPython's own tests say so.

What is slow is left to ``pytest --scale 1`` (``make test-full``).
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import NoReturn

import pytest

from tests.conformance import suite

RUN = Path(__file__).with_name("run.py")
AT_ONCE = 4  # they wait most of the time

Job = Callable[[str, str], "Future[subprocess.CompletedProcess[str]]"]


@pytest.fixture(scope="module")
def job(request: pytest.FixtureRequest, missing_program: Callable[[str], NoReturn]) -> Iterator[Job]:
    """
    Return a function that gives the future of a module's run; all that were asked for have begun.
    """
    if missing := suite.why_missing():
        missing_program(missing)
    chosen = [] if request.config.getoption("scale") >= 1 else ["--quick"]
    jobs: dict[tuple[str, str], Future[subprocess.CompletedProcess[str]]] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:

        def start(module: str, where: str) -> Future[subprocess.CompletedProcess[str]]:
            command = [sys.executable, str(RUN), module, "--where", where, *chosen]
            if (module, where) not in jobs:
                jobs[module, where] = pool.submit(
                    subprocess.run, command, capture_output=True, text=True, check=False, timeout=900
                )
            return jobs[module, where]

        for item in request.session.items:
            if isinstance(item, pytest.Function) and item.function is test_does_as_the_stdlib:
                start(item.callspec.params["module"], item.callspec.params["where"])
        yield start
        pool.shutdown(cancel_futures=True)


@pytest.mark.scaled
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("module", suite.MODULES)
@pytest.mark.parametrize("where", suite.WHERE)
def test_does_as_the_stdlib(module: str, where: str, job: Job) -> None:
    """
    What passes with the stdlib passes, or is known to differ; and what is known to differ does.
    """
    done = job(module, where).result()

    assert 0 == done.returncode, done.stdout + done.stderr


@pytest.mark.parametrize("module", suite.MODULES)
def test_each_known_difference_has_a_reason(module: str) -> None:
    """
    A line of a known difference says why, in a sentence, and appears once.
    """
    known = suite.all_known(module)

    assert [] == [line for line in known if not line.reason.endswith(".") or len(line.reason.split()) < 5]
    assert len(known) == len({(line.where, line.versions, line.test) for line in known})
