"""
A transaction that an aborted call leaves behind is aborted on the server.

PyMongo cannot send anything any more once its call is aborted, and a transaction that stays open holds
its locks for a minute.  So it is aborted afterwards, in a child of its own, through a twin of the
session.  The user's session keeps its state: what is still done in this transaction fails, as the
server says, instead of being done outside of it.
"""

from __future__ import annotations

from contextvars import Context, copy_context
from copy import copy
from functools import partial
from math import inf
from time import monotonic
from typing import Any

from pymongo import _csot
from pymongo.client_session_shared import _ServerSession, _TxnState
from pymongo.synchronous.client_session import _SESSION, ClientSession

from motorish.calls import timeout
from motorish.errors import DeadlineExceeded
from motorish.hub import CLEANUP_S, deadline_of_context
from motorish.proxy.base import Cleanup

ABORT_S = 0.5
"""How long, in seconds, the server may take to abort a transaction before its operations are killed."""

_OPEN_PERHAPS = (_TxnState.IN_PROGRESS, _TxnState.ABORTED, _TxnState.COMMITTED)


def cleanup_of(session: ClientSession | None) -> Cleanup | None:
    """
    What remains to be done if a call that uses *session* is aborted, or None.
    """
    if session is None or not session._transaction.active():
        return None
    return partial(abort_on_server, session, session._transaction.opts, session._server_session)


def cleanup_of_bound() -> Cleanup | None:
    """
    As `cleanup_of`, of the session that is bound to the current context.
    """
    return cleanup_of(_SESSION.get())


def abort_on_server(session: ClientSession, opts: Any, server_session: Any) -> None:
    """
    Abort a transaction without a change of *session*.  Runs on a child.

    The server does not abort while an operation of the transaction is running.  Most of those end when
    their client disconnects, which it has; one that does not is killed.

    Args:
        opts: of the transaction; PyMongo makes new ones for each, so they tell it from a later one.
        server_session: what the session had when the call began; it is gone when the session has ended.
    """
    transaction = session._transaction
    if transaction.opts is not opts or transaction.state not in _OPEN_PERHAPS:
        return
    server_session = session._server_session or server_session
    if not isinstance(server_session, _ServerSession):
        return  # nothing was ever sent
    twin = ClientSession(session.client, copy(server_session), session.options, False)
    for name in ("opts", "pinned_address", "recovery_token", "sharded"):
        setattr(twin._transaction, name, getattr(transaction, name))
    try:
        with timeout(ABORT_S):
            _abort(twin)
    except DeadlineExceeded:
        _kill_operations(twin)
        _abort(twin)


def _abort(twin: ClientSession) -> None:
    twin._transaction.state = _TxnState.IN_PROGRESS
    twin.abort_transaction()


def _kill_operations(twin: ClientSession) -> None:
    # Of this transaction alone: killSessions would end the next one too, if it has begun by now.
    # What still waits for its turn has the number in the command only, what is long there only above it.
    number = twin._transaction_id
    either = [{place: number} for place in ("transaction.parameters.txnNumber", "command.txnNumber")]
    theirs = {"lsid.id": twin.session_id["id"], "$or": either}
    pipeline: list[dict[str, Any]] = [{"$currentOp": {}}, {"$match": theirs}]
    for operation in twin.client.admin.aggregate(pipeline).to_list():
        twin.client.admin.command("killOp", op=operation["opid"])


def unhurried() -> Context:
    """
    A copy of the current context without its deadlines, which may have passed.

    A transaction must be aborted also when it took too long.
    """
    context = copy_context()
    context.run(_set_no_hurry)
    return context


def _set_no_hurry() -> None:
    deadline_of_context.set(monotonic() + CLEANUP_S)
    _csot.TIMEOUT.set(None)
    _csot.DEADLINE.set(inf)
