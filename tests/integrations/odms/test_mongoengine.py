"""
MongoEngine, unmodified, in children: a hundred at once, alone and behind two web servers.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.integrations.odms.environments import run_python

HERE = Path(__file__).parent


@pytest.mark.parametrize("program", ["mongoengine_children", "blog_tornado", "blog_aiohttp"])
def test_a_hundred_at_once(program: str, mongod_uri: str) -> None:
    """
    A hundred lives that overlap, or requests that are served at once, see nothing of each other.
    """
    done = run_python(sys.executable, str(HERE / f"{program}.py"), uri=mongod_uri)

    assert ("done\n", "") == (done.stdout, done.stderr)
