"""
A Thrift client made by the Apache compiler, and a server of stock Thrift in a process of its own.
"""

from __future__ import annotations

import importlib
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

import pytest

from motorish.integrations.servers import find_program

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Ports:
    """
    Where the server listens on 127.0.0.1.
    """

    binary: int
    compact: int
    tls: int


@pytest.fixture(scope="session")
def generated(missing_program: Callable[[str], NoReturn], server_dir: Path) -> Path:
    """
    Return the directory with the Python package ``motorish_talk``.
    """
    compiler = find_program("thrift") or missing_program("thrift")
    subprocess.run([compiler, "--gen", "py", "-out", server_dir, HERE / "talk.thrift"], check=True)
    return server_dir


@pytest.fixture(scope="session")
def talk(generated: Path) -> Iterator[Any]:
    """
    Return the package that the compiler made.
    """
    sys.path.insert(0, str(generated))
    importlib.import_module("motorish_talk.Talk")
    yield importlib.import_module("motorish_talk")
    sys.path.remove(str(generated))


@pytest.fixture(scope="session")
def thrift_ports(generated: Path, tls_files: tuple[Path, Path, Path]) -> Iterator[Ports]:
    """
    Return the ports of a Thrift server that runs as long as the tests.
    """
    command = [sys.executable, str(HERE / "server.py"), str(generated), str(tls_files[0]), str(tls_files[1])]
    server = subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert server.stdout is not None
    yield Ports(*map(int, server.stdout.readline().split()))
    server.communicate(timeout=10)
