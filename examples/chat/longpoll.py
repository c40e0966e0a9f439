"""
``/api/rooms/<room>/poll``: long polling, written in callback style.

No coroutine here: ``get`` starts the query and returns, and ``callback(result, error)`` goes on.
Compare ``rest.py``, which does the same query with ``await``.
"""

from __future__ import annotations

import asyncio
from typing import Any

from .base import ChatHandler, messages_json
from .limits import PAGE_LIMIT, POLL_SECONDS
from .store import to_message
from .validation import check_room, parse_count


class PollHandler(ChatHandler):
    """
    Answers as soon as there are messages after *after*, or with none after 25 s.
    """

    def get(self, room: str) -> asyncio.Future[None]:
        self._room = check_room(room)
        self._after = parse_count("after", self.get_query_argument("after", "0"))
        loop = asyncio.get_running_loop()
        self._answered: asyncio.Future[None] = loop.create_future()
        self._reading = False
        self._subscription = self.live.subscribe(self._room, self._wake)
        self._timer = loop.call_later(POLL_SECONDS, self._answer, [])
        self._read()
        return self._answered  # Tornado finishes the request when this is done

    def on_connection_close(self) -> None:
        self._end()

    def _read(self) -> None:
        self._reading = True
        self._subscription.missed = False
        cursor = self.store.find(self._room, self._after, PAGE_LIMIT)
        cursor.to_list(PAGE_LIMIT, callback=self._on_documents)

    def _on_documents(self, documents: list[dict[str, Any]] | None, error: BaseException | None) -> None:
        self._reading = False
        if error is not None:
            self._end(error)
        elif documents:
            self._answer(documents)
        elif self._subscription.missed:
            self._wake()

    def _wake(self) -> None:
        if not self._reading and not self._answered.done():
            self._read()

    def _answer(self, documents: list[dict[str, Any]]) -> None:
        if not self._answered.done():
            self.send_json(200, messages_json([to_message(document) for document in documents]))
            self._end()

    def _end(self, error: BaseException | None = None) -> None:
        self._timer.cancel()
        self.live.unsubscribe(self._subscription)
        if not self._answered.done():
            if error is None:
                self._answered.set_result(None)
            else:
                self._answered.set_exception(error)
