"""
Whatever PyMongo's classes offer is declared.
"""

from collections import deque
from typing import Any

import pytest
from pymongo.synchronous.change_stream import ChangeStream
from pymongo.synchronous.client_session import ClientSession
from pymongo.synchronous.collection import Collection
from pymongo.synchronous.command_cursor import CommandCursor
from pymongo.synchronous.cursor import Cursor, RawBatchCursor
from pymongo.synchronous.database import Database
from pymongo.synchronous.mongo_client import MongoClient

import motorish

PROXIES = {
    MongoClient: motorish.MotorClient,
    ClientSession: motorish.MotorClientSession,
    Database: motorish.MotorDatabase,
    Collection: motorish.MotorCollection,
    Cursor: motorish.MotorCursor,
    RawBatchCursor: motorish.MotorRawBatchCursor,
    CommandCursor: motorish.MotorCommandCursor,
    ChangeStream: motorish.MotorChangeStream,
}


@pytest.mark.parametrize("delegate", PROXIES)
def test_nothing_of_pymongo_s_is_forgotten(delegate: type) -> None:
    """
    Each public name of the delegate's class is one of the proxy's.
    """
    offered = set(dir(PROXIES[delegate]))
    missing = {name for name in dir(delegate) if not name.startswith("_")} - offered

    assert not missing


def test_the_private_names_that_are_used_exist(stock: Any) -> None:
    """
    PyMongo's private names on which the proxies build mean what they are taken for.
    """
    cursor = stock.admin["$cmd.x"].find()
    assert isinstance(cursor._data, deque)
    assert not cursor._killed
    assert cursor._query_flags == 0
    for name in ("_refresh", "_die_no_lock"):
        assert callable(getattr(cursor, name))
    assert callable(CommandCursor._refresh)
    assert stock._topology._description is stock.topology_description
    for name in ("_init_background", "_kill_cursors_executor", "_kill_cursors_queue", "_opened"):
        assert hasattr(stock, name)
    assert hasattr(stock._topology, "_session_pool")
    with stock.watch() as stream:
        assert isinstance(stream._cursor._data, deque)
        assert not stream._closed
