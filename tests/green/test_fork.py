"""
Code that forks in a child: the forked process has no event loop, so its waits block.
"""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio, os, warnings
import motorish
from motorish.green import locks, socket, time

warnings.simplefilter("ignore", DeprecationWarning)  # there are threads: the loop's resolver, for one

def waits():
    time.sleep(0.01)
    lock = locks.Lock()
    assert lock.acquire() and not lock.acquire(timeout=0.01)
    pair = socket.socketpair()
    has_timed_out(pair[0])
    pair[1].sendall(b"x")
    assert b"x" == pair[0].recv(1)
    return pair

def has_timed_out(ours):
    ours.settimeout(0.01)
    try:
        ours.recv(1)
    except TimeoutError:
        return
    raise AssertionError("there was nothing to receive")

def call():
    before = waits()
    pid = os.fork()
    if not pid:
        status = 1
        try:
            for each in before:
                each.close()
            waits()  # on descriptors with the same numbers
            status = 0
        finally:
            os._exit(status)
    _, status = os.waitpid(pid, 0)
    has_timed_out(before[0])
    waits()
    return status

async def main():
    print(await motorish.spawn(call))

asyncio.run(main())
"""


@pytest.mark.row("D31")
def test_waits_of_a_forked_process_block() -> None:
    """
    In the forked process sleeps, locks and sockets work as in a plain thread; the parent's loop goes on.
    """
    ended = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, timeout=30)

    assert ("0\n", "") == (ended.stdout, ended.stderr)
