"""
The examples with PostgreSQL: each does what its first lines say, started by the command that they give.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request

import pytest

from motorish.integrations.servers import PostgreSQL
from tests.examples.example_program import Running, run


def answer(url: str) -> tuple[int, object]:
    """
    The status and the JSON of a GET.
    """
    try:
        with urllib.request.urlopen(url, timeout=30) as response:
            return response.status, json.load(response)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, None


def test_notice_listener(postgres: PostgreSQL) -> None:
    """
    The notices come while the work is done, the notification after it.
    """
    expected = (
        "NOTICE: step 1 of 3\nNOTICE: step 2 of 3\nNOTICE: step 3 of 3\nWARNING: tired (sleep)\n"
        "the work is done\nnews: it rains\n"
    )

    assert (expected, "") == run("notice_listener")
    assert (expected, "") == run("notice_listener", DATABASE_URL=postgres.dsn)


def test_psycopg2_handler(postgres: PostgreSQL) -> None:
    """
    Both handlers find users by their number, and say when there is none.
    """
    with Running("psycopg2_handler", lines=2) as example:
        answers = [[answer(url[:-1] + number) for number in "1239"] for url in example.urls]

    users = [
        (200, {"id": number, "name": name}) for number, name in enumerate(("Ada", "Grace", "Barbara"), 1)
    ]
    assert [[*users, (404, None)]] * 2 == answers


@pytest.mark.parametrize("style", [0, 1])
def test_psycopg2_handler_without_a_server(style: int) -> None:
    """
    With no database there, both answer with an error.
    """
    nowhere = "host=127.0.0.1 port=1"
    with Running("psycopg2_handler", lines=2, fails=True, DATABASE_URL=nowhere) as example:
        assert (500, None) == answer(example.urls[style])
