"""
The green copy of subprocess: waits for processes park a child, and block a thread as ever.
"""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

import pytest

import motorish
from motorish.errors import BlockingCallWarning
from motorish.patcher import processes
from motorish.patcher.copies import copy_of
from tests.loops import Runner, in_child, on_every_loop

GREEN: Any = copy_of("subprocess")


def ends(*args: Any, **kwargs: Any) -> tuple[Any, ...]:
    """
    What run() gives: code, output, errors.
    """
    done = GREEN.run(*args, **kwargs)
    return done.returncode, done.stdout, done.stderr


PIPE = {"stdout": subprocess.PIPE}
WAITS: dict[str, Callable[[int], Any]] = {
    "run": lambda stdin: ends(["head", "-c2"], stdin=stdin, **PIPE)[1],
    "check_output": lambda stdin: GREEN.check_output(["head", "-c2"], stdin=stdin),
    "both": lambda stdin: ends(["head", "-c2"], stdin=stdin, capture_output=True)[1],
    "call": lambda stdin: GREEN.call(["sh", "-c", "read line && exit 3"], stdin=stdin),
    "wait": lambda stdin: GREEN.Popen(["sh", "-c", "read line && exit 3"], stdin=stdin).wait(),
}


@on_every_loop
@pytest.mark.parametrize("kind", WAITS)
def test_the_loop_runs_meanwhile(kind: str, run: Runner) -> None:
    """
    The process gets what it waits for from the loop whose child waits for the process.
    """

    async def main() -> Any:
        reads, writes = os.pipe()
        future = motorish.spawn(WAITS[kind], reads)
        await asyncio.sleep(0)
        os.write(writes, b"ok\n")
        try:
            return await asyncio.wait_for(future, 10)
        finally:
            os.close(reads)
            os.close(writes)

    assert (3 if kind in ("call", "wait") else b"ok") == run(main)


def test_input_text_and_errors() -> None:
    """
    Results and exceptions are the stdlib's, in a child and outside.
    """

    def observe(module: Any) -> list[Any]:
        done = module.run(["cat"], input="a\nb" * 99999, text=True, capture_output=True)
        seen = [done, module.run("exit 7", shell=True), module.getoutput("echo x")]
        for call in (
            lambda: module.run(["sleep", "9"], timeout=0.01),
            lambda: module.run("echo y; sleep 9", shell=True, timeout=0.2, stdout=module.PIPE),
            lambda: module.check_call(["false"]),
            lambda: module.Popen(["/nowhere/at/all"]),
        ):
            try:
                seen.append(call())
            except (OSError, subprocess.SubprocessError) as error:
                seen.append((type(error), getattr(error, "stdout", None), getattr(error, "errno", None)))
        return [vars(each) if isinstance(each, subprocess.CompletedProcess) else each for each in seen]

    stock = observe(subprocess)

    assert stock == observe(GREEN)
    assert stock == in_child(observe, GREEN)


def test_no_timeout_is_none_however_long_it_takes(monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A wait goes on after each of its rounds, and the input is written once.
    """
    monkeypatch.setattr(processes, "_ROUND_S", 0.001)

    def sync() -> list[Any]:
        slow = "sleep 0.05; cat"
        return [
            ends(slow, shell=True, input=b"in", stdout=subprocess.PIPE),
            GREEN.call("sleep 0.05; exit 4", shell=True),
        ]

    assert [(0, b"in", None), 4] == in_child(sync)


def test_cancel_ends_the_process() -> None:
    """
    A cancelled run() kills its process and leaves no zombie.
    """
    made: list[Any] = []

    def sync() -> None:
        with GREEN.Popen(["sleep", "60"]) as process:
            made.append(process)
            try:
                process.communicate()
            except BaseException:
                process.kill()
                raise

    async def main() -> None:
        future = motorish.spawn(sync)
        future.cancel()
        with pytest.raises(asyncio.CancelledError):
            await future

    asyncio.run(main())

    assert -signal.SIGKILL == made[0].returncode
    assert isinstance(made[0], subprocess.Popen)


def test_waiting_on_the_loops_thread_warns() -> None:
    """
    Outside a child the wait blocks the loop, and says so.
    """

    async def main() -> None:
        process = GREEN.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
        asyncio.get_running_loop().call_soon(process.stdin.close)
        with pytest.warns(BlockingCallWarning, match="waiting for the process"):
            process.communicate(b"")

    asyncio.run(main())


def test_a_patched_package_does_not_block_the_loop(write: Callable[..., str]) -> None:
    """
    The loop ticks while a patched package runs a program.
    """
    name = write("import subprocess\ndef program():\n    return subprocess.run(['sleep', '0.2'])")
    motorish.patch(name, strict=True)
    module = __import__(name)

    async def main() -> float:
        future = motorish.spawn(module.program)
        longest, last = 0.0, time.monotonic()
        while not future.done():
            await asyncio.sleep(0.001)
            last, before = time.monotonic(), last
            longest = max(longest, last - before)
        assert 0 == (await future).returncode
        return longest

    assert asyncio.run(main()) < 0.1
