"""
find_one through PyMongo's own AsyncMongoClient.
"""

import asyncio

from pymongo import AsyncMongoClient

from benchmarks._variant import CONCURRENCY, URI, serve_async


async def main() -> None:
    collection = AsyncMongoClient(URI, maxPoolSize=CONCURRENCY).motorish_bench.small
    await serve_async(lambda: collection.find_one({"_id": 1}))


asyncio.run(main())
