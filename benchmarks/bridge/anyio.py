"""
anyio's to_thread.run_sync: up to 40 threads, as by default; each waits with `from_thread.run` for a coroutine
that awaits the future on the loop.
"""

from typing import Any

from anyio import from_thread, to_thread

from benchmarks._variant import Asynchronous, serve
from benchmarks.bridge import noop, wait_soon


def one_wait() -> None:
    from_thread.run(wait_soon)


def four_waits() -> None:
    for _ in range(4):
        from_thread.run(wait_soon)


class Anyio(Asynchronous):
    async def noop(self, own: Any) -> None:
        await to_thread.run_sync(noop)

    async def one_wait(self, own: Any) -> None:
        await to_thread.run_sync(one_wait)

    async def four_waits(self, own: Any) -> None:
        await to_thread.run_sync(four_waits)


serve(Anyio)
