"""
Row C21: PyMongo's operations are aborted at their first wait, their second, and so on to the last.

The other drivers are swept by their contract, in tests/drivers/*/test_*contract.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import pytest
from pymongo.uri_parser import parse_uri

import motorish
from motorish.integrations.contract.sweep import Cause
from tests.faults.figures import Figures
from tests.faults.mongo_operations import OPERATIONS, Operation
from tests.faults.mongo_sweep import Swept, sweep_cold, sweep_warm

END_MS = 50
ATTEMPTS = 3

pytestmark = pytest.mark.row("C21")
both_causes = pytest.mark.parametrize("cause", ["cancel", "deadline"])


def record(figures: Figures, name: str, sweep: Callable[[], Coroutine[Any, Any, Swept]]) -> None:
    """
    Sweep, again if the machine was busy, and record what was seen.
    """
    for _ in range(ATTEMPTS):
        swept = asyncio.run(sweep())
        if swept.slowest_s * 1000 <= END_MS:
            break
    assert swept.waits
    waits = f"{swept.waits} waits" if swept.waits > 1 else "its wait"
    figures.at_most(f"{name}, at {waits}: slowest end", END_MS, swept.slowest_s * 1000, "ms")
    figures.equal(f"{name}: left", "nothing", ", ".join(sorted(swept.left)) or "nothing")


@both_causes
@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda operation: operation.what)
def test_operation(mongod_uri: str, operation: type[Operation], cause: Cause, figures: Figures) -> None:
    """
    It ends in time; pool, descriptors, greenlets, cursors and transactions are as before.
    """

    async def sweep() -> Swept:
        async with motorish.MotorClient(mongod_uri) as client:
            return await sweep_warm(client, operation, cause)

    record(figures, f"PyMongo, {operation.what}, {cause}", sweep)


@both_causes
def test_first_operation(mongod_uri: str, cause: Cause, figures: Figures) -> None:
    """
    The client must connect for it; afterwards it works.
    """
    host, port = parse_uri(mongod_uri)["nodelist"][0]

    async def sweep() -> Swept:
        return await sweep_cold(lambda: motorish.MotorClient(host, port, directConnection=True), cause)

    record(figures, f"PyMongo, connect and ping, {cause}", sweep)
