"""
What the two web servers with the blog have in common: a hundred requests at once, and what they answer.
"""

# ruff: noqa: E402  # what is imported later has to be patched, or replaced, first

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import motorish

motorish.patch("pymongo", "mongoengine", "blog", strict=True)

import blog

REQUESTS = 100


class Visits:
    """
    Three calls per request, in one scope: who signs in with the first is known to the others.

    Between the calls each request waits for all others, so that they are certainly served at once.
    """

    def __init__(self) -> None:
        self._all_here = asyncio.Barrier(REQUESTS)

    async def visit(self, name: str) -> list[dict[str, Any]]:
        """
        Sign in, write a post, and return all posts of this author.
        """
        with motorish.scope():
            await motorish.spawn(blog.sign_in, name)
            await self._all_here.wait()
            await motorish.spawn(blog.write, f"A post of {name}")
            await self._all_here.wait()
            return await motorish.spawn(blog.posts)


async def check(get: Callable[[str], Awaitable[Any]]) -> None:
    """
    Args:
        get: a coroutine function that requests an author's page and returns what its JSON says.
    """
    names = [f"Author {number}" for number in range(REQUESTS)]
    answers = await asyncio.gather(*map(get, names))
    expected = [{"posts": [{"title": f"A post of {name}", "author": name, "views": 0}]} for name in names]
    assert expected == answers
    assert not hasattr(blog.current, "author")
