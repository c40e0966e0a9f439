"""
find_one through PyMongo in plain threads, one per worker.
"""

from concurrent.futures import ThreadPoolExecutor

from pymongo import MongoClient

from benchmarks._variant import CONCURRENCY, URI, serve, share

collection = MongoClient(URI, maxPoolSize=CONCURRENCY).motorish_bench.small


def worker(_: int) -> None:
    for _ in range(share()):
        collection.find_one({"_id": 1})


with ThreadPoolExecutor(CONCURRENCY) as pool:
    serve(lambda: list(pool.map(worker, range(CONCURRENCY))))
