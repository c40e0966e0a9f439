"""
Cancel a find_one at every one of its waits: it ends in time, leaves nothing, and mixes nothing up.
"""

import asyncio
from typing import Any

import pytest

import motorish
from motorish.integrations.contract.sweep import Sweep

ROUNDS = 20


@pytest.mark.parametrize("cold", [False, True], ids=["warm", "cold"])
def test_cancel_at_every_wait(mongod_uri: str, cold: bool) -> None:
    """
    CancelledError within 50 ms for each k; the pool is at rest; the next reply is its own.
    """

    async def main() -> float:
        client = motorish.MotorClient(mongod_uri)
        things = client.motorish_test.sweep
        for number in range(200):
            await things.replace_one({"_id": number}, {"n": number}, upsert=True)
        ends, waits = [], []
        sweep = Sweep()
        for number in range(ROUNDS):
            k = 1
            while True:
                if cold:
                    await client.close()
                    client = motorish.MotorClient(mongod_uri)
                    things = client.motorish_test.sweep
                wanted = {"_id": (number * 7 + k) % 200}
                with sweep.watching():
                    sweep.arm(k)
                    result, seconds = await sweep.outcome(things.find_one(wanted))
                following = {"_id": (number * 7 + k + 1) % 200}
                answer = await things.find_one(following)
                assert {**following, "n": following["_id"]} == answer
                assert_at_rest(client)
                if not isinstance(result, asyncio.CancelledError):
                    break
                ends.append(seconds or 0.0)
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
