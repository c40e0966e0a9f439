"""
One change stream per process, and the readers that wait for what it brings.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable

from pymongo.errors import PyMongoError

from .limits import QUEUE_LIMIT
from .store import Message, Store, to_message

_log = logging.getLogger("chat.live")

_RETRY_SECONDS = 1.0


class Subscription:
    """
    One reader of one room.

    A reader starts by reading the store; until it says :meth:`go_live`, new messages only
    set :attr:`missed`, because the store has them. From then on they wait in
    :attr:`messages`, up to QUEUE_LIMIT of them. ``wake()`` is called on every change.
    """

    def __init__(self, room: str, wake: Callable[[], None]) -> None:
        self.room = room
        self.messages: deque[Message] = deque()
        self.missed = False
        self.overflowed = False
        self._live = False
        self._wake = wake

    def go_live(self) -> bool:
        """
        Ask for messages themselves; refused with False if the store has new ones to read first.
        """
        self._live = not self.missed
        self.missed = False
        return self._live

    def offer(self, message: Message) -> None:
        """
        A new message of the room.
        """
        if not self._live:
            self.missed = True
        elif len(self.messages) < QUEUE_LIMIT:
            self.messages.append(message)
        else:
            self.overflowed = True
        self._wake()

    def resync(self) -> None:
        """
        The stream was interrupted: only the store knows what is new.
        """
        self._live = False
        self.missed = True
        self.messages.clear()
        self._wake()


class Live:
    """
    Reads the change stream and hands each message to its room's subscriptions.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rooms: dict[str, set[Subscription]] = {}
        self._task: asyncio.Task[None] | None = None
        self.connected = asyncio.Event()  # the change stream is open

    def subscribe(self, room: str, wake: Callable[[], None]) -> Subscription:
        """
        Start to wait for messages of *room*; end it with :meth:`unsubscribe`.
        """
        subscription = Subscription(room, wake)
        self._rooms.setdefault(room, set()).add(subscription)
        return subscription

    def unsubscribe(self, subscription: Subscription) -> None:
        """
        Forget a subscription; doing so twice is harmless.
        """
        readers = self._rooms.get(subscription.room, set())
        readers.discard(subscription)
        if not readers:
            self._rooms.pop(subscription.room, None)

    def start(self) -> None:
        """
        Start to follow the change stream, and go on until :meth:`close`.
        """
        self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """
        Stop following the change stream.
        """
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            try:
                await self._follow()
            except PyMongoError as error:
                _log.warning("The change stream ended (%s); opening a new one.", error)
            except Exception:
                _log.exception("A change could not be handed on; opening a new change stream.")
            finally:
                self.connected.clear()
            await asyncio.sleep(_RETRY_SECONDS)

    async def _follow(self) -> None:
        async with self._store.watch() as stream:
            # PyMongo resumes the stream after most errors by itself. When a new one had to be
            # opened, nobody knows what the gap between the two held: everybody reads the store.
            self.connected.set()
            for readers in list(self._rooms.values()):
                for subscription in list(readers):
                    subscription.resync()
            async for change in stream:
                self._publish(to_message(change["fullDocument"]))
                await asyncio.sleep(0)  # a full batch must not starve those who send it on

    def _publish(self, message: Message) -> None:
        for subscription in list(self._rooms.get(message.room, ())):
            subscription.offer(message)
