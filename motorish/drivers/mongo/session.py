"""
MotorClientSession: operations in order, and transactions.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextvars import Token
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar
from weakref import WeakValueDictionary

from pymongo.read_concern import ReadConcern
from pymongo.read_preferences import _ServerMode
from pymongo.synchronous.client_session import _SESSION, ClientSession
from pymongo.write_concern import WriteConcern

from motorish.calls import Callback
from motorish.drivers.mongo import _transactions
from motorish.drivers.mongo._with_transaction import WithTransaction
from motorish.drivers.mongo.texts.session import SESSION
from motorish.hub import CallFuture
from motorish.proxy import DelegateMethod, Latent, ReadOnlyProperty, gives_latent, starts_call
from motorish.proxy.base import Cleanup

if TYPE_CHECKING:
    from motorish.drivers.mongo.client import MotorClient

T = TypeVar("T")

_sessions: WeakValueDictionary[int, MotorClientSession] = WeakValueDictionary()  # by id() of the delegate


class MotorClientSession(Latent):
    """
    A session; get one from a client: ``client.start_session()``, awaited or not.

    Pass it as ``session=`` to the operations that belong to it, one at a time.  `PyMongo's
    documentation <https://pymongo.readthedocs.io/en/stable/api/pymongo/client_session.html>`_ says
    what sessions are for.

    Args:
        delegate: PyMongo's session.
        motor_client: the `MotorClient` that it belongs to.

    Example::

        async with client.start_session() as session:
            async with session.start_transaction():
                await orders.insert_one({"_id": 1}, session=session)
                await stock.update_one({"_id": "abc"}, {"$inc": {"left": -1}}, session=session)
    """

    __delegate_class__ = ClientSession
    __texts__ = SESSION

    delegate: ClientSession

    advance_cluster_time = DelegateMethod()
    advance_operation_time = DelegateMethod()

    cluster_time = ReadOnlyProperty()
    has_ended = ReadOnlyProperty()
    in_transaction = ReadOnlyProperty()
    operation_time = ReadOnlyProperty()
    options = ReadOnlyProperty()
    session_id = ReadOnlyProperty()

    def __init__(self, delegate: ClientSession, motor_client: MotorClient) -> None:
        self.delegate = delegate
        self._client = motor_client
        self._binding = motor_client._binding
        _sessions[id(delegate)] = self

    @classmethod
    def of(cls, delegate: ClientSession, motor_client: MotorClient) -> MotorClientSession:
        """
        The session whose delegate this is: the one that the application has, if it still has it.
        """
        known = _sessions.get(id(delegate))
        return known if known is not None and known.delegate is delegate else cls(delegate, motor_client)

    def __eq__(self, other: object) -> bool:
        return self.delegate is other.delegate if isinstance(other, MotorClientSession) else NotImplemented

    def __hash__(self) -> int:
        return hash(self.delegate)

    def __copy__(self) -> NoReturn:
        raise TypeError("a session cannot be copied: start another one, client.start_session()")

    @property
    def client(self) -> MotorClient:
        """
        The client that this session was started from.
        """
        return self._client

    async def __aenter__(self) -> MotorClientSession:
        return self

    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None:
        if exc is not None and self.in_transaction:
            await _transactions.unhurried().run(self._transact, self.delegate.end_session)
        else:
            await self.end_session()

    def __enter__(self) -> NoReturn:
        raise AttributeError("use a session in 'async with', not in 'with'")

    def __exit__(self, *exc_info: object) -> None: ...

    @starts_call
    def end_session(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        End the session; a transaction that is in progress is aborted.  Coroutine. Also accepts callback=.
        """
        return self._transact(self.delegate.end_session, callback)

    @gives_latent
    def start_transaction(
        self,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callback | None = None,
    ) -> MotorTransaction:
        """
        Start a transaction; the first operation in it tells the server.

        Leaving ``async with session.start_transaction():`` commits it, or aborts it after an exception
        and when the task was cancelled.  Without ``async with``, call `commit_transaction` or
        `abort_transaction`.

        If a call in the transaction is cancelled or its deadline passes, the transaction is aborted on
        the server, whatever becomes of it here.

        Args:
            max_commit_time_ms: limit for the commit, in milliseconds.

        Raises:
            InvalidOperation: there is a transaction already, or the session has ended.
        """
        started = self.delegate.start_transaction(
            read_concern, write_concern, read_preference, max_commit_time_ms
        )
        return MotorTransaction(started, self)._give(callback)  # type: ignore[no-any-return]

    @starts_call
    def commit_transaction(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Commit the transaction.  Coroutine. Also accepts callback=.

        As PyMongo's: tried once more after a network error; calling it again, after an error labelled
        UnknownTransactionCommitResult for example, does no harm.

        Raises:
            pymongo.errors.InvalidOperation: (from the future) no transaction was started, or it was aborted.
            pymongo.errors.PyMongoError: (from the future) it failed; ``has_error_label`` says how.
        """
        return self._transact(self.delegate.commit_transaction, callback)

    @starts_call
    def abort_transaction(self, callback: Callback | None = None) -> CallFuture[None]:
        """
        Abort the transaction.  Coroutine. Also accepts callback=.

        As PyMongo's: what the server answers is ignored, as it forgets the transaction in any case.

        Raises:
            pymongo.errors.InvalidOperation: (from the future) there is none, or it was ended already.
        """
        return self._transact(self.delegate.abort_transaction, callback)

    def with_transaction(
        self,
        coro: Callable[[MotorClientSession], Awaitable[T] | T] | None = None,
        read_concern: ReadConcern | None = None,
        write_concern: WriteConcern | None = None,
        read_preference: _ServerMode | None = None,
        max_commit_time_ms: int | None = None,
        *,
        callback: Callable[[MotorClientSession], Awaitable[T] | T] | None = None,
    ) -> CallFuture[T]:
        """
        Run a function in a transaction and commit it; run it again when that may help.

        PyMongo decides about that: it tries again for up to 120 seconds (or until the deadline of
        `pymongo.timeout`) after errors labelled TransientTransactionError.  So the function may run
        several times.  When this call is cancelled the function is, and the transaction is aborted.

        Args:
            coro: ``async def function(session)``, or a plain function, which runs on a child
                greenlet; it gets this session.
            callback: PyMongo's name for the same; what is called when all is done can be added to the
                future that is returned (``add_done_callback``).
            max_commit_time_ms: limit for the commit, in milliseconds.

        Returns:
            A `CallFuture` of what the function returned at last.

        Raises:
            TypeError: there is no function, there are two, or it cannot be called.

        Example::

            async def order(session):
                await orders.insert_one({"_id": 1}, session=session)
                await stock.update_one({"_id": "abc"}, {"$inc": {"left": -1}}, session=session)

            async with client.start_session() as session:
                await session.with_transaction(order)
        """
        function = coro if callback is None else callback
        if not callable(function) or (coro is not None and callback is not None):
            raise TypeError(
                "with_transaction() needs one function(session): a coroutine function or a plain one"
            )
        options = (read_concern, write_concern, read_preference, max_commit_time_ms)
        running = WithTransaction(self, function, options)
        return self._call(running.run, cleanup=running.clean_up)  # type: ignore[no-any-return]

    def bind(self, end_session: bool = True) -> _BoundSession:
        """
        In the block, operations of this client that are given no session use this one.

        Both ``async with session.bind():`` and ``with session.bind():`` will do.

        Args:
            end_session: end the session when the block is left (``with`` does not wait for that).
        """
        return _BoundSession(self, end_session)

    def _transact(self, function: Callable[[], None], callback: Callback | None = None) -> CallFuture[None]:
        return self._call(function, callback=callback, cleanup=self._after_abort())  # type: ignore[no-any-return]

    def _after_abort(self) -> Cleanup | None:
        return _transactions.cleanup_of(self.delegate)


class MotorTransaction(Latent):
    """
    What `MotorClientSession.start_transaction` returns: for ``async with``, awaited or not.
    """

    def __init__(self, delegate: Any, session: MotorClientSession) -> None:
        self.delegate = delegate
        self._session = session
        self._binding = session._binding

    async def __aenter__(self) -> MotorTransaction:
        return self

    async def __aexit__(self, exc_type: object, exc: BaseException | None, traceback: object) -> None:
        session = self._session
        if not session.in_transaction:
            return
        if exc is None:
            await session.commit_transaction()
        else:
            await _transactions.unhurried().run(session._transact, session.delegate.abort_transaction)

    def __enter__(self) -> NoReturn:
        raise AttributeError("use a transaction in 'async with', not in 'with'")

    def __exit__(self, *exc_info: object) -> None: ...


class _BoundSession:
    """
    What `MotorClientSession.bind` returns.  It acts on the context of whoever enters it, never in a child.
    """

    def __init__(self, session: MotorClientSession, end_session: bool) -> None:
        self._session = session
        self._end_session = end_session
        self._token: Token[ClientSession | None] | None = None

    def __enter__(self) -> MotorClientSession:
        self._token = _SESSION.set(self._session.delegate)
        self._session._binding.cleanup = _transactions.cleanup_of_bound
        return self._session

    def __exit__(self, *exc_info: object) -> None:
        self._leave()
        if self._end_session:
            self._session._transact(self._session.delegate.end_session)

    async def __aenter__(self) -> MotorClientSession:
        return self.__enter__()

    async def __aexit__(self, *exc_info: object) -> None:
        self._leave()
        if self._end_session:
            await self._session.__aexit__(*exc_info)  # type: ignore[arg-type]

    def _leave(self) -> None:
        if self._token is not None:
            _SESSION.reset(self._token)
            self._token = None
