"""
PyMongo's listeners: commands, pools, servers, topology; all called on the loop's thread, in order.
"""

import asyncio
import threading
from contextvars import ContextVar
from typing import Any

import pytest
from pymongo import monitoring
from pymongo.errors import OperationFailure

import motorish
from motorish import MotorClient

PLACES: set[int] = set()
EVENTS: list[str] = []


def noting(base: type) -> Any:
    """
    Return a listener that notes the kind of each event, and the thread.
    """

    def note(self: Any, event: Any) -> None:
        PLACES.add(threading.get_ident())
        EVENTS.append(type(event).__name__)

    methods = {name: note for name in dir(base) if not name.startswith("_")}
    return type(f"Noting{base.__name__}", (base,), methods)()


LISTENERS = [
    monitoring.CommandListener,
    monitoring.ConnectionPoolListener,
    monitoring.ServerListener,
    monitoring.ServerHeartbeatListener,
    monitoring.TopologyListener,
]


@pytest.fixture
def events() -> list[str]:
    """
    Return the list that the listeners fill.
    """
    PLACES.clear()
    EVENTS.clear()
    return EVENTS


async def test_all_listeners(mongod_uri: str, events: list[str]) -> None:
    """
    Each kind hears of what it listens to, on the loop's own thread.
    """
    async with MotorClient(mongod_uri, event_listeners=[noting(base) for base in LISTENERS]) as client:
        await client.admin.command("ping")
        with pytest.raises(OperationFailure):
            await client.admin.command("no_such_command")
        expected = {
            "CommandStartedEvent",
            "CommandSucceededEvent",
            "CommandFailedEvent",
            "PoolCreatedEvent",
            "ConnectionCreatedEvent",
            "ConnectionReadyEvent",
            "ConnectionCheckedOutEvent",
            "ConnectionCheckedInEvent",
            "ServerOpeningEvent",
            "ServerDescriptionChangedEvent",
            "ServerHeartbeatStartedEvent",
            "ServerHeartbeatSucceededEvent",
            "TopologyOpenedEvent",
            "TopologyDescriptionChangedEvent",
        }
        with motorish.timeout(5):
            while not expected <= set(events):
                await asyncio.sleep(0.01)

    assert {threading.get_ident()} == PLACES
    assert {"PoolClosedEvent", "ConnectionClosedEvent"} <= set(events)


class Contextual(monitoring.CommandListener):
    """
    Notes what the context of each command holds.
    """

    def __init__(self, variable: ContextVar[str]) -> None:
        self.variable = variable
        self.seen: list[tuple[str, str]] = []

    def started(self, event: Any) -> None: ...

    def succeeded(self, event: Any) -> None:
        self.seen.append((event.command_name, self.variable.get("")))

    def failed(self, event: Any) -> None: ...


async def test_listeners_see_the_caller_s_context(mongod_uri: str) -> None:
    """
    A listener can tell which request a command belongs to, before and after it has waited.
    """
    request: ContextVar[str] = ContextVar("request")
    listener = Contextual(request)

    async def handle(name: str) -> None:
        request.set(name)
        await client.motorish_test.listeners.find_one()

    async with MotorClient(mongod_uri, event_listeners=[listener]) as client:
        await asyncio.gather(handle("a"), handle("b"))

    assert [("find", "a"), ("find", "b")] == sorted(seen for seen in listener.seen if seen[0] == "find")
