"""
Servers of processes of their own for SMTP and FTP; and the green copies of the stdlib's clients.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NoReturn

import pytest

import motorish
from motorish.integrations.servers import Dovecot

HERE = Path(__file__).parent


@contextmanager
def running(program: str, *args: Path) -> Iterator[list[int]]:
    """
    Run one of the server programs and give the ports that it prints.
    """
    server = subprocess.Popen(
        [sys.executable, str(HERE / program), *map(str, args)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert server.stdout is not None
    try:
        yield [int(port) for port in server.stdout.readline().split()]
    finally:
        server.communicate(timeout=10)


@pytest.fixture(autouse=True)
def _unpatched() -> Iterator[None]:
    yield
    motorish.unpatch("ftplib", "imaplib", "poplib", "smtplib")


@pytest.fixture(scope="session")
def smtp_server(server_dir: Path, tls_files: tuple[Path, Path, Path]) -> Iterator[Any]:
    """
    Return an SMTP server: port (with STARTTLS), tls_port, mail_dir (a Maildir).
    """
    mail_dir = server_dir / "smtp"
    with running("smtp_server.py", mail_dir, *tls_files[:2]) as (port, tls_port):
        yield SimpleNamespace(host="127.0.0.1", port=port, tls_port=tls_port, mail_dir=mail_dir)


@pytest.fixture(scope="session")
def ftp_server(server_dir: Path) -> Iterator[Any]:
    """
    Return an FTP server: port, directory; user and password are "motorish".
    """
    directory = server_dir / "ftp"
    directory.mkdir()
    with running("ftp_server.py", directory) as (port,):
        yield SimpleNamespace(host="127.0.0.1", port=port, directory=directory)


@pytest.fixture(scope="session")
def pop3(dovecot: Dovecot, missing_program: Callable[[str], NoReturn]) -> Dovecot:
    """
    Return a Dovecot with POP3.
    """
    if not dovecot.pop3_port:
        missing_program("pop3-login")
    return dovecot
