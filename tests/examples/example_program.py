"""
An example as a process of its own, started exactly as its first lines say.
"""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).resolve().parents[2]
COMMAND = re.compile(r'^"""\n[^\n]+\n\n    (python[^\n]+)\n\n')


def command_of(example: str) -> list[str]:
    """
    The command in the first lines of examples/<example>.py, with this Python.
    """
    found = COMMAND.match((ROOT / "examples" / f"{example}.py").read_text())
    assert found is not None, f"examples/{example}.py does not begin with what it is and a command"
    program, *arguments = found[1].split()
    assert program == "python"
    return [sys.executable, "-W", "error", *arguments]


def environment(**more: str) -> dict[str, str]:
    """
    That of the tests, without what examples look for in it; and *more*.
    """
    return {name: value for name, value in os.environ.items() if name != "MONGODB_URI"} | more


def run(example: str, **env: str) -> tuple[str, str]:
    """
    Run an example that ends by itself; return what it printed.
    """
    done = subprocess.run(
        command_of(example), cwd=ROOT, capture_output=True, text=True, timeout=50, env=environment(**env)
    )
    return done.stdout, done.stderr


class Running:
    """
    An example that serves until Ctrl-C, as a context manager.

    Args:
        example: its name.
        options: added to its command.
        lines: how many it prints when it serves.
        fails: whether requests are to fail, and tracebacks to be logged.
        env: more environment variables.

    Attributes:
        urls: the last words of these lines.
        pid: of its process.
    """

    def __init__(self, example: str, *options: str, lines: int = 1, fails: bool = False, **env: str) -> None:
        self._command = [*command_of(example), *options]
        self._lines, self._fails, self._env = lines, fails, env
        self.urls: list[str] = []
        self.pid = 0

    def __enter__(self) -> Running:
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            self._command,
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
            env=environment(**self._env),
        )
        self.pid = self._process.pid
        assert self._process.stdout is not None
        for _ in range(self._lines):
            self.urls.append(self._process.stdout.readline().rpartition(" ")[2].strip())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.communicate(timeout=30)
        with self._log:
            self._log.seek(0)
            log = self._log.read()
        assert (0, self._fails) == (self._process.returncode, "Traceback" in log), log
