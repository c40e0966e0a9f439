"""
One server process: start it under the guard, wait until it answers, stop it.
"""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

HOST = "127.0.0.1"
HOST_IPV6 = "::1"
GUARD = Path(__file__).with_name("_guard.py")
GRACE_S = 15.0  # from the orderly stop to SIGKILL
POLL_S = 0.02


class ServerError(RuntimeError):
    """
    A private server could not be started, did not answer, or ended on its own.
    """


class ServerMissingError(ServerError):
    """
    The server's program is not on this machine; the message says how to get it.
    """


def free_port() -> int:
    """
    Return a TCP port of 127.0.0.1 that nobody listens on at this moment.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


def is_free(port: int) -> bool:
    """
    Say whether a server could listen on *port* of 127.0.0.1 now.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            return False
    return True


def find_program(name: str, *more_directories: str) -> Path | None:
    """
    Return a server program, or None; Debian keeps some out of an ordinary user's PATH.
    """
    path = [os.environ.get("PATH", ""), *more_directories, "/usr/sbin", "/usr/local/sbin"]
    found = shutil.which(name, path=os.pathsep.join(path))
    return Path(found) if found else None


def greets(port: int, says: bytes = b"", expected: bytes = b"") -> bool:
    """
    Say whether what listens on *port* of 127.0.0.1 answers *says* with *expected*, within a second.
    """
    try:
        with socket.create_connection((HOST, port), 1.0) as connection:
            connection.sendall(says)
            return connection.recv(len(expected) or 1).startswith(expected)
    except OSError:
        return False


def poll_until(condition: Callable[[], bool], timeout: float) -> bool:
    """
    Ask *condition* every 20 ms; return whether it held within *timeout* seconds.
    """
    deadline = time.monotonic() + timeout
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_S)
    return True


class Server(ABC):
    """
    A private server as a context manager; subclasses say how to run it and when it answers.

    Args:
        data_dir: directory of all its files; made when missing.
        port: TCP port, or None for a free one, chosen anew when the server is started on a port
            that is taken by then.
        start_timeout: seconds from the start until it must answer.
    """

    name: str  # of the program, for messages and the log file
    host = HOST
    stop_signal = signal.SIGTERM

    def __init__(self, data_dir: str | Path, port: int | None = None, *, start_timeout: float = 60.0) -> None:
        self.data_dir = Path(data_dir).absolute()
        self.port = port or 0
        self.start_timeout = start_timeout
        self._port_is_fixed = port is not None
        self._pid: int | None = None
        self._guard: subprocess.Popen[bytes] | None = None

    @abstractmethod
    def _prepare(self) -> list[str]:
        """
        Make what must be on disk and return the command line.
        """

    @abstractmethod
    def _answers(self) -> bool:
        """
        Say whether the server is ready for clients; never block for long.
        """

    def _environment(self) -> dict[str, str]:
        """
        Return the variables that the server's environment has besides ours.
        """
        return {}

    @property
    def pid(self) -> int | None:
        """
        Process id of the server, or None while it does not run.
        """
        return self._pid if self.running else None

    @property
    def running(self) -> bool:
        """
        Whether the server's process is alive.
        """
        return self._guard is not None and self._guard.poll() is None

    @property
    def log_path(self) -> Path:
        """
        The file with what the server has printed since its last start.
        """
        return self.data_dir / f"{self.name}.log"

    def start(self) -> Self:
        """
        Start the server and return when it answers; nothing happens when it runs already.

        Raises:
            ServerMissingError: its program is not installed.
            ServerError: it ended or did not answer in time; the end of its log is in the message.
        """
        self.launch()
        try:
            self.wait_ready()
        except BaseException:
            self.stop()
            raise
        return self

    def launch(self) -> None:
        """
        Start the process without waiting for it to answer (see `wait_ready`).
        """
        if self.running:
            return
        self.stop()  # collects a server that ended on its own
        self.data_dir.mkdir(parents=True, exist_ok=True)
        if not self._port_is_fixed and not (self.port and is_free(self.port)):
            self.port = free_port()
        self._spawn(self._prepare())

    def _spawn(self, command: Sequence[str]) -> None:
        with self.log_path.open("wb") as log:
            self._guard = subprocess.Popen(
                [sys.executable, "-I", "-S", str(GUARD), str(GRACE_S), str(int(self.stop_signal)), *command],
                bufsize=0,
                env={**os.environ, **self._environment()},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,  # Ctrl-C is for the program, which then calls stop()
            )
        assert self._guard.stdout is not None
        with self._guard.stdout as stdout:
            first_line = stdout.readline()
        self._pid = int(first_line) if first_line else None

    def wait_ready(self) -> None:
        """
        Wait until the launched server answers.

        Raises:
            ServerError: it ended, or did not answer within `start_timeout` seconds.
        """
        poll_until(lambda: not self.running or self._answers(), self.start_timeout)
        if not self.running:
            raise ServerError(f"{self.name} ended while it was starting. {self._log_tail()}")
        if not self._answers():
            raise ServerError(
                f"{self.name} did not answer on {HOST}:{self.port} within "
                f"{self.start_timeout:g} s. {self._log_tail()}"
            )

    def _log_tail(self, lines: int = 12) -> str:
        text = self.log_path.read_text(errors="replace") if self.log_path.exists() else ""
        tail = "\n".join(text.splitlines()[-lines:])
        return f"The end of {self.log_path}:\n{tail}"

    def stop(self) -> None:
        """
        Stop the server in an orderly way (after 15 s with SIGKILL); it may be started again.
        """
        guard, self._guard = self._guard, None
        if guard is None:
            return
        assert guard.stdin is not None
        guard.stdin.close()  # what tells the guard to end the server
        guard.wait()

    def kill(self) -> None:
        """
        End the server with SIGKILL, as a crash would; it may be started again.
        """
        if (pid := self.pid) is not None:
            with suppress(ProcessLookupError):  # it ended a moment ago
                os.kill(pid, signal.SIGKILL)
        self.stop()

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def __repr__(self) -> str:
        state = f"pid {self.pid} on port {self.port}" if self.running else "stopped"
        return f"<{type(self).__name__} {state} in {self.data_dir}>"
