"""
Measure how long an event loop is held up: the CPU time of its callbacks, and a ticker against a control.
"""

import asyncio
import gc
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

TICK_S = 0.005

CONTROL = f"""
import sys, time
late = 0.0
print("ready", flush=True)
import select
while not select.select([sys.stdin], [], [], 0)[0]:
    began = time.perf_counter()
    time.sleep({TICK_S})
    late = max(late, time.perf_counter() - began - {TICK_S})
print(late, flush=True)
"""


class Lag:
    """
    Attributes (all in seconds):
        callback_cpu_s: the most thread CPU time of one loop callback.
        ticker_s: the most that the ticker on the loop was late.
        control_s: the most that a ticker in another process was late meanwhile.
    """

    callback_cpu_s = 0.0
    ticker_s = 0.0
    control_s = 0.0

    def __repr__(self) -> str:
        return (
            f"<Lag: callback {self.callback_cpu_s * 1000:.1f} ms of CPU, "
            f"ticker {self.ticker_s * 1000:.1f} ms late, control {self.control_s * 1000:.1f} ms>"
        )

    def is_within(self, limit_s: float) -> bool:
        """
        Whether nothing held the loop up for longer than *limit_s*.
        """
        return self.callback_cpu_s <= limit_s and self.ticker_s - self.control_s <= limit_s


@contextmanager
def _timed_callbacks(lag: Lag) -> Iterator[None]:
    original = asyncio.events.Handle._run

    def run(self: asyncio.Handle) -> None:
        began = time.thread_time()
        original(self)
        lag.callback_cpu_s = max(lag.callback_cpu_s, time.thread_time() - began)

    asyncio.events.Handle._run = run  # type: ignore[method-assign]
    try:
        yield
    finally:
        asyncio.events.Handle._run = original  # type: ignore[method-assign]


@asynccontextmanager
async def measured() -> AsyncIterator[Lag]:
    """
    Measure the running (stock asyncio) loop during the block.
    """
    lag = Lag()
    control = subprocess.Popen(
        [sys.executable, "-c", CONTROL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert control.stdin is not None
    assert control.stdout is not None
    control.stdout.readline()

    async def tick() -> None:
        while True:
            began = time.perf_counter()
            await asyncio.sleep(TICK_S)
            lag.ticker_s = max(lag.ticker_s, time.perf_counter() - began - TICK_S)

    ticker = asyncio.create_task(tick())
    gc.collect()
    gc.freeze()  # the test runner's own objects are not the measured program's
    try:
        with _timed_callbacks(lag):
            await asyncio.sleep(TICK_S)
            yield lag
            await asyncio.sleep(2 * TICK_S)  # so that a tick that is due by now is counted
    finally:
        gc.unfreeze()
        ticker.cancel()
        control.stdin.write("stop\n")
        control.stdin.flush()
        lag.control_s = float(control.stdout.readline())
        control.communicate()


LIMIT_S = 0.05
ATTEMPTS = 3


def assert_no_lag(scenario: Callable[[], Coroutine[Any, Any, Lag]], limit_s: float = LIMIT_S) -> None:
    """
    Run a scenario that returns its Lag; the rest of the machine can only make it worse, so the best counts.
    """
    lags: list[Lag] = []
    for _ in range(ATTEMPTS):
        lags.append(asyncio.run(scenario()))
        if lags[-1].is_within(limit_s):
            break
    print(*lags, sep="\n")

    assert lags[-1].is_within(limit_s), lags
