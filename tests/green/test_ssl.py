"""
TLS over green sockets as the stdlib does it: the same bytes and errors, in threads and children.
"""
# ruff: noqa: SIM117 - the peer, the connection and TLS over it are three things

from __future__ import annotations

import contextlib
import os
import socket as stdlib
import ssl as stdlib_ssl
import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

Contexts = tuple[stdlib_ssl.SSLContext, stdlib_ssl.SSLContext]
BLOB = os.urandom(400_000)


@contextlib.contextmanager
def stock_server(m: Any, serve: Callable[[Any], Any]) -> Iterator[Any]:
    """
    A listener, in a thread of its own, that serves one plain connection with the stdlib.
    """
    with stdlib.create_server(("127.0.0.1", 0)) as listener:

        def accept() -> None:
            sock, _ = listener.accept()
            sock.settimeout(5)
            with sock, contextlib.suppress(ConnectionError, stdlib_ssl.SSLError):
                serve(sock)

        with m.meanwhile(accept):
            yield listener.getsockname()


def tls_outcome(call: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """
    What a call returns, or its exception's type and reason.
    """
    try:
        return call(*args, **kwargs)
    except stdlib_ssl.SSLCertVerificationError as error:
        return type(error), error.verify_code, error.verify_message
    except stdlib_ssl.SSLError as error:
        return type(error), error.errno, error.reason
    except (OSError, ValueError, NotImplementedError) as error:
        return type(error), getattr(error, "errno", None)


def exchange(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    A whole life: handshake, every way to send and receive, the certificate, unwrap, plain text again.
    """

    def serve(sock: Any) -> None:
        with server.wrap_socket(sock, server_side=True) as tls:
            while (data := tls.recv(65536)) != b"stop":
                tls.sendall(data)
            tls.sendall(BLOB)
            with tls.unwrap() as plain:
                plain.sendall(plain.recv(99))

    with stock_server(m, serve) as address:
        plain = m.socket.create_connection(address, 5)
        sock = client.wrap_socket(plain, server_hostname="localhost")
        with sock:
            yield plain.fileno(), sock.gettimeout(), sock.version(), sock.cipher()[0], sock.server_hostname
            yield (
                isinstance(sock, m.ssl.SSLSocket),
                sock.getpeercert()["subjectAltName"],
                sock.context is client,
            )
            yield sock.sendall(b"one"), sock.recv(9)
            yield sock.send(b"two"), sock.read(9), sock.write(b"three"), sock.read()
            buffer = bytearray(9)
            yield sock.sendall(memoryview(b"four")), sock.recv_into(buffer), bytes(buffer)
            yield (
                sock.sendall(b"five"),
                sock.recv_into(memoryview(buffer)[4:], 2),
                sock.pending(),
                bytes(buffer),
            )
            yield sock.recv(99), sock.pending(), sock.selected_alpn_protocol(), sock.session_reused
            with sock.makefile("rwb") as file:
                file.write(b"line\n")
                file.flush()
                yield file.readline()
            for call, *args in (
                (sock.recv, 1, m.socket.MSG_PEEK), (sock.send, b"x", 1), (sock.sendall, b"x", 1),
                (sock.recvfrom, 1), (sock.sendto, b"x", address), (sock.sendmsg, [b"x"]), (sock.recvmsg, 1),
                (sock.recvmsg_into, [buffer]), (sock.dup,), (sock.connect, address),
            ):  # fmt: skip
                yield tls_outcome(call, *args)
            sock.settimeout(0.005)
            yield tls_outcome(sock.recv, 1), tls_outcome(sock.recv_into, buffer)
            sock.settimeout(0)
            yield tls_outcome(sock.recv, 1), tls_outcome(sock.read, 1)
            sock.settimeout(None)
            sock.sendall(b"stop")
            got = b""
            while len(got) < len(BLOB):
                got += sock.recv(len(BLOB))
            yield got == BLOB
            plain = sock.unwrap()
            plain.sendall(b"in the clear")
            yield plain.recv(99), tls_outcome(sock.unwrap), tls_outcome(sock.read)
            plain.close()
        yield sock.fileno(), tls_outcome(sock.recv, 1), tls_outcome(sock.send, b"x"), sock.pending()


def big_transfers(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    More than fits into the kernel's buffers, both ways.
    """

    def serve(sock: Any) -> None:
        with server.wrap_socket(sock, server_side=True) as tls:
            got = b""
            while len(got) < 5 * len(BLOB):
                got += tls.recv(65536)
            tls.sendall(got)
            tls.recv(1)

    with stock_server(m, serve) as address, m.socket.create_connection(address) as plain:
        with client.wrap_socket(plain, server_hostname="localhost") as sock:
            sock.sendall(BLOB * 5)
            with sock.makefile("rb") as file:
                yield file.read(5 * len(BLOB)) == BLOB * 5


def connecting(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    Wrapping before connecting; a handshake of its own; without blocking.
    """

    def serve(sock: Any) -> None:
        with server.wrap_socket(sock, server_side=True) as tls:
            tls.sendall(tls.recv(9))
            tls.recv(9)

    def use(sock: Any) -> Any:
        sock.settimeout(5)
        sock.sendall(b"hello")
        return sock.recv(9)

    with stock_server(m, serve) as address, m.socket.socket() as plain:
        with client.wrap_socket(plain, server_hostname="localhost") as sock:
            yield tls_outcome(sock.getpeercert), sock.connect(address), use(sock)
            yield tls_outcome(sock.connect, address)
    with stock_server(m, serve) as address, m.socket.socket() as plain:
        with client.wrap_socket(plain, server_hostname="localhost") as sock:
            yield sock.connect_ex(address), use(sock)
    for timeout in (None, 5, 0):
        with stock_server(m, serve) as address, m.socket.create_connection(address) as plain:
            plain.settimeout(timeout)
            with client.wrap_socket(
                plain, server_hostname="localhost", do_handshake_on_connect=False
            ) as sock:
                yield (
                    sock.gettimeout(),
                    sock.version(),
                    sock.do_handshake(block=True),
                    sock.gettimeout(),
                    use(sock),
                )
    with stock_server(m, serve) as address, m.socket.create_connection(address) as plain:
        plain.setblocking(False)
        with client.wrap_socket(plain, server_hostname="localhost", do_handshake_on_connect=False) as sock:
            while True:
                try:
                    sock.do_handshake()
                    break
                except m.ssl.SSLWantReadError:
                    m.select.select([sock], [], [])
                except m.ssl.SSLWantWriteError:
                    m.select.select([], [sock], [])
            yield use(sock)
    with m.socket.socket() as plain:
        plain.setblocking(False)
        yield tls_outcome(client.wrap_socket, plain), plain.fileno() >= 0
    with m.socket.socket(type=m.socket.SOCK_DGRAM) as plain:
        yield tls_outcome(client.wrap_socket, plain, server_hostname="x"), plain.fileno() >= 0


def refusals(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    An unknown authority, a wrong name, a peer that speaks no TLS, goes away, or says nothing.
    """

    def tls(sock: Any) -> None:
        server.wrap_socket(sock, server_side=True).close()

    def plain_text(sock: Any) -> None:
        sock.sendall(b"HTTP/1.0 400 Bad Request\r\n\r\n")
        sock.recv(99)

    def go_away(sock: Any) -> None:
        sock.recv(99999)

    def say_nothing(sock: Any) -> None:
        while sock.recv(99999):
            pass

    stranger = m.ssl.create_default_context()
    for serve, context, name in (
        (tls, stranger, "localhost"), (tls, client, "elsewhere.example"), (plain_text, client, "localhost"),
        (go_away, client, "localhost"), (say_nothing, client, "localhost"),
    ):  # fmt: skip
        with stock_server(m, serve) as address, m.socket.create_connection(address) as plain:
            plain.settimeout(0.05 if serve is say_nothing else 5)
            yield (
                serve.__name__,
                tls_outcome(context.wrap_socket, plain, server_hostname=name),
                plain.fileno(),
            )
    with stock_server(m, say_nothing) as address, m.socket.create_connection(address, 0.05) as plain:
        try:
            client.wrap_socket(plain, server_hostname="localhost")
        except TimeoutError as error:
            yield str(error).endswith("The handshake operation timed out")


def ragged_ends(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    A peer that closes without a goodbye: the end of the stream, or an error for who asked for one.
    """

    def serve(sock: Any) -> None:
        tls = server.wrap_socket(sock, server_side=True)
        tls.sendall(b"hello")
        tls.recv(1)
        tls.close()

    for suppress in (True, False):
        with stock_server(m, serve) as address, m.socket.create_connection(address, 5) as plain:
            with client.wrap_socket(
                plain, server_hostname="localhost", suppress_ragged_eofs=suppress
            ) as sock:
                yield (
                    sock.recv(9),
                    sock.send(b"x"),
                    tls_outcome(sock.recv, 9),
                    tls_outcome(sock.recv_into, bytearray(9)),
                )


def servers(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    The other side: listening, SNI, ALPN, client certificates after the handshake, a client without TLS.
    """
    names = []

    def note(sock: Any, name: str | None, context: Any) -> int | None:
        names.append((type(sock).__mro__[-4:], name, context is server))
        return m.ssl.ALERT_DESCRIPTION_UNRECOGNIZED_NAME if name == "refused" else None

    server.sni_callback = note
    server.set_alpn_protocols(["h2", "http/1.1"])
    lax = m.ssl.SSLContext(m.ssl.PROTOCOL_TLS_CLIENT)
    lax.check_hostname, lax.verify_mode = False, m.ssl.CERT_NONE
    lax.set_alpn_protocols(["http/1.1"])
    lax.post_handshake_auth = True

    def connect(address: Any, name: str | None) -> None:
        with stdlib.create_connection(address, 5) as plain, contextlib.suppress(OSError):
            with lax.wrap_socket(plain, server_hostname=name) as tls:
                tls.sendall(tls.recv(9))
                tls.sendall(tls.recv(9))

    with m.socket.create_server(("127.0.0.1", 0)) as listener:
        with server.wrap_socket(listener, server_side=True) as listening:
            address = listening.getsockname()
            for name in ("localhost", None):
                with m.meanwhile(connect, address, name):
                    sock, _ = listening.accept()
                    with sock:
                        yield (
                            sock.server_side,
                            sock.selected_alpn_protocol(),
                            sock.sendall(b"hello"),
                            sock.recv(9),
                        )
                        server.verify_mode = m.ssl.CERT_OPTIONAL
                        yield (
                            tls_outcome(sock.verify_client_post_handshake),
                            sock.sendall(b"again"),
                            sock.recv(9),
                        )
                        server.verify_mode = m.ssl.CERT_NONE
            with m.meanwhile(connect, address, "refused"):
                yield tls_outcome(listening.accept)[0]
            with m.meanwhile(lambda: stdlib.create_connection(address).close()):
                yield tls_outcome(listening.accept)[0] in (m.ssl.SSLEOFError, ConnectionResetError)
            listening.settimeout(0.005)
            yield tls_outcome(listening.accept)
    yield [(name, same) for _, name, same in names]
    server.sni_callback = None


def sessions(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    A session is resumed by the next connection.
    """
    client.maximum_version = m.ssl.TLSVersion.TLSv1_2

    def serve(sock: Any) -> None:
        with server.wrap_socket(sock, server_side=True) as tls:
            tls.recv(1)

    session = None
    for _ in range(2):
        with stock_server(m, serve) as address, m.socket.create_connection(address, 5) as plain:
            with client.wrap_socket(plain, server_hostname="localhost", session=session) as sock:
                yield sock.session_reused, sock.session is not None, sock.version()
                session = sock.session
    client.maximum_version = m.ssl.TLSVersion.MAXIMUM_SUPPORTED


def module_functions(m: Any, client: Any, server: Any) -> Iterator[Any]:
    """
    get_server_certificate(), the old wrap_socket(), and the names.
    """

    def serve(sock: Any) -> None:
        server.wrap_socket(sock, server_side=True).close()

    with stock_server(m, serve) as address:
        yield m.ssl.get_server_certificate(address, timeout=5)
    yield tls_outcome(m.ssl.get_server_certificate, address)
    if hasattr(stdlib_ssl, "wrap_socket"):  # Python 3.12 has it no more
        with stock_server(m, serve) as address, m.socket.create_connection(address, 5) as plain:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                with m.ssl.wrap_socket(plain) as sock:
                    yield isinstance(sock, stdlib_ssl.SSLSocket)
        vars(stdlib_ssl).pop("__warningregistry__", None)  # left by the old wrap_socket()
    yield m.ssl.SSLError is stdlib_ssl.SSLError, m.ssl.SSLContext is stdlib_ssl.SSLContext
    yield (
        set(vars(stdlib_ssl)) <= set(dir(m.ssl)),
        tls_outcome(lambda: m.ssl.SSLSocket is stdlib_ssl.SSLSocket),
    )


SCRIPTS = (
    exchange, big_transfers, connecting, refusals, ragged_ends, servers, sessions, module_functions,
)  # fmt: skip


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda script: script.__name__)
def test_same_as_stdlib(same: Callable[..., Any], contexts: Contexts, script: Callable[..., Any]) -> None:
    """
    The script observes the same with the stdlib in a thread and with the stand-in in thread and child.
    """
    assert same(script, *contexts)
