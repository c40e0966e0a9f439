"""
select, poll, epoll and the selectors as the stdlib does it, without stopping or heating the loop.
"""

from __future__ import annotations

import asyncio
import os
import select as stdlib_select
import selectors as stdlib_selectors
import socket as stdlib
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import motorish
from motorish.green import select, selectors, socket
from tests.loops import turns

RunAsync = Callable[..., Any]


def select_lists(m: Any) -> Iterator[Any]:
    """
    select(): what is ready, timeouts, several descriptors, numbers and objects, bad arguments.
    """
    a, b = m.socket.socketpair()
    c, d = m.socket.socketpair()
    names = {a: "a", b: "b", c: "c", d: "d", a.fileno(): 1}

    def ready(*args: Any) -> Any:
        return [[names[file] for file in files] for files in m.select.select(*args)]

    with a, b, c, d:
        yield ready([a, c], [], [], 0), ready([a, c], [], [], 0.002), ready([a], [b, d], [a, b], None)
        yield ready([], [], [], 0.002), ready((), (), (), 0)
        b.send(b"x")
        yield ready([a, c], [], [], None), ready([a.fileno()], [], []), ready(iter([a]), [], [], 5)
        yield m.outcome(m.select.select, [a], [], [], -1), m.outcome(m.select.select, [], [], [], -1)
        yield m.outcome(m.select.select, [], [], [], "x"), m.outcome(m.select.select, [], [])
        yield m.outcome(m.select.select, [a], [object()], []), m.outcome(m.select.select, 1, 2, 3)
        yield m.outcome(m.select.select, [-1], [], []), m.outcome(m.select.select, [c], [], [], float("nan"))
        d.close()
        yield ready([c], [], []), ready([c], [c], [])
    yield m.outcome(m.select.select, [a], [], []), m.outcome(m.select.select, [9999], [], [], 1)


def out_of_band(m: Any) -> Iterator[Any]:
    """
    Out-of-band data: the exceptional list, and POLLPRI.
    """
    with m.socket.create_server(("127.0.0.1", 0)) as server:
        a = m.socket.create_connection(server.getsockname())
        b, _ = server.accept()
    with a, b, m.meanwhile(lambda: b.send(b"!", stdlib.MSG_OOB)):
        yield m.select.select([], [], [a])[2] == [a], m.select.select([], [], [a], 0.002)[2] == [a]
        poll = m.select.poll()
        poll.register(a, m.select.POLLPRI)
        yield [event for _, event in poll.poll()], a.recv(1, m.socket.MSG_OOB)


def poll_object(m: Any) -> Iterator[Any]:
    """
    poll objects: masks, changes, hang-ups, timeouts in milliseconds, mistakes.
    """
    a, b = m.socket.socketpair()
    poll = m.select.poll()

    def events(*args: Any) -> Any:
        return [event for _, event in poll.poll(*args)]

    with a, b:
        yield events(0), events(2), poll.register(a), events(), poll.modify(a, m.select.POLLIN)
        yield events(2), events(0), events(0.5), m.outcome(events, "x"), events(1.9)
        b.send(b"x")
        yield events(), events(None), events(-1), events(-0.5), events(5000)
        yield poll.modify(a, m.select.POLLIN | m.select.POLLOUT), sorted(events())
        yield poll.register(b, 0), events(2), poll.register(b.fileno(), m.select.POLLOUT), len(events())
        yield m.outcome(poll.register, "x"), m.outcome(poll.register, -1), m.outcome(poll.register, a, -1)
        yield poll.unregister(a), m.outcome(poll.unregister, a), m.outcome(poll.modify, a, 1)
        yield poll.register(b, 0), events(2), a.close(), events(), poll.poll(0) == [(b.fileno(), 16)]
    yield events() == [m.select.POLLNVAL]


def hang_up(m: Any) -> Iterator[Any]:
    """
    A poll for nothing but errors ends when the peer goes, and does not mind data.
    """
    a, b = stdlib.socketpair()
    poll = m.select.poll()
    poll.register(a, 0)
    b.send(b"unwanted")
    with a, b, m.meanwhile(b.close):
        yield [event for _, event in poll.poll()]
    a, b = stdlib.socketpair()
    poll = m.select.poll()
    poll.register(a, m.select.POLLRDHUP)
    with a, b, m.meanwhile(b.close):
        yield bool(poll.poll()[0][1] & m.select.POLLRDHUP)


def epoll_object(m: Any) -> Iterator[Any]:
    """
    epoll objects: level, edge and one-shot, timeouts in seconds, limits, mistakes, closing.
    """
    a, b = m.socket.socketpair()

    def events(*args: Any, **kwargs: Any) -> Any:
        return sorted(event for _, event in epoll.poll(*args, **kwargs))

    with a, b, m.select.epoll() as epoll:
        yield events(0), events(0.002), epoll.register(a, m.select.EPOLLIN), events(0.002), epoll.closed
        yield events(timeout=0.002, maxevents=1), m.outcome(events, 1, 0), m.outcome(events, "x")
        b.send(b"x")
        yield (
            events(),
            events(None),
            events(-1),
            events(5),
            epoll.modify(a, m.select.EPOLLIN | m.select.EPOLLET),
        )
        yield (
            events(),
            events(0.002),
            epoll.modify(a, m.select.EPOLLIN | m.select.EPOLLONESHOT),
            events(),
            events(0),
        )
        yield epoll.register(b.fileno(), eventmask=m.select.EPOLLOUT), events(), m.outcome(epoll.register, b)
        yield epoll.unregister(b), m.outcome(epoll.unregister, b), m.outcome(epoll.modify, b, 1), events(0)
        epoll.modify(a, m.select.EPOLLIN)
        with m.select.epoll.fromfd(os.dup(epoll.fileno())) as other:
            yield [event for _, event in other.poll()], other.fileno() == epoll.fileno()
    yield epoll.closed, epoll.close(), m.outcome(epoll.poll, 0), m.outcome(epoll.fileno)
    yield m.outcome(epoll.__enter__), m.outcome(epoll.register, 0)
    epoll = m.select.epoll(10, m.select.EPOLL_CLOEXEC)
    yield epoll.close(), m.outcome(m.select.epoll, 0)


def every_selector(m: Any) -> Iterator[Any]:
    """
    Every class of selectors: registering, waiting, changing, closing.
    """
    for name in ("SelectSelector", "PollSelector", "EpollSelector", "DefaultSelector"):
        a, b = m.socket.socketpair()
        read, write = m.selectors.EVENT_READ, m.selectors.EVENT_WRITE
        with a, b, getattr(m.selectors, name)() as selector:

            def ready(timeout: Any = None, selector: Any = selector) -> Any:
                return sorted((key.data, events) for key, events in selector.select(timeout))

            key = selector.register(a, read, "a")
            yield key.data, key.events, key.fileobj is a, m.outcome(selector.register, a, read)
            yield ready(0), ready(-1), ready(0.002), selector.get_key(a) == key, len(selector.get_map())
            b.send(b"x")
            yield ready(), ready(5), selector.register(b, read | write, "b").data, ready()
            yield selector.modify(a, write, "new").data, ready(), selector.unregister(b).data, ready()
            yield m.outcome(selector.register, a, 0), m.outcome(selector.unregister, b)
            yield m.outcome(selector.register, "x", read), isinstance(selector, m.selectors.BaseSelector)
            selector.modify(a, read)
            b.close()
            yield len(selector.select())
        yield m.outcome(selector.get_key, a), selector.get_map()


def other_descriptors(m: Any) -> Iterator[Any]:
    """
    Pipes and regular files.
    """
    reading, writing = os.pipe()
    with open(__file__, "rb") as file:
        yield len(m.select.select([file], [], [])[0]), len(m.select.select([file, reading], [], [])[0])
    with m.meanwhile(os.write, writing, b"x"):
        yield m.select.select([reading], [], [])[0] == [reading]
    os.read(reading, 1)
    with m.meanwhile(os.close, writing):
        poll = m.select.poll()
        poll.register(reading, m.select.POLLIN)
        yield [event for _, event in poll.poll()]
    os.close(reading)


SCRIPTS = (
    select_lists, out_of_band, poll_object, hang_up, epoll_object, every_selector, other_descriptors,
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_same_as_stdlib(same: Callable[..., Any], script: Callable[[Any], Iterator[Any]]) -> None:
    """
    The script observes the same with the stdlib in a thread and with the stand-in in thread and child.
    """
    assert same(script)


def by_select(sock: socket.socket) -> None:
    """
    Wait with select().
    """
    assert [sock] == select.select([sock], [], [])[0]


def by_poll(sock: socket.socket) -> None:
    """
    Wait with a poll object.
    """
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    assert [(sock.fileno(), select.POLLIN)] == poll.poll()


def by_epoll(sock: socket.socket) -> None:
    """
    Wait with an epoll object.
    """
    with select.epoll() as epoll:
        epoll.register(sock, select.EPOLLIN)
        assert [(sock.fileno(), select.EPOLLIN)] == epoll.poll()


def by_selector(sock: socket.socket) -> None:
    """
    Wait with the default selector.
    """
    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_READ)
        assert [sock] == [key.fileobj for key, _ in selector.select()]


WAITS = (by_select, by_poll, by_epoll, by_selector)


@pytest.mark.parametrize("wait", WAITS, ids=lambda wait: wait.__name__)
def test_waiting_parks(run_async: RunAsync, wait: Callable[[Any], None]) -> None:
    """
    A child that waits for a socket lets the loop run; the data that wakes it is still there.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            for _ in range(3):
                waiting = motorish.spawn(wait, ours)
                await asyncio.sleep(0)
                assert not waiting.done()
                peer.send(b"x")
                await waiting
                assert b"x" == await motorish.spawn(ours.recv, 9)

    run_async(main())


def test_several_wait_for_one_socket(run_async: RunAsync) -> None:
    """
    Pollers in several children and a reader share one registration; data wakes them all.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            waits = [motorish.spawn(wait, ours) for wait in WAITS]
            writable = motorish.spawn(select.select, [], [ours], [])
            assert writable.done()
            peer.send(b"x")
            await asyncio.gather(*waits)
            assert b"x" == await motorish.spawn(ours.recv, 9)

    run_async(main())


def test_first_of_many_wakes(run_async: RunAsync) -> None:
    """
    Of many sockets, the one with data ends the wait; the others are left as they were.
    """

    async def main() -> None:
        pairs = [socket.socketpair() for _ in range(20)]
        ours = [one for one, _ in pairs]
        reading = [motorish.spawn(sock.recv, 9) for sock in ours[:5]]
        waiting = motorish.spawn(select.select, ours, [], [])
        pairs[7][1].send(b"seven")
        assert [ours[7]] == (await waiting)[0]
        for _, peer in pairs:
            peer.send(b"each")
        assert [b"each"] * 5 == await asyncio.gather(*reading)
        for pair in pairs:
            for sock in pair:
                sock.close()

    run_async(main())


def test_unwanted_data_does_not_heat_the_loop(run_async: RunAsync, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A poll for hang-ups alone asks the kernel a few times a second, although there is data to read.
    """
    asked: list[int] = []

    class Counting:
        def __init__(self) -> None:
            self.real = stdlib_select.poll()
            self.register = self.real.register

        def poll(self, timeout: float) -> Any:
            asked.append(1)
            return self.real.poll(timeout)

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            peer.send(b"unwanted")
            poll = select.poll()
            poll._poll = Counting()
            poll.register(ours, 0)
            waiting = motorish.spawn(poll.poll)
            for _ in range(100):
                await asyncio.sleep(0)
            assert len(asked) < 5
            peer.close()
            assert [(ours.fileno(), select.POLLHUP)] == await waiting

    run_async(main())


def test_longest_timeouts_park(run_async: RunAsync) -> None:
    """
    The longest timeouts that the stdlib takes let the loop run.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            poll = select.poll()
            poll.register(ours, select.POLLIN)
            waits = [
                motorish.spawn(select.select, [ours], [], [], 9e9),
                motorish.spawn(poll.poll, 2**31 - 1),
                motorish.spawn(poll.poll, -1),
            ]
            peer.settimeout(9e9)
            reading = motorish.spawn(peer.recv, 9)
            peer.send(b"x")
            await asyncio.gather(*waits)
            ours.send(b"y")
            assert b"y" == await reading

    run_async(main())


async def give_again(number: int) -> None:
    """
    See that asyncio's own reading works on a descriptor number that was just closed.
    """
    with pytest.raises(OSError, match="Bad file descriptor"):
        os.fstat(number)
    new, peer = stdlib.socketpair()  # they get the lowest free numbers
    if peer.fileno() == number:
        new, peer = peer, new
    with new, peer, stdlib.socket(fileno=os.dup2(new.detach(), number)) as reader:
        reader.setblocking(False)
        reading = asyncio.ensure_future(asyncio.get_running_loop().sock_recv(reader, 9))
        await asyncio.sleep(0)
        peer.sendall(b"delivered")
        assert b"delivered" == await reading


@pytest.mark.parametrize("known", [False, True])
@pytest.mark.parametrize("wait", [by_select, by_poll], ids=lambda wait: wait.__name__)
def test_closing_wakes_a_poller(run_async: RunAsync, wait: Callable[[Any], None], known: bool) -> None:
    """
    A green socket that is closed under a poll ends it, and its number can be used by others at once.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            if known:
                await motorish.spawn(ours.send, b"x")
            number = ours.fileno()
            waiting = motorish.spawn(wait, ours)
            ours.close()
            with pytest.raises((ValueError, AssertionError)):  # select() refuses -1, poll() says POLLNVAL
                await waiting
            await give_again(number)

    run_async(main())


@pytest.mark.parametrize("in_a_thread", [False, True])
def test_closing_an_epoll_wakes_its_waiter(run_async: RunAsync, in_a_thread: bool) -> None:
    """
    An epoll that is closed while a child waits on it leaves the loop before its number is free.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        epoll = select.epoll()
        with ours, peer:
            epoll.register(ours, select.EPOLLIN)
            number = epoll.fileno()
            waiting = motorish.spawn(epoll.poll)
            await turns(2)  # now and then a poll lets others go first
            if in_a_thread:
                with ThreadPoolExecutor(1) as pool:
                    pool.submit(epoll.close).result()
                os.fstat(number)
            else:
                epoll.close()
            assert epoll.closed
            with pytest.raises(ValueError, match="closed"):
                await waiting
            epoll.close()
            await give_again(number)

    run_async(main())


def test_epoll_waits_on_one_loop(run_async: RunAsync) -> None:
    """
    An epoll on which a child of one loop waits is refused on another.
    """

    async def other(epoll: Any) -> None:
        with pytest.raises(motorish.BusyError, match="meanwhile"):
            await motorish.spawn(epoll.poll)

    async def main() -> None:
        with select.epoll() as epoll:
            waiting = motorish.spawn(epoll.poll)
            await asyncio.to_thread(asyncio.run, other(epoll))
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert [] == await motorish.spawn(epoll.poll, 0.001)

    run_async(main())


def test_closing_in_a_thread_keeps_the_number(run_async: RunAsync) -> None:
    """
    One that is closed by another thread under a poll keeps its number until the loop has let go of it.
    """

    async def main() -> None:
        ours, peer = socket.socketpair()
        with ours, peer:
            number = ours.fileno()
            waiting = motorish.spawn(by_select, ours)
            with ThreadPoolExecutor(1) as pool:
                pool.submit(ours.close).result()
            assert -1 == ours.fileno()
            os.fstat(number)
            with pytest.raises(ValueError, match="negative"):
                await waiting
            await give_again(number)

    run_async(main())


def test_every_name_is_there() -> None:
    """
    The twins have every name of their originals, and the originals' constants.
    """
    left_by_a_warning = {"__warningregistry__"}
    assert set(vars(stdlib_select)) - left_by_a_warning <= set(dir(select))
    assert set(vars(stdlib_selectors)) - left_by_a_warning <= set(dir(selectors))
    assert stdlib_select.EPOLLIN == select.EPOLLIN
    assert selectors.EpollSelector is selectors.DefaultSelector
    assert issubclass(selectors.EpollSelector, stdlib_selectors.EpollSelector)
