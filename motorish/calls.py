"""
What an application calls: spawn, asynchronize, await_, timeout and scope.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import math
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager, ContextDecorator
from contextvars import Token
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar, cast, overload

from greenlet import GreenletExit

from motorish import hub
from motorish.errors import DeadlineExceeded, ForeignLoopError, NotInChildError, UsageError
from motorish.hub import Abort, CallFuture, Child, Scope, current_child, ignore_outcome, park, resume

P = ParamSpec("P")
Q = ParamSpec("Q")
T = TypeVar("T")

Callback = Callable[[Any, BaseException | None], Any]
"""``callback(result, error)``: exactly one of the two is not None (both are when the result is None)."""


class Asynchronous(Protocol[P, T]):
    """
    The type of what `asynchronize` returns, for type checkers: they cannot be told that *callback* comes
    besides the function's own parameters, so a call with one is checked for nothing else.
    """

    @overload
    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> CallFuture[T]: ...

    @overload
    def __call__(
        self, *args: Any, callback: Callable[[T | None, BaseException | None], object], **kwargs: Any
    ) -> None: ...

    @overload
    def __get__(self, instance: None, owner: type[Any], /) -> Self: ...

    @overload
    def __get__(
        self: Asynchronous[Concatenate[Any, Q], T], instance: object, owner: type[Any] | None = None, /
    ) -> Asynchronous[Q, T]: ...


def spawn(function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> CallFuture[T]:
    """
    Run a synchronous function on a child greenlet of the running event loop.

    It starts at once and runs to its first wait on the network; from then on the loop does other work
    while it waits.

    Args:
        function: any synchronous function; its drivers should be patched (`motorish.patch`).
        args, kwargs: passed on unchanged.

    Returns:
        A started `CallFuture`.  Await it, or cancel it to end the call at its wait.

    Raises:
        TypeError: *function* is a coroutine function, or cannot be called.
        UsageError: no event loop is running in this thread.

    Example::

        future = motorish.spawn(load_users, connection, limit=10)
        users = await future
    """
    code = getattr(function, "__code__", None)  # a plain function is asked for nothing else
    if code is None or code.co_flags & inspect.CO_COROUTINE:
        _check_function(function, "spawn")
    return hub.spawn(function, args, kwargs)


def asynchronize(function: Callable[P, T], /) -> Asynchronous[P, T]:
    """
    Make an asynchronous function of a synchronous one.

    What is returned has the signature of *function* and starts it with `spawn`.  It also takes
    ``callback=``, unless *function* has a parameter of that name, which then stays the function's.
    With a callback it returns None and calls ``callback(result, error)`` once, on the loop.

    Args:
        function: any synchronous function.

    Returns:
        A function that returns a `CallFuture`, or None when it is given a callback.

    Raises:
        TypeError: *function* is a coroutine function, or cannot be called; (when called) so is the callback.

    Example::

        load_users_async = motorish.asynchronize(load_users)
        users = await load_users_async(connection, limit=10)
        load_users_async(connection, callback=lambda users, error: print(users, error))
    """
    if is_coroutine_function(function):
        raise TypeError(f"{function!r} is a coroutine function already")
    _check_function(function, "asynchronize")
    if has_callback_parameter(function):

        @functools.wraps(function)
        def call(*args: Any, **kwargs: Any) -> CallFuture[T]:
            return hub.spawn(function, args, kwargs)

        return cast("Asynchronous[P, T]", call)

    @functools.wraps(function)
    def call_or_callback(*args: Any, callback: Callback | None = None, **kwargs: Any) -> Any:
        check_callback(callback)
        return hand_over(hub.spawn(function, args, kwargs), callback)

    return cast("Asynchronous[P, T]", call_or_callback)


def has_callback_parameter(function: Callable[..., Any]) -> bool:
    """
    Whether *function* itself takes ``callback=``; ours is then ``add_done_callback`` on the future.
    """
    try:
        return "callback" in inspect.signature(function).parameters
    except (TypeError, ValueError):
        return False


def check_callback(callback: object) -> None:
    """
    Refuse, before anything is started, a ``callback=`` that cannot be called.
    """
    if callback is None:
        return
    if not callable(callback):
        raise TypeError(f"callback must be a function callback(result, error) or None, not {callback!r}")
    if is_coroutine_function(callback):
        raise TypeError(
            f"callback must be a plain function: nobody would await the coroutine of {callback!r}"
        )


def is_coroutine_function(function: object) -> bool:
    """
    As `inspect.iscoroutinefunction`, without its loops: it is asked for every call.
    """
    code = getattr(function, "__code__", None)
    if code is None:
        return isinstance(function, functools.partial) and is_coroutine_function(function.func)
    return bool(code.co_flags & inspect.CO_COROUTINE)


def _check_function(function: object, caller: str) -> None:
    # Of what may be no plain function: a class, code in C, a partial, an object ... or what a call gave.
    if is_coroutine_function(function):
        raise TypeError(f"{function!r} is a coroutine function: await it, {caller}() runs synchronous ones")
    if callable(function):
        return
    if inspect.iscoroutine(function):
        function.close()
        raise TypeError(f"{caller}() takes a synchronous function, not a coroutine: await that")
    arguments = "f, 1" if caller == "spawn" else "f"
    raise TypeError(
        f"{caller}() takes the function itself, {caller}({arguments}), not what a call of it gave, "
        f"{caller}(f(1)): a {type(function).__name__!r} cannot be called"
    )


def hand_over(future: asyncio.Future[T], callback: Callback | None) -> asyncio.Future[T] | None:
    """
    Give the future to the caller, or its outcome to the callback: once, on the loop, later.
    """
    if callback is None:
        return future
    future.add_done_callback(functools.partial(_call_back, callback))
    return None


def _call_back(callback: Callback, future: asyncio.Future[Any]) -> None:
    # A loop callback: what the user's function raises goes to the loop's exception handler.
    if future.cancelled():
        callback(None, asyncio.CancelledError("the call was cancelled"))
    elif (error := future.exception()) is not None:
        callback(None, error)
    else:
        callback(future.result(), None)


def await_(awaitable: Awaitable[T]) -> T:
    """
    Inside a child: park until *awaitable* is done, as ``await`` does inside a coroutine.

    Should the call be cancelled meanwhile, or its deadline pass, so is *awaitable* (`asyncio.shield` it
    if it must go on).

    Args:
        awaitable: a coroutine, a future of this loop, or anything else that can be awaited.

    Returns:
        Its result.

    Raises:
        NotInChildError: called outside a child greenlet (a coroutine is closed first).
        ForeignLoopError: *awaitable* is a future of another event loop.
        BaseException: whatever *awaitable* raises.

    Example::

        def handler_in_sync_code(url):
            return motorish.await_(http_client.fetch(url))
    """
    child = current_child()
    if child is None:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
        raise NotInChildError(
            "motorish.await_() works only in synchronous code that motorish runs on a child greenlet "
            "(motorish.spawn(function, ...)). In a coroutine, use 'await'."
        )
    loop = child.hub.loop
    if not asyncio.isfuture(awaitable):
        if loop.get_task_factory() is not None:
            awaitable = _from_the_loop(awaitable)
        future: asyncio.Future[T] = asyncio.ensure_future(awaitable, loop=loop)
    elif awaitable.get_loop() is loop:
        future = awaitable
    else:
        raise ForeignLoopError(
            f"this call runs on {loop!r}, but what it awaits belongs to {awaitable.get_loop()!r}: "
            "a future can be awaited on its own event loop only"
        )
    if not future.done():
        waiting = True

        def wake(_: asyncio.Future[T]) -> None:
            # On the loop greenlet.
            if waiting:
                resume(child)

        future.add_done_callback(wake)
        try:
            while not future.done():
                park(child)
        except BaseException:
            waiting = False
            future.remove_done_callback(wake)
            future.cancel()
            future.add_done_callback(ignore_outcome)
            raise
    try:
        return future.result()
    finally:
        del future, awaitable  # an exception refers to this frame: no cycle


async def _from_the_loop(awaitable: Awaitable[T]) -> T:
    # An eager task's first step would run on the child, which may be parked amid it.
    try:
        await asyncio.sleep(0)
    except asyncio.CancelledError:
        if inspect.iscoroutine(awaitable):
            awaitable.close()
        raise
    return await awaitable


class Block(AbstractContextManager[None], AbstractAsyncContextManager[None], ContextDecorator):
    """
    What `timeout` and `scope` give: for ``with``, or ``async with``, which is the same.
    """

    async def __aenter__(self) -> None:
        self.__enter__()

    async def __aexit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        self.__exit__(kind, error, traceback)


def timeout(seconds: float | None) -> Block:
    """
    Bound the motorish calls made inside the block: DNS, TLS, locks, pool, I/O, everything.

    The deadline is absolute from the moment of entry, as `pymongo.timeout`'s is; of nested ones the
    nearer holds.  It bounds motorish calls, not other awaits, and works in coroutines as well as in
    synchronous code that runs on a child.

    Args:
        seconds: a number ≥ 0, or None for no deadline of its own.

    Raises:
        DeadlineExceeded: (a ``TimeoutError``, from the call) the deadline passed.
        ValueError: *seconds* is negative or not a number.

    Example::

        with motorish.timeout(2.0):
            order = await client.shop.orders.find_one({"_id": 1})
    """
    if seconds is not None and not (seconds >= 0 and math.isfinite(seconds)):
        raise ValueError(f"timeout must be a finite number of seconds >= 0 or None, not {seconds!r}")
    return _Timeout(seconds)


class _Timeout(Block):
    _token: Token[float | None] | None = None
    _at: float | None
    _child: Child | None
    _whole_call: float | None

    def __init__(self, seconds: float | None) -> None:
        self._seconds = seconds

    def _recreate_cm(self) -> _Timeout:
        return _Timeout(self._seconds)

    def __enter__(self) -> None:
        if self._token is not None:
            raise UsageError("this motorish.timeout() has been entered already: make one for each block")
        seconds, outer = self._seconds, hub.deadline_of_context.get()
        at = outer if seconds is None else monotonic() + seconds
        if at is None or (outer is not None and outer < at):
            at = outer
        self._at = at
        self._token = hub.deadline_of_context.set(at)
        child = self._child = current_child()
        if child is None:
            self._whole_call = None
        else:
            whole_call = self._whole_call = child.deadline
            child.deadline = at if whole_call is None or (at is not None and at < whole_call) else whole_call

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        token, child, whole_call = self._token, self._child, self._whole_call
        assert token is not None
        self._token = self._child = None
        hub.deadline_of_context.reset(token)
        if child is None:
            return
        struck = child.abort is Abort.DEADLINE
        exceeded = struck and child.raised and self._at != whole_call
        child.deadline = whole_call
        if struck and (whole_call is None or whole_call > monotonic()):
            child.clear_abort()
        if exceeded and error is not None and not isinstance(error, _EXITS):
            raise DeadlineExceeded(f"the deadline of motorish.timeout({self._seconds}) passed") from error


_EXITS = (KeyboardInterrupt, SystemExit, GreenletExit)


def scope() -> Block:
    """
    Give the calls made inside the block one identity: one ``threading.local``, one ``get_ident()``.

    Without it every call has an identity of its own.  A web handler whose several calls share a
    scoped session (SQLAlchemy's ``scoped_session``, say) opens one scope around them.

    Example::

        with motorish.scope():
            await load_user_async(1)
            await save_order_async(order)
    """
    return _ScopeBlock()


class _ScopeBlock(Block):
    _token: Token[Scope | None] | None = None

    def _recreate_cm(self) -> _ScopeBlock:
        return _ScopeBlock()

    def __enter__(self) -> None:
        if self._token is not None:
            raise UsageError("this motorish.scope() has been entered already: make one for each block")
        self._token = hub.scope_of_context.set(Scope())

    def __exit__(self, kind: Any, error: BaseException | None, traceback: Any) -> None:
        token, self._token = self._token, None
        assert token is not None
        hub.scope_of_context.reset(token)
