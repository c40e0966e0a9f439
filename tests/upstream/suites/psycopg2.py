"""psycopg2's own tests, on a server that allows two-phase commits."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from motorish.integrations.servers import PostgreSQL
from suites import Suite, green

_QUICK = ("cancel", "connection", "copy", "cursor", "green", "lobject", "notify", "transaction", "with")


@contextlib.contextmanager
def _postgres(work: Path) -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        Path(folder).chmod(0o711)  # the server runs as an account of its own
        with PostgreSQL(Path(folder, "server"), extra_args=("-c", "max_prepared_transactions=10")) as server:
            yield {
                "PSYCOPG2_TESTDB": server.database,
                "PSYCOPG2_TESTDB_HOST": server.host,
                "PSYCOPG2_TESTDB_PORT": str(server.port),
                "PSYCOPG2_TESTDB_USER": server.user,
                "PSYCOPG2_TESTDB_PASSWORD": server.password,
            }


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return settings for what is written for unittest."""
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider", "filterwarnings =", "    ignore"]
    return "\n".join(lines) + "\n"


SUITE = Suite(
    name="psycopg2",
    distribution="psycopg2-binary",
    unpack=("tests/",),
    pytest_ini=_pytest_ini,
    socket_of="psycopg2.extras:_time",
    modes={"green": green("psycopg2")},
    topologies={"one": _postgres},
    tests=("tests",),
    quick=tuple(f"tests/test_{name}.py" for name in _QUICK),
)
