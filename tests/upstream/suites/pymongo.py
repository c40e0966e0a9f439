"""PyMongo's own synchronous tests: what they need, and the three ways to run mongod for them."""

from __future__ import annotations

import base64
import contextlib
import os
import socket
import ssl
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from motorish.integrations.servers.base import ServerError
from motorish.integrations.servers.mongod import Mongod
from motorish.integrations.servers.replica_set import ReplicaSet
from suites import Suite, green

_QUICK = ("collection", "cursor", "session", "transactions")


class TestMongod(Mongod):
    """A mongod with what the tests want: fail points, a Unix socket, room in the cache."""

    def _prepare(self) -> list[str]:
        command = super()._prepare()
        command.remove("--nounixsocket")  # the tests look for /tmp/mongodb-<port>.sock
        # One test's transaction "is too large and will not fit" into the cache of a small server.
        command[command.index("--wiredTigerCacheSizeGB") + 1] = "1"
        return [*command, "--setParameter", "enableTestCommands=1"]


class TlsMongod(TestMongod):
    """A `TestMongod` with users and TLS, on the certificates that the tests have.

    Their authority's certificate is of version 1, which Python's strict verification refuses.
    """

    def __init__(self, data_dir: Path, replica_set: str, certificates: Path) -> None:
        key_file = data_dir / "keyfile"
        data_dir.mkdir(parents=True)
        key_file.write_bytes(base64.b64encode(os.urandom(300)))
        key_file.chmod(0o600)
        server, authority = certificates / "server.pem", certificates / "ca.pem"
        options = ["--auth", "--keyFile", str(key_file), "--tlsAllowConnectionsWithoutCertificates"]
        super().__init__(
            data_dir, replica_set=replica_set, extra_args=options, tls=(server, server, authority)
        )
        self._context = ssl.create_default_context(cafile=authority)
        self._context.verify_flags &= ~ssl.VERIFY_X509_STRICT

    def _connect(self, timeout: float) -> ssl.SSLSocket:
        connection = socket.create_connection((self.host, self.port), timeout)
        return self._context.wrap_socket(connection, server_hostname=self.host)


class NewReplicaSet(ReplicaSet):
    """A set whose members ask for a user: it may be initiated without one, but not be asked."""

    def _configure(self) -> None:
        reply = self.nodes[0].command({"replSetInitiate": self._new_config()}, timeout=60)
        if reply.get("ok") != 1:
            raise ServerError(f"the replica set {self.name} refuses to start: {reply}")


@contextlib.contextmanager
def _run(servers: ReplicaSet) -> Iterator[Mapping[str, str]]:
    with servers:
        yield {"DB_IP": "localhost", "DB_PORT": str(servers.nodes[0].port)}


@contextlib.contextmanager
def replica_set(size: int) -> Iterator[Mapping[str, str]]:
    """Run a replica set for the length of the block; yield the variables that tell the tests where."""
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        servers = ReplicaSet(size, folder)
        servers.nodes = [
            TestMongod(Path(folder, f"node{number}"), replica_set=servers.name) for number in range(size)
        ]
        with _run(servers) as environment:
            yield environment


@contextlib.contextmanager
def _tls_auth(work: Path) -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        servers = NewReplicaSet(1, folder)
        certificates = work / "test" / "certificates"
        servers.nodes = [TlsMongod(Path(folder, "node"), servers.name, certificates)]
        with _run(servers) as environment:
            yield environment


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return PyMongo's pytest settings without those that need pytest-asyncio."""
    options = project["tool"]["pytest"]["ini_options"]
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider", "xfail_strict = true"]
    for name in ("markers", "filterwarnings"):
        lines += [f"{name} =", *(f"    {value}" for value in options[name])]
    return "\n".join(lines) + "\n"


SUITE = Suite(
    name="pymongo",
    distribution="pymongo",
    unpack=("test/",),
    pytest_ini=_pytest_ini,
    socket_of="pymongo.pool_shared",
    modes={"green": green("pymongo")},
    topologies={
        "one": lambda work: replica_set(1),
        "tls-auth": _tls_auth,
        "three": lambda work: replica_set(3),
    },
    tests=("test",),
    quick=(
        *(f"test/test_{name}.py" for name in _QUICK),
        "test/test_change_stream.py::TestCollectionChangeStream",
    ),
    arguments=("-p", "suites.pymongo_settings"),
)
