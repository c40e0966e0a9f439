"""
Defects that a reading of the core found: each test fails without its fix.
"""

import asyncio
import threading

import pytest

import motorish
from motorish import hub
from motorish.green import socket as green_socket
from motorish.green import threading as green_threading
from motorish.green import time as green_time


def test_second_connection_of_an_aborted_call_is_closed_too() -> None:
    """
    A driver that retries on another connection after the abort leaves no unanswered request there.
    """

    async def main() -> None:
        (one, peer_of_one), (two, peer_of_two) = green_socket.socketpair(), green_socket.socketpair()

        def call() -> None:
            try:
                one.sendall(b"request")
                one.recv(10)
            except OSError:
                two.sendall(b"the same again")
                with pytest.raises(OSError):
                    green_time.sleep(1)
                raise

        future = motorish.spawn(call)
        future.cancel()
        await asyncio.wait([future])

        assert (-1, -1) == (one.fileno(), two.fileno())
        peer_of_one.close()
        peer_of_two.close()

    asyncio.run(main())


def test_connection_used_after_the_last_wait_is_closed_too() -> None:
    """
    So is one on which the driver, unwinding, sends something last of all.
    """

    async def main() -> None:
        one, peer = green_socket.socketpair()

        def call() -> None:
            try:
                green_time.sleep(1)
            finally:
                one.sendall(b"goodbye")

        future = motorish.spawn(call)
        future.cancel()
        await asyncio.wait([future])

        assert -1 == one.fileno()
        peer.close()

    asyncio.run(main())


def test_exit_of_an_unwinding_call_closes_the_loop_all_the_same() -> None:
    """
    SystemExit out of a call that loop.close() ends is raised when everything is closed.
    """
    loop = asyncio.new_event_loop()
    ended: list[str] = []

    def leaves() -> None:
        try:
            green_time.sleep(10)
        except OSError:
            raise SystemExit(3) from None

    def unwinds() -> None:
        try:
            green_time.sleep(10)
        finally:
            ended.append("unwound")

    async def main() -> None:
        motorish.spawn(leaves).add_done_callback(lambda future: future.exception())
        motorish.spawn(unwinds)

    loop.run_until_complete(main())
    with pytest.raises(SystemExit):
        loop.close()

    assert (True, ["unwound"]) == (loop.is_closed(), ended)


def test_call_that_outlives_its_scope_keeps_its_local() -> None:
    """
    Leaving the block takes nothing away from calls that were started in it.
    """
    local = green_threading.local()

    def call() -> str:
        local.user = "Ada"
        green_time.sleep(0.01)
        return str(local.user)

    async def main() -> str:
        with motorish.scope():
            future = motorish.spawn(call)
        return await future

    assert "Ada" == asyncio.run(main())


def test_exit_inside_an_expired_block_stays_an_exit() -> None:
    """
    Only what the abort has caused becomes DeadlineExceeded.
    """

    def call() -> None:
        with motorish.timeout(0.01):
            try:
                green_time.sleep(1)
            except OSError:
                raise SystemExit(3) from None

    async def main() -> None:
        await motorish.spawn(call)

    with pytest.raises(SystemExit):
        asyncio.run(main())


def test_coroutine_functions_are_refused_at_once() -> None:
    """
    spawn, asynchronize and callback= take plain functions; the error says so.
    """

    async def coroutine_function(*_: object) -> None: ...

    async def main() -> None:
        with pytest.raises(TypeError, match="await it"):
            motorish.spawn(coroutine_function)
        with pytest.raises(TypeError, match="already"):
            motorish.asynchronize(coroutine_function)
        with pytest.raises(TypeError, match="plain function"):
            motorish.asynchronize(len)("", callback=coroutine_function)

    asyncio.run(main())


@pytest.mark.parametrize("ends", [True, False], ids=["its thread has ended", "its thread is there"])
def test_loop_that_moves_to_another_thread_ends_its_calls_clearly(ends: bool) -> None:
    """
    A call that was parked when its loop moved gets an error that says so, and does not hang.
    """
    loop = asyncio.new_event_loop()
    futures: list[asyncio.Future[None]] = []
    reported: list[BaseException] = []
    loop.set_exception_handler(lambda _, context: reported.append(context["exception"]))

    async def begin() -> None:
        futures.append(motorish.spawn(green_time.sleep, 0.01))

    async def end() -> None:
        await asyncio.wait(futures)

    begun, done = threading.Event(), threading.Event()

    def run() -> None:
        loop.run_until_complete(begin())
        begun.set()
        if not ends:
            done.wait()

    thread = threading.Thread(target=run)
    thread.start()
    begun.wait()
    if ends:
        thread.join()
    loop.run_until_complete(end())
    loop.close()
    done.set()
    thread.join()

    assert isinstance(futures[0].exception(), motorish.UsageError)
    assert "another thread" in str(futures[0].exception())
    assert ([] if ends else [motorish.UsageError]) == [type(error) for error in reported]
    assert loop not in hub._hubs
