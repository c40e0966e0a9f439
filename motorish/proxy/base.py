"""
The base of all proxies: an object of the driver's, the delegate, and the loop it is used on.
"""

from __future__ import annotations

from asyncio import Future
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

from tornado.ioloop import IOLoop

from motorish.calls import Callback, check_callback, hand_over
from motorish.hub import CallFuture, running_loop, spawn
from motorish.proxy.binding import LoopBinding
from motorish.proxy.shapes import make_lazy

Cleanup = Callable[[], Any]
"""What remains to be done after an aborted call; runs in a child of its own."""


class Declaration:
    """
    What stands in a proxy's class body for an attribute that is built from the delegate's class.
    """

    def build(self, owner: type[Proxy], name: str) -> Any:
        """
        Make the attribute that takes this declaration's place.  Called once for each class.
        """
        raise NotImplementedError


class Proxy:
    """
    Base class of the proxies.

    A subclass that sets ``__delegate_class__`` gets its declarations, and those that it inherits,
    built against that class; so one list of declarations serves several delegate classes.

    A subclass that sets ``_lazy`` has coroutine functions where others have methods that start their call
    at once (see `motorish.proxy.shapes`).  So have its own subclasses.

    ``__texts__`` has the docstrings of what is declared, by name; without one it is shown with the first
    paragraph of the delegate's.
    """

    __delegate_class__: ClassVar[type[Any] | None] = None
    _lazy: ClassVar[bool] = False
    __declarations__: ClassVar[dict[str, Declaration]] = {}
    __texts__: ClassVar[Mapping[str, str]] = {}

    delegate: Any
    _binding: LoopBinding

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        known: dict[str, Declaration] = {}
        for base in reversed(cls.__mro__):
            built = base.__dict__.get("__declarations__", {})
            known.update(built)
            for name, value in base.__dict__.items():
                if isinstance(value, Declaration):
                    known[name] = value
                elif name not in built:
                    known.pop(name, None)  # a plain method overrides what a base declares
        cls.__declarations__ = known
        if cls.__delegate_class__ is not None:
            anew = "__delegate_class__" in cls.__dict__
            for name, declaration in known.items():
                if anew or name in cls.__dict__:
                    setattr(cls, name, declaration.build(cls, name))
        if cls._lazy:
            make_lazy(cls)

    @classmethod
    def __class_getitem__(cls, _: Any) -> type[Self]:
        return cls  # generic at runtime: MotorCollection[Order]

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.delegate!r})"

    def get_io_loop(self) -> IOLoop:
        """
        The Tornado IOLoop that this object belongs to.
        """
        return self._binding.get_io_loop()

    def wrap(self, obj: Any) -> Any:
        """
        The proxy of an object of the driver's that comes from this one; anything else as it is.
        """
        return obj

    def _after_abort(self) -> Cleanup | None:
        """
        What remains to be done if a call that takes this proxy as an argument is aborted.
        """
        return None

    def _bind(self, callback: Callback | None = None) -> LoopBinding:
        """
        What comes before a call: refuse a bad *callback*; belong to the running loop.
        """
        check_callback(callback)
        binding = self._binding
        if running_loop() is not binding.loop:
            binding.bind()
        return binding

    def _call(
        self,
        function: Callable[..., Any],
        *args: Any,
        callback: Callback | None = None,
        cleanup: Cleanup | None = None,
    ) -> Any:
        """
        Start *function* in a child: what the methods do that are written by hand.

        Returns:
            A `CallFuture`, or None with a callback.

        Raises:
            ForeignLoopError: another loop runs than the one this object belongs to.
            TypeError: *callback* cannot be called.
        """
        binding = self._bind(callback)
        if cleanup is None and binding.cleanup is not None:
            cleanup = binding.cleanup()
        return hand_over(spawn(function, args, cleanup=cleanup, stopped=binding.loop), callback)

    def _result(self, value: Any, callback: Callback | None = None) -> Any:
        """
        As `_call`, for a result that is there already.
        """
        binding = self._bind(callback)
        future: Future[Any] = CallFuture(loop=binding.loop)
        future.set_result(value)
        return hand_over(future, callback)


def unwrap_args(args: tuple[Any, ...]) -> tuple[Any, ...]:
    """
    Put each proxy's delegate in its place.
    """
    return tuple([arg.delegate if isinstance(arg, Proxy) else arg for arg in args])


def unwrap_kwargs(kwargs: dict[str, Any]) -> Cleanup | None:
    """
    As `unwrap_args`, in place.

    Returns:
        What remains to be done if the call is aborted, or None.
    """
    cleanup = None
    for name, value in kwargs.items():
        if isinstance(value, Proxy):
            kwargs[name] = value.delegate
            cleanup = value._after_abort() or cleanup
    return cleanup


def cleanup_for(args: tuple[Any, ...]) -> Cleanup | None:
    """
    What remains to be done if a call with these arguments, not yet unwrapped, is aborted.
    """
    cleanup = None
    for arg in args:
        if isinstance(arg, Proxy):
            cleanup = arg._after_abort() or cleanup
    return cleanup
