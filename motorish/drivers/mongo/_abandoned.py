"""
What an aborted command may leave on the server: a session at work, and a cursor that nobody knows.

PyMongo would give the session to the next operation, which might then have to wait until the server is done
with the aborted one.  And when ``find`` is aborted before its reply is here, the server keeps a cursor for
ten minutes whose number never arrived; but it belongs to a session that nothing else uses, and goes with it.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import FrameType
from typing import Any

from motorish.calls import timeout
from motorish.green.time import sleep

PATIENCE_S = 1.5
"""What kills a session may hold a connection of the pool for so long: the server may never answer."""

PAUSE_S = 0.1
"""The server may not have begun with the aborted command when it is told to forget it."""

_RUNS_COMMANDS = ("pymongo.synchronous.command_runner", "_run_command")
_OPEN_CURSORS = frozenset({"find", "aggregate", "listCollections", "listIndexes"})


def on_abort(frame: FrameType) -> Callable[[], object] | None:
    """
    See to it that no other operation gets the session of an aborted command.

    Args:
        frame: at which it is being aborted.

    Returns:
        What ends the cursor that the command may have opened, or None.
    """
    found = _command(frame)
    if found is None or found["session"] is None:
        return None
    session, command = found["session"], found["cmd"]
    lsid = getattr(session._server_session, "session_id", None)
    if lsid is None:  # none was sent
        return None
    session._server_session.mark_dirty()
    if not session._implicit or command.get("singleBatch") or next(iter(command)) not in _OPEN_CURSORS:
        return None
    return partial(_kill_session, found["client"], found["conn"].address, lsid)


def _command(frame: FrameType | None) -> dict[str, Any] | None:
    # The variables of PyMongo's function that sends a command, where it has sent one at *frame*.
    while frame is not None:
        if (frame.f_globals.get("__name__"), frame.f_code.co_name) == _RUNS_COMMANDS:
            return frame.f_locals
        frame = frame.f_back
    return None


def _kill_session(client: Any, address: Any, lsid: Any) -> None:
    # Where the cursor is, which may be a secondary.
    sleep(PAUSE_S)
    with timeout(PATIENCE_S):
        server = client._get_topology().select_server_by_address(address, "killSessions")
        with client._checkout(server, None) as connection:
            connection.command("admin", {"killSessions": [lsid]}, client=client)
