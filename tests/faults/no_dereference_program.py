"""
Calls inside and outside MongoEngine's no_dereference(), all at once: prints how many, and how many saw wrong.

A program of its own, because MongoEngine must be patched before it is first imported.
"""

import asyncio
import sys

import motorish

motorish.patch("mongoengine")

from mongoengine import Document  # noqa: E402
from mongoengine.context_managers import (  # noqa: E402
    no_dereference,
    no_dereferencing_active_for_class,
)

from motorish.green.time import sleep  # noqa: E402


class Post(Document):
    """
    What is not dereferenced.
    """


def see(inside: bool) -> int:
    """
    Return how often this call saw another one's state.
    """
    wrong = 0
    for _ in range(2):
        if inside:
            with no_dereference(Post):
                sleep(0)
                wrong += not no_dereferencing_active_for_class(Post)
        sleep(0)
        wrong += no_dereferencing_active_for_class(Post)
    return wrong


async def main(count: int) -> None:
    """
    Start all at once.
    """
    seen = await asyncio.gather(*(motorish.spawn(see, number % 2 == 0) for number in range(count)))
    print(len(seen), sum(seen))


asyncio.run(main(int(sys.argv[1])))
