"""
A private PostgreSQL server with one user, one database, and TLS when it is given a certificate.
"""

import os
import pwd
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .base import HOST, Server, ServerError, ServerMissingError, find_program, greets

_DEBIAN = sorted(map(str, Path("/usr/lib/postgresql").glob("*/bin")), reverse=True)
_PING = b"\x00\x00\x00\x08\x04\xd2\x16\x2f"  # SSLRequest: answered with one byte, S or N

_NO_POSTGRES = """\
no PostgreSQL server was found: `postgres` and `initdb` must be on PATH or in /usr/lib/postgresql/*/bin \
(Debian and Ubuntu: apt-get install postgresql)."""


def find_postgres() -> Path | None:
    """
    Return the server program, or None when it or `initdb` is missing.
    """
    return find_program("postgres", *_DEBIAN) if find_program("initdb", *_DEBIAN) else None


class PostgreSQL(Server):
    """
    One PostgreSQL server on TCP, as a context manager.

    The user is a superuser.  PostgreSQL refuses to run as root: there the account ``postgres`` runs
    it, which must be able to reach *data_dir*.

    Args:
        data_dir: directory of its files; a later start on it finds the same data.
        port: TCP port, or None for a free one.
        user: name to log in with.
        password: of that user.
        database: made when missing, with the files.
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them the server offers no TLS.
        extra_args: more command line arguments, as ``["-c", "max_connections=50"]``.
        start_timeout: seconds from the start until it must answer.
    """

    name = "postgres"
    stop_signal = signal.SIGINT  # SIGTERM waits for the clients

    def __init__(
        self,
        data_dir: str | Path,
        port: int | None = None,
        *,
        user: str = "motorish",
        password: str = "motorish",
        database: str = "motorish",
        tls: tuple[Path, Path, Path] | None = None,
        extra_args: Sequence[str] = (),
        start_timeout: float = 60.0,
    ) -> None:
        super().__init__(data_dir, port, start_timeout=start_timeout)
        self.user = user
        self.password = password
        self.database = database
        self.tls = tls
        self.extra_args = tuple(extra_args)

    @property
    def dsn(self) -> str:
        """
        What libpq's clients connect with.
        """
        return f"postgresql://{self.user}:{self.password}@{HOST}:{self.port}/{self.database}"

    def _prepare(self) -> list[str]:
        server = find_postgres()
        if server is None:
            raise ServerMissingError(_NO_POSTGRES)
        files = self.data_dir / "db"
        if not (files / "PG_VERSION").exists():
            self._install(server, files)
        command = [str(server), "-D", str(files), "-p", str(self.port), "-k", ""]
        command += ["-c", f"listen_addresses={HOST}", "-c", "max_connections=200", "-c", "fsync=off"]
        command += ["-c", "shared_buffers=32MB"]
        if self.tls:
            for source, name in zip(self.tls, ("server.crt", "server.key", "root.crt"), strict=True):
                copy = files / name
                shutil.copyfile(source, copy)
                copy.chmod(0o600)
                self._give_away(copy)
            command += ["-c", "ssl=on", "-c", "ssl_ca_file=root.crt"]
        return [*_as_user("--pdeathsig=INT"), *command, *self.extra_args]

    def _install(self, server: Path, files: Path) -> None:
        """
        Make the files of an empty server, the user and the database.
        """
        files.mkdir(exist_ok=True)
        password_file = files.with_name("password")
        password_file.write_text(self.password)
        self._give_away(files)
        self._give_away(password_file)
        initdb = [str(server.with_name("initdb")), "-D", str(files), "-U", self.user]
        initdb += ["-A", "scram-sha-256", f"--pwfile={password_file}"]
        _run([*initdb, "-E", "UTF8", "--locale=C", "--no-sync"])
        create_database = f'CREATE DATABASE "{self.database}"\n'
        _run([str(server), "--single", "-D", str(files), "postgres"], create_database)

    @staticmethod
    def _give_away(path: Path) -> None:
        if os.geteuid() == 0:
            account = _account()
            os.chown(path, account.pw_uid, account.pw_gid)

    def _answers(self) -> bool:
        """
        Say whether the server accepts connections: while it starts or recovers, it refuses log-ins.
        """
        ready = self.data_dir / "db" / "postmaster.pid"
        try:
            return "ready" in ready.read_text() and greets(self.port, _PING)
        except OSError:
            return False


def _account() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam("postgres")
    except KeyError:
        raise ServerError("PostgreSQL refuses to run as root, and there is no account 'postgres'") from None


def _as_user(*options: str) -> list[str]:
    if os.geteuid() != 0:
        return []
    account = _account()
    switch = shutil.which("setpriv") or "setpriv"
    return [switch, f"--reuid={account.pw_uid}", f"--regid={account.pw_gid}", "--clear-groups", *options]


def _run(command: list[str], says: str = "") -> None:
    done = subprocess.run([*_as_user(), *command], input=says, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ServerError(
            f"{command[0]} failed (exit code {done.returncode}). As root, the account 'postgres' must be "
            f"able to reach the data directory:\n{done.stdout}{done.stderr}"
        )
