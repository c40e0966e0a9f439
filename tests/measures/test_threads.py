"""
Connected to a replica set of three nodes, a MotorClient has added no OS thread.
"""

import subprocess
import sys

PROGRAM = """
import asyncio, sys, threading
import motorish

async def main():
    client = motorish.MotorClient(sys.argv[1])
    await client.admin.command("ping")
    while len(client.nodes) < 3:
        await asyncio.sleep(0.01)
    await asyncio.gather(*(client.test.things.find_one() for _ in range(50)))
    print(len(client.nodes), threading.active_count())
    await client.close()

asyncio.run(main())
"""


def test_a_connected_client_adds_no_thread(replica_set_uri: str) -> None:
    """
    Monitors of three servers and the kill-cursors executor are greenlets.
    """
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROGRAM, replica_set_uri],
        capture_output=True,
        text=True,
        timeout=50,
    )

    assert ("3 1\n", "") == (done.stdout, done.stderr)
