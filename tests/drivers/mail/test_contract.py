"""
The stdlib's clients for mail and files pass the contract: their green copies, that is.
"""

from __future__ import annotations

import ftplib
import imaplib
import io
import poplib
import smtplib
from typing import Any
from zlib import crc32

import pytest

import motorish
from motorish.integrations.servers import Dovecot
from motorish.testing import contract


class TestSmtplib(contract.DriverContract):
    """
    The contract of smtplib, on aiosmtpd.
    """

    @pytest.fixture
    def driver(self, smtp_server: Any) -> contract.Driver[Any]:
        """
        Return smtplib.
        """
        green = motorish.wrap(smtplib).delegate
        return contract.Driver(
            packages=(),
            host=smtp_server.host,
            port=smtp_server.port,
            connect=lambda host, port: green.SMTP(host, port, local_hostname="localhost"),
            echo=lambda smtp, text: smtp.docmd("ECHO", text)[1].decode(),
            close=lambda smtp: smtp.close(),
            slow=lambda smtp, seconds: smtp.docmd("SLOW", str(seconds)),
        )


class TestImaplib(contract.DriverContract):
    """
    The contract of imaplib, on Dovecot.
    """

    @pytest.fixture
    def driver(self, dovecot: Dovecot) -> contract.Driver[Any]:
        """
        Return imaplib; the server names the mailbox that it does not have.
        """
        green = motorish.wrap(imaplib).delegate

        def connect(host: str, port: int) -> Any:
            connection = green.IMAP4(host, port)
            try:
                connection.login("contract", dovecot.password)
            except BaseException:
                connection.shutdown()
                raise
            return connection

        def echo(connection: Any, text: str) -> str:
            _, (said,) = connection.select(text)
            return str(said.decode().partition(": ")[2].split()[0])

        return contract.Driver(
            packages=(),
            host=dovecot.host,
            port=dovecot.port,
            connect=connect,
            echo=echo,
            close=lambda connection: connection.shutdown(),
        )


class TestPoplib(contract.DriverContract):
    """
    The contract of poplib, on Dovecot.
    """

    @pytest.fixture
    def driver(self, pop3: Dovecot) -> contract.Driver[Any]:
        """
        Return poplib; the server names the message that it does not have, by a number made of the text.
        """
        green = motorish.wrap(poplib).delegate

        def connect(host: str, port: int) -> Any:
            connection = green.POP3.__new__(green.POP3)
            connection.sock = connection.file = None
            try:
                connection.__init__(host, port)
                connection.user("contract")
                connection.pass_(pop3.password)
            except BaseException:
                connection.close()  # poplib leaves that to its user, who does not get one that has failed
                raise
            return connection

        def echo(connection: Any, text: str) -> str:
            number = crc32(text.encode())
            try:
                answer = str(connection.list(number))
            except poplib.error_proto as error:
                answer = str(error)
            return text if f"no message {number}." in answer else answer

        return contract.Driver(
            packages=(),
            host=pop3.host,
            port=pop3.pop3_port,
            connect=connect,
            echo=echo,
            close=lambda connection: connection.close(),
        )


class TestFtplib(contract.DriverContract):
    """
    The contract of ftplib, on pyftpdlib.
    """

    @pytest.fixture
    def driver(self, ftp_server: Any) -> contract.Driver[Any]:
        """
        Return ftplib, which stores a file with the text and gets it back.
        """
        green = motorish.wrap(ftplib).delegate

        def connect(host: str, port: int) -> Any:
            ftp = green.FTP()
            try:
                ftp.connect(host, port)
                ftp.login("motorish", "motorish")
            except BaseException:
                ftp.close()  # ftplib leaves that to its user
                raise
            return ftp

        def echo(ftp: Any, text: str) -> str:
            ftp.storbinary(f"STOR {text}", io.BytesIO(text.encode()))
            parts: list[bytes] = []
            ftp.retrbinary(f"RETR {text}", parts.append)
            return b"".join(parts).decode()

        return contract.Driver(
            packages=(),
            host=ftp_server.host,
            port=ftp_server.port,
            connect=connect,
            echo=echo,
            close=lambda ftp: ftp.close(),
        )
