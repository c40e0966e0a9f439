"""
A private Redis server.
"""

from collections.abc import Sequence
from pathlib import Path

from .base import HOST, Server, ServerMissingError, find_program, greets

_NO_REDIS = """\
no Redis server was found: `redis-server` must be on PATH \
(Debian and Ubuntu: apt-get install redis-server)."""


class Redis(Server):
    """
    One Redis server on TCP, as a context manager; it keeps nothing on disk.

    Args:
        data_dir: directory of its log.
        port: TCP port, or None for a free one.
        extra_args: more command line arguments, as ``["--requirepass", "secret"]``.
        start_timeout: seconds from the start until it must answer.
    """

    name = "redis-server"

    def __init__(
        self,
        data_dir: str | Path,
        port: int | None = None,
        *,
        extra_args: Sequence[str] = (),
        start_timeout: float = 20.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout)
        self.extra_args = tuple(extra_args)

    def _prepare(self) -> list[str]:
        program = find_program(self.name)
        if program is None:
            raise ServerMissingError(_NO_REDIS)
        command = [str(program), "--bind", HOST, "--port", str(self.port), "--dir", str(self.data_dir)]
        return [*command, "--save", "", "--appendonly", "no", *self.extra_args]

    def _answers(self) -> bool:
        # "+PONG", or "-NOAUTH ..." with a password, but not "-LOADING ...".
        return greets(self.port, b"PING\r\n", b"+PONG") or greets(self.port, b"PING\r\n", b"-NOAUTH")


class RedisSentinel(Redis):
    """
    A Redis Sentinel that watches one master, with a quorum of one.

    Args:
        data_dir: directory of its configuration, which it rewrites, and its log.
        master: the running server to watch; its replicas are found by themselves.
        service: the name that clients ask for.
        port: TCP port, or None for a free one.
    """

    name = "redis-sentinel"

    def __init__(
        self, data_dir: str | Path, master: Redis, service: str = "mymaster", port: int | None = None
    ) -> None:
        super().__init__(data_dir, port)
        self.master = master
        self.service = service

    def _prepare(self) -> list[str]:
        program = find_program("redis-server")
        if program is None:
            raise ServerMissingError(_NO_REDIS)
        configuration = self.data_dir / "sentinel.conf"
        configuration.write_text(
            f"bind {HOST}\nport {self.port}\ndir {self.data_dir}\n"
            f"sentinel monitor {self.service} {HOST} {self.master.port} 1\n"
            f"sentinel down-after-milliseconds {self.service} 1000\n"
            f"sentinel failover-timeout {self.service} 5000\n"
        )
        return [str(program), str(configuration), "--sentinel"]
