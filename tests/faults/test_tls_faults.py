"""
TLS that goes wrong in each way: the reason is said in time, nothing is sent to whom one cannot trust.

What a real mongod does then is tested in tests/drivers/mongo/connecting/test_tls.py; here it happens often.
"""

from __future__ import annotations

import asyncio
import datetime
import gc
import logging
import re
import ssl
from pathlib import Path
from typing import Any, NamedTuple

import pytest
import trustme
from pymongo import monitoring

from motorish import MotorClient
from motorish.integrations.contract.driver import until
from motorish.integrations.contract.leaks import open_descriptors
from tests.faults.figures import Figures
from tests.faults.replay import listening

CONNECT_S = 5.0
SHORT_S = 0.3  # where the server never answers
HANDSHAKES = 200
SECRETS = (b"saslStart", b"the user", b"the password", b"hello")


class Failures(monitoring.ServerHeartbeatListener):
    """
    Keeps what went wrong when a monitor connected.
    """

    def __init__(self) -> None:
        self.seen: list[monitoring.ServerHeartbeatFailedEvent] = []

    def started(self, event: monitoring.ServerHeartbeatStartedEvent) -> None:
        """
        Do nothing.
        """

    def succeeded(self, event: monitoring.ServerHeartbeatSucceededEvent) -> None:
        """
        Do nothing: the test waits in vain then.
        """

    def failed(self, event: monitoring.ServerHeartbeatFailedEvent) -> None:
        """
        Keep the event.
        """
        self.seen.append(event)


class Fault(NamedTuple):
    """
    Attributes:
        context: the server's side of TLS, or None if it speaks none.
        reason: what the client's message must have.
        mute: whether the server says nothing at all.
    """

    context: ssl.SSLContext | None
    reason: str
    mute: bool = False


def _context(certificate: trustme.LeafCert, demands: trustme.CA | None = None) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    if demands:
        demands.configure_trust(context)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


def faults(authority: trustme.CA) -> dict[str, Fault]:
    """
    Return what can be wrong with a server for a client that trusts *authority*.
    """
    past = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
    expired = authority.issue_cert("127.0.0.1", not_after=past)
    here = authority.issue_cert("127.0.0.1")
    return {
        "wrong authority": Fault(_context(trustme.CA().issue_cert("127.0.0.1")), "certificate verify failed"),
        "wrong host": Fault(_context(authority.issue_cert("elsewhere.test")), "IP address mismatch"),
        "expired": Fault(_context(expired), "certificate has expired"),
        "no client certificate": Fault(_context(here, demands=authority), "alert|closed|reset"),
        "no TLS": Fault(None, "SSL handshake failed"),
        "no handshake": Fault(None, "SSL handshake failed.*timed out|timeout", mute=True),
    }


NAMES = ("wrong authority", "wrong host", "expired", "no client certificate", "no TLS", "no handshake")


@pytest.mark.row("A11")
@pytest.mark.timeout(300)
@pytest.mark.parametrize("name", NAMES)
def test_failed_handshakes(
    name: str, figures: Figures, authority: trustme.CA, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Each fails with its reason and within connectTimeoutMS; descriptors are as before, no log-in was sent.
    """
    fault = faults(authority)[name]
    connect_s = SHORT_S if fault.mute else CONNECT_S
    ca_file = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(ca_file)
    handshakes = figures.times(HANDSHAKES, least=20)
    received: list[bytes] = []
    reasons: set[str] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            received.append(data)
            if not fault.context and not fault.mute:
                writer.write(b"I speak no TLS\r\n" * 4)

    async def fail(port: int) -> float:
        options: dict[str, Any] = {"connectTimeoutMS": connect_s * 1000, "tlsCAFile": str(ca_file)}
        options |= {"username": "the user", "password": "the password", "directConnection": True}
        failures = Failures()
        client = MotorClient("127.0.0.1", port, tls=True, event_listeners=[failures], **options)
        call = client.admin.command("ping")
        await until(lambda: failures.seen)
        call.cancel()
        await client.close()
        reasons.update(str(event.reply) for event in failures.seen)
        return failures.seen[0].duration

    async def main() -> tuple[float, int]:
        async with listening(serve, ssl=fault.context) as port:
            gc.collect()
            before = open_descriptors()
            alone = [await fail(port) for _ in range(3)]
            for _ in range(handshakes // 10):
                await asyncio.gather(*(fail(port) for _ in range(10)))
            gc.collect()
            for _ in range(500):  # the server's side closes its own a moment later
                if open_descriptors() <= before:
                    break
                await asyncio.sleep(0.01)
            return min(alone), open_descriptors() - before

    monkeypatch.setattr(logging.getLogger("asyncio"), "disabled", True)  # the server's side complains
    took_s, left = asyncio.run(main())
    assert [] == [reason for reason in reasons if not re.search(fault.reason, reason)]
    heard = b"".join(received)
    figures.equal(f"{name}, descriptors left after {handshakes} handshakes", 0, left)
    figures.equal(f"{name}, parts of a log-in that were sent", 0, sum(secret in heard for secret in SECRETS))
    figures.at_most(f"{name}, the reason was said after", (connect_s + 0.1) * 1000, took_s * 1000, "ms")
