"""
Context variables: each operation and its listeners see those of its caller, who sees none of their changes.
"""

from __future__ import annotations

import asyncio
from contextvars import ContextVar
from typing import Any

import pytest
from pymongo import monitoring

from motorish import MotorClient
from tests.faults.figures import Figures

OPERATIONS = 1000

request: ContextVar[int] = ContextVar("request")
span: ContextVar[str] = ContextVar("span")


class Tracer(monitoring.CommandListener):
    """
    Does as a tracer of OpenTelemetry's: opens a span inside that of the caller, and closes it in the end.
    """

    def __init__(self) -> None:
        self.seen: list[tuple[str, str, int, int]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        """
        Open a span.
        """
        if event.command_name == "find":
            asked = event.command["filter"]["_id"]
            self.seen.append(("started", span.get("none"), request.get(-1), asked))
            span.set(f"find {asked}")

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """
        The span must be the one that was opened for this operation.
        """
        if event.command_name == "find":
            asked = event.reply["cursor"]["firstBatch"][0]["_id"]
            self.seen.append(("succeeded", span.get("none"), request.get(-1), asked))

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """
        Nothing fails here.
        """


@pytest.mark.row("B20")
def test_contexts_of_many_at_once(mongod_uri: str, figures: Figures) -> None:
    """
    1,000 operations at once: listeners see the caller's span and request, and their own span afterwards.
    """
    tracer = Tracer()
    leaked: list[str] = []

    async def main() -> None:
        async with MotorClient(mongod_uri, event_listeners=[tracer]) as client:
            things = client.motorish_test.contexts
            await things.delete_many({})
            await things.insert_many([{"_id": number} for number in range(OPERATIONS)])

            async def handle(number: int) -> Any:
                request.set(number)
                span.set(f"request {number}")
                found = await things.find_one({"_id": number})
                if span.get() != f"request {number}" or request.get() != number:
                    leaked.append(span.get())
                return found

            found = await asyncio.gather(*(handle(number) for number in range(OPERATIONS)))
            await things.drop()
            assert [{"_id": number} for number in range(OPERATIONS)] == found

    asyncio.run(main())
    expected = {
        "started": lambda asked: ("started", f"request {asked}", asked, asked),
        "succeeded": lambda asked: ("succeeded", f"find {asked}", asked, asked),
    }
    wrong = [seen for seen in tracer.seen if seen != expected[seen[0]](seen[3])]
    figures.equal("calls of listeners for 1,000 operations at once", 2 * OPERATIONS, len(tracer.seen))
    figures.equal("of these with another one's context", 0, len(wrong))
    figures.equal("callers that saw changes made by listeners", 0, len(leaked))
