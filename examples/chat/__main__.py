"""
Starts the chat: ``python -m examples.chat [--port 8888] [--mongodb-uri URI] [--data-dir DIR]``.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType

from pymongo.errors import PyMongoError
from pymongo.uri_parser import parse_uri

import motorish
from motorish.integrations.servers import ReplicaSet, ServerError

from .app import ChatServer
from .store import Store, StoreError

_DATA_DIR = Path(__file__).resolve().parents[2] / ".chat-data"
_SIGNALS = (signal.SIGINT, signal.SIGTERM)
_DATABASE = "motorish_chat"  # used when the URI names none


def main(arguments: Sequence[str] | None = None) -> int:
    """
    Run the chat until SIGINT or SIGTERM, of which it takes one; return the exit status.
    """
    options = _parse(arguments)
    signal.signal(signal.SIGTERM, _interrupt)  # also while mongod starts, before the loop runs
    try:
        with contextlib.ExitStack() as stack:
            uri = options.mongodb_uri
            if not uri:
                uri = stack.enter_context(ReplicaSet(1, options.data_dir)).uri
            asyncio.run(_serve(uri, options.port))
    except KeyboardInterrupt:
        pass
    except (StoreError, ServerError, OSError, PyMongoError) as error:
        print(f"The chat cannot start: {error}", file=sys.stderr)
        return 1
    return 0


async def _serve(uri: str, port: int) -> None:
    stopped = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in _SIGNALS:
        loop.add_signal_handler(number, stopped.set)
    if "serverselectiontimeoutms" in uri.lower():
        client = motorish.MotorClient(uri)
    else:
        client = motorish.MotorClient(uri, serverSelectionTimeoutMS=5000)
    try:
        store = Store(client, parse_uri(uri)["database"] or _DATABASE)
        await store.prepare()
        server = ChatServer(store)
        bound = server.listen(port)
        await server.ready()
        print(f"Chat is at http://127.0.0.1:{bound}", flush=True)
        await stopped.wait()
        await server.stop()
    finally:
        # The end takes seconds at most.  A closed loop handles signals no more: one would kill us amid it.
        signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        client.close()


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m examples.chat", description=__doc__)
    parser.add_argument(
        "--port", type=int, default=8888, help="port on 127.0.0.1; 0 takes a free one (%(default)s)"
    )
    parser.add_argument(
        "--mongodb-uri",
        default=os.environ.get("MONGODB_URI"),
        help="a replica set to use; otherwise a private mongod is started (env MONGODB_URI)",
    )
    parser.add_argument(
        "--data-dir",
        type=Path,
        default=_DATA_DIR,
        help="where the private mongod keeps the messages (%(default)s)",
    )
    return parser.parse_args(arguments)


def _interrupt(number: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


if __name__ == "__main__":
    sys.exit(main())
