"""
The soak: all drivers with a server here, at once, for half an hour, while everything goes wrong.

``python tests/faults/soak.py --seconds 1800`` (``make soak``) prints a line in ten seconds, and a verdict.

It goes in rounds.  In the *storm* calls are cancelled and their time runs out, networks and servers fail; in
the *calm* nothing does, and the operations are timed; then there is a *quiet moment* with no connection
open, at which memory, objects, descriptors, greenlets and threads are counted.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import json
import random
import sys
import tempfile
import threading
import warnings
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import motorish
from motorish.hub import current_hub
from motorish.testing import chaos
from tests.faults import soak_memory, soak_verdict
from tests.faults.census import census
from tests.faults.soak_faults import Faults
from tests.faults.soak_verdict import Ledger

if TYPE_CHECKING:
    from tests.faults.soak_subjects import Subject

PACKAGES = ("pymysql", "mysql", "psycopg2", "pg8000", "redis", "pymemcache", "requests")

ROUND_S = 30.0
STORM, SETTLING, CALM = 0.65, 0.1, 0.25  # parts of a round
WORKERS = 3  # of each driver
REST_S = 0.02
PATIENCE_S = 5.0
LINE_EVERY_S = 10.0


class Soak:
    """
    Args:
        subjects: the drivers.
        proxies: for each of them, what stands before its server.
        ledger: what is written down.
        seed: for the random numbers of the faults.
    """

    def __init__(
        self, subjects: list[Subject], proxies: list[chaos.Proxy], ledger: Ledger, seed: int
    ) -> None:
        self.pairs = list(zip(subjects, proxies, strict=True))
        self.ledger = ledger
        self.rng = random.Random(seed)
        self.storm = False
        self.latencies: list[float] | None = None  # in the calm
        self._open = asyncio.Event()
        self._stopping = False
        self._serials = itertools.count(1)
        self._faults = Faults(self.pairs, ledger, self.rng, self._try)

    async def run(self) -> None:
        """
        Soak.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.ledger.told.append(str(context)))
        loop.set_default_executor(ThreadPoolExecutor(2))
        both = threading.Barrier(2)
        await asyncio.gather(*(asyncio.to_thread(both.wait) for _ in range(2)))  # there are both from now on
        self.ledger.operations.update({subject.name: 0 for subject, _ in self.pairs})
        self._began = monotonic()
        printer = asyncio.ensure_future(self._print())
        while monotonic() - self._began < self.ledger.seconds:
            await self._round(min(ROUND_S, self.ledger.seconds / 4))
        printer.cancel()
        await asyncio.wait([printer])

    async def _round(self, seconds: float) -> None:
        workers = [asyncio.ensure_future(self._work(*pair)) for pair in self.pairs for _ in range(WORKERS)]
        self._stopping = False
        self.storm = True
        await self._faults.go_on_until(monotonic() + seconds * STORM)
        self.storm = False
        await asyncio.sleep(seconds * SETTLING)
        self.latencies = timed = []
        await asyncio.sleep(seconds * CALM)
        self.latencies = None
        self._stopping = True
        await asyncio.wait(workers)
        for worker in workers:
            worker.result()
        del workers, worker
        end = monotonic() + PATIENCE_S
        while (current_hub().calls or current_hub().streams) and monotonic() < end:
            await asyncio.sleep(0.05)
        await self._until_proxies_rest()
        self.ledger.at_quiet_moment(monotonic() - self._began, timed)

    async def _until_proxies_rest(self) -> None:
        end = monotonic() + PATIENCE_S
        while any(proxy.connections for _, proxy in self.pairs) and monotonic() < end:
            await asyncio.sleep(0.05)
        for _, proxy in self.pairs:
            proxy.reset()
        await asyncio.sleep(0.1)

    async def _work(self, subject: Subject, proxy: chaos.Proxy) -> None:
        while not self._stopping:
            connection = await self._try(subject, partial(subject.open, proxy.host, proxy.port), 1.0)
            while connection is not None and not self._stopping:
                text = f"soak{next(self._serials)}"
                patience, began = self._patience(), monotonic()
                said = await self._try(subject, partial(subject.ask, connection, text), patience)
                if said is None:
                    if self.rng.random() < 0.5:
                        break
                    continue  # ask on, whatever has become of it: an answer must be the right one
                if said != text:
                    self.ledger.mismatches.append(f"{subject.name}: {text} was answered {said}")
                    print(f"MISMATCH: {self.ledger.mismatches[-1]}", flush=True)
                self.ledger.operations[subject.name] += 1
                if self.latencies is not None:
                    self.latencies.append(monotonic() - began)
                await asyncio.sleep(REST_S)
            if connection is not None:
                await self._try(subject, partial(subject.close, connection), PATIENCE_S)
            else:
                await asyncio.sleep(REST_S)

    def _patience(self) -> float:
        if self.storm and self.rng.random() < 0.1:
            return self.rng.random() * 0.01
        return PATIENCE_S

    async def _try(self, subject: Subject, what: Callable[[], Awaitable[Any]], patience_s: float) -> Any:
        # The result; None and an entry in the ledger if there is none.
        with motorish.timeout(patience_s):
            call = asyncio.ensure_future(what())
        cancel = None
        if self.storm and self.rng.random() < 0.1:
            cancel = asyncio.get_running_loop().call_later(self.rng.random() * 0.01, call.cancel)
        try:
            return await call
        except (Exception, asyncio.CancelledError) as error:
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise  # this is the end: Ctrl-C
            self.ledger.errors[f"{type(error).__module__}.{type(error).__qualname__}"] += 1
            return None
        finally:
            if cancel is not None:
                cancel.cancel()

    async def _print(self) -> None:
        for number in itertools.count(1):
            await asyncio.sleep(max(0.0, self._began + number * LINE_EVERY_S - monotonic()))
            ledger, now = self.ledger, census()
            errors = ", ".join(f"{name.rpartition('.')[2]} {n}" for name, n in ledger.errors.most_common(6))
            print(
                f"{monotonic() - self._began:6.0f} s  {sum(ledger.operations.values()):,} operations, "
                f"{len(ledger.mismatches)} mismatches, {soak_memory.memory_mb():.1f} MB, "
                f"{now['descriptors']} descriptors, {now['greenlets']} greenlets, {now['threads']} threads; "
                f"errors: {errors or 'none'}",
                flush=True,
            )


def main() -> int:
    """
    Run as a program; return 1 if anything is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=1800.0, help="how long (default: half an hour)")
    parser.add_argument("--only", help="the names of drivers, with commas between")
    parser.add_argument("--seed", type=int, default=41, help="of the faults (default: 41)")
    parser.add_argument("--json", type=Path, help="write the result there")
    parser.add_argument("--keep-figures", action="store_true", help="write them into the documentation")
    asked = parser.parse_args()
    warnings.simplefilter("error", motorish.BlockingCallWarning)
    soak_memory.share_one_heap()
    ledger = Ledger(asked.seconds)
    with ExitStack() as stack:
        where = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="motorish-")))
        where.chmod(0o711)  # PostgreSQL does not run as root, but as an account of its own
        stack.enter_context(motorish.patch(*PACKAGES))
        from tests.faults.soak_subjects import start  # which imports them: patched they are, from the first

        only = asked.only.split(",") if asked.only else []
        subjects = [each for each in start(stack, where) if not only or each.name in only]
        proxies = [
            stack.enter_context(chaos.Proxy(each.server.host, each.server.port, seed=asked.seed))
            for each in subjects
        ]
        print(f"{asked.seconds:.0f} s with {', '.join(each.name for each in subjects)}", flush=True)

        async def soak() -> None:
            await Soak(subjects, proxies, ledger, asked.seed).run()

        asyncio.run(soak())
    result = ledger.result()
    if asked.json:
        asked.json.write_text(json.dumps(result, indent=1))
    print(json.dumps(result, indent=1))
    print("NOT PASSED: " + "; ".join(result["wrong"]) if result["wrong"] else "passed")
    if asked.keep_figures:
        soak_verdict.keep_figures(result)
    return bool(result["wrong"])


if __name__ == "__main__":
    sys.exit(main())
