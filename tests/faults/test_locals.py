"""
Drivers that keep something in a threading.local: in children each call has its own.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import redis
from redis.exceptions import LockError

import motorish
from motorish.green.time import sleep
from motorish.integrations.servers import Redis
from tests.faults.figures import Figures

INTERLEAVINGS = 1000
PROGRAM = Path(__file__).with_name("no_dereference_program.py")


@pytest.mark.row("B18")
def test_tokens_of_a_redis_lock(redis_server: Redis, figures: Figures) -> None:
    """
    Calls share one redis-py Lock: whoever has not acquired it neither owns it nor can release it.
    """
    wrong: list[str] = []
    held: list[int] = []

    def hold(lock: Any, number: int) -> None:
        with lock:
            held.append(number)
            for _ in range(3):
                if not lock.owned():
                    wrong.append(f"{number} does not own what it has acquired")
                sleep(0)
            if len(held) > 1:
                wrong.append(f"{held} hold it at once")
            held.remove(number)

    def meddle(lock: Any) -> None:
        while not held:
            sleep(0.0002)
        if getattr(lock.local, "token", None) is not None:
            wrong.append("the meddler has a token")
        try:
            lock.release()
        except (LockError, AttributeError):  # the latter, in a thread that has never acquired it, too
            return
        wrong.append("the meddler has released it")

    interleavings = figures.times(INTERLEAVINGS, least=200)

    async def main() -> None:
        client = redis.Redis(redis_server.host, redis_server.port)
        lock = client.lock("tests.faults", timeout=60, sleep=0.001)
        for number in range(interleavings // 10):
            holders = [motorish.spawn(hold, lock, 5 * number + each) for each in range(5)]
            meddlers = [motorish.spawn(meddle, lock) for _ in range(5)]
            await asyncio.gather(*holders, *meddlers)
        await motorish.spawn(client.close)

    with motorish.patch("redis"):
        asyncio.run(main())
    figures.equal(f"redis-py's Lock, tokens mixed up in {interleavings} interleavings", 0, len(wrong))


@pytest.mark.row("B18")
def test_no_dereference_of_mongoengine(figures: Figures) -> None:
    """
    Half of the calls are inside no_dereference(), the others never see that.
    """
    command = [sys.executable, str(PROGRAM), str(INTERLEAVINGS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=50)

    assert "" == done.stderr
    interleavings, wrong = map(int, done.stdout.split())
    assert interleavings == INTERLEAVINGS
    figures.equal(f"MongoEngine's no_dereference, mixed up in {INTERLEAVINGS} interleavings", 0, wrong)
