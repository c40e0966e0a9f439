"""Runs PyMongo's tests in a child process, stock or green, and reads what became of them."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from motorish.integrations.servers.mongod import Mongod

HERE = Path(__file__).parent
COMMANDS = {
    "stock": ("-m", "pytest"),
    "green": ("-m", "motorish", "run", "--patch", "pymongo", "-m", "pytest"),
}
SOCKETS = {"stock": "socket", "green": "motorish.green.socket"}
"""The module that PyMongo knows as ``socket``: proof that a run was what it is said to be."""
STALL_SECONDS = 60.0
WORST_LAST = ("started", "passed", "skipped", "failed", "hung")
"""A test's outcome is the last of these that was recorded for one of its phases or subtests."""


@dataclass(frozen=True)
class Suite:
    """PyMongo's tests in a work folder, against one server.

    Attributes:
        work: The folder that holds ``test/``.
        mongod: The server.
    """

    work: Path
    mongod: Mongod

    def collect(self, selection: Sequence[str]) -> list[str]:
        """Return the ids of the selected tests, as stock pytest collects them.

        Raises:
            RuntimeError: pytest could not collect them.
        """
        record = self._pytest("stock", ["--collect-only", "-q", *selection])
        return [test for test, event in record if event == "collected"]

    def run(self, how: str, tests: Sequence[str]) -> dict[str, str]:
        """Run the tests, "stock" or "green", and return the outcome of each.

        A test that hangs is recorded as ``hung``, one that kills the process as ``started``; the
        rest goes on in a new process.
        """
        # A transaction that an earlier run left open would hold its locks for a minute.
        self.mongod.command({"killAllSessions": []})
        outcomes: dict[str, str] = {}
        remaining = list(tests)
        while remaining:
            record = self._pytest(how, remaining)
            before = len(outcomes)
            for test, event in record:
                if event != "collected":
                    known = outcomes.get(test, event)
                    outcomes[test] = max(known, event, key=WORST_LAST.index)
            if len(outcomes) == before:
                break
            remaining = [test for test in remaining if test not in outcomes]
        return outcomes

    def _pytest(self, how: str, args: Sequence[str]) -> list[list[str]]:
        record = self.work / f"{how}.jsonl"
        record.unlink(missing_ok=True)
        paths = [str(HERE.parent.parent), str(HERE), os.environ.get("PYTHONPATH")]
        env = os.environ | {
            "DB_IP": "localhost",
            "DB_PORT": str(self.mongod.port),
            "UPSTREAM_RECORD": str(record),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        }
        arguments = self.work / f"{how}.args"
        arguments.write_text("\n".join(args))
        log_path = self.work / f"{how}.log"
        with log_path.open("w") as log:
            child = subprocess.Popen(
                [sys.executable, *COMMANDS[how], "-p", "outcome_recorder", f"@{arguments}"],
                cwd=self.work,
                env=env,
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            try:
                hung = _wait(child, log_path, record)
            finally:
                child.kill()
                child.wait()
        events: list[list[str]] = []
        if record.exists():
            events = [json.loads(line) for line in record.read_text().splitlines()]
        if not events:
            raise RuntimeError(f"pytest did not start; {log_path} ends:\n{_tail(log_path)}")
        (used, _), *events = events
        if used != SOCKETS[how]:
            raise RuntimeError(f"the run should be {how}, but PyMongo's socket module is {used!r}")
        if hung and events:
            events.append([events[-1][0], "hung"])
        return events


def _wait(child: subprocess.Popen[bytes], log: Path, record: Path) -> bool:
    """Wait for the child; return whether it had to be given up because nothing moved."""
    moved, size = time.monotonic(), -1
    while True:
        try:
            child.wait(1.0)
            return False
        except subprocess.TimeoutExpired:
            now_size = log.stat().st_size + (record.stat().st_size if record.exists() else 0)
            if now_size != size:
                moved, size = time.monotonic(), now_size
            elif time.monotonic() - moved > STALL_SECONDS:
                child.send_signal(signal.SIGABRT)  # pytest's faulthandler prints the stacks
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(5.0)
                return True


def _tail(path: Path) -> str:
    return path.read_text()[-3000:]
