"""
Operations of PyMongo that are to be aborted.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import AsyncExitStack
from typing import Any, ClassVar

import motorish
from tests.faults.sharers import TOKENS


class Operation(ABC):
    """
    One operation of a client; for each wait there is a new one.

    Args:
        client: connected, with nothing else to do.
    """

    what: ClassVar[str]

    def __init__(self, client: motorish.MotorClient) -> None:
        self.client = client
        self.things = client.motorish_test.sweep
        self.stack = AsyncExitStack()

    async def prepare(self) -> None:  # noqa: B027
        """
        What comes before.
        """

    @abstractmethod
    def start(self) -> Any:
        """
        Start the call that is to be aborted.
        """


class FindOne(Operation):
    """
    A single document.
    """

    what = "find_one"

    def start(self) -> Any:
        return self.things.find_one({"_id": 1})


class InsertOne(Operation):
    """
    A write that can be retried.
    """

    what = "insert_one"

    def start(self) -> Any:
        return self.things.insert_one({"token": next(TOKENS)})


class Find(Operation):
    """
    The server makes a cursor for it.
    """

    what = "find, first batch"

    async def prepare(self) -> None:
        self.cursor = self.things.find(batch_size=2)
        self.stack.push_async_callback(self.cursor.close)

    def start(self) -> Any:
        return self.cursor.next()


class Aggregate(Find):
    """
    The same with another command.
    """

    what = "aggregate, first batch"

    async def prepare(self) -> None:
        self.cursor = self.things.aggregate([], batchSize=2)
        self.stack.push_async_callback(self.cursor.close)


class GetMore(Find):
    """
    Several batches, in one call.
    """

    what = "getMore"

    async def prepare(self) -> None:
        await super().prepare()
        await self.cursor.next()

    def start(self) -> Any:
        return self.cursor.to_list(8)


class KillCursors(GetMore):
    """
    Closing a cursor that has more.
    """

    what = "killCursors"

    def start(self) -> Any:
        return self.cursor.close()


class Commit(Operation):
    """
    The end of a transaction.
    """

    what = "commit"

    async def prepare(self) -> None:
        self.session = await self.stack.enter_async_context(self.client.start_session())
        self.session.start_transaction()
        await self.things.insert_one({"token": next(TOKENS)}, session=self.session)

    def start(self) -> Any:
        return self.session.commit_transaction()


class InTransaction(Commit):
    """
    A write in a transaction.
    """

    what = "insert_one in a transaction"

    def start(self) -> Any:
        return self.things.insert_one({"token": next(TOKENS)}, session=self.session)


OPERATIONS: tuple[type[Operation], ...] = (
    FindOne,
    InsertOne,
    Find,
    Aggregate,
    GetMore,
    KillCursors,
    Commit,
    InTransaction,
)
