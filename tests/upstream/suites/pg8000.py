"""pg8000's own tests, on PostgreSQL with TLS."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from motorish.integrations.servers import PostgreSQL
from suites import Suite, green


@contextlib.contextmanager
def _postgres(work: Path) -> Iterator[Mapping[str, str]]:
    with tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder:
        Path(folder).chmod(0o711)  # the server runs as an account of its own
        settings = ("-c", "max_prepared_transactions=10")
        user = {"user": "postgres", "password": "pw", "database": "test"}
        with PostgreSQL(Path(folder, "server"), extra_args=settings, **user) as server:
            yield {"PGHOST": server.host, "PGPORT": str(server.port), "PGPASSWORD": server.password}


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return settings that say as much as pg8000's, which has none, and turns warnings into errors."""
    return "[pytest]\naddopts = -ra -p no:cacheprovider\nfilterwarnings =\n    error\n"


SUITE = Suite(
    name="pg8000",
    distribution="pg8000",
    unpack=("test/",),
    pytest_ini=_pytest_ini,
    socket_of="pg8000.core",
    modes={"green": green("pg8000")},
    topologies={"one": _postgres},
    tests=("test",),
    quick=("test/native/test_query.py", "test/native/test_connection.py", "test/native/test_copy.py"),
)
