"""
A log-in is refused: the password is in no error, no log and no repr, even when the loop is being debugged.
"""

from __future__ import annotations

import asyncio
import logging
import traceback
from types import SimpleNamespace
from typing import Any

import pytest

import motorish
from tests.faults.figures import Figures
from tests.faults.talks import TALKS
from tests.faults.test_deep import called_at_depth

SECRET = "not-the-s3cret"


@pytest.mark.row("A12")
@pytest.mark.parametrize("frames", [0, 300], ids=["shallow caller", "deep caller"])
@pytest.mark.parametrize("name", ["PyMySQL", "pg8000", "psycopg2"])
def test_refused_login(
    name: str, frames: int, figures: Figures, request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> None:
    """
    The driver's own error comes; what asyncio logs of our calls does not show their arguments.
    """
    talk = TALKS[name]
    server = request.getfixturevalue(talk.server)

    def connect(**login: Any) -> Any:
        return talk.connect(server.host, server.port, SimpleNamespace(**login))

    login = {"password": SECRET, "user": server.user, "database": server.database}
    shown: list[str] = []
    caplog.set_level(logging.DEBUG)

    async def main() -> Any:
        loop = asyncio.get_running_loop()
        loop.set_debug(True)
        loop.slow_callback_duration = 0.0  # each callback is logged
        call = called_at_depth(frames, lambda: motorish.spawn(connect, **login))
        shown.extend(
            [repr(call), repr(motorish.hub.current_hub()), *map(repr, motorish.hub.current_hub().calls)]
        )
        try:
            await call
        except Exception as error:
            shown.extend([repr(call), *traceback.format_exception(error)])
            return type(error)

    with motorish.patch(talk.package):
        kind = asyncio.run(main())
    assert issubclass(kind, talk.errors)
    told = sum(SECRET in text for text in (*shown, *caplog.messages))
    where = ", from 300 frames" if frames else ""
    figures.equal(f"{name}{where}, logs, reprs and errors that have the password", 0, told)
