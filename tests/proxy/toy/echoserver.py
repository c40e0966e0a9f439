"""
The server of `echodriver`, in threads: says what it is told to, and when.

A line is ``echo TEXT``, ``fail TEXT``, ``count N`` (N lines), ``hold NAME`` (answers when the test releases
NAME) or ``drop`` (closes the connection).
"""

import socketserver
import threading
from collections import defaultdict
from types import TracebackType


class _Handler(socketserver.StreamRequestHandler):
    server: "EchoServer"

    def handle(self) -> None:
        for line in self.rfile:
            command, _, text = line.decode().rstrip("\n").partition(" ")
            self.server.lines.append(f"{command} {text}".strip())
            if command == "drop":
                return
            if command == "hold":
                self.server.holds[text].wait(20)
            lines = map(str, range(int(text))) if command == "count" else [text]
            prefix = "error " if command == "fail" else ""
            self.wfile.write("".join(f"{prefix}{line}\n" for line in lines).encode())


class EchoServer(socketserver.ThreadingTCPServer):
    """
    Listens on a free port while entered.

    Attributes:
        lines: what clients have sent.
        holds: events that ``hold NAME`` waits for.
    """

    daemon_threads = True
    block_on_close = False

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.lines: list[str] = []
        self.holds: defaultdict[str, threading.Event] = defaultdict(threading.Event)
        self.port: int = self.server_address[1]

    def __enter__(self) -> "EchoServer":
        threading.Thread(target=self.serve_forever, args=(0.02,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for held in list(self.holds.values()):
            held.set()
        self.shutdown()
        self.server_close()
