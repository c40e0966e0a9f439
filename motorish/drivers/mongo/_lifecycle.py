"""
Beginning, moving and ending a PyMongo client whose monitors and connections live on an event loop.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from typing import Any

from pymongo.periodic_executor import PeriodicExecutor
from pymongo.server_selectors import Selection, writable_server_selector
from pymongo.synchronous.mongo_client import MongoClient

_making: ContextVar[bool] = ContextVar("motorish.making_a_client", default=False)
_open = PeriodicExecutor.open


def make(*args: Any, **kwargs: Any) -> MongoClient[Any]:
    """
    Make a client, as ``MongoClient(...)`` does, but start nothing.

    PyMongo would start a thread, for the events of servers and the topology, here already.  The first
    operation starts it again, from a child: then it is a greenlet.
    """
    token = _making.set(True)
    try:
        return MongoClient(*args, **kwargs)
    finally:
        _making.reset(token)


def _open_unless_making(executor: PeriodicExecutor) -> None:
    if not _making.get():
        _open(executor)


PeriodicExecutor.open = _open_unless_making  # type: ignore[assignment, method-assign]


def connect(client: MongoClient[Any]) -> None:
    """
    Find a server that takes writes, or else one for the client's read preference.  Runs on a child.

    The latter will do only when every known server has been asked once: until then the former may appear.
    """

    def usable(selection: Selection) -> Selection:
        writable = writable_server_selector(selection)
        servers = selection.topology_description.server_descriptions().values()
        if writable or not all(server.is_server_type_known or server.error for server in servers):
            return writable
        return client.read_preference(selection)

    client._get_topology().select_server(usable, "aconnect")


def close(client: MongoClient[Any]) -> None:
    """
    Close *client*, even if the loop is closed meanwhile.  Runs on a child.
    """
    try:
        client.close()
    except BaseException:
        # The loop is being closed before the server has answered: do what needs no answer.
        client._kill_cursors_queue.clear()
        client.close()
        raise


def start_afresh(client: MongoClient[Any]) -> None:
    """
    Replace the connections and monitors of a loop that is closed; its calls were ended with it.

    Runs on a child of the new loop, before the call that has led to this.
    """
    for each in _with_internal_clients(client):
        if not each._opened or each._closed:
            continue
        old = each._topology
        each._kill_cursors_executor.close()
        each._init_background(old._pid)
        each._topology._session_pool = old._session_pool
        old.close()


def _with_internal_clients(client: MongoClient[Any]) -> Iterator[MongoClient[Any]]:
    # PyMongo makes more clients for automatic encryption: for the keys, and for mongocryptd.
    yield client
    encrypter = client._encrypter
    if encrypter is not None:
        if encrypter._internal_client is not None:
            yield encrypter._internal_client
        yield encrypter._auto_encrypter.callback.mongocryptd_client
