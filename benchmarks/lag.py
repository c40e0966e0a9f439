"""
How long the event loop is held up while 50 workers are busy: the delay of a ticker of 5 ms.

The workloads are those of benchmarks/mongodb, in its asynchronous variants; each runs for a few seconds, in a
process of its own: ``python -m benchmarks.lag VARIANT URI`` measures one variant.
"""

from __future__ import annotations

import asyncio
import importlib
import json
import sys
from time import perf_counter
from typing import Any

from benchmarks import _fresh, _variant

AT, TICK_S, WARM_UP_S, RUN_S = 50, 0.005, 0.5, 3.0
VARIANTS = {"motorish_client": "motorish", "async_mongo_client": "AsyncMongoClient", "motor_client": "Motor"}
WORKLOADS = ["find_one", "insert_one", "scan", "aggregate", "large"]


def measure() -> list[_fresh.Record]:
    """
    The longest delay and the 99th percentile, in milliseconds, for each workload and variant.
    """
    with _fresh.mongod() as uri:
        found = {name: _fresh.ask("-m", "benchmarks.lag", name, uri) for name in VARIANTS}
    return [
        {"what": f"loop lag, {workload}, {which}", "variant": label, "value": value, "unit": "ms"}
        for workload in WORKLOADS
        for number, which in enumerate(("longest", "p99"))
        for name, label in VARIANTS.items()
        for value in [found[name][workload][number] * 1000]
    ]


def class_of(name: str) -> type[_variant.Asynchronous]:
    """
    The class of a variant, whose file would serve it when it is imported.
    """
    found: list[Any] = []
    _variant.serve = found.append
    importlib.import_module(f"benchmarks.mongodb.{name}")
    return found[0]  # type: ignore[no-any-return]


async def main(name: str, uri: str) -> None:
    """
    Measure all workloads of one variant in this process.
    """
    variant = class_of(name)(uri, AT)
    await variant.open()
    lags = {}
    for workload in WORKLOADS:
        delays = sorted(await lag_of(variant, workload))
        lags[workload] = delays[-1], delays[int(len(delays) * 0.99)]
    await variant.close()
    print(json.dumps(lags))


async def lag_of(variant: _variant.Asynchronous, workload: str) -> list[float]:
    """
    Keep 50 workers busy; return the delays of all ticks, in seconds, after a warm-up.
    """
    operation = getattr(variant, workload)
    ends = perf_counter() + WARM_UP_S + RUN_S

    async def work() -> None:
        while perf_counter() < ends:
            await operation(None)

    workers = [asyncio.create_task(work()) for _ in range(AT)]
    delays = []
    begins = perf_counter() + WARM_UP_S
    while (before := perf_counter()) < ends:
        await asyncio.sleep(TICK_S)
        if before > begins:
            delays.append(perf_counter() - before - TICK_S)
    await asyncio.gather(*workers)
    return delays


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
