"""
The blog behind a Tornado handler: 100 requests at once.
"""

import asyncio
import json
import os
from typing import Any

import blog_requests  # isort: skip  # patches: before anything imports mongoengine
import blog
from tornado.httpclient import AsyncHTTPClient
from tornado.httpserver import HTTPServer
from tornado.netutil import bind_sockets
from tornado.web import Application, RequestHandler

import motorish

DATABASE = "motorish_blog_tornado"


class AuthorHandler(RequestHandler):
    """
    An author's page.
    """

    async def get(self, name: str) -> None:
        """
        Write a post, and answer with all posts of this author.
        """
        self.write({"posts": await self.settings["visits"].visit(name)})


async def main() -> None:
    """
    Serve, and request.
    """
    await motorish.spawn(blog.start, os.environ["MONGODB_URI"], DATABASE)
    application = Application([("/author/(.*)", AuthorHandler)], visits=blog_requests.Visits())
    sockets = bind_sockets(0, "127.0.0.1")
    server = HTTPServer(application)
    server.add_sockets(sockets)
    address = f"http://127.0.0.1:{sockets[0].getsockname()[1]}"
    client = AsyncHTTPClient(force_instance=True, max_clients=blog_requests.REQUESTS)

    async def get(name: str) -> Any:
        return json.loads((await client.fetch(f"{address}/author/{name.replace(' ', '%20')}")).body)

    await blog_requests.check(get)
    client.close()
    server.stop()
    await server.close_all_connections()
    await motorish.spawn(blog.stop, DATABASE)
    print("done")


asyncio.run(main())
