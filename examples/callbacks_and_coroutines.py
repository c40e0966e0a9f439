"""
The same small web application twice: written with callbacks, and with coroutines.

    python examples/callbacks_and_coroutines.py

It starts a private MongoDB, and prints two addresses that do the same: GET lists the newest messages, POST
adds one.  MONGODB_URI in the environment uses an existing server instead; PORT is where to listen.
"""

import asyncio
import os
import tempfile
from typing import Any

from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

import motorish
from motorish.integrations.servers import Mongod

Documents = list[dict[str, Any]]


class CoroutineHandler(RequestHandler):
    """
    With coroutines: what happens next is in the next line.
    """

    async def get(self) -> None:
        """
        List the newest messages.
        """
        messages = await self.settings["messages"].find().sort("_id", -1).to_list(10)
        self.write({"messages": [message["text"] for message in messages]})

    async def post(self) -> None:
        """
        Add a message, then say how many there are.
        """
        await self.settings["messages"].insert_one({"text": self.get_body_argument("text")})
        count = await self.settings["messages"].count_documents({})
        self.write({"count": count})


class CallbackHandler(RequestHandler):
    """
    With callbacks: what happens next is in the next function, and so is what happens when it fails.
    """

    def get(self) -> asyncio.Future[None]:
        """
        List the newest messages.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def on_messages(messages: Documents | None, error: BaseException | None) -> None:
            if error is not None:
                done.set_exception(error)
            else:
                assert messages is not None
                self.write({"messages": [message["text"] for message in messages]})
                done.set_result(None)

        self.settings["messages"].find().sort("_id", -1).to_list(10, callback=on_messages)
        return done

    def post(self) -> asyncio.Future[None]:
        """
        Add a message, then say how many there are.
        """
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        messages = self.settings["messages"]

        def on_inserted(result: object, error: BaseException | None) -> None:
            if error is not None:
                done.set_exception(error)
            else:
                messages.count_documents({}, callback=on_counted)

        def on_counted(count: int | None, error: BaseException | None) -> None:
            if error is not None:
                done.set_exception(error)
            else:
                self.write({"count": count})
                done.set_result(None)

        messages.insert_one({"text": self.get_body_argument("text")}, callback=on_inserted)
        return done


async def serve(uri: str) -> None:
    """
    Serve until Ctrl-C.
    """
    messages = motorish.MotorClient(uri).get_default_database("examples").messages
    handlers = [("/coroutines", CoroutineHandler), ("/callbacks", CallbackHandler)]
    sockets = bind_sockets(int(os.environ.get("PORT", "0")), "127.0.0.1")
    HTTPServer(Application(handlers, messages=messages)).add_sockets(sockets)
    for path, _ in handlers:
        print(f"Messages are at http://127.0.0.1:{sockets[0].getsockname()[1]}{path}", flush=True)
    await asyncio.Event().wait()


def main() -> None:
    """
    Start a private server, unless there is one.
    """
    if given := os.environ.get("MONGODB_URI"):
        asyncio.run(serve(given))
    else:
        with tempfile.TemporaryDirectory() as directory, Mongod(directory) as mongod:
            asyncio.run(serve(mongod.uri))


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        pass
