"""
A Thrift server for the tests: stock Thrift in a process of its own, a thread for each connection.

    python server.py GENERATED_DIR CERTIFICATE KEY

It prints the ports of its three listeners (binary, compact in frames, binary over TLS) and ends with its
standard input.
"""

import ssl
import sys
import threading
import time
from typing import Any

from thrift.protocol.TBinaryProtocol import TBinaryProtocolAcceleratedFactory
from thrift.protocol.TCompactProtocol import TCompactProtocolFactory
from thrift.server.TServer import TThreadPoolServer
from thrift.transport.TSocket import TServerSocket
from thrift.transport.TSSLSocket import TSSLServerSocket
from thrift.transport.TTransport import TBufferedTransportFactory, TFramedTransportFactory

sys.path.insert(0, sys.argv[1])
from motorish_talk import Talk, ttypes

THREADS = 130


class Handler:
    """
    What the service does.
    """

    def __init__(self) -> None:
        self.texts: list[str] = []

    def echo(self, text: str) -> str:
        """
        Say the text.
        """
        return text

    def slow(self, seconds: float) -> None:
        """
        Take so long.
        """
        time.sleep(seconds)

    def improve(self, person: Any) -> Any:
        """
        Add a score.
        """
        person.scores.append(1.5)
        return person

    def refuse(self, why: str) -> str:
        """
        Raise the declared exception.
        """
        raise ttypes.Refused(why)

    def blob(self, size: int) -> bytes:
        """
        Give so many bytes.
        """
        return b"x" * size

    def forget(self, text: str) -> None:
        """
        Note the text, and answer nothing.
        """
        self.texts.append(text)

    def forgotten(self) -> list[str]:
        """
        Give the texts that were noted.
        """
        return self.texts


class Listening:
    """
    Tells when it listens, and on which port.
    """

    def listen(self) -> None:
        """
        Listen on a free port.
        """
        super().listen()  # type: ignore[misc]
        self.bound = self.handle.getsockname()[1]  # type: ignore[attr-defined]
        self.ready.set()  # type: ignore[has-type]


class PlainSocket(Listening, TServerSocket):  # type: ignore[misc]
    """
    On TCP.
    """


class TlsSocket(Listening, TSSLServerSocket):  # type: ignore[misc]
    """
    On TLS; Thrift's own would accept nobody else while it shakes hands with one client.
    """

    def _wrap_socket(self, sock: Any) -> Any:
        return self.ssl_context.wrap_socket(sock, server_side=True, do_handshake_on_connect=False)


def main() -> None:
    """
    Serve.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(sys.argv[2], sys.argv[3])
    handler = Handler()
    binary = (TBufferedTransportFactory(), TBinaryProtocolAcceleratedFactory())
    compact = (TFramedTransportFactory(), TCompactProtocolFactory())
    ports = []
    for socket, (transport, protocol) in (
        (PlainSocket("127.0.0.1", 0), binary),
        (PlainSocket("127.0.0.1", 0), compact),
        (TlsSocket("127.0.0.1", 0, ssl_context=context), binary),
    ):
        socket.ready = threading.Event()
        server = TThreadPoolServer(Talk.Processor(handler), socket, transport, protocol, daemon=True)
        server.setNumThreads(THREADS)
        threading.Thread(target=server.serve, daemon=True).start()
        socket.ready.wait()
        ports.append(socket.bound)
    print(*ports, flush=True)
    sys.stdin.read()


main()
