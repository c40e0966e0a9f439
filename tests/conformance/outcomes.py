"""
Runs a test module in interpreters of its own, and ends a test that takes too long: that one alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Container
from dataclasses import dataclass
from pathlib import Path

WORKER = Path(__file__).with_name("worker.py")
ROOT = Path(__file__).parents[2]
LIMIT_S = 30.0  # for one test
KNOWN_S = 5.0  # for one that need not pass
START_S = 60.0  # for the imports


@dataclass(frozen=True)
class Outcome:
    """
    What became of one test.

    Attributes:
        name: ``passed``, ``skipped``, ``failed``, ``hung`` (it was ended) or ``crashed``.
        seconds: how long it took.
        details: the traceback, or why it was skipped.
    """

    name: str
    seconds: float
    details: str


def run(module: str, where: str, wanted: list[str], hopeless: Container[str] = ()) -> dict[str, Outcome]:
    """
    Run tests of one of CPython's test modules; one that hangs is ended, and the others go on.

    Args:
        module: ``test_socket``, say.
        where: ``stock``, ``thread`` or ``child``.
        wanted: ids of the tests.
        hopeless: ids of those that are given little time.

    Returns:
        The outcomes by id: ``test.test_socket.Class.test_name``.

    Raises:
        RuntimeError: the interpreter ended, but not because of a test.
    """
    outcomes: dict[str, Outcome] = {}
    while True:
        end = _Interpreter(module, where, wanted, hopeless).run_into(outcomes)
        if end is None:
            return outcomes
        if not end.test or end.test in outcomes:
            raise RuntimeError(f"{module} in {where}, after {end.test}: {end.name}\n{end.output}")
        outcomes[end.test] = Outcome(end.name, LIMIT_S, end.output)
        wanted = [test for test in wanted if test not in outcomes]


def list_tests(module: str) -> list[str]:
    """
    Return the ids of all tests of a module.
    """
    command = [sys.executable, str(WORKER), module, "list"]
    done = subprocess.run(command, capture_output=True, text=True, check=True, timeout=START_S)
    return [str(line) for line in json.loads(done.stdout.splitlines()[-1])]


@dataclass
class _End:
    """
    The test that ended its interpreter: how, and what was written.
    """

    test: str
    name: str
    output: str


class _Interpreter:
    def __init__(self, module: str, where: str, wanted: list[str], hopeless: Container[str]) -> None:
        self._arguments = [module, where]
        self._wanted = wanted
        self._hopeless = hopeless

    def run_into(self, outcomes: dict[str, Outcome]) -> _End | None:
        """
        Run until all is done (None), or a test hangs or crashes.
        """
        with tempfile.TemporaryDirectory() as directory, tempfile.TemporaryFile() as output:
            ours, theirs = os.pipe()
            process = subprocess.Popen(
                [sys.executable, str(WORKER), *self._arguments, str(theirs)],
                stdin=subprocess.PIPE,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=directory,
                env={**os.environ, "PYTHONPATH": str(ROOT)},
                pass_fds=[theirs],
                start_new_session=True,
            )
            os.close(theirs)
            try:
                assert process.stdin is not None
                process.stdin.write(json.dumps(self._wanted).encode())
                process.stdin.close()
                test, name = self._listen(ours, outcomes)
                if name == "hung":
                    process.send_signal(signal.SIGUSR1)  # it writes its stacks
                    with contextlib.suppress(subprocess.TimeoutExpired):
                        process.wait(0.5)
            finally:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
                os.close(ours)
            if name == "done":
                return None
            output.seek(0)
            return _End(test, name, output.read().decode(errors="replace")[-20_000:])

    def _listen(self, descriptor: int, outcomes: dict[str, Outcome]) -> tuple[str, str]:
        # Until the end: that of all ("done"), or of one test.
        current = ""
        rest = b""
        until = time.monotonic() + START_S
        while True:
            ready, _, _ = select.select([descriptor], [], [], max(0.0, until - time.monotonic()))
            if not ready:
                return current, "hung"
            read = os.read(descriptor, 1 << 16)
            if not read:
                return current, "crashed"
            *lines, rest = (rest + read).split(b"\n")
            for line in lines:
                kind, *words = json.loads(line)
                if kind == "done":
                    return "", "done"
                current = words[0]
                until = time.monotonic() + (KNOWN_S if current in self._hopeless else LIMIT_S)
                if kind == "end":
                    outcomes[words[0]] = Outcome(*words[1:])
