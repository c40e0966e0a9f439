"""
The blog behind an aiohttp handler: 100 requests at once.
"""

import asyncio
import os
from typing import Any

import blog_requests  # isort: skip  # patches: before anything imports mongoengine
import blog
from aiohttp import ClientSession, TCPConnector, web

import motorish

DATABASE = "motorish_blog_aiohttp"
VISITS = web.AppKey("VISITS", blog_requests.Visits)


async def author_page(request: web.Request) -> web.Response:
    """
    Write a post, and answer with all posts of this author.
    """
    return web.json_response({"posts": await request.app[VISITS].visit(request.match_info["name"])})


async def main() -> None:
    """
    Serve, and request.
    """
    await motorish.spawn(blog.start, os.environ["MONGODB_URI"], DATABASE)
    application = web.Application()
    application[VISITS] = blog_requests.Visits()
    application.router.add_get("/author/{name}", author_page)
    runner = web.AppRunner(application)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0]

    async with ClientSession(connector=TCPConnector(limit=blog_requests.REQUESTS)) as client:

        async def get(name: str) -> Any:
            async with client.get(f"http://{host}:{port}/author/{name}") as response:
                response.raise_for_status()
                return await response.json()

        await blog_requests.check(get)
    await runner.cleanup()
    await motorish.spawn(blog.stop, DATABASE)
    print("done")


asyncio.run(main())
