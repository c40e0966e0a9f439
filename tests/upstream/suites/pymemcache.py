"""pymemcache's own tests, with a memcached."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from motorish.integrations.servers import Memcached
from suites import Suite, green

_TESTS = "pymemcache/test"


@contextlib.contextmanager
def _memcached(work: Path) -> Iterator[Mapping[str, str]]:
    with (
        tempfile.TemporaryDirectory(prefix="motorish-upstream-") as folder,
        Memcached(Path(folder, "server")) as server,
    ):
        yield {"PYTEST_ADDOPTS": f"--server={server.host} --port={server.port}"}


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return settings for all tests, which upstream are chosen by mark; it measures coverage besides."""
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider", "markers =", "    unit", "    integration"]
    return "\n".join([*lines, "    benchmark"]) + "\n"


SUITE = Suite(
    name="pymemcache",
    distribution="pymemcache",
    unpack=(f"{_TESTS}/",),
    pytest_ini=_pytest_ini,
    socket_of="pymemcache.client.base",
    modes={"green": green("pymemcache")},
    topologies={"one": _memcached},
    tests=(_TESTS,),
    quick=(f"{_TESTS}/test_integration.py",),
)
