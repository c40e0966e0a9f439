"""
To which loop an object belongs.
"""

import asyncio

import pytest
from tornado.ioloop import IOLoop

from motorish import ForeignLoopError
from motorish.proxy import LoopBinding
from motorish.proxy.binding import UNBOUND


async def bind(binding: LoopBinding) -> None:
    """
    What the first call on a loop does.
    """
    binding.bind()


def test_the_first_use_decides() -> None:
    """
    It is bound on first use, not before; binding again on the same loop changes nothing.
    """
    binding = LoopBinding("Thing", pytest.fail)
    assert binding.loop is UNBOUND

    async def main() -> None:
        binding.bind()
        binding.bind()
        assert asyncio.get_running_loop() is binding.loop

    asyncio.run(main())


def test_a_second_loop_is_refused_and_both_are_named() -> None:
    """
    While the first loop is open, use from another is a ForeignLoopError.
    """
    binding = LoopBinding("Thing", pytest.fail)
    first, second = asyncio.new_event_loop(), asyncio.new_event_loop()
    try:
        first.run_until_complete(bind(binding))

        with pytest.raises(ForeignLoopError) as caught:
            second.run_until_complete(bind(binding))
        assert "Thing" in str(caught.value)
        assert repr(first)[:-20] in str(caught.value)
        assert "running=True" in str(caught.value)
    finally:
        first.close()
        second.close()


def test_after_the_first_loop_is_closed_another_takes_over() -> None:
    """
    The owner is told to start afresh, once for each new loop.
    """
    restarts: list[None] = []
    binding = LoopBinding("Thing", lambda: restarts.append(None))

    for _ in range(3):
        asyncio.run(bind(binding))
    assert 2 == len(restarts)


def test_get_io_loop_gives_tornado_s_loop() -> None:
    """
    The same IOLoop inside the bound loop and, afterwards, outside of it.
    """
    binding = LoopBinding("Thing", pytest.fail)
    loop = asyncio.new_event_loop()

    async def main() -> IOLoop:
        binding.bind()
        assert IOLoop.current() is binding.get_io_loop()
        return IOLoop.current()

    try:
        assert loop.run_until_complete(main()) is binding.get_io_loop()
    finally:
        loop.close()


def test_a_loop_can_be_given() -> None:
    """
    io_loop may be an asyncio loop or a Tornado one; anything else is a TypeError.
    """
    loop = asyncio.new_event_loop()
    try:
        assert loop is LoopBinding("Thing", pytest.fail, loop).loop
        io_loop = IOLoop(make_current=False)
        binding = LoopBinding("Thing", pytest.fail, io_loop)
        assert io_loop is binding.get_io_loop()
        assert io_loop.asyncio_loop is binding.loop  # type: ignore[attr-defined]
        io_loop.close()
    finally:
        loop.close()
    with pytest.raises(TypeError, match="io_loop"):
        LoopBinding("Thing", pytest.fail, "loop")  # type: ignore[arg-type]


def test_io_loop_of_an_asyncio_loop_that_tornado_does_not_know_yet() -> None:
    """
    get_io_loop() makes the IOLoop then, without making it current.
    """
    loop = asyncio.new_event_loop()
    try:
        binding = LoopBinding("MotorClient", lambda: None, loop)

        assert loop is binding.get_io_loop().asyncio_loop  # type: ignore[attr-defined]
    finally:
        loop.close()
