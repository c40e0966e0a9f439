"""
A program with redis-py, which has annotations.
"""

# ruff: noqa: D103
from __future__ import annotations

from typing import TYPE_CHECKING

import redis

import motorish

if TYPE_CHECKING:
    import redis_async as aredis
else:
    aredis = motorish.wrap(redis)


def on_message(message: object, error: BaseException | None) -> None: ...


async def main() -> None:
    client = await aredis.Redis(host="localhost", decode_responses=True)
    await client.set("name", "Ada", ex=60)
    print(await client.get("name"))
    client.get("name", callback=on_message)
    async with client.pipeline(transaction=True) as pipe:
        await pipe.incr("visits")
        print(await pipe.execute())
    subscription = await client.pubsub()
    await subscription.subscribe("news")
    async for message in subscription.listen():
        print(message)
    try:
        await client.ping()
    except aredis.ConnectionError as error:
        print(error)
    client.set("name")  # error
    client.get("name", callback="print")  # error
    client.gett("name")  # error
