"""
with_transaction(): PyMongo's own, on a child, with the user's coroutine brought back to the loop.
"""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, TypeVar

from pymongo.synchronous.client_session import ClientSession

from motorish.calls import await_
from motorish.drivers.mongo._transactions import abort_on_server
from motorish.hub import current_child, park, resume

if TYPE_CHECKING:
    from motorish.drivers.mongo.session import MotorClientSession

T = TypeVar("T")


class WithTransaction:
    """
    One call of with_transaction(): PyMongo decides when the function runs again.
    """

    def __init__(
        self,
        session: MotorClientSession,
        function: Callable[[MotorClientSession], Any],
        options: tuple[Any, ...],
    ) -> None:
        self.session = session
        self.function = function
        self.options = options
        self.attempt: Any = None

    def run(self) -> Any:
        # Runs on a child.
        return self.session.delegate.with_transaction(self._attempt, *self.options)

    def _attempt(self, delegate: ClientSession) -> Any:
        # Runs on a child, once for each transaction.
        self.attempt = delegate._transaction.opts
        result = self.function(self.session)
        return _await_to_its_end(result) if inspect.isawaitable(result) else result

    def clean_up(self) -> None:
        # After an aborted call.
        if self.attempt is not None:
            delegate = self.session.delegate
            abort_on_server(delegate, self.attempt, delegate._server_session)


def _await_to_its_end(awaitable: Awaitable[T]) -> T:
    """
    As `motorish.await_`, but when the call is aborted it returns only after *awaitable* has ended.

    What that still does belongs to the transaction.  Runs on a child.
    """
    future = asyncio.ensure_future(awaitable)
    try:
        return await_(future)
    except BaseException:
        child = current_child()
        assert child is not None
        if not future.done() and not child.hub.closed:
            future.add_done_callback(lambda _: resume(child))
            park(child, shield=True)
        raise
