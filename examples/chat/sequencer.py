"""
Gives each message the next number of its room: no gap, no double, never late.

A counter document would hand out 5 and 6 to two writers, and 6 might be visible
first: a reader who has 6 never asks for 5 again. Here a writer reads the room's
last number n and inserts n + 1, and the unique index (room, seq) lets one writer
win. So n + 1 can only be taken when n is in the collection, and n comes first in
the oplog, in every change stream and after every fail-over.

The loser tries again with the next number. Inside one process the messages of a
room wait in line and are inserted many at a time, so only processes compete.

A second unique index, (room, client_id), makes sending idempotent.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pymongo.errors import BulkWriteError
from pymongo.read_concern import ReadConcern

import motorish

from .validation import Post

Document = dict[str, Any]

_BATCH = 100
_DUPLICATE_KEY = 11000


@dataclass(eq=False)
class _Entry:
    """
    A post in line, and who waits for it: the document, and whether it is new.
    """

    post: Post
    result: asyncio.Future[tuple[Document, bool]] = field(
        default_factory=lambda: asyncio.get_running_loop().create_future()
    )

    def resolve(self, document: Document, created: bool) -> None:
        if not self.result.done():  # the waiting request may have been cancelled
            self.result.set_result((document, created))

    def fail(self, error: Exception) -> None:
        if not self.result.done():
            self.result.set_exception(error)


class Sequencer:
    """
    The one writer of a process.
    """

    def __init__(self, messages: motorish.MotorCollection) -> None:
        self._messages = messages
        # Local: a winner's message counts as soon as it is there. Its number cannot come
        # back to anybody, because our own insert is only acknowledged after it.
        self._newest = messages.with_options(read_concern=ReadConcern("local"))
        # Linearizable: returns when what it returns is on a majority.
        self._linear = messages.with_options(read_concern=ReadConcern("linearizable"))
        self._lines: dict[str, list[_Entry]] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    async def add(self, post: Post) -> tuple[Document, bool]:
        """
        Store *post* on a majority of the servers.

        Returns:
            The stored document, and False if its client_id was stored before.

        Raises:
            pymongo.errors.PyMongoError: it may or may not be stored; sending it again is safe.
        """
        entry = _Entry(post)
        line = self._lines.get(post.room)
        if line is not None:
            line.append(entry)
        else:
            self._lines[post.room] = [entry]
            task = asyncio.create_task(self._write_line(post.room))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return await entry.result

    async def _write_line(self, room: str) -> None:
        line = self._lines[room]
        try:
            while line:
                batch = line[:_BATCH]
                try:
                    settled = await self._write_batch(room, batch)
                except Exception as error:
                    settled = len(batch)
                    for entry in batch:
                        entry.fail(error)
                del line[:settled]
        finally:
            del self._lines[room]
            for entry in line:  # only if this task was cancelled
                entry.result.cancel()

    async def _write_batch(self, room: str, batch: list[_Entry]) -> int:
        """
        Insert *batch* in order; return how many of its first entries are settled.
        """
        newest = await self._newest.find_one({"room": room}, sort=[("seq", -1)])
        last = newest["seq"] if newest else 0
        now = datetime.now(UTC)
        documents = [_to_document(entry.post, seq, now) for seq, entry in enumerate(batch, start=last + 1)]
        try:
            await self._messages.insert_many(documents)
        except BulkWriteError as error:
            return await self._settle_part(batch, documents, error)
        _resolve(batch, documents)
        return len(batch)

    async def _settle_part(
        self, batch: list[_Entry], documents: list[Document], error: BulkWriteError
    ) -> int:
        details = error.details
        if details["writeConcernErrors"] or details["writeErrors"][0]["code"] != _DUPLICATE_KEY:
            raise error
        refused = details["writeErrors"][0]
        inserted: int = refused["index"]
        _resolve(batch[:inserted], documents[:inserted])
        if "client_id" not in refused["keyPattern"]:
            return inserted  # another process took the number: the rest tries again
        entry = batch[inserted]
        query = {"room": entry.post.room, "client_id": entry.post.client_id}
        stored = await self._messages.find_one(query)
        if stored is None:  # not on a majority yet: wait for that, 0.1 s as a rule
            stored = await self._linear.find_one(query, max_time_ms=10_000)
        if stored is None:
            return inserted  # a fail-over took it back: try again
        entry.resolve(stored, False)
        return inserted + 1


def _resolve(entries: list[_Entry], documents: list[Document]) -> None:
    for entry, document in zip(entries, documents, strict=True):
        entry.resolve(document, True)


def _to_document(post: Post, seq: int, now: datetime) -> Document:
    return {
        "room": post.room,
        "seq": seq,
        "name": post.name,
        "text": post.text,
        "client_id": post.client_id,
        "sent_at": now.replace(tzinfo=None, microsecond=now.microsecond // 1000 * 1000),
    }
