"""
A private RabbitMQ server, with a name service of its own.
"""

from pathlib import Path

from .base import HOST, Server, ServerMissingError, find_program, free_port, greets

# Debian's, but not that of /usr/sbin, which changes user and directory.
_DEBIAN = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")

_NO_RABBITMQ = """\
no RabbitMQ server was found: `rabbitmq-server` must be in /usr/lib/rabbitmq/bin or on PATH \
(Debian and Ubuntu: apt-get install rabbitmq-server)."""


def find_rabbitmq() -> Path | None:
    """
    Return the server's start script, or None.
    """
    return _DEBIAN if _DEBIAN.exists() else find_program("rabbitmq-server")


class RabbitMQ(Server):
    """
    One RabbitMQ server on TCP, as a context manager; user and password are ``guest``.

    Args:
        data_dir: directory of all its files.
        port: TCP port, or None for a free one.
        start_timeout: seconds from the start until it must answer.
    """

    name = "rabbitmq-server"

    def __init__(self, data_dir: str | Path, port: int | None = None, *, start_timeout: float = 90.0) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout)
        self._names = _NameService(self.data_dir / "epmd")

    @property
    def url(self) -> str:
        """
        What AMQP clients connect with.
        """
        return f"amqp://guest:guest@{HOST}:{self.port}/"

    def stop(self) -> None:
        """
        As every server's.
        """
        super().stop()
        self._names.stop()

    def _prepare(self) -> list[str]:
        script = find_rabbitmq()
        if script is None:
            raise ServerMissingError(_NO_RABBITMQ)
        self._names.start()  # or RabbitMQ would start one, and leave it behind
        return [str(script)]

    def _environment(self) -> dict[str, str]:
        here = self.data_dir
        return self._names.address | {
            "HOME": str(here),  # of the Erlang cookie
            "ERL_CRASH_DUMP_SECONDS": "0",
            "RABBITMQ_NODENAME": f"motorish{self.port}@localhost",
            "RABBITMQ_NODE_IP_ADDRESS": HOST,
            "RABBITMQ_NODE_PORT": str(self.port),
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": str(here / "no-configuration"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(here / "no-plugins"),
            "RABBITMQ_MNESIA_BASE": str(here / "mnesia"),
            "RABBITMQ_PID_FILE": str(here / "pid"),
            "RABBITMQ_FEATURE_FLAGS_FILE": str(here / "feature-flags"),
            "RABBITMQ_LOG_BASE": str(here / "log"),
            "RABBITMQ_LOGS": "-",
        }

    def _answers(self) -> bool:
        return greets(self.port, b"AMQP\x00\x00\x09\x01", b"\x01")  # a method frame: Connection.Start


class _NameService(Server):
    """
    Erlang's port mapper: a node that finds none starts one as a daemon, which would outlive us.
    """

    name = "epmd"

    @property
    def address(self) -> dict[str, str]:
        return {"ERL_EPMD_ADDRESS": HOST, "ERL_EPMD_PORT": str(self.port)}

    def _prepare(self) -> list[str]:
        return [str(find_program(self.name))]

    def _environment(self) -> dict[str, str]:
        return self.address

    def _answers(self) -> bool:
        return greets(self.port, b"\x00\x01n", b"\x00")  # NAMES_REQ
