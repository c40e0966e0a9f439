"""
SQLAlchemy's own asyncio extension, synchronous calls in children, and threads: side by side, patched.
"""

# ruff: noqa: E402  # what is imported later has to be patched first

import asyncio
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor

import motorish

motorish.patch("sqlalchemy", "pymysql", strict=True)

from sqlalchemy import Engine, create_engine, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

HALF = text("select :number / 2.0")


def in_child(engine: Engine, number: int) -> float:
    """
    The application's synchronous function.
    """
    with engine.begin() as connection:
        return float(connection.execute(HALF, {"number": number}).scalar_one())


async def in_coroutine(engine: AsyncEngine, number: int) -> float:
    """
    The same in a coroutine.
    """
    async with AsyncSession(engine) as session:
        return float((await session.execute(HALF, {"number": number})).scalar_one())


async def main() -> None:
    """
    Each does the same twenty divisions, all at once, with fewer connections than that.
    """
    url = make_url(sys.argv[1]).set(drivername="mysql+pymysql")
    engine = create_engine(url, pool_size=2, max_overflow=1)
    with tempfile.TemporaryDirectory() as path, ThreadPoolExecutor(3) as threads:
        async_engine = create_async_engine(f"sqlite+aiosqlite:///{path}/db", pool_size=2, max_overflow=1)
        loop = asyncio.get_running_loop()
        results = await asyncio.gather(
            *(motorish.spawn(in_child, engine, number) for number in range(20)),
            *(in_coroutine(async_engine, number) for number in range(20)),
            *(loop.run_in_executor(threads, in_child, engine, number) for number in range(20)),
        )
        await async_engine.dispose()
    await motorish.spawn(engine.dispose)
    assert results == 3 * [number / 2 for number in range(20)]
    print("done")


asyncio.run(main())
