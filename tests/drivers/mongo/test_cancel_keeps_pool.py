"""
A cancelled operation costs its own connection, not the pool.
"""

import asyncio
from typing import Any

import pytest
from pymongo.monitoring import ConnectionPoolListener

from motorish import MotorClient


class Cleared(ConnectionPoolListener):
    """
    Counts how often a pool was cleared.
    """

    count = 0

    def pool_cleared(self, event: Any) -> None:
        """
        One more.
        """
        self.count += 1

    def __getattribute__(self, name: str) -> Any:
        if name.startswith(("pool_", "connection_")) and name != "pool_cleared":
            return lambda event: None
        return super().__getattribute__(name)


@pytest.mark.parametrize("ending", ["cancel", "deadline"])
def test_an_aborted_find_leaves_the_pool_alone(mongod_uri: str, ending: str) -> None:
    """
    PyMongo's clean-up does not hide the abort behind an error of the closed socket.
    """
    import motorish

    async def main() -> None:
        cleared = Cleared()
        client = MotorClient(mongod_uri, event_listeners=[cleared])
        things = client.motorish_test.pool
        await things.insert_one({"_id": 1})
        slow = {"$where": "sleep(2000) || true"}
        if ending == "cancel":
            future = things.find_one(slow)
            await client.admin.command("ping")
            future.cancel()
            with pytest.raises(asyncio.CancelledError):
                await future
        else:
            with pytest.raises(motorish.DeadlineExceeded) as raised, motorish.timeout(0.1):
                await things.find_one(slow)
            assert isinstance(raised.value.__cause__, asyncio.CancelledError)

        assert {"_id": 1} == await things.find_one({"_id": 1})
        assert 0 == cleared.count
        await client.drop_database("motorish_test")
        await client.close()

    asyncio.run(main())
