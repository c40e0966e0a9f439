"""redis-py's own synchronous tests, with a master, a replica and a sentinel, and with hiredis and without."""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Any

from motorish.integrations.servers import Redis, RedisSentinel
from suites import Suite, green

_QUICK = ("lock", "pipeline", "scripting")


@contextlib.contextmanager
def _redis(work: Path, *, options: str = "") -> Iterator[Mapping[str, str]]:
    with contextlib.ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="motorish-upstream-"))
        master = stack.enter_context(
            Redis(Path(folder, "master"), extra_args=["--enable-debug-command", "yes"])
        )
        follow = ["--replicaof", master.host, str(master.port)]
        stack.enter_context(Redis(Path(folder, "replica"), extra_args=follow))
        sentinel = stack.enter_context(RedisSentinel(Path(folder, "sentinel"), master, "redis-py-test"))
        addresses = f"--redis-url=redis://localhost:{master.port}/0 --sentinels=localhost:{sentinel.port}"
        yield {"PYTEST_ADDOPTS": f"{addresses} {options}"}


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return redis-py's pytest settings; its own run on one server, too, leaves out other marks."""
    options = project["tool"]["pytest"]["ini_options"]
    marks = " and ".join(f"not {mark}" for mark in ("asyncio", "onlycluster", "redismod", "ssl"))
    lines = ["[pytest]", f"addopts = -ra -p no:cacheprovider -p redis_plugin -m '{marks}'"]
    for name in ("markers", "filterwarnings"):
        lines += [f"{name} =", *(f"    {value}" for value in options[name])]
    return "\n".join(lines) + "\n"


SUITE = Suite(
    name="redis",
    distribution="redis",
    unpack=("tests/",),
    pytest_ini=_pytest_ini,
    socket_of="redis.connection",
    modes={"green": green("redis")},
    topologies={"resp3": _redis, "resp2": partial(_redis, options="--protocol=2")},
    tests=("tests",),
    quick=tuple(f"tests/test_{name}.py" for name in _QUICK),
)
