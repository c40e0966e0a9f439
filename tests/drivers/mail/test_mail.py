"""
Mail sent with smtplib, read with imaplib and poplib, files moved with ftplib: wrapped, and in patched code.
"""

from __future__ import annotations

import asyncio
import ftplib
import imaplib
import io
import mailbox
import poplib
import random
import smtplib
import ssl
import subprocess
import sys
import threading
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest

import motorish
from motorish.green.ssl import GreenSSLSocket
from motorish.integrations.servers import Dovecot
from motorish.testing import chaos
from tests.loops import on_every_loop, until

LARGE = random.Random(2).randbytes(3 << 20)


@pytest.fixture
def context(authority: Any) -> ssl.SSLContext:
    """
    Return the application's own TLS context, made with the stock ssl.
    """
    context = ssl.create_default_context()
    authority.configure_trust(context)
    return context


def message(subject: str, attachment: bytes = b"") -> EmailMessage:
    """
    A message, with something attached.
    """
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "me@example.com", "you@example.com", subject
    message.set_content("See what is attached.")
    message.add_attachment(attachment, maintype="application", subtype="octet-stream")
    return message


def delivered(mail_dir: Path) -> dict[str, Any]:
    """
    The messages in a Maildir, by subject.
    """
    return {str(each["Subject"]): each for each in mailbox.Maildir(mail_dir, create=False)}


def attached(message: Any) -> bytes:
    """
    What was attached to a message.
    """
    return bytes(message.get_payload()[1].get_payload(decode=True))


@on_every_loop
def test_mail_is_sent_over_tls(run: Any, smtp_server: Any, context: ssl.SSLContext) -> None:
    """
    STARTTLS with a stock context, log in, a large attachment; ten connections at once on one thread.
    """
    smtp = motorish.wrap(smtplib)
    threads = threading.active_count()

    async def send(number: int) -> None:
        async with smtp.SMTP("localhost", smtp_server.port, local_hostname="localhost") as connection:
            await connection.starttls(context=context)
            assert isinstance(connection.delegate.sock, GreenSSLSocket)
            await connection.login("me", "motorish")
            await connection.send_message(
                message(f"{run.__name__} {number}", LARGE if not number else b"small")
            )

    async def main() -> None:
        await asyncio.gather(*(send(number) for number in range(10)))

    run(main)
    arrived = delivered(smtp_server.mail_dir)
    expected = [LARGE] + [b"small"] * 9
    assert expected == [attached(arrived[f"{run.__name__} {number}"]) for number in range(10)]
    assert threads == threading.active_count()


def test_unpatching_lets_go_of_tls() -> None:
    """
    While a wrapped module of the stdlib is in use, TLS contexts know green sockets; unpatch() ends that.
    """
    program = (
        "import smtplib, ssl, motorish\n"
        "before = ssl.SSLContext.sslsocket_class\n"
        "motorish.wrap(smtplib)\n"
        "assert before is not ssl.SSLContext.sslsocket_class\n"
        "motorish.unpatch('smtplib')\n"
        "assert before is ssl.SSLContext.sslsocket_class\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_tls_from_the_start_and_errors(smtp_server: Any, context: ssl.SSLContext) -> None:
    """
    SMTP_SSL; what smtplib raises is what the application catches, whichever copy raised it.
    """
    smtp = motorish.wrap(smtplib)

    async def main() -> None:
        async with smtp.SMTP_SSL("localhost", smtp_server.tls_port, context=context) as connection:
            await connection.ehlo()
            assert connection.has_extn("size")
        async with smtp.SMTP("localhost", smtp_server.port) as connection:
            await connection.starttls(context=context)
            with pytest.raises(smtplib.SMTPAuthenticationError):
                await connection.login("me", "wrong")
        with pytest.raises(smtp.SMTPNotSupportedError):
            async with smtp.SMTP("localhost", smtp_server.port) as connection:
                await connection.login("me", "motorish")

    asyncio.run(main())


def test_half_a_mail_is_not_delivered(smtp_server: Any) -> None:
    """
    A call that is cancelled while it sends a message breaks the connection off: nothing arrives.
    """
    smtp = motorish.wrap(smtplib)

    async def main() -> None:
        with chaos.Proxy(smtp_server.host, smtp_server.port) as proxy:
            connection = await smtp.SMTP(proxy.host, proxy.port, local_hostname="localhost")
            await connection.noop()
            proxy.hold()
            call = connection.send_message(message("half", LARGE))
            await until(lambda: proxy.kept)
            call.cancel()
            with pytest.raises(asyncio.CancelledError):
                await call
            proxy.release()
            with pytest.raises(smtplib.SMTPServerDisconnected):
                await connection.noop()
            await until(lambda: not proxy.connections)
            await connection.close()

    asyncio.run(main())
    assert "half" not in delivered(smtp_server.mail_dir)


def test_a_mailbox_is_read_over_tls(dovecot: Dovecot, context: ssl.SSLContext) -> None:
    """
    Append, search and fetch, with a large message; several users at once.
    """
    imap = motorish.wrap(imaplib)

    async def use(user: str) -> list[bytes]:
        sent = [bytes(message(f"{user} {number}", LARGE[: number << 20])) for number in range(3)]
        async with imap.IMAP4_SSL("localhost", dovecot.tls_port, ssl_context=context) as mail:
            await mail.login(user, dovecot.password)
            for text in sent:
                await mail.append("INBOX", None, None, text.replace(b"\n", b"\r\n"))
            await mail.select()
            _, (numbers,) = await mail.search(None, "SUBJECT", user)
            found = [(await mail.fetch(number.decode(), "(RFC822)"))[1] for number in numbers.split()]
            with pytest.raises(imaplib.IMAP4.error):
                await mail.fetch("nonsense", "(RFC822)")
        assert sent == [parts[0][1].replace(b"\r\n", b"\n") for parts in found]
        return numbers

    async def main() -> list[bytes]:
        return await asyncio.gather(*(use(f"reader{number}") for number in range(5)))

    assert [b"1 2 3"] * 5 == asyncio.run(main())


def test_starttls_of_imap(dovecot: Dovecot, context: ssl.SSLContext) -> None:
    """
    A connection becomes one over TLS.
    """
    imap = motorish.wrap(imaplib)

    async def main() -> None:
        async with imap.IMAP4("localhost", dovecot.port) as mail:
            await mail.starttls(ssl_context=context)
            assert "OK" == (await mail.login("starter", dovecot.password))[0]

    asyncio.run(main())


@pytest.mark.parametrize("starttls", [False, True], ids=["tls", "stls"])
def test_a_mailbox_is_emptied_over_tls(pop3: Dovecot, context: ssl.SSLContext, starttls: bool) -> None:
    """
    POP3: log in, fetch a large message, delete it; several users at once, on one thread.
    """
    pop, imap = motorish.wrap(poplib), motorish.wrap(imaplib)
    sent = bytes(message("large", LARGE[: 1 << 20]))
    threads = threading.active_count()

    async def connect() -> Any:
        if not starttls:
            return await pop.POP3_SSL("localhost", pop3.pop3_tls_port, context=context)
        connection = await pop.POP3("localhost", pop3.pop3_port)
        await connection.stls(context=context)
        return connection

    async def use(user: str) -> tuple[int, int]:
        async with imap.IMAP4(pop3.host, pop3.port) as mail:
            await mail.login(user, pop3.password)
            await mail.append("INBOX", None, None, sent.replace(b"\n", b"\r\n"))
        connection = await connect()
        assert isinstance(connection.delegate.sock, GreenSSLSocket)
        await connection.user(user)
        await connection.pass_(pop3.password)
        _, lines, _ = await connection.retr(1)
        assert sent.splitlines() == lines
        with pytest.raises(poplib.error_proto, match="no message 2"):
            await connection.retr(2)
        await connection.dele(1)
        await connection.quit()
        async with await connect() as again:
            await again.user(user)
            await again.pass_(pop3.password)
            count, size = await again.stat()
            return count, size

    async def main() -> list[tuple[int, int]]:
        return await asyncio.gather(*(use(f"pop{number}{starttls}") for number in range(3)))

    assert [(0, 0)] * 3 == asyncio.run(main())
    assert threads == threading.active_count()


@pytest.mark.parametrize("module", [smtplib, imaplib, poplib], ids=lambda module: str(module.__name__))
def test_a_second_call_on_a_connection_is_refused(module: Any, smtp_server: Any, pop3: Dovecot) -> None:
    """
    Two plain spawns at once: BusyError, the first gets its answer, and no later call the second's.
    """
    green: Any = motorish.wrap(module).delegate

    def connect(proxy: chaos.Proxy) -> tuple[Any, Any]:
        if module is smtplib:
            smtp = green.SMTP(proxy.host, proxy.port, local_hostname="localhost")
            return smtp, lambda text: smtp.docmd("ECHO", text)[1].decode()
        if module is imaplib:
            imap = green.IMAP4(proxy.host, proxy.port)
            imap.login("two", pop3.password)
            return imap, lambda text: imap.select(text)[1][0].decode().partition(": ")[2].split()[0]
        pop = green.POP3(proxy.host, proxy.port)
        pop.user("two")
        pop.pass_(pop3.password)
        return pop, pop.list

    texts: tuple[Any, Any, Any] = ("first", "second", "third") if module is not poplib else (1001, 1002, 1003)

    async def main(proxy: chaos.Proxy) -> None:
        connection, ask = await motorish.spawn(connect, proxy)
        proxy.hold()
        first = motorish.spawn(ask, texts[0])
        await until(lambda: proxy.kept)
        with pytest.raises(motorish.BusyError, match="another call is already waiting"):
            await motorish.spawn(ask, texts[1])
        proxy.release()
        (answer,) = await asyncio.gather(first, return_exceptions=True)
        assert str(texts[0]) in str(answer)
        with pytest.raises(Exception, match=r"two calls|not connected"):
            await motorish.spawn(ask, texts[2])
        await motorish.spawn(connection.shutdown if module is imaplib else connection.close)

    port = {smtplib: smtp_server.port, imaplib: pop3.port, poplib: pop3.pop3_port}[module]
    with chaos.Proxy(pop3.host, port) as proxy:
        asyncio.run(main(proxy))


def test_files_are_moved(ftp_server: Any) -> None:
    """
    ftplib's own ``callback=`` stays ftplib's; ours is add_done_callback.
    """
    ftp = motorish.wrap(ftplib)

    async def main() -> None:
        async with ftp.FTP() as client:
            await client.connect(ftp_server.host, ftp_server.port)
            await client.login("motorish", "motorish")
            done: list[Any] = []
            parts: list[bytes] = []
            await client.storbinary("STOR large", io.BytesIO(LARGE))
            call = client.retrbinary("RETR large", callback=parts.append)
            call.add_done_callback(done.append)
            assert (await call).startswith("226")
            assert b"".join(parts) == LARGE
            assert [call] == done
            assert "large" in await client.nlst()
            assert [("large", "file")] == [
                (name, facts["type"]) async for name, facts in client.mlsd() if name == "large"
            ]
            with pytest.raises(ftplib.error_perm):
                await client.delete("nothing")

    asyncio.run(main())
    assert (ftp_server.directory / "large").read_bytes() == LARGE
