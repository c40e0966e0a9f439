"""
Row C21: the drivers' contract aborts them at each wait; here its figures are kept.
"""

from __future__ import annotations

import asyncio
from collections.abc import Generator
from typing import Any

import pytest

from motorish.integrations.contract import aborts
from motorish.integrations.contract.sweep import Sweep
from tests.faults.figures import Figures

SWEEP = "test_abort_at_every_wait_of_a_session"
END_S = 0.05


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    """
    Record how many waits a driver's session has, and the slowest end.
    """
    if not isinstance(item, pytest.Function) or item.originalname != SWEEP:
        return (yield)
    sweeps: list[list[float]] = []

    class Watched(Sweep):
        def __init__(self) -> None:
            super().__init__()
            sweeps.append([])

        async def outcome(self, future: asyncio.Future[Any]) -> tuple[Any, float | None]:
            result, seconds = await super().outcome(future)
            if seconds is not None:
                sweeps[-1].append(seconds)
            return result, seconds

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(aborts, "Sweep", Watched)
        patch.setattr(aborts, "END_S", END_S)  # other people's machines may be slower
        yield
    item.add_marker(pytest.mark.row("C21"))
    driver = item.cls.__name__.removeprefix("Test")  # type: ignore[union-attr]
    what = f"{driver} [{item.callspec.id}], connect, echo and close, at {len(sweeps[-1])} waits"
    slowest_ms = max(sweeps[-1]) * 1000
    Figures(item, 1.0).at_most(f"{what}: slowest end", END_S * 1000, slowest_ms, "ms")
    return None
