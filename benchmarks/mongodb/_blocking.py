"""
MongoDB through PyMongo's MongoClient: what the variants in threads, on gevent and plain have in common.
"""

from typing import Any

from pymongo import MongoClient

from benchmarks._variant import Blocking
from benchmarks.mongodb import PIPELINE


class PyMongo(Blocking):
    """
    One client for all.
    """

    def open(self) -> None:
        self.client: MongoClient[dict[str, Any]] = MongoClient(self.address, maxPoolSize=self.at)
        self.database = self.client.motorish_bench

    def close(self) -> None:
        self.client.close()

    def find_one(self, own: Any) -> None:
        self.database.small.find_one({"_id": 1})

    def insert_one(self, own: Any) -> None:
        self.database.inserted.insert_one({"x": 1, "text": "y" * 100})

    def scan(self, own: Any) -> None:
        for _ in self.database.orders.find():
            pass

    def aggregate(self, own: Any) -> None:
        for _ in self.database.orders.aggregate(PIPELINE):
            pass

    def large(self, own: Any) -> None:
        self.database.large.find_one({"_id": 1})
