"""
Finds with motorish and with PyMongo alone, whose outcomes can be kept and compared.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from random import Random
from typing import Any

import pymongo

from motorish import MotorClient
from tests.faults.mongo_replay import Spoil
from tests.faults.mutations import mutate

OPTIONS: dict[str, Any] = {"loadBalanced": True, "retryReads": False, "waitQueueTimeoutMS": 5000}
"""The server plays one behind a load balancer: then there are no monitors, which pause after each error."""


def bare(error: Exception) -> Exception:
    """
    Return an error without what it holds on to: cursors in the frames of its traceback keep connections.
    """
    error.__cause__ = error.__context__ = None
    return error.with_traceback(None)


def _id_of(document: dict[str, Any] | None) -> Any:
    # A spoilt one may have lost its name.
    return document.get("_id", "?") if document else None


async def end_of(client: MotorClient, number: int) -> Any:
    """
    Return what a find gives, or the error in its place.
    """
    try:
        document = await client.motorish_test.replay.find_one({"_id": number})
    except Exception as error:
        return bare(error)
    return _id_of(document)


@asynccontextmanager
async def alone(address: dict[str, Any]) -> AsyncIterator[pymongo.MongoClient[Any]]:
    """
    Give PyMongo's own client, for use in threads.
    """
    client = await asyncio.to_thread(pymongo.MongoClient[Any], **address)
    try:
        yield client
    finally:
        await asyncio.to_thread(client.close)


def end_alone(client: pymongo.MongoClient[Any], number: int) -> Any:
    """
    Return what a find gives PyMongo alone, or the error in its place.
    """
    try:
        document = client.motorish_test.replay.find_one({"_id": number})
    except Exception as error:
        return bare(error)
    return _id_of(document)


def spoiling(seed: int) -> Spoil:
    """
    Return what spoils a reply in the way of this seed.
    """
    return lambda reply: mutate(reply, Random(seed))
