"""
The chat's life: killed and started again, its own mongod, stopped, and refused.
"""

from __future__ import annotations

import asyncio
import contextlib
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.examples.chat_client import ROOT, ChatProcess


def test_a_killed_server_loses_nothing(room: str, mongod_uri: str) -> None:
    """
    After ``kill -9`` in the middle of sending, every acknowledged message is there, each once.
    """
    first = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)

    async def send_until_killed() -> dict[str, int]:
        async with first.socket(room) as client:
            for number in range(80):
                await client.send(f"text {number}", client_id=f"id {number}")
            while len(client.acks) < 20:
                await client.read()
            first.stop(signal.SIGKILL)
            while await client.read():
                pass
            return client.acks

    acks = asyncio.run(send_until_killed())
    second = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)
    repeated = [second.send(room, "again", client_id=f"id {number}") for number in range(80)]
    messages = second.history(room)
    second.stop()

    assert list(range(1, 81)) == [message["seq"] for message in messages]
    assert sorted(repeated, key=lambda message: message["seq"]) == messages
    assert acks == {m["client_id"]: m["seq"] for m in messages if m["client_id"] in acks}


@pytest.mark.slow
@pytest.mark.usefixtures("mongod_program")
def test_a_private_mongod_keeps_the_messages_and_ends_with_the_server(
    room: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """
    Without a URI: killed, started on the same data, and stopped by Ctrl-C, nothing is left running.
    """
    monkeypatch.delenv("MONGODB_URI", raising=False)
    options = ("--port", "0", "--data-dir", str(tmp_path))
    first = ChatProcess(*options)
    message = first.send(room, "keep me")
    first.stop(signal.SIGKILL)
    second = ChatProcess(*options)
    kept = second.history(room)
    status = second.stop(signal.SIGINT)

    assert [message] == kept
    assert 0 == status
    assert [] == processes_of(tmp_path)


def test_a_stopped_server_says_goodbye(room: str, mongod_uri: str) -> None:
    """
    SIGTERM closes WebSockets with 1001 and ends with status 0.
    """
    server = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)

    async def stay() -> int | None:
        async with server.socket(room) as client:
            await client.send("hello")
            await client.read_messages(1)
            server.process.terminate()
            return await client.close_code()

    assert 1001 == asyncio.run(stay())
    assert 0 == server.stop()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_more_signals_do_not_spoil_the_end(mongod_uri: str, number: signal.Signals) -> None:
    """
    However many come until the process is gone, it ends in order, and with status 0.
    """
    server = ChatProcess("--port", "0", "--mongodb-uri", mongod_uri)

    with contextlib.suppress(ProcessLookupError):
        while server.process.poll() is None:
            server.process.send_signal(number)
            with contextlib.suppress(subprocess.TimeoutExpired):
                server.process.wait(0.001)

    assert 0 == server.stop()


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (("--mongodb-uri", "mongodb://127.0.0.1:1/?serverSelectionTimeoutMS=1"), "cannot start"),
        (("--mongodb-uri", "nonsense"), "Invalid URI"),
        (("--port", "{port}"), "Address already in use"),
    ],
)
def test_it_says_why_it_cannot_start(
    chat: ChatProcess, mongod_uri: str, options: tuple[str, ...], expected: str
) -> None:
    """
    A wrong URI or a taken port ends with status 1 and one line, without a traceback.
    """
    arguments = ["--port", "0", "--mongodb-uri", mongod_uri]
    arguments += [option.format(port=chat.port) for option in options]
    command = [sys.executable, "-m", "examples.chat", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=30)

    assert 1 == run.returncode
    assert expected in run.stderr
    assert "Traceback" not in run.stderr


def processes_of(data_dir: Path) -> list[str]:
    """
    Return the command lines of all processes that mention *data_dir*.
    """
    listed = subprocess.run(["ps", "-Awwo", "args"], capture_output=True, text=True, check=True)
    return [line for line in listed.stdout.splitlines() if str(data_dir) in line]
