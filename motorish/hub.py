"""
spawn() and park(): these two, and resume() and interrupt() that undo a park, are all that switch greenlets.

A *child* is a greenlet that runs one call at a time, synchronous driver code included.  The *loop
greenlet* is whichever greenlet runs the event loop's callbacks.  Control passes between them like this::

    loop greenlet                               child
    spawn(): child.switch()  ───────────────►   the call begins
    ◄──────────────────── parent.switch()       park(): it must wait
    a loop callback: resume(child)  ────────►   park() returns
    ◄──────────────────── parent.switch()       the call is done; the child joins the idle list

Rules that the rest of the package builds on:

- A child's parent is whoever resumed it last, so other greenlet libraries on the same loop
  (SQLAlchemy, greenback) are never switched by our park.  A child is known by its type.
- Children are reused: starting a greenlet costs twenty times what waking a parked one does.  So
  everything that belongs to a *call* (identity, thread object, deadline, abort) is reset for each.
- A parked greenlet that its own frame can reach is never collected, and its ``finally`` clauses never
  run.  So `Hub.calls` keeps those in flight, and closing the loop ends them.
- A child carries at most one loop timer, which outlives waits: most waits end long before their
  timeout, and moving a number forward is cheaper than cancelling one timer and making another.
"""

from __future__ import annotations

import asyncio
import itertools
import sys
import threading
from asyncio import AbstractEventLoop, CancelledError
from collections import deque
from collections.abc import Callable
from contextvars import Context, ContextVar, copy_context
from enum import Enum
from time import monotonic
from types import FrameType
from typing import Any, TypeAlias, TypeVar
from weakref import WeakSet

from greenlet import GreenletExit, getcurrent, greenlet

from motorish import adapter
from motorish.errors import CallAborted, DeadlineExceeded, UsageError

T = TypeVar("T")

running_loop = asyncio._get_running_loop

IDLE_MAX = 1024
"""Idle children kept per hub for reuse."""

SHALLOW_FRAMES = 150
"""A child started deeper than this keeps too few frames for life; it is started from the loop instead."""

CLEANUP_S = 10.0
"""Deadline, in seconds, of the server-side clean-up after an aborted call."""

TURN_S = 0.005
"""When calls that were woken by their sockets have run for so many seconds, in all, it is the loop's turn."""

LONG_S = 0.001
"""So is it when one of them has run for so long: its result is likely large, and better used at once."""

PUT_OFF_S = 20e-6
"""Turns are longer by this for each socket that had to wait: the loop being told of it again takes 1 µs."""

DRIVER_STUBBORN = 3
"""From this many raises on, an aborted call gets CancelledError whatever its adapter prefers."""

deadline_of_context: ContextVar[float | None] = ContextVar("motorish.deadline", default=None)
scope_of_context: ContextVar[Scope | None] = ContextVar("motorish.scope", default=None)

_serials = itertools.count(1)

_Task: TypeAlias = "tuple[Callable[..., Any], tuple[Any, ...], dict[str, Any], Callable[[], Any] | None]"
"""What a call is: the function, its arguments, and the clean-up should it be aborted."""


class Scope:
    """
    One identity for several calls: their common ``get_ident()`` and ``current_thread()``.
    """

    __slots__ = ("__weakref__", "ident", "thread")

    def __init__(self) -> None:
        self.ident = next(_serials)
        self.thread: Any = None


class Abort(Enum):
    """
    Why a call is being ended before its time.
    """

    CANCELLED = "cancelled"
    DEADLINE = "its deadline passed"
    LOOP_CLOSED = "its event loop was closed"


class CallFuture(asyncio.Future[T]):
    """
    What a call in a child returns: an `asyncio.Future` whose cancel() asks the driver to stop.

    The future ends when the driver has unwound, not before: with `asyncio.CancelledError`, or with
    the call's result if it completes all the same.
    """

    __slots__ = ("_child",)

    _child: Child | None
    _cancelled_tasks: tuple[asyncio.Task[Any], ...] = ()
    _message: Any = None

    def cancel(self, msg: Any | None = None) -> bool:
        """
        Ask the call to end at its next wait (the one it is in, usually).

        Args:
            msg: of the `asyncio.CancelledError` that it ends with; anyio knows its own cancels by that.

        Returns:
            False if the call is done already, else True: the request will be delivered.
        """
        child: Child | None = getattr(self, "_child", None)  # it may not have started
        if child is None or self.done():
            return super().cancel(msg)
        self._message = msg
        if child.abort is None or child.abort is Abort.DEADLINE:  # which may be that of an inner block only
            child.abort = Abort.CANCELLED
            self.get_loop().call_soon(child.deliver_abort, self)
        waiters = (getattr(callback, "__self__", None) for callback, _ in self._callbacks or ())
        self._cancelled_tasks = tuple(task for task in waiters if isinstance(task, asyncio.Task))
        return True

    def cancel_tasks(self) -> None:
        """
        If the call completed all the same, a task that was cancelled while it awaited it must not go on.

        asyncio leaves a cancelled task to the future that it awaits, and forgets about it if that has a
        result; a worker that is cancelled once, to end its endless loop, would never end.
        """
        tasks, self._cancelled_tasks = self._cancelled_tasks, ()
        for task in tasks if not self.cancelled() else ():
            if task.cancelling():  # else it was the future alone that somebody cancelled
                task.cancel(self._message)
                task.uncancel()  # it counts once


class Child(greenlet):
    """
    A greenlet that runs one call after another.

    Attributes:
        ident: what ``threading.get_ident()`` gives inside the call.
        serial: number of the call, never used twice.
        thread: what ``threading.current_thread()`` gives inside the call, made when first asked for.
        deadline: on the clock of time.monotonic(), or None.
        abort: why the call is being ended, or None.
        aftermath: what the adapters of the drivers that were waiting want done after it.
        asked: numbers of the descriptors on which it has sent something.
    """

    __slots__ = (
        "_task", "_timer", "_timer_at", "_wake_at", "abort", "aftermath", "asked", "deadline", "future",
        "hub", "ident", "interruptible", "parked", "raised", "scope", "serial", "thread",
    )  # fmt: skip

    serial: int
    ident: int

    def __init__(self, hub: Hub) -> None:
        super().__init__()
        self.hub = hub
        self._task: _Task | None = None
        self.future: CallFuture[Any] | None = None
        self.abort: Abort | None = None
        self.deadline: float | None = None
        self.thread: Any = None
        self.parked = self.interruptible = False
        self.raised = 0
        self.aftermath: tuple[Callable[[], object], ...] = ()
        self.asked: set[int] = set()
        self.scope: Scope | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        self._wake_at: float | None = None

    def run(self) -> None:
        # Runs on the child, for its whole life.
        idle, calls = self.hub.idle, self.hub.calls
        while True:
            task, future = self._task, self.future
            assert task is not None
            assert future is not None
            function, args, kwargs, cleanup = task
            try:
                result = function(*args, **kwargs)
            except BaseException as error:
                self._fail(future, error)
                if isinstance(error, (KeyboardInterrupt, SystemExit)):
                    calls.discard(self)
                    raise  # through the loop, as from an asyncio.Task
            else:
                if not future.done():
                    future.set_result(result)
            future._child = None
            calls.discard(self)
            if self.abort is not None:
                if future._cancelled_tasks:
                    future.cancel_tasks()
                self._end_abort(cleanup)
            self.deadline = self.thread = self.scope = self.future = self._task = None
            if self.asked:
                self.asked.clear()
            del task, function, args, kwargs, cleanup, future
            result = None
            if len(idle) >= IDLE_MAX or self.hub.closed:
                return
            idle.append(self)
            self.gr_context = None
            self.parent.switch()  # type: ignore[union-attr]  # until spawn() has work for us

    def _fail(self, future: CallFuture[Any], error: BaseException) -> None:
        # Which error the caller sees goes by the call's state: drivers re-wrap what is thrown into them.
        if error.__traceback__ is not None:
            error = error.with_traceback(error.__traceback__.tb_next)  # our own frame says nothing
        if future.done():
            return
        if isinstance(error, (KeyboardInterrupt, SystemExit)):
            future.set_exception(error)
        elif self.raised and self.abort is Abort.DEADLINE:
            exceeded = DeadlineExceeded("the deadline of motorish.timeout passed before the call was done")
            exceeded.__cause__ = error
            future.set_exception(exceeded)
        elif self.raised or self.hub.closed or isinstance(error, (CancelledError, GreenletExit)):
            asyncio.Future.cancel(future, future._message)
        elif isinstance(error, StopIteration):
            wrapped = RuntimeError(f"the call raised {error!r}, which a Future cannot carry")
            wrapped.__cause__ = error
            future.set_exception(wrapped)
        elif type(error) is RuntimeError:
            future.set_exception(next(filter(None, (ask(self, error) for ask in refusals)), error))
        else:
            future.set_exception(error)

    def _end_abort(self, cleanup: Callable[[], Any] | None) -> None:
        if cleanup is not None and self.raised:
            self.aftermath += (cleanup,)
        self.clear_abort()

    def clear_abort(self) -> None:
        """
        The call, or the block with a deadline of its own, is over: what comes next is not aborted.
        """
        if self.raised:
            for hook in abort_hooks:
                hook(self)
            if not self.hub.closed:
                for cleanup in self.aftermath:
                    self.hub.loop.call_soon(self.hub.clean_up, cleanup)
            self.aftermath = ()
        self.abort, self.raised = None, 0

    def leave_behind(self) -> UsageError:
        """
        The loop runs in another thread than it did when this call was started: end it; returns the error.
        """
        self.hub.calls.discard(self)
        return self.fail_elsewhere()

    def fail_elsewhere(self) -> UsageError:
        """
        End the future, for the loop is not to be run in this call's thread any more; returns the error.
        """
        error = UsageError(
            f"this call began when {self.hub.loop!r} ran in another thread, where its greenlet stays: "
            "run an event loop in one thread, or end its calls before it moves"
        )
        if self.future is not None and not self.future.done():
            self.future.set_exception(error)
        return error

    def deliver_abort(self, future: CallFuture[Any]) -> None:
        """
        End the wait of *future*'s call with the abort that was asked for.  Runs on the loop greenlet.
        """
        if self.future is future and self.parked and self.interruptible:
            resume(self, False)

    def abort_error(self) -> BaseException:
        """
        The exception that tells the waiting driver to stop.  Runs on the child, inside the wait.
        """
        assert self.abort is not None
        self.raised += 1
        frame = sys._getframe(1)
        known = adapter.for_frame(frame)
        if known is not None and known.on_abort is not None:
            self._ask_adapter(known.on_abort, frame)
        for hook in abort_hooks:
            hook(self)
        chosen = CallAborted if known is None else known.cancel_exception
        if self.raised >= DRIVER_STUBBORN:
            chosen = CancelledError
        return chosen(f"the call was ended: {self.abort.value}")

    def _ask_adapter(
        self, on_abort: Callable[[FrameType], Callable[[], object] | None], frame: FrameType
    ) -> None:
        try:
            cleanup = on_abort(frame)
        except Exception as error:  # it must not hide the abort
            context = {"message": "an adapter's on_abort failed", "exception": error}
            self.hub.loop.call_exception_handler(context)
        else:
            if cleanup is not None:
                self.aftermath += (cleanup,)

    def _arm(self, at: float) -> None:
        # The timer may fire early for a wait that began after it was set: _on_timer then sets it anew.
        self._wake_at = at
        timer = self._timer
        if timer is not None:
            if self._timer_at <= at:
                return
            timer.cancel()
        self._timer_at = at
        self._timer = self.hub.loop.call_later(max(0.0, at - monotonic()), self._on_timer)

    def _on_timer(self) -> None:
        # Runs on the loop greenlet.
        self._timer = None
        at = self._wake_at
        if at is None or not self.parked:
            return
        now = monotonic()
        if at > now:
            self._timer_at = at
            self._timer = self.hub.loop.call_later(at - now, self._on_timer)
            return
        if self.interruptible and self.deadline is not None and self.deadline <= now:
            self.abort = self.abort or Abort.DEADLINE
        resume(self, False)


abort_hooks: list[Callable[[Child], None]] = []
"""Called on the child whenever its abort is raised, and at its end: sockets close what was interrupted."""

refusals: list[Callable[[Child, RuntimeError], BaseException | None]] = []
"""Asked, on the child, whether an error that ends it refused a second call on one connection: gives ours."""


class Hub:
    """
    The calls of one event loop: those in flight, the idle children, the table of file descriptors.

    Attributes:
        turn_is_over: the sockets that are ready must wait until the loop has come round, and the tasks that
            got results go on first.  So many replies at a time do not hold up the rest of the program, and
            the results of one are used, and gone, before those of the next are made.
        spent_s: by calls that sockets have woken, since the last turn was over.
        turn_s, long_s: how much all of them, or one, may spend until it is.
        polls_in_c: the loop calls its readers and writers from amid libuv's poll, which keeps the list of
            events on the C stack.  A child's stack may lie over that, and what it asks of the loop would
            read (and write) there: on such a loop it is never a socket's turn while the loop polls.
    """

    def __init__(self, loop: AbstractEventLoop) -> None:
        self.loop = loop
        self.closed = False
        self.idle: list[Child] = []
        self.calls: set[Child] = set()
        self.later: set[CallFuture[Any]] = set()  # of calls that the loop is to start
        self.streams: dict[int, Any] = {}  # fd -> GreenStream; owned by motorish.green.stream
        self.polls_in_c = any(kind.__module__.partition(".")[0] == "uvloop" for kind in type(loop).__mro__)
        self.turn_is_over = self.polls_in_c
        self.spent_s = 0.0
        self.turn_s, self.long_s = TURN_S, LONG_S
        self._put_off: deque[tuple[Any, int]] = deque()  # streams and their events
        self._begins_soon = False
        self._exit: BaseException | None = None  # SystemExit or KeyboardInterrupt of a call ended by close()
        self._close_loop = loop.close
        loop.close = self.close  # type: ignore[method-assign]

    def __repr__(self) -> str:
        parked = sum(child.parked for child in self.calls)
        counts = f"{len(self.calls)} calls in flight, {parked} parked, {len(self.idle)} idle"
        return f"<Hub of {self.loop!r}: {counts}>"

    def end_turn(self) -> None:
        """
        Wake no more children until the loop has come round.
        """
        self.turn_is_over = True
        self._begin_soon()

    def put_off(self, stream: Any, events: int) -> None:
        """
        The turn is over, and a socket is ready: the next turn begins with those that were first.

        Were the loop asked anew, it would name the same ones first each time.
        """
        self._put_off.append((stream, events))
        self._begin_soon()

    def _begin_soon(self) -> None:
        if not self._begins_soon:
            self._begins_soon = True
            self.loop.call_soon(self._begin_turn)

    def _begin_turn(self) -> None:
        waiting = self._put_off
        least = len(waiting) * PUT_OFF_S
        self.turn_s, self.long_s = max(TURN_S, least), max(LONG_S, least)
        self.spent_s = 0.0
        self.turn_is_over = self._begins_soon = False
        try:
            while waiting and not self.turn_is_over:
                stream, events = waiting.popleft()
                stream.serve(events)
        finally:
            if self.polls_in_c:
                self.turn_is_over = True
            if waiting:
                self._begin_soon()

    def start(self, child: Child, task: _Task, future: CallFuture[Any], context: Context) -> None:
        """
        Run a new call on *child*, up to its first wait.  Runs on the loop greenlet (or whoever spawned).
        """
        try:
            child.parent = getcurrent()
        except ValueError:  # the loop runs in another thread than it did
            self.idle.clear()
            child = Child(self)
        serial = child.serial = next(_serials)
        scope = child.scope = context.get(scope_of_context)
        child.ident = serial if scope is None else scope.ident
        child.deadline = context.get(deadline_of_context)
        child._task = task
        child.future = future
        future._child = child
        child.gr_context = context
        self.calls.add(child)
        child.switch()

    def start_later(self, task: _Task, future: CallFuture[Any], context: Context) -> None:
        """
        Let the loop start a call.  It is no argument of the callback: a loop that is debugged logs those.
        """
        self.later.add(future)
        self.loop.call_soon(lambda: self.start_from_loop(task, future, context))

    def start_from_loop(self, task: _Task, future: CallFuture[Any], context: Context) -> None:
        """
        A loop callback: start the call of a caller that was itself too deep, or must not be interrupted.
        """
        self.later.discard(future)
        if not future.done():
            self.start(self.idle.pop() if self.idle else Child(self), task, future, context)

    def clean_up(self, cleanup: Callable[[], Any]) -> None:
        """
        A loop callback: tell the server that a call was given up, in a child and with a deadline of its own.
        """
        context = Context()
        context.run(deadline_of_context.set, monotonic() + CLEANUP_S)
        future = spawn(cleanup, context=context)
        future.add_done_callback(ignore_outcome)

    def close(self) -> None:
        """
        Replaces ``loop.close()``: end the calls in flight, then close the loop.
        """
        if not self.closed and not self.loop.is_running():
            self.closed = True
            self._end_calls()
            for stream in list(self.streams.values()):
                stream.forget()
            _hubs.pop(self.loop, None)
            vars(self.loop).pop("close", None)
        self._close_loop()
        exiting, self._exit = self._exit, None
        if exiting is not None:
            raise exiting

    def end_with_thread(self) -> None:
        """
        The thread ends in which the loop ran, and left it open: end the calls, whose greenlets die with it.
        """
        if self.closed or self.loop.is_running() or sys.is_finalizing():
            return
        for child in (*self.calls, *self.idle):
            try:
                child.parent = getcurrent()
            except ValueError:  # the loop has moved to another thread
                return
        for child in self.calls:
            child.fail_elsewhere()  # should the loop run again
        self._end_calls()

    def _end_calls(self) -> None:
        for future in self.later:
            asyncio.Future.cancel(future)
        # One that re-acquires a lock is not interrupted; it gets the lock when the holder has unwound.
        for _ in range(len(self.calls) + DRIVER_STUBBORN):
            for child in list(self.calls):
                child.abort = Abort.LOOP_CLOSED
                if child.parked:
                    self._end(resume, child, False)
        for child in list(self.calls):
            self._end(interrupt, child, GreenletExit())
            if child.future is not None:  # not even that ended it, or it belongs to another thread
                asyncio.Future.cancel(child.future)
        self.calls.clear()
        for child in self.idle:
            self._end(interrupt, child, GreenletExit())
        self.idle.clear()

    def _end(self, switch: Callable[[Child, Any], None], child: Child, how: object) -> None:
        try:
            switch(child, how)
        except (KeyboardInterrupt, SystemExit) as error:
            self._exit = self._exit or error  # when all have ended and the loop is closed
        except UsageError:
            pass  # it belongs to another thread


class _ThreadEnd:
    """
    Kept by a thread in which loops with hubs have run; it is finalised, there, as the thread's last act.
    """

    def __init__(self) -> None:
        self.hubs: WeakSet[Hub] = WeakSet()

    def __del__(self) -> None:
        for hub in list(self.hubs):
            hub.end_with_thread()


_hubs: dict[AbstractEventLoop, Hub] = {}
_of_thread = threading.local()


def current_hub(stopped: AbstractEventLoop | None = None) -> Hub:
    """
    The hub of the event loop that runs in this thread; where none does, of *stopped*.

    Raises:
        UsageError: no event loop is running here.
    """
    loop = running_loop() or stopped
    hub = _hubs.get(loop)  # type: ignore[arg-type]
    if hub is not None:
        return hub
    if loop is None:
        raise UsageError(
            "no event loop is running in this thread: make the call inside 'async def main()' and start that "
            "with asyncio.run(main()). In plain synchronous code, call the driver's function directly."
        )
    if not hasattr(loop, "add_reader") or "Proactor" in type(loop).__name__:
        raise UsageError(
            f"{type(loop).__name__} cannot watch sockets: motorish needs an event loop with "
            "add_reader(), such as asyncio's selector event loop or uvloop (Linux and macOS)"
        )
    for old in list(_hubs):
        if old.is_closed():
            _hubs.pop(old, None)
    hub = _hubs[loop] = Hub(loop)
    if running_loop() is loop and threading.get_ident() != threading.main_thread().ident:
        if not hasattr(_of_thread, "end"):
            _of_thread.end = _ThreadEnd()
        _of_thread.end.hubs.add(hub)
    return hub


def spawn(
    function: Callable[..., T],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    *,
    cleanup: Callable[[], Any] | None = None,
    context: Context | None = None,
    later: bool = False,
    running: AbstractEventLoop | None = None,
    stopped: AbstractEventLoop | None = None,
    future_class: type[CallFuture[T]] = CallFuture,
) -> CallFuture[T]:
    """
    Start a synchronous call on a child greenlet and run it to its first wait.

    Args:
        function: what to call, with *args* and *kwargs*.
        cleanup: called afterwards, in a child and with a deadline of its own, if the call is aborted.
        context: the contextvars of the call; a copy of the caller's by default.
        later: start from the loop, not at once.
        running: the loop that runs in this thread, if the caller has asked already: that costs a system call.
        stopped: where no loop is running in this thread, the one that is to start the call when it runs.
        future_class: of what is returned.

    Returns:
        A future of the running loop, or of *stopped*.

    Raises:
        UsageError: no event loop is running in this thread.
    """
    hub = _hubs.get(running or running_loop())  # type: ignore[arg-type]
    if hub is None:
        hub = current_hub(stopped)
        later = later or running_loop() is None
    future = future_class(loop=hub.loop)
    task = (function, args, kwargs or {}, cleanup)
    if context is None:
        context = copy_context()
    if not later and hub.idle:
        hub.start(hub.idle.pop(), task, future, context)
    elif not later and _is_shallow():
        hub.start(Child(hub), task, future, context)
    else:
        hub.start_later(task, future, context)
    return future


def ignore_outcome(future: asyncio.Future[Any]) -> None:
    """
    A callback for a future: asyncio is not to report an exception which nobody is waiting for.
    """
    if not future.cancelled():
        future.exception()


def park(child: Child, timeout: float | None = None, *, shield: bool = False) -> bool:
    """
    Suspend the current child until resume(); the loop runs other work meanwhile.

    Runs on the child; control goes to the loop greenlet and comes back from a loop callback.

    Args:
        child: the current greenlet.
        timeout: seconds, or None to wait without limit.
        shield: an abort must not end this wait; it is raised by the next one.

    Returns:
        True when resumed, False when *timeout* passed.

    Raises:
        BaseException: the call is being aborted; the type is what the waiting driver's adapter chose.
    """
    if child.abort is not None and not shield:
        raise child.abort_error()
    at = child.deadline if not shield else None
    if at is not None or timeout is not None:
        now = monotonic()
        if at is not None and at <= now:
            child.abort = Abort.DEADLINE
            raise child.abort_error()
        if timeout is not None and (at is None or now + timeout < at):
            at = now + timeout
        child._arm(at)  # type: ignore[arg-type]  # one of the two is a number
    child.interruptible = not shield
    child.parked = True
    try:
        woken = child.parent.switch()  # type: ignore[union-attr]  # resume() brings us back
    finally:
        child.parked = False
        child._wake_at = None
    if child.abort is not None and not shield and not woken:
        raise child.abort_error()
    return bool(woken)


def resume(child: Child, woken: bool = True) -> None:
    """
    End the wait of a parked child.  Runs on the loop greenlet, in a loop callback.

    Args:
        child: must be parked; whoever calls sees to it that each wait is resumed once.
        woken: what park() returns.
    """
    try:
        child.parent = getcurrent()  # where park() switches to
    except ValueError:
        raise child.leave_behind() from None
    child.switch(woken)


def interrupt(child: Child, error: BaseException) -> None:
    """
    Raise *error* in a parked child, at its wait.  Runs on the loop greenlet.
    """
    try:
        child.parent = getcurrent()  # where park() switches to
    except ValueError:
        raise child.leave_behind() from None
    child.throw(error)


def current_child() -> Child | None:
    """
    The child that is running, or None on the loop greenlet, in a plain thread or in a foreign greenlet.
    """
    current = getcurrent()
    return current if type(current) is Child else None


def _is_shallow() -> bool:
    # Frames below us, those of the greenlets that started the current one included.
    current: greenlet | None = getcurrent()
    frame = sys._getframe(1)
    count = 0
    while True:
        while frame is not None:
            count += 1
            if count > SHALLOW_FRAMES:
                return False
            frame = frame.f_back  # type: ignore[assignment]
        current = current.parent if current is not None else None
        if current is None:
            return True
        frame = current.gr_frame
