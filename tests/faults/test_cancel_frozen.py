"""
Row C24: calls are cancelled while their server is frozen, and cannot answer anything.
"""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from time import monotonic
from typing import NamedTuple

import pytest

import motorish
from motorish.hub import current_hub
from motorish.integrations.contract.sweep import Cause
from motorish.integrations.servers import Memcached
from motorish.integrations.servers.base import Server
from tests.faults import careless, sharers, victims
from tests.faults.careless import SHARERS, address
from tests.faults.figures import Figures
from tests.faults.sharers import POOL, TOKENS, Sharer
from tests.faults.victims import Client, frozen
from tests.loops import until

END_S = 0.1
DEADLINE_S = 0.1
ATTEMPTS = 3
SERVED_BY: dict[type[Sharer], type[Client]] = {
    sharers.PyMongo: victims.PyMongo,
    sharers.RedisPy: victims.RedisPy,
    careless.PyMySQL: victims.PyMySQL,
    careless.Psycopg2: victims.Psycopg2,
    careless.Psycopg3: victims.Psycopg2,
    careless.Pg8000: victims.Psycopg2,
}
SOCKETS = Path("/proc/self/net/tcp")


class Freeze(NamedTuple):
    """
    What was seen of one: seconds to the last end, sockets and slots that were not free then, late replies.
    """

    end_s: float
    open_still: int
    in_use: int
    mixed_up: int


@pytest.fixture
def server(
    kind: type[Sharer],
    victims: Callable[[type[Client]], Server],
    server_dir: Path,
    request: pytest.FixtureRequest,
) -> Iterator[Server]:
    """
    Return the driver's server, which nobody else uses.
    """
    if kind is sharers.Pymemcache:
        request.getfixturevalue("memcached")  # is not here, perhaps
        with Memcached(server_dir / "memcached-to-freeze") as memcached:
            yield memcached
    else:
        yield victims(SERVED_BY[kind])


def local_ports(port: int) -> set[str]:
    """
    Return our ends of the connections to a port of this machine that are still open.
    """
    inodes = set()
    for name in os.listdir("/proc/self/fd"):
        try:
            inodes.add(os.readlink(f"/proc/self/fd/{name}").removeprefix("socket:[").rstrip("]"))
        except FileNotFoundError:  # of the directory itself
            pass
    table = [line.split() for line in SOCKETS.read_text().splitlines()[1:]]
    return {line[1] for line in table if re.fullmatch(rf".*:{port:04X}", line[2]) and line[9] in inodes}


async def freeze(sharer: Sharer, server: Server, cause: Cause) -> Freeze:
    """
    Freeze the server, start as many calls as there are connections, and end them.
    """
    await asyncio.gather(*(sharer.ask(next(TOKENS)) for _ in range(POOL)))
    if not sharer.monitors:  # what tells the server of an earlier cancel has a connection, too
        await until(lambda: not current_hub().calls)
    with frozen(server):
        before = local_ports(server.port)
        with motorish.timeout(DEADLINE_S if cause == "deadline" else None):
            ended = monotonic() + DEADLINE_S
            calls = [sharer.ask(next(TOKENS)) for _ in range(POOL)]
        if cause == "cancel":
            await until(lambda: sharer.in_use() >= POOL)
            await asyncio.sleep(DEADLINE_S)
            ended = monotonic()
            for call in calls:
                call.cancel()
        ends = await asyncio.gather(*calls, return_exceptions=True)
        end_s = monotonic() - ended
        expected = asyncio.CancelledError if cause == "cancel" else motorish.DeadlineExceeded
        assert {expected} == {type(end) for end in ends}
        used = local_ports(server.port) & before
        in_use = sharer.in_use()
    tokens = [next(TOKENS) for _ in range(POOL)]  # not more: all connections are used the next time
    said = await asyncio.gather(*(sharer.ask(token) for token in tokens))
    open_still = max(0, len(used) - sharer.monitors)
    return Freeze(end_s, open_still, in_use, sum(map(int.__ne__, tokens, said)))


@pytest.mark.row("C24", "G18")
@pytest.mark.timeout(300)
@pytest.mark.skipif(not SOCKETS.exists(), reason="Linux says which sockets are open")
@pytest.mark.parametrize("cause", ["cancel", "deadline"])
@pytest.mark.parametrize("kind", SHARERS, ids=lambda kind: kind.driver)
def test_server_frozen(kind: type[Sharer], cause: Cause, server: Server, figures: Figures) -> None:
    """
    They end at once, their connections are closed, and nobody gets what the server says when it goes on.
    """
    rounds = figures.times(20, least=1)
    where = address(server)

    async def main() -> list[Freeze]:
        sharer = kind(**where)
        await sharer.prepare()
        found = []
        for _ in range(rounds):
            best = await freeze(sharer, server, cause)
            for _ in range(ATTEMPTS - 1):  # what else the machine does can only add
                if best.end_s > END_S:
                    best = min(best, await freeze(sharer, server, cause))
            found.append(best)
        assert 0 == await sharer.left()
        await sharer.close()
        return found

    with motorish.patch(*kind.packages):
        found = asyncio.run(main())
    name = f"{kind.driver}, {cause}"
    figures.at_most(f"{name}: until the last end", END_S * 1000, max(one.end_s for one in found) * 1000, "ms")
    figures.equal(
        f"{name}: sockets still open, slots in use", 0, sum(one.open_still + one.in_use for one in found)
    )
    figures.equal(f"{name}: late replies delivered", 0, sum(one.mixed_up for one in found))
