"""
A small DNS server on 127.0.0.1, UDP and TCP, in a thread: what it knows can change at any time.
"""

from __future__ import annotations

import selectors
import socket
import struct
import threading
import time
from collections import Counter
from typing import Self

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset

TTL_S = 1


class DnsServer:
    """
    Attributes:
        records: name and type (``("_mongodb._tcp.db.test.", "SRV")``) -> the records' texts.
        asked: how often each of them was asked for, with "udp" or "tcp".
        mute: say nothing.
        delay: seconds before each answer.
        truncate: answer UDP with "too long, use TCP".
    """

    def __init__(self) -> None:
        self.records: dict[tuple[str, str], list[str]] = {}
        self.asked: Counter[tuple[str, str, str]] = Counter()
        self.mute = self.truncate = False
        self.delay = 0.0
        self._tcp = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._tcp.getsockname()[1]
        self._udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self._udp.bind(("127.0.0.1", self.port))
        self._stop, self._stopped = socket.socketpair()
        self._thread = threading.Thread(target=self._serve, name="DNS server of the tests")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop.close()
        self._thread.join()
        for each in (self._tcp, self._udp, self._stopped):
            each.close()

    def _serve(self) -> None:
        with selectors.DefaultSelector() as selector:
            for each in (self._tcp, self._udp, self._stopped):
                selector.register(each, selectors.EVENT_READ)
            while True:
                ready = [key.fileobj for key, _ in selector.select()]
                if self._stopped in ready:
                    return
                if self._udp in ready:
                    query, client = self._udp.recvfrom(4096)
                    if (answer := self._answer(query, "udp")) is not None:
                        self._udp.sendto(answer, client)
                if self._tcp in ready:
                    self._serve_tcp()

    def _serve_tcp(self) -> None:
        connection, _ = self._tcp.accept()
        with connection, connection.makefile("rb") as stream:
            (size,) = struct.unpack("!H", stream.read(2))
            if (answer := self._answer(stream.read(size), "tcp")) is not None:
                connection.sendall(struct.pack("!H", len(answer)) + answer)

    def _answer(self, query: bytes, transport: str) -> bytes | None:
        message = dns.message.from_wire(query)
        (question,) = message.question
        name, rdtype = question.name.to_text().lower(), dns.rdatatype.to_text(question.rdtype)
        self.asked[name, rdtype, transport] += 1
        if self.mute:
            return None
        time.sleep(self.delay)
        response = dns.message.make_response(message, recursion_available=True)
        if transport == "udp" and self.truncate:
            response.flags |= dns.flags.TC
        elif texts := self.records.get((name, rdtype)):
            response.answer.append(dns.rrset.from_text(question.name, TTL_S, "IN", rdtype, *texts))
        else:
            response.set_rcode(dns.rcode.NXDOMAIN)
        return response.to_wire()
