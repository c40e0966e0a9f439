"""
What an application calls: spawn, asynchronize, await_, timeout and scope.
"""

from __future__ import annotations

import asyncio
import functools
import inspect
import math
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from time import monotonic
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar, cast, overload

from greenlet import GreenletExit

from motorish import hub
from motorish.errors import DeadlineExceeded, ForeignLoopError, NotInChildError
from motorish.hub import Abort, CallFuture, Scope, current_child, park, resume

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
        TypeError: *function* is a coroutine function.
        UsageError: no event loop is running in this thread.

    Example::

        future = motorish.spawn(load_users, connection, limit=10)
        users = await future
    """
    if is_coroutine_function(function):
        raise TypeError(f"{function!r} is a coroutine function: await it, spawn() runs synchronous ones")
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
        TypeError: *function* is a coroutine function; (when called) the callback is one, or is not callable.

    Example::

        load_users_async = motorish.asynchronize(load_users)
        users = await load_users_async(connection, limit=10)
        load_users_async(connection, callback=lambda users, error: print(users, error))
    """
    if is_coroutine_function(function):
        raise TypeError(f"{function!r} is a coroutine function already")
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
    return code is not None and bool(code.co_flags & inspect.CO_COROUTINE)


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
            future.add_done_callback(_ignore_outcome)
            raise
    try:
        return future.result()
    finally:
        del future, awaitable  # an exception refers to this frame: no cycle


def _ignore_outcome(future: asyncio.Future[Any]) -> None:
    # So that asyncio does not report an exception which nobody is waiting for any more.
    if not future.cancelled():
        future.exception()


@contextmanager
def timeout(seconds: float | None) -> Iterator[None]:
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
    outer = hub.deadline_of_context.get()
    at = outer if seconds is None else monotonic() + seconds
    if at is None or (outer is not None and outer < at):
        at = outer
    token = hub.deadline_of_context.set(at)
    child = current_child()
    whole_call = None
    if child is not None:
        whole_call = child.deadline
        child.deadline = at if whole_call is None or (at is not None and at < whole_call) else whole_call
    try:
        yield
    except (KeyboardInterrupt, SystemExit, GreenletExit):
        raise
    except BaseException as error:
        if child is not None and child.raised and child.abort is Abort.DEADLINE and at != whole_call:
            raise DeadlineExceeded(f"the deadline of motorish.timeout({seconds}) passed") from error
        raise
    finally:
        hub.deadline_of_context.reset(token)
        if child is not None:
            child.deadline = whole_call
            if child.abort is Abort.DEADLINE and (whole_call is None or whole_call > monotonic()):
                child.clear_abort()


@contextmanager
def scope() -> Iterator[None]:
    """
    Give the calls made inside the block one identity: one ``threading.local``, one ``get_ident()``.

    Without it every call has an identity of its own.  A web handler whose several calls share a
    scoped session (SQLAlchemy's ``scoped_session``, say) opens one scope around them.

    Example::

        with motorish.scope():
            await load_user_async(1)
            await save_order_async(order)
    """
    token = hub.scope_of_context.set(Scope())
    try:
        yield
    finally:
        hub.scope_of_context.reset(token)
