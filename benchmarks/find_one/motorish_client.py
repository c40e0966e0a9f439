"""
find_one through motorish.MotorClient.
"""

import asyncio

import motorish
from benchmarks._variant import CONCURRENCY, URI, serve_async


async def main() -> None:
    collection = motorish.MotorClient(URI, maxPoolSize=CONCURRENCY).motorish_bench.small
    await serve_async(lambda: collection.find_one({"_id": 1}))


asyncio.run(main())
