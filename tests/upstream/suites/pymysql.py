"""PyMySQL's own tests, on MariaDB with TLS and without."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

import trustme

from motorish.integrations.servers import MariaDB
from suites import Suite, green

_TESTS = "pymysql/tests"


@contextlib.contextmanager
def _mariadb(work: Path, *, tls: bool = False) -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        files = _certificate(Path(folder)) if tls else None
        with MariaDB(
            Path(folder, "server"), tls=files, database="test1", extra_args=["--local-infile"]
        ) as server:
            address = {
                "host": server.host,
                "port": server.port,
                "user": server.user,
                "passwd": server.password,
            }
            _create_database(address)
            databases = [
                {**address, "db": "test1", "use_unicode": True, "local_infile": True},
                {**address, "db": "test2"},
            ]
            (work / _TESTS / "databases.json").write_text(json.dumps(databases))
            yield {"USER": server.user}


def _create_database(address: dict[str, Any]) -> None:
    import pymysql

    with pymysql.connect(**address) as connection, connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE test2")


def _certificate(folder: Path) -> tuple[Path, Path, Path]:
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost", "127.0.0.1")
    chain, key, ca = (folder / name for name in ("chain.pem", "key.pem", "ca.pem"))
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    certificate.private_key_pem.write_to_path(key)
    authority.cert_pem.write_to_path(ca)
    return chain, key, ca


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return settings for tests that warn of what has become obsolete in the driver since."""
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider -p pymysql_plugin", "filterwarnings ="]
    return "\n".join([*lines, "    ignore::DeprecationWarning"]) + "\n"


SUITE = Suite(
    name="pymysql",
    distribution="PyMySQL",
    tests_of="0.10.1",
    unpack=(f"{_TESTS}/", "pymysql/_compat.py", "pymysql/util.py"),
    pytest_ini=_pytest_ini,
    socket_of="pymysql.connections",
    modes={"green": green("pymysql")},
    topologies={"tls": partial(_mariadb, tls=True), "plain": _mariadb},
    tests=(_TESTS,),
    quick=tuple(f"{_TESTS}/test_{name}.py" for name in ("cursor", "SSCursor", "nextset", "load_local")),
)
