"""
Stream a MongoDB cursor as JSON: however many documents there are, memory holds one batch.

    python examples/stream_cursor.py

It starts a private MongoDB with 5000 documents of 10 kB, and prints the address to open.  MONGODB_URI in the
environment streams the collection ``stream`` of an existing database instead; PORT is where to listen.
"""

import asyncio
import os
import tempfile
from typing import Any

from bson import json_util
from tornado.httpserver import HTTPServer
from tornado.iostream import StreamClosedError
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

import motorish
from motorish.integrations.servers import Mongod

BATCH = 100


class DocumentsHandler(RequestHandler):
    """
    All documents, as one JSON array.
    """

    async def get(self) -> None:
        """
        Send a batch, wait until the browser has taken it, and only then fetch the next one.
        """
        self.set_header("Content-Type", "application/json")
        cursor = self.settings["collection"].find(batch_size=BATCH).sort("_id")
        try:
            separator, written = "[\n", 0
            async for document in cursor:
                self.write(separator + json_util.dumps(document))
                separator, written = ",\n", written + 1
                if written % BATCH == 0:
                    await self.flush()
            self.write("\n]" if written else "[]")
        except StreamClosedError:
            pass  # nobody reads on
        finally:
            await cursor.close()


async def fill(collection: Any) -> None:
    """
    Something to stream.
    """
    for first in range(0, 5000, BATCH):
        await collection.insert_many([{"_id": first + i, "text": "x" * 10_000} for i in range(BATCH)])


async def serve(uri: str, *, private: bool) -> None:
    """
    Serve until Ctrl-C.
    """
    collection = motorish.MotorClient(uri).get_default_database("examples").stream
    if private:
        await fill(collection)
    sockets = bind_sockets(int(os.environ.get("PORT", "0")), "127.0.0.1")
    HTTPServer(Application([("/documents", DocumentsHandler)], collection=collection)).add_sockets(sockets)
    print(f"Documents are at http://127.0.0.1:{sockets[0].getsockname()[1]}/documents", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """
    Start a private server, unless there is one.
    """
    if given := os.environ.get("MONGODB_URI"):
        asyncio.run(serve(given, private=False))
    else:
        with tempfile.TemporaryDirectory() as directory, Mongod(directory) as mongod:
            asyncio.run(serve(mongod.uri, private=True))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
