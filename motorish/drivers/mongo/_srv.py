"""
mongodb+srv: the first calls of a client share one look-up of its servers' names.
"""

from __future__ import annotations

import weakref
from time import monotonic
from typing import Any

from pymongo.errors import ConfigurationError
from pymongo.synchronous.mongo_client import MongoClient
from pymongo.synchronous.topology import Topology

from motorish.green.threading import Lock


def look_up_once(client: MongoClient[Any]) -> None:
    """
    See to it that no two calls look up *client*'s servers at a time.

    PyMongo does so under no lock: each call that begins before the first look-up is done would make
    a topology of its own, with monitors and connections that nobody closes.
    """
    if not client._resolve_srv_info["is_srv"]:
        return
    lock = Lock()
    client_ref = weakref.ref(client)
    failed_at, failure = 0.0, ""

    def get_topology() -> Topology:
        nonlocal failed_at, failure
        client = client_ref()
        assert client is not None
        began = monotonic()
        with lock:
            if failed_at > began:  # while we waited for it
                raise ConfigurationError(failure)
            try:
                topology = MongoClient._get_topology(client)
            except ConfigurationError as error:
                failed_at, failure = monotonic(), str(error)
                raise
        vars(client).pop("_get_topology", None)  # looked up: PyMongo's own from now on
        return topology

    client._get_topology = get_topology  # type: ignore[method-assign]
