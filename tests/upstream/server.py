"""The one-node replica set that PyMongo's own tests run against."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator
from pathlib import Path

from motorish.integrations.servers.mongod import Mongod
from motorish.integrations.servers.replica_set import ReplicaSet


class _TestMongod(Mongod):
    """A mongod with what the tests want: fail points, a Unix socket, room in the cache."""

    def _prepare(self) -> list[str]:
        command = super()._prepare()
        command.remove("--nounixsocket")  # the tests look for /tmp/mongodb-<port>.sock
        # One test's transaction "is too large and will not fit" into the cache of a small server.
        command[command.index("--wiredTigerCacheSizeGB") + 1] = "1"
        return [*command, "--setParameter", "enableTestCommands=1"]


@contextlib.contextmanager
def replica_set() -> Iterator[Mongod]:
    """Run the replica set for the length of the block; yield its only member.

    Raises:
        ServerError: It could not be started.
    """
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        servers = ReplicaSet(1, folder)
        servers.nodes = [_TestMongod(Path(folder, "node"), replica_set=servers.name)]
        with servers:
            yield servers.nodes[0]
