"""
MongoDB: one document by its _id, one inserted, a scan of 1,000, an aggregation, one document of 1 MB.

The variants import this as well, gevent's before it patches the process: so nothing of ours is imported here.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motorish.integrations.servers import ReplicaSet

SMALL = {"_id": 1, "x": 1, "text": "y" * 100}
SCANNED = 1000
PIPELINE: list[dict[str, Any]] = [
    {"$match": {"_id": {"$lt": 20}}},
    {"$group": {"_id": "$city", "orders": {"$sum": 1}, "total": {"$sum": "$price"}}},
]
"""Little work for the server, and ten documents as the result."""

LARGE = {"_id": 1, "parts": [{"number": number, "text": "z" * 940} for number in range(1000)]}
"""About 1 MB as BSON."""


def order(number: int) -> dict[str, Any]:
    """
    Make one document of the scan.
    """
    city = f"city {number % 10}"
    return {"_id": number, "city": city, "price": number / 4, "paid": True, "items": ["a", "b", "c"]}


def start(data_dir: str | Path) -> ReplicaSet:
    """
    Make the server that the variants connect to, a replica set of one; it is not started yet.
    """
    from motorish.integrations.servers import ReplicaSet

    return ReplicaSet(1, data_dir)


SERVER = start


def address(server: Any) -> str:
    """
    What the variants are given.
    """
    return str(server.uri)


def prepare(address: str) -> None:
    """
    Fill the server, before the runs.
    """
    from pymongo import MongoClient

    with MongoClient(address) as client:
        database = client.motorish_bench
        database.small.replace_one({"_id": 1}, SMALL, upsert=True)
        database.large.replace_one({"_id": 1}, LARGE, upsert=True)
        database.orders.drop()
        database.orders.insert_many(order(number) for number in range(SCANNED))
