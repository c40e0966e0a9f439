"""
A program with a module that has no annotations at all, and one class.
"""

# ruff: noqa: D103
from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

import motorish

if TYPE_CHECKING:
    import plain_async as plain
else:
    import plain as synchronous

    plain = motorish.wrap(synchronous)


async def main() -> None:
    assert_type(await plain.number(1, other=2), Any)
    thing = await plain.Thing("name")
    async with thing as same:
        assert_type(same, plain.Thing)
    assert_type(thing.name, Any)
    assert_type(await thing.itself(), plain.Thing)
    async for item in thing.items():
        print(item)
    try:
        await thing.itself()
    except plain.PlainError as error:
        print(error)
    plain.number(1, 2, 3)  # error
    thing.nothing()  # error
