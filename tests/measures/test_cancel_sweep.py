"""
Cancel a find_one at every one of its waits: it ends in time, leaves nothing, and mixes nothing up.
"""

import asyncio
import time
from typing import Any

import pytest

import motorish
from motorish import calls, hub
from motorish.green import locks, socket, stream
from motorish.green import time as green_time

ROUNDS = 20
WAITING_MODULES = (calls, locks, socket, stream, green_time)


class Sweep:
    """
    Cancels one call when it has begun its k-th wait.
    """

    def __init__(self) -> None:
        self.serial = 0
        self.countdown = 0
        self.shielded_s = 0.0

    @staticmethod
    def cancel(child: hub.Child, future: Any) -> None:
        """
        Cancel, and deliver at once: the loop handles what has arrived meanwhile only after us.
        """
        future.cancel()
        child.deliver_abort(future)

    def park(self, child: hub.Child, timeout: float | None = None, *, shield: bool = False) -> bool:
        if child.serial != self.serial:
            return hub.park(child, timeout, shield=shield)
        self.countdown -= 1
        if self.countdown == 0:
            child.hub.loop.call_soon(self.cancel, child, child.future)
        began = time.monotonic()
        try:
            return hub.park(child, timeout, shield=shield)
        finally:
            if shield:
                self.shielded_s += time.monotonic() - began


@pytest.fixture
def sweep(monkeypatch: pytest.MonkeyPatch) -> Sweep:
    """
    Return a Sweep through which every wait of every call passes.
    """
    one = Sweep()
    for module in WAITING_MODULES:
        monkeypatch.setattr(module, "park", one.park)
    return one


async def cancelled_at(sweep: Sweep, k: int, things: Any, wanted: Any) -> tuple[bool, float]:
    """
    Start a find_one and cancel it at its k-th wait; whether it was, and the seconds from cancel to end.
    """
    sweep.countdown, sweep.shielded_s = k, 0.0
    sweep.serial = next(hub._serials) + 1  # of the call that starts now
    future = things.find_one(wanted)
    while sweep.countdown > 0 and not future.done():
        await asyncio.sleep(0)
    began = time.monotonic()
    try:
        await future
    except asyncio.CancelledError:
        return True, time.monotonic() - began - sweep.shielded_s
    return False, 0.0


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_cancel_at_every_wait(mongod_uri: str, sweep: Sweep, cold: bool) -> None:
    """
    CancelledError within 50 ms for each k; the pool is at rest; the next reply is its own.
    """

    async def main() -> float:
        client = motorish.MotorClient(mongod_uri)
        things = client.motorish_test.sweep
        for number in range(200):
            await things.replace_one({"_id": number}, {"n": number}, upsert=True)
        ends, waits = [], []
        for number in range(ROUNDS):
            k = 1
            while True:
                if cold:
                    await client.close()
                    client = motorish.MotorClient(mongod_uri)
                    things = client.motorish_test.sweep
                wanted = {"_id": (number * 7 + k) % 200}
                was_cancelled, seconds = await cancelled_at(sweep, k, things, wanted)
                following = {"_id": (number * 7 + k + 1) % 200}
                answer = await things.find_one(following)
                assert {**following, "n": following["_id"]} == answer
                assert_at_rest(client)
                if not was_cancelled:
                    break
                ends.append(seconds)
                k += 1
            waits.append(k - 1)
        await client.drop_database("motorish_test")
        await client.close()
        print(f"{len(ends)} cancels, slowest end {max(ends) * 1000:.1f} ms, waits per find_one {set(waits)}")
        assert min(waits) >= (3 if cold else 1)
        return max(ends)

    # What else the machine does can only make it slower: the best of three sweeps counts.
    assert any(asyncio.run(main()) <= 0.05 for _ in range(3))


def assert_at_rest(client: Any) -> None:
    """
    No pool counts an operation that is over.
    """
    for server in client.delegate._topology._servers.values():
        pool = server.pool
        assert 0 == pool.requests - pool.active_sockets == pool._pending == pool.operation_count
        assert 0 == pool.active_sockets
