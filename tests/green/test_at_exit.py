"""
The interpreter ends: finalisers still run, and find no greenlets.
"""

import subprocess
import sys

import pytest

PROGRAM = """
import asyncio
import atexit
{imports}

from motorish import spawn
from motorish.green import socket, threading


class Driver:
    def __init__(self):
        self.lock, self.mutex, self.values = threading.RLock(), threading.Lock(), threading.local()
        self.condition = threading.Condition()
        self.values.number = 1
        self.one, self.other = socket.socketpair()

    def use(self):
        with self.lock, self.mutex, self.condition:
            self.condition.notify_all()
            self.one.sendall(b"bye")
            threading.current_thread().name
            return self.other.recv(3), self.values.number


def load():
    return Driver().use()


async def main():
    return await spawn(load)


class AtTheEnd:
    driver = Driver()

    def __del__(self):
        print(*self.driver.use())
        self.driver.one.close()
        self.driver.other.close()


asyncio.run(main())
atexit.register(lambda: print(*Driver().use()))
at_the_end = AtTheEnd()
"""


@pytest.mark.parametrize("imports", ["", "import greenlet"], ids=["ours first", "greenlet first"])
def test_finalisers_work(imports: str) -> None:
    """
    What atexit calls, and a finaliser when modules are cleared, use locks and sockets as in a thread.
    """
    command = [sys.executable, "-W", "ignore::ResourceWarning", "-c", PROGRAM.format(imports=imports)]

    done = subprocess.run(command, capture_output=True, text=True, timeout=50, check=False)

    assert ("", ["b'bye' 1"] * 2) == (done.stderr, done.stdout.splitlines())


def test_a_loop_may_run_once_more() -> None:
    """
    What was registered with atexit before motorish was imported is called after motorish's own: calls work.
    """
    program = """
import asyncio
import atexit


def say_goodbye():
    async def main():
        return await motorish.spawn(lambda: time.sleep(0.001) or "goodbye")

    print(asyncio.run(main()))


atexit.register(say_goodbye)
import motorish
from motorish.green import time
"""

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=50, check=False
    )

    assert ("", "goodbye\n") == (done.stderr, done.stdout)
