"""
The declarations: a class body that lists them is a table of what is asynchronous.

Each is replaced, once, when its class is created, by a plain function that is made for the delegate's
method: a call of it does only what must be done for every call.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Self

from motorish.calls import Callback, check_callback, hand_over, has_callback_parameter
from motorish.hub import CallFuture, running_loop, spawn
from motorish.proxy.base import Cleanup, Declaration, Proxy, cleanup_for, unwrap_args, unwrap_kwargs
from motorish.proxy.shapes import starts_call

NEVER = 1 << 30


class _FromDelegate(Declaration):
    """
    Base of the declarations.

    Args:
        attr_name: the delegate's name for it, where that is another.
        doc: docstring, instead of that in the owner's ``__texts__`` or one made from the delegate's.
    """

    if TYPE_CHECKING:

        def __get__(self, proxy: object, owner: Any = None) -> Any: ...

    def __init__(self, attr_name: str | None = None, doc: str | None = None) -> None:
        self.attr_name = attr_name
        self.doc = doc
        self.wrapped_class: type[Any] | None = None

    def wrap(self, delegate_class: type[Any]) -> Self:
        """
        Results of exactly this class go through the proxy's ``wrap()``.
        """
        self.wrapped_class = delegate_class
        return self

    def _of_delegate(self, owner: type[Proxy], name: str) -> Any:
        return getattr(owner.__delegate_class__, self.attr_name or name)

    def _text(self, owner: type[Proxy], name: str, note: str = "") -> str:
        # The docstring: as it was given; or with the note, which follows the first paragraph of the owner's.
        if self.doc is not None:
            return self.doc
        text = owner.__texts__.get(name)
        if text is None:
            described = getattr(owner.__delegate_class__, self.attr_name or name, None)
            plain = not callable(described) and not inspect.isdatadescriptor(described)  # shows its class's
            return "\n\n".join(filter(None, ("" if plain else _first_line(described), note)))
        summary, gap, rest = text.rstrip().partition("\n\n")
        return f"{summary}  {note}{gap}{rest}" if note else text


class AsyncMethod(_FromDelegate):
    """
    A method of the delegate that does I/O: it starts at once and returns a `CallFuture`.

    With ``callback=`` it returns None and hands over to ``callback(result, error)`` instead.  In a lazy
    class it is a coroutine function.  A proxy given as ``session`` is replaced by its delegate.
    """

    if TYPE_CHECKING:

        def __get__(self, proxy: object, owner: Any = None) -> Callable[..., CallFuture[Any]]: ...

    def __init__(self, attr_name: str | None = None, doc: str | None = None) -> None:
        super().__init__(attr_name, doc)
        self.unwraps = False

    def unwrap(self, proxy_class: str) -> Self:
        """
        A proxy of the class of this name may be any argument; its delegate is passed on.
        """
        self.unwraps = True
        return self

    def build(self, owner: type[Proxy], name: str) -> Callable[..., Any]:
        """
        The function that starts the delegate's method.
        """
        method = self._of_delegate(owner, name)
        if has_callback_parameter(method):
            start, callback = _starter_without_callback(method), False
        elif self.wrapped_class is not None:
            start, callback = _starter_and_wrapper(method, self.wrapped_class), True
        else:
            start, callback = _starter(method, 0 if self.unwraps else _session_position(method)), True
        note = "Coroutine. Also accepts callback=." if callback else "Coroutine."
        _describe(start, owner, name, method, self._text(owner, name, note), callback=callback)
        return starts_call(start, callback=callback)


class AsyncRead(AsyncMethod):
    """
    An `AsyncMethod` that reads.
    """


class AsyncWrite(AsyncMethod):
    """
    An `AsyncMethod` that writes.
    """


class AsyncCommand(AsyncMethod):
    """
    An `AsyncMethod` that is neither a plain read nor a plain write.
    """


class ReadOnlyProperty(_FromDelegate):
    """
    An attribute of the delegate's that needs no I/O.
    """

    def build(self, owner: type[Proxy], name: str) -> property:
        """
        A property that asks the delegate.
        """
        attribute = self.attr_name or name
        return property(attrgetter(f"delegate.{attribute}"), doc=self._text(owner, name))


class DelegateMethod(_FromDelegate):
    """
    A method of the delegate's that needs no I/O: called directly.
    """

    if TYPE_CHECKING:

        def __get__(self, proxy: object, owner: Any = None) -> Callable[..., Any]: ...

    def build(self, owner: type[Proxy], name: str) -> Callable[..., Any]:
        """
        The function that calls the delegate's.
        """
        method, wrapped_class = self._of_delegate(owner, name), self.wrapped_class

        def call(self: Proxy, /, *args: Any, **kwargs: Any) -> Any:
            unwrap_kwargs(kwargs)
            result = method(self.delegate, *unwrap_args(args), **kwargs)
            return self.wrap(result) if type(result) is wrapped_class else result

        _describe(call, owner, name, method, self._text(owner, name), callback=False)
        return call


class ChainingMethod(_FromDelegate):
    """
    A method that changes the delegate, without I/O, and returns the proxy itself.
    """

    if TYPE_CHECKING:

        def __get__(self, proxy: Any, owner: Any = None) -> Callable[..., Any]: ...

    def build(self, owner: type[Proxy], name: str) -> Callable[..., Any]:
        """
        The function that calls the delegate's and returns the proxy.
        """
        method = self._of_delegate(owner, name)

        def chain(self: Proxy, /, *args: Any, **kwargs: Any) -> Proxy:
            method(self.delegate, *args, **kwargs)
            return self

        refused = getattr(method, "__annotations__", {}).get("return") == "NoReturn"
        doc = self._text(owner, name, "" if refused else "Returns the cursor itself.")
        _describe(chain, owner, name, method, doc, callback=False)
        return chain


def _starter(method: Callable[..., Any], unwrap_from: int) -> Callable[..., Any]:
    def start(
        self: Proxy, /, *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> CallFuture[Any] | None:
        # Runs for every call: nothing is looked up or prepared here that can be before.
        if callback is not None:
            check_callback(callback)
        binding = self._binding
        loop = running_loop()
        if loop is not binding.loop:
            binding.bind()
        cleanup = None if binding.cleanup is None else binding.cleanup()
        if len(args) > unwrap_from:
            cleanup = cleanup_for(args) or cleanup
            args = unwrap_args(args)
        if kwargs:
            cleanup = unwrap_kwargs(kwargs) or cleanup
        future = spawn(
            method, (self.delegate, *args), kwargs, cleanup=cleanup, running=loop, stopped=binding.loop
        )
        return future if callback is None else hand_over(future, callback)  # type: ignore[return-value]

    return start


def _starter_and_wrapper(method: Callable[..., Any], wrapped_class: type[Any]) -> Callable[..., Any]:
    def call(self: Proxy, /, *args: Any, **kwargs: Any) -> Any:
        # Runs on a child.
        result = method(self.delegate, *args, **kwargs)
        return self.wrap(result) if type(result) is wrapped_class else result

    def start(
        self: Proxy, /, *args: Any, callback: Callback | None = None, **kwargs: Any
    ) -> CallFuture[Any] | None:
        cleanup = _prepare(self, args, kwargs, callback)
        future = spawn(call, (self, *unwrap_args(args)), kwargs, cleanup=cleanup, stopped=self._binding.loop)
        return hand_over(future, callback)  # type: ignore[return-value]

    return start


def _starter_without_callback(method: Callable[..., Any]) -> Callable[..., Any]:
    # For a method that has a parameter named callback: it stays the driver's.
    def start(self: Proxy, /, *args: Any, **kwargs: Any) -> CallFuture[Any]:
        cleanup = _prepare(self, args, kwargs)
        args = unwrap_args(args)
        return spawn(method, (self.delegate, *args), kwargs, cleanup=cleanup, stopped=self._binding.loop)

    return start


def _prepare(
    proxy: Proxy, args: tuple[Any, ...], kwargs: dict[str, Any], callback: Callback | None = None
) -> Cleanup | None:
    # What comes before a call: the proxy's loop, the arguments by name, the clean-up should it be aborted.
    binding = proxy._bind(callback)
    cleanup = unwrap_kwargs(kwargs) or cleanup_for(args)
    return binding.cleanup() if cleanup is None and binding.cleanup is not None else cleanup


def _session_position(method: Callable[..., Any]) -> int:
    # From which positional argument on a session may come.
    position = -1  # the delegate itself is the first
    for parameter in _parameters(method):
        if parameter.name == "session" or parameter.kind is parameter.VAR_POSITIONAL:
            return NEVER if parameter.kind is parameter.KEYWORD_ONLY else position
        if parameter.kind in (parameter.KEYWORD_ONLY, parameter.VAR_KEYWORD):
            break
        position += 1
    return NEVER


def _parameters(method: Callable[..., Any]) -> list[inspect.Parameter]:
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):  # written in C
        signature = inspect.signature(lambda self, *args, **kwargs: None)
    return list(signature.parameters.values())


def has_signature_of(method: Callable[..., Any]) -> Callable[[Any], Any]:
    """
    Decorator of a method that is written by hand: it is shown with *method*'s parameters, and callback=.
    """

    def decorate(function: Any) -> Any:
        function.__signature__ = with_callback(method)
        return function

    return decorate


def with_callback(method: Callable[..., Any]) -> inspect.Signature:
    """
    The signature of *method*, and ``callback=``.
    """
    parameters = _parameters(method)
    own = inspect.Parameter("callback", inspect.Parameter.KEYWORD_ONLY, default=None)
    last = parameters[-1].kind is inspect.Parameter.VAR_KEYWORD
    parameters.insert(len(parameters) - last, own)
    return inspect.Signature(parameters)


def _describe(
    function: Callable[..., Any],
    owner: type[Proxy],
    name: str,
    method: Callable[..., Any],
    doc: str,
    *,
    callback: bool,
) -> None:
    function.__signature__ = (  # type: ignore[attr-defined]
        with_callback(method) if callback else inspect.Signature(_parameters(method))
    )
    function.__name__ = name
    function.__qualname__ = f"{owner.__qualname__}.{name}"
    function.__module__ = owner.__module__
    function.__doc__ = doc


def _first_line(documented: object) -> str:
    # Of a docstring: its first paragraph, on one line.
    text = inspect.cleandoc(getattr(documented, "__doc__", None) or "")
    return " ".join(text.partition("\n\n")[0].split())
