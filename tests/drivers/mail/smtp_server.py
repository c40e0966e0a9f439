"""
An SMTP server for the tests: aiosmtpd in a process of its own, which delivers to Maildirs.

    python smtp_server.py MAIL_DIR CERTIFICATE KEY

It prints its ports (with STARTTLS, and with TLS from the start) and ends with its standard input.
Beyond SMTP it knows two commands: ``ECHO text`` and ``SLOW seconds``.
"""

from __future__ import annotations

import asyncio
import ssl
import sys
from typing import Any

from aiosmtpd.handlers import Mailbox
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword


class TestSMTP(SMTP):
    """
    aiosmtpd's, and two commands.
    """

    async def smtp_ECHO(self, arg: str) -> None:
        """
        Say the text.
        """
        await self.push(f"250 {arg}")

    async def smtp_SLOW(self, arg: str) -> None:
        """
        Take so long.
        """
        await asyncio.sleep(float(arg))
        await self.push("250 at last")


def check(server: Any, session: Any, envelope: Any, mechanism: str, data: LoginPassword) -> AuthResult:
    """
    Let in who knows the password.
    """
    return AuthResult(success=data.password == b"motorish", handled=False)


async def main() -> None:
    """
    Serve until standard input ends.
    """
    mail_dir, certificate, key = sys.argv[1:]
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    handler = Mailbox(mail_dir)
    loop = asyncio.get_running_loop()
    starts = await loop.create_server(
        lambda: TestSMTP(handler, tls_context=context, authenticator=check), "127.0.0.1"
    )
    always = await loop.create_server(lambda: TestSMTP(handler), "127.0.0.1", ssl=context)
    print(*(server.sockets[0].getsockname()[1] for server in (starts, always)), flush=True)
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
