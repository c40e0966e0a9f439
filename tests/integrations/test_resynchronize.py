"""
resynchronize(): the asynchronous API without await, from any thread.
"""

from __future__ import annotations

import asyncio
import copy
import inspect
import queue
import signal
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import AsyncIterator, Callable, Iterator
from contextvars import ContextVar, Token
from functools import partial
from typing import Any

import pymongo
import pytest
from bson import ObjectId
from pymongo.errors import DuplicateKeyError

import motorish
from motorish.hub import spawn
from tests.loops import in_child, in_threads

SyncClient = motorish.resynchronize(motorish.MotorClient)
SyncDatabase = motorish.resynchronize(motorish.MotorDatabase)

REQUEST: ContextVar[str] = ContextVar("request")


class Base:
    """
    A base class.
    """

    async def name(self) -> str:
        """
        The name.
        """
        return "base"


class Example(Base):
    """
    All that an asynchronous class may have.
    """

    def __init__(self, start: int = 0) -> None:
        self.start = start
        self.loops: list[Any] = []
        self.ended = threading.Event()
        self.began = threading.Event()

    def __repr__(self) -> str:
        return f"Example({self.start})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Example) and self.start == other.start

    def __hash__(self) -> int:
        return self.start

    def __getitem__(self, index: int) -> int:
        return self.start + index

    async def __aenter__(self) -> Example:
        self._token: Token[str] = REQUEST.set("entered")
        return self

    async def __aexit__(self, *exc_info: object) -> None:
        REQUEST.reset(self._token)

    async def count(self, stop: int) -> AsyncIterator[int]:
        """
        An asynchronous generator.
        """
        for number in range(self.start, stop):
            await asyncio.sleep(0)
            yield number

    async def request(self) -> str:
        """
        What the caller's context holds.
        """
        return REQUEST.get("none")

    def chain(self) -> Example:
        """
        The object itself.
        """
        return self

    def future(self) -> asyncio.Future[int]:
        """
        A future of the running loop.
        """
        future = asyncio.get_running_loop().create_future()
        future.set_result(self.start)
        return future

    async def fail(self) -> None:
        """
        Raise an error.
        """
        raise LookupError("deep inside")

    async def wait(self) -> None:
        """
        Wait for ever.
        """
        try:
            self.began.set()
            await asyncio.get_running_loop().create_future()
        finally:
            self.ended.set()

    async def call(self, function: Callable[[Any], Any]) -> Any:
        """
        Call a function in a child.
        """
        return await spawn(function, (self,))

    def call_on_loop(self, function: Callable[[], Any]) -> Any:
        """
        Call a function on the loop.
        """
        return function()

    @property
    def loop(self) -> Any:
        """
        The running loop.
        """
        return asyncio.get_running_loop()

    @staticmethod
    async def static(number: int) -> int:
        """
        A static method.
        """
        return number

    @classmethod
    async def made(cls) -> Example:
        """
        A class method.
        """
        return cls(7)


SyncExample = motorish.resynchronize(Example)


@pytest.fixture
def client(mongod_uri: str) -> Iterator[Any]:
    """
    Return a resynchronized client.
    """
    with SyncClient(mongod_uri) as client:
        yield client


@pytest.fixture
def collection(client: Any) -> Iterator[Any]:
    """
    Return a resynchronized collection that does not exist yet.
    """
    collection = client["motorish_test"][f"c{ObjectId()}"]
    yield collection
    collection.drop()


def test_operations_and_cursors(client: Any, collection: Any) -> None:
    """
    Methods return results, cursors are iterated with for and have no len().
    """
    collection.insert_many([{"_id": number} for number in range(300)])
    cursor = collection.find().sort("_id")

    assert {"_id": 1} == collection.find_one({"_id": 1})
    assert list(range(300)) == [document["_id"] for document in cursor]
    assert [{"_id": 299}] == collection.aggregate([{"$match": {"_id": {"$gt": 298}}}]).to_list()
    assert collection.name in client.motorish_test.list_collection_names()
    with pytest.raises(StopIteration):
        cursor.next()
    with pytest.raises(TypeError, match="has no len"):
        len(cursor)


def test_sessions_and_transactions(client: Any, collection: Any) -> None:
    """
    A transaction's function gets the resynchronized session, and may call in turn.
    """

    def insert(session: Any) -> int:
        collection.insert_one({"_id": 1}, session=session)
        assert not collection.count_documents({})
        return collection.count_documents({}, session=session)  # type: ignore[no-any-return]

    with client.start_session() as session:
        assert 1 == session.with_transaction(insert)
        with pytest.raises(ZeroDivisionError), session.start_transaction():
            collection.insert_one({"_id": 2}, session=session)
            _ = 1 / 0
        with session.bind(end_session=False), session.start_transaction():
            collection.insert_one({"_id": 3})
    assert [{"_id": 1}, {"_id": 3}] == collection.find().to_list()
    assert session.has_ended


def test_change_streams_and_files(client: Any, collection: Any) -> None:
    """
    Change streams and GridFS files are plain iterators and context managers.
    """
    bucket = motorish.resynchronize(motorish.MotorGridFSBucket)(client.motorish_test, f"g{ObjectId()}")
    with collection.watch() as stream:
        collection.insert_one({"_id": 1})

        assert "insert" == next(stream)["operationType"]
        assert stream.try_next() is None
    with bucket.open_upload_stream("a") as upload:
        upload.colour = "red"
        upload.write(b"content")
    with bucket.open_download_stream_by_name("a") as download:
        assert ([b"content"], "red") == (list(download), download.colour)
    assert [b"content"] == [file.read() for file in bucket.find()]
    assert [b"content"] == [file.read() for file in bucket.find().to_list()]
    for name in ("files", "chunks"):
        bucket.collection[name].drop()


def test_proxies_are_wrapped(client: Any) -> None:
    """
    What comes from a client is resynchronized, plain values are not, and classes stay related.
    """
    assert isinstance(client.shop, SyncDatabase)
    assert client.shop == client["shop"]
    assert {client.shop} == {client["shop"]}
    assert SyncClient is motorish.resynchronize(motorish.MotorClient)
    assert client is motorish.resynchronize(client)
    assert issubclass(
        motorish.resynchronize(motorish.MotorRawBatchCursor), motorish.resynchronize(motorish.MotorCursor)
    )
    assert isinstance(client.options, pymongo.client_options.ClientOptions)
    cursor = client.shop.orders.find()
    assert cursor is cursor.sort("_id").limit(3)
    assert cursor is not copy.copy(cursor)


def test_errors_pass_through(collection: Any) -> None:
    """
    The driver's exception arrives as it is, with the traceback of where it was raised.
    """
    collection.insert_one({"_id": 1})
    with pytest.raises(DuplicateKeyError) as caught:
        collection.insert_one({"_id": 1})

    assert any("pymongo" in frame.filename for frame in traceback.extract_tb(caught.value.__traceback__))
    with pytest.raises(AttributeError, match=r"write \['_private'\]"):
        _ = collection._private
    with pytest.raises(LookupError, match="deep inside") as error:
        SyncExample().fail()
    assert "fail" == traceback.extract_tb(error.value.__traceback__)[-1].name


def test_a_class_looks_like_the_original() -> None:
    """
    Docstrings, signatures, dir() and repr() are there, for the class and for an instance.
    """
    example = SyncExample(3)

    assert ("SyncExample", Example.__doc__) == (SyncExample.__name__, SyncExample.__doc__)
    assert "(start: 'int' = 0) -> 'None'" == str(inspect.signature(SyncExample))
    assert "(stop: 'int') -> 'AsyncIterator[int]'" == str(inspect.signature(example.count))
    assert inspect.getdoc(Example.request) == inspect.getdoc(SyncExample.request)
    assert inspect.getdoc(Example.loop) == inspect.getdoc(SyncExample.loop)
    assert {"start", "request", "count", "loop"} <= set(dir(example))
    assert "<resynchronized Example(3)>" == repr(example)
    assert isinstance(example, motorish.resynchronize(Base))


def test_every_kind_of_attribute() -> None:
    """
    Coroutines, futures, generators, properties, operators and class methods give what they stand for.
    """
    example = SyncExample(3)

    assert "base" == example.name()
    assert 3 == example.future()
    assert [3, 4] == list(example.count(5))
    assert 3 == next(example.count(5))
    assert 5 == example[2]
    assert 3 == example.start
    assert example is example.chain()
    assert example.loop.is_running()
    assert 4 == SyncExample.static(4)
    assert 7 == SyncExample.made().start
    assert example == SyncExample(3)
    assert example != SyncExample(4)
    example.start = 9
    assert 9 == example.start
    del example.start
    assert not hasattr(example, "start")
    assert "base" == motorish.resynchronize(Example(1)).name()
    assert 6 == motorish.resynchronize(Example.static)(6)


def test_an_object_that_was_never_made() -> None:
    """
    A subclass that forgets Resynchronized.__init__ gets an AttributeError, not a recursion.
    """

    class Forgetful(SyncExample):  # type: ignore[misc, valid-type]
        def __init__(self) -> None: ...

    with pytest.raises(AttributeError, match="no attribute '_wrapped'"):
        Forgetful().name()


def test_context() -> None:
    """
    A call sees its caller's context; what __aenter__ sets holds in the block, for the caller too.
    """
    example = SyncExample()
    token = REQUEST.set("mine")
    try:
        assert "mine" == example.request()
        with example as entered:
            assert entered is example
            assert ("entered", "entered") == (example.request(), REQUEST.get())
        assert ("mine", "mine") == (example.request(), REQUEST.get())
    finally:
        REQUEST.reset(token)


def test_deadline(client: Any) -> None:
    """
    motorish.timeout bounds the calls of the block.
    """
    with motorish.timeout(0.05), pytest.raises(motorish.DeadlineExceeded):
        client.shop.orders.watch(max_await_time_ms=5000).next()


def test_many_threads(collection: Any) -> None:
    """
    Several threads call at once, on one loop.
    """

    def insert(number: int) -> Any:
        collection.insert_one({"_id": number})
        return collection.find_one({"_id": number})["_id"], id(example.loop)

    example = SyncExample()

    assert [(number, id(example.loop)) for number in range(8)] == in_threads(
        [lambda number=number: insert(number) for number in range(8)]
    )


def test_they_run_at_the_same_time() -> None:
    """
    A call that waits does not keep other threads' calls waiting.
    """
    example = SyncExample()
    thread = threading.Thread(target=pytest.raises, args=(asyncio.CancelledError, example.wait))
    thread.start()

    assert example.began.wait(10)
    assert "base" == example.name()
    tasks = example.call_on_loop(asyncio.all_tasks)
    example.loop.call_soon_threadsafe(lambda: [task.cancel() for task in tasks])
    thread.join(10)
    assert not thread.is_alive()


def test_ctrl_c_cancels_the_call() -> None:
    """
    A signal's exception in the waiting thread ends the call, and arrives when that has ended.
    """
    example = SyncExample()

    def interrupt() -> None:
        example.began.wait(10)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    thread = threading.Thread(target=interrupt)
    thread.start()
    with pytest.raises(KeyboardInterrupt):
        example.wait()

    assert example.ended.is_set()
    assert "base" == example.name()
    thread.join()


def test_where_a_loop_runs() -> None:
    """
    On a thread whose event loop runs a call is refused, and nothing is left unawaited.
    """
    example = SyncExample()

    async def main() -> None:
        example.name()

    with pytest.raises(motorish.UsageError, match="would block this thread's event loop"):
        asyncio.run(main())
    with pytest.raises(motorish.UsageError, match="would block this thread's event loop"):
        example.call_on_loop(example.name)


def test_in_a_child_of_a_loop() -> None:
    """
    In a child of any loop, the private one included, a call parks the child.
    """
    example = SyncExample()

    assert "base" == in_child(example.name)
    assert "base" == example.call(lambda same: same.name())


def test_functions_that_are_called_back(collection: Any) -> None:
    """
    They get resynchronized objects, coroutine functions the asynchronous ones; callback= works as well.
    """
    collection.insert_one({"_id": 1})
    answers: queue.Queue[Any] = queue.Queue()

    async def asynchronous(session: motorish.MotorClientSession) -> type:
        return type(session)

    with collection.database.client.start_session() as session:
        same = session.with_transaction(partial(lambda number, given: (number, given == session), 5))
        assert (5, True) == same
        assert motorish.MotorClientSession is session.with_transaction(asynchronous)
    assert collection.find_one({"_id": 1}, callback=lambda *outcome: answers.put(outcome)) is None
    assert ({"_id": 1}, None) == answers.get(timeout=10)


def test_a_child_s_call_is_cancelled() -> None:
    """
    Cancelling the child cancels the call that it waits for.
    """
    example = SyncExample()
    began, ended = example.began, example.ended

    async def main() -> None:
        future = motorish.spawn(example.wait)
        await asyncio.to_thread(began.wait, 10)
        future.cancel()
        with pytest.raises(asyncio.CancelledError):
            await future

    asyncio.run(main())
    assert ended.wait(10)


def test_system_exit_in_a_callback() -> None:
    """
    SystemExit out of a function that was called back reaches the caller, and the loop goes on.
    """
    example = SyncExample()

    with pytest.raises(SystemExit):
        example.call(lambda _: sys.exit(3))
    assert "base" == example.name()


def run_script(script: str, *args: str) -> str:
    """
    What a program prints that ends without an error.
    """
    done = subprocess.run(
        [sys.executable, "-c", script, *args], capture_output=True, text=True, timeout=50, check=False
    )
    assert ("", 0) == (done.stderr, done.returncode)
    return done.stdout


def test_end_of_the_process(mongod_uri: str) -> None:
    """
    A process with calls in flight ends within a second, and says nothing.
    """
    script = """
import atexit, sys, threading, time
atexit.register(lambda: print(time.monotonic() - end))  # the last one that runs
import motorish
client = motorish.resynchronize(motorish.MotorClient)(sys.argv[1])
stream = client.shop.orders.watch(max_await_time_ms=20000)

def wait():
    try:
        next(stream)
    except BaseException:
        pass

threading.Thread(target=wait, daemon=True).start()
client.shop.orders.find_one()
end = time.monotonic()
"""

    assert 1.1 > float(run_script(script, mongod_uri))


def test_fork() -> None:
    """
    A forked process has a private loop of its own.
    """
    script = """
import os, warnings
import motorish

# What Python 3.12 and later say of it: a forked process must not wait for the thread that it has not got.
warnings.filterwarnings("ignore", "This process .* is multi-threaded", DeprecationWarning)

class Example:
    async def pid(self):
        return os.getpid()

example = motorish.resynchronize(Example)()
assert os.getpid() == example.pid()
if child := os.fork():
    assert 0 == os.waitpid(child, 0)[1]
else:
    assert os.getpid() == example.pid()
"""

    assert run_script(script) == ""


def test_nothing_is_kept_alive(collection: Any) -> None:
    """
    A call leaves no reference cycle behind: an exception dies with its last name.
    """
    import gc
    import weakref

    class Lost(Exception):
        pass

    async def fail() -> None:
        raise Lost

    gc.disable()
    try:
        try:
            motorish.resynchronize(fail)()
        except Lost as error:
            lost = weakref.ref(error)
        deadline = time.monotonic() + 5
        while lost() is not None and time.monotonic() < deadline:
            motorish.resynchronize(Example)().name()  # the loop lets go of it in its next turn
        assert lost() is None
    finally:
        gc.enable()
