"""
A private MariaDB server with one user, one database, and TLS when it is given a certificate.
"""

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .base import HOST, Server, ServerError, ServerMissingError, find_program, greets

_NO_MARIADB = """\
no MariaDB server was found: `mariadbd` and `mariadb-install-db` must be on PATH \
(Debian and Ubuntu: apt-get install mariadb-server-core mariadb-client-core)."""


def find_mariadbd() -> Path | None:
    """
    Return the server program, or None when it or `mariadb-install-db` is missing.
    """
    return find_program("mariadbd") if find_program("mariadb-install-db") else None


class MariaDB(Server):
    """
    One MariaDB server on TCP, as a context manager.

    The user has all rights; the server's own ``root`` gets the same password.

    Args:
        data_dir: directory of its files; a later start on it finds the same data.
        port: TCP port, or None for a free one.
        user: name to log in with.
        password: of that user; letters and digits.
        database: made when missing.
        tls: files with the server's certificate chain, its key, and the authority's certificate
            (PEM); without them the server offers no TLS.
        extra_args: more command line arguments.
        start_timeout: seconds from the start until it must answer.
    """

    name = "mariadbd"

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

    def _prepare(self) -> list[str]:
        server = find_mariadbd()
        if server is None:
            raise ServerMissingError(_NO_MARIADB)
        files = self.data_dir / "db"
        if not (files / "mysql").is_dir():
            self._install(files)
        first_statements = self.data_dir / "init.sql"
        first_statements.write_text(
            f"CREATE DATABASE IF NOT EXISTS `{self.database}` CHARACTER SET utf8mb4;\n"
            f"CREATE USER IF NOT EXISTS '{self.user}'@'%' IDENTIFIED BY '{self.password}';\n"
            f"GRANT ALL ON *.* TO '{self.user}'@'%' WITH GRANT OPTION;\n"
            f"ALTER USER root@localhost IDENTIFIED BY '{self.password}';\n"
        )
        command = [str(server), "--no-defaults", *_as_root(), f"--datadir={files}"]
        command += [f"--bind-address={HOST}", f"--port={self.port}"]
        # Relative to the data directory: a Unix socket's path has room for 107 bytes only.
        command += ["--socket=mariadbd.sock", f"--pid-file={self.data_dir / 'mariadbd.pid'}"]
        command += [f"--init-file={first_statements}", "--skip-name-resolve"]
        command += ["--innodb-buffer-pool-size=32M", "--innodb-log-file-size=16M"]
        if self.tls:
            certificate, key, authority = self.tls
            command += [f"--ssl-cert={certificate}", f"--ssl-key={key}", f"--ssl-ca={authority}"]
        return [*command, *self.extra_args]

    def _install(self, files: Path) -> None:
        """
        Make the system tables.
        """
        command = ["mariadb-install-db", "--no-defaults", *_as_root(), f"--datadir={files}"]
        command += ["--auth-root-authentication-method=normal", "--skip-test-db"]
        command += ["--innodb-log-file-size=16M"]
        command += [f"--tmpdir={self.data_dir}"]  # two at once in /tmp take each other's tables
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        if done.returncode:
            raise ServerError(
                f"mariadb-install-db could not make {files} (exit code {done.returncode}):\n"
                f"{done.stdout}{done.stderr}"
            )

    def _answers(self) -> bool:
        """
        Say whether the server greets: it does so only once the first statements have run.
        """
        return greets(self.port)


def _as_root() -> list[str]:
    return ["--user=root"] if os.geteuid() == 0 else []
