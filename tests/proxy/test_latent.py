"""
Latent proxies, and what an aborted call leaves to be done.
"""

import asyncio
from typing import Any

import pytest

import motorish
from motorish.proxy import AsyncCommand, Latent, LoopBinding, Proxy


class Engine:
    """
    What a driver would have.
    """

    def work(self, *args: Any, session: Any = None) -> None:
        """Wait until the call is aborted."""
        motorish.await_(asyncio.sleep(30))


class EngineProxy(Proxy):
    """
    A proxy with one asynchronous method.
    """

    __delegate_class__ = Engine
    work = AsyncCommand()

    def __init__(self) -> None:
        self.delegate = Engine()
        self._binding = LoopBinding("engine", lambda: None)


class Opened(Latent):
    """
    A latent proxy that has to be opened; as an argument it wants to know of aborted calls.
    """

    def __init__(self) -> None:
        self.delegate = object()
        self._binding = LoopBinding("latent", lambda: None)
        self.opened = 0
        self.aborted = asyncio.Event()

    def _prepare(self) -> None:
        self.opened += 1

    def _after_abort(self) -> Any:
        return self.aborted.set


class Ready(Opened):
    """
    A latent proxy that has nothing to do first.
    """

    _prepare = None  # type: ignore[assignment]


def test_all_shapes() -> None:
    """
    Used directly, awaited, or handed to a callback, which gets it prepared.
    """

    async def main() -> None:
        for latent, opened in ((Opened(), 1), (Ready(), 0)):
            assert latent._give(None) is latent
            assert 0 == latent.opened
            assert await latent is latent
            assert opened == latent.opened
            done = asyncio.get_running_loop().create_future()
            assert latent._give(lambda *outcome, done=done: done.set_result(outcome)) is None
            assert (latent, None) == await done
            assert 2 * opened == latent.opened

    asyncio.run(main())


@pytest.mark.parametrize("how", ["by name", "by position", "by context"])
def test_clean_up_after_an_aborted_call(how: str) -> None:
    """
    An argument, or the caller's context, can say what remains to be done; a call that ends well does nothing.
    """

    async def main() -> None:
        engine, argument = EngineProxy(), Opened()
        if how == "by name":
            call = engine.work(session=argument)
        elif how == "by position":
            call = engine.work(1, argument)
        else:
            engine._binding.cleanup = argument._after_abort
            call = engine.work()
        await asyncio.sleep(0)
        assert not argument.aborted.is_set()
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call
        with motorish.timeout(5):
            await asyncio.wait_for(argument.aborted.wait(), 5)

    asyncio.run(main())
