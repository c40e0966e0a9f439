"""Motor's own tests, for Tornado and for asyncio: what they need to run on motorish instead of Motor."""

from __future__ import annotations

from typing import Any

from suites import Mode, Suite
from suites.pymongo import replica_set

_TORNADO, _ASYNCIO = "test/tornado_tests", "test/asyncio_tests"
_QUICK = ("basic", "change_stream", "gridfsbucket", "session", "web")


def _pytest_ini(project: dict[str, Any]) -> str:
    """Return Motor's pytest settings, with filters that hold for motorish as Motor's do for Motor.

    Motor's tests leave sockets unclosed, and use PyMongo's synchronous client on the loop's thread.
    """
    lines = ["[pytest]", "addopts = -ra -p no:cacheprovider -p motor_plugin", "filterwarnings ="]
    filters = [
        *project["tool"]["pytest"]["ini_options"]["filterwarnings"],
        "ignore:unclosed <motorish.green.socket.socket:ResourceWarning",
        "ignore:.*blocks the event loop that runs in this thread",
    ]
    return "\n".join(lines + [f"    {each}" for each in filters]) + "\n"


SUITE = Suite(
    name="motor",
    distribution="motor",
    unpack=("test/",),
    pytest_ini=_pytest_ini,
    socket_of="pymongo.pool_shared",
    modes={"green": Mode(("-m", "pytest", "-p", "as_motor_plugin"))},
    topologies={"one": lambda work: replica_set(1)},
    tests=(_TORNADO, _ASYNCIO),
    quick=tuple(f"{_TORNADO}/test_motor_{name}.py" for name in _QUICK),
)
