"""
A private replica set of one or more mongods, the same again after a restart.
"""

from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from .base import HOST, ServerError, is_free, poll_until
from .mongod import Mongod

_NOT_YET_INITIALIZED = 94
_ALREADY_INITIALIZED = 23
_INVALID_CONFIG = 93  # what a member answers that cannot find itself in the stored configuration


class ReplicaSet:
    """
    A replica set as a context manager; when entered it has a primary and all members are ready.

    The ports are kept in the data directory, so that a restart finds the members that its
    configuration names.  Where another program has taken a port meanwhile, the set moves; that
    takes half a minute when the other program accepts connections and never answers.

    Args:
        size: number of members, all of which vote.
        data_dir: directory of all files; a later start on it finds the same data.
        name: of the replica set.
        extra_args: more command line arguments for each mongod.
        start_timeout: seconds until each step (answering, then a primary) must be done.
    """

    def __init__(
        self,
        size: int,
        data_dir: str | Path,
        *,
        name: str = "motorish",
        extra_args: Sequence[str] = (),
        start_timeout: float = 60.0,
    ) -> None:
        self.name = name
        self.data_dir = Path(data_dir).absolute()
        self.start_timeout = start_timeout
        self.nodes = [
            Mongod(
                self.data_dir / f"node{number}",
                replica_set=name,
                extra_args=extra_args,
                start_timeout=start_timeout,
            )
            for number in range(size)
        ]

    @property
    def hosts(self) -> list[str]:
        """
        ``host:port`` of every member.
        """
        return [f"{HOST}:{node.port}" for node in self.nodes]

    @property
    def uri(self) -> str:
        """
        A connection string for the whole set.
        """
        return f"mongodb://{','.join(self.hosts)}/?replicaSet={self.name}"

    @property
    def primary(self) -> Mongod | None:
        """
        The member that takes writes now, or None during an election.
        """
        return next((node for node in self.nodes if _role(node) == "primary"), None)

    def start(self) -> Self:
        """
        Start all members; return when one is the primary and the others are secondaries.

        Raises:
            ServerMissingError: there is no mongod on this machine.
            ServerError: a member ended, or the set was not ready in time.
        """
        with ExitStack() as undo:
            undo.callback(self.stop)
            for node in self.nodes:
                self._restore_port(node)
                node.launch()
                _port_file(node).write_text(f"{node.port}\n")
            for node in self.nodes:
                node.wait_ready()
            self._configure()
            self._wait_for_roles()
            undo.pop_all()
        return self

    def stop(self) -> None:
        """
        Stop all members; the primary last, so that no election starts meanwhile.
        """
        primary = self.primary
        for node in sorted(self.nodes, key=lambda node: node is primary):
            node.stop()

    def _restore_port(self, node: Mongod) -> None:
        if not node.port and _port_file(node).exists():
            port = int(_port_file(node).read_text())
            node.port = port if is_free(port) else 0

    def _configure(self) -> None:
        """
        Initiate a new set, or give an old one the ports that its members have now.
        """
        first = self.nodes[0]
        replies: list[dict[str, Any]] = []

        def is_configured() -> bool:
            replies.append(first.command({"replSetGetConfig": 1}))
            if replies[-1].get("config") or replies[-1].get("code") == _INVALID_CONFIG:
                return True
            # A restarted member answers so too, until it has loaded its configuration; it then
            # refuses to be initiated, and the next round finds the configuration.
            if replies[-1].get("code") == _NOT_YET_INITIALIZED:
                replies.append(first.command({"replSetInitiate": self._new_config()}, timeout=60))
            return replies[-1].get("ok") == 1

        if not poll_until(is_configured, self.start_timeout):
            raise ServerError(f"the replica set {self.name} refuses to start: {replies[-1]}")
        config = replies[-1].get("config")
        if config and [member["host"] for member in config["members"]] != self.hosts:
            self._move(config)

    def _new_config(self) -> dict[str, Any]:
        members = [{"_id": number, "host": host} for number, host in enumerate(self.hosts)]
        settings = {"electionTimeoutMillis": 2000, "heartbeatIntervalMillis": 500}
        return {"_id": self.name, "members": members, "settings": settings}

    def _move(self, config: dict[str, Any]) -> None:
        for member, host in zip(config["members"], self.hosts, strict=True):
            member["host"] = host
        config["version"] += 1
        reply = self.nodes[0].command({"replSetReconfig": config, "force": True}, timeout=60)
        if reply.get("ok") != 1:
            raise ServerError(f"the replica set {self.name} cannot move to new ports: {reply}")

    def _wait_for_roles(self) -> None:
        expected = ["primary"] + ["secondary"] * (len(self.nodes) - 1)
        if not poll_until(lambda: sorted(map(_role, self.nodes)) == expected, self.start_timeout):
            roles = {host: _role(node) for host, node in zip(self.hosts, self.nodes, strict=True)}
            raise ServerError(
                f"the replica set {self.name} in {self.data_dir} has no complete set of members "
                f"after {self.start_timeout:g} s: {roles}. Each member's mongod.log says why."
            )

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
        return f"<ReplicaSet {self.name} {self.nodes}>"


def _port_file(node: Mongod) -> Path:
    return node.data_dir / "port"


def _role(node: Mongod) -> str:
    """
    Return ``primary``, ``secondary``, ``starting`` or ``down``.
    """
    try:
        hello = node.command({"hello": 1}, timeout=2.0) if node.running else {}
    except OSError:
        hello = {}
    if not hello:
        return "down"
    if hello.get("isWritablePrimary"):
        return "primary"
    return "secondary" if hello.get("secondary") else "starting"
