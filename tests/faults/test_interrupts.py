"""
Row D35: KeyboardInterrupt and SystemExit amid a call, at each of its waits.
"""

from __future__ import annotations

import asyncio
import gc
import sys
from typing import Any

import pytest

import motorish
from motorish import hub
from tests.faults import everyday
from tests.faults.figures import Figures

MOST_WAITS = 40
KINDS = (KeyboardInterrupt, SystemExit)


class Interrupts:
    """
    Raises in place of the k-th wait of the next call, as the handler of a signal does that comes just then.
    """

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.wait = 0
        self.kind: type[BaseException] = KeyboardInterrupt
        self.serial = 0
        self._park = hub.park
        for name, module in list(sys.modules.items()):
            if name.startswith("motorish.") and module is not hub and vars(module).get("park") is hub.park:
                monkeypatch.setattr(module, "park", self.park)

    def arm(self, kind: type[BaseException], wait: int) -> None:
        """
        Interrupt the call that is started next at its *wait*-th wait.
        """
        self.kind, self.wait = kind, wait
        self.serial = next(hub._serials) + 1

    def park(self, child: hub.Child, timeout: float | None = None, *, shield: bool = False) -> bool:
        """
        Stand in for park() of the modules that wait.
        """
        if child.serial == self.serial:
            self.wait -= 1
            if self.wait == 0:
                raise self.kind("interrupted")
        return self._park(child, timeout, shield=shield)


@pytest.mark.row("D35")
@pytest.mark.timeout(300)
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")  # drivers drop a socket that did not connect
@pytest.mark.parametrize("name", ["PyMongo", "PyMySQL", "psycopg2", "redis-py"])
def test_interrupted_at_each_wait(
    name: str, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, figures: Figures
) -> None:
    """
    Stored in the future and raised from the loop, as by a task; what the connection says next is right.
    """
    driver = everyday.drivers(everyday.addresses(request, name))[name]
    ends = wrong = 0

    def interrupt(run: Any, *args: Any) -> tuple[bool, Any]:
        # Whether the call had such a wait, and its result.
        calls: list[hub.CallFuture[Any]] = []

        async def main() -> Any:
            # Else the first wait is that of spawn(), which raises the interrupt itself.
            calls.append(hub.spawn(run, args, later=True))
            await asyncio.wait(calls)  # which raises nothing: what comes out of run() came out of the loop
            assert interrupts.kind is not type(calls[0].exception()), "stored, but not raised from the loop"
            return calls[0].result()

        try:
            return False, asyncio.run(main())
        except interrupts.kind:
            assert interrupts.kind is type(calls[0].exception())
            return True, None

    def answer(connection: Any) -> str | None:
        # What it answers to a new question; None if it has noticed that it is broken.
        async def main() -> str | None:
            try:
                return await motorish.spawn(driver.echo, connection, "next")
            except Exception:
                return None

        return asyncio.run(main())

    with motorish.patch(*driver.packages):
        interrupts = Interrupts(monkeypatch)
        for kind in KINDS:
            for wait in range(1, MOST_WAITS):
                interrupts.arm(kind, wait)
                was_hit, result = interrupt(driver.session, "mine")
                if not was_hit:
                    assert "mine" == result
                    break
                ends += 1
            assert wait > 1, "a session never waits"
            for wait in range(1, MOST_WAITS):
                connection = asyncio.run(_open(driver))
                interrupts.arm(kind, wait)
                was_hit, result = interrupt(driver.echo, connection, "mine")
                if was_hit:
                    ends += 1
                    wrong += answer(connection) not in ("next", None)
                asyncio.run(_close(driver, connection))
                if not was_hit:
                    assert "mine" == result
                    break
        assert "after" == asyncio.run(_session(driver))
    gc.collect()  # while the warning is ignored

    figures.equal(f"{name}: wrong answers after {ends} interrupts, at each wait", 0, wrong)


async def _open(driver: Any) -> Any:
    connection = await motorish.spawn(driver.open)
    assert "warm" == await motorish.spawn(driver.echo, connection, "warm")
    return connection


async def _close(driver: Any, connection: Any) -> None:
    try:
        await motorish.spawn(driver.close, connection)
    except Exception:
        pass  # it is broken, or of a loop that is closed


async def _session(driver: Any) -> str:
    return await motorish.spawn(driver.session, "after")  # type: ignore[no-any-return]
