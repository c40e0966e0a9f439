"""
find_one through Motor 3.7.1, which runs PyMongo in a thread pool.
"""

import asyncio

from motor.motor_asyncio import AsyncIOMotorClient

from benchmarks._variant import CONCURRENCY, URI, serve_async


async def main() -> None:
    collection = AsyncIOMotorClient(URI, maxPoolSize=CONCURRENCY).motorish_bench.small
    await serve_async(lambda: collection.find_one({"_id": 1}))


asyncio.run(main())
