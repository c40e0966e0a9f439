"""urllib3's own tests, with the servers that they bring."""

from __future__ import annotations

import contextlib
from typing import Any

from suites import Suite, green

_QUICK = ("connectionpool", "poolmanager", "queue_monkeypatch", "ssltransport", "wait")
_QUICK_SERVED = ("chunked_transfer", "connection")


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return urllib3's pytest settings."""
    options = project["tool"]["pytest"]["ini_options"]
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider -p urllib3_plugin", "pythonpath = ."]
    lines += [f"log_level = {options['log_level']}", "xfail_strict = true"]
    for name in ("markers", "filterwarnings", "python_classes"):
        lines += [f"{name} =", *(f"    {value}" for value in options[name])]
    return "\n".join(lines) + "\n"


SUITE = Suite(
    name="urllib3",
    distribution="urllib3",
    unpack=("dummyserver/", "test/"),
    pytest_ini=_pytest_ini,
    socket_of="urllib3.util.connection",
    modes={"green": green("urllib3")},
    topologies={"own": lambda work: contextlib.nullcontext({})},
    tests=("test",),
    quick=(
        *(f"test/test_{name}.py" for name in _QUICK),
        *(f"test/with_dummyserver/test_{name}.py" for name in _QUICK_SERVED),
    ),
)
