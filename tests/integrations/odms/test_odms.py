"""
Beanie, ODMantic and uMongo run their quick starts on motorish: each in an environment without Motor.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.integrations.odms.environments import ODMS, ROOT, Environment, make_all

HERE = Path(__file__).parent
HOW_TO = ROOT / "docs" / "howto" / "odms.md"
IN_DOCS = dict(
    re.findall(r"^<!-- runnable with (\w+) -->\n```python\n(.*?)^```$", HOW_TO.read_text(), re.M | re.S)
)
PRINTS = re.compile(r"# prints (.*)$", re.M)

# What Beanie 1.30's lazy-model does, newer versions of Pydantic warn of.
IGNORED = ("-W", "ignore:Accessing the 'model_fields' attribute:DeprecationWarning")

pytestmark = pytest.mark.timeout(300)  # the first test waits for pip


@pytest.fixture(scope="module")
def environments() -> dict[str, Environment]:
    """
    Return the virtual environment of each ODM; the first run of all installs them.
    """
    return make_all()


@pytest.mark.parametrize("odm", ODMS)
def test_quick_start(odm: str, environments: dict[str, Environment], mongod_uri: str) -> None:
    """
    Models, indexes, inserts, queries, updates, deletes and transactions work, with no thread added.
    """
    done = environments[odm].run(*IGNORED, str(HERE / f"{odm}.py"), uri=mongod_uri)

    assert ("done, threads: 1\n", "") == (done.stdout, done.stderr)


@pytest.mark.parametrize("odm", ODMS)
def test_motor_is_not_installed(odm: str, environments: dict[str, Environment]) -> None:
    """
    So none of it can have been used.
    """
    assert not list(environments[odm].path.glob("lib/*/site-packages/motor*"))


@pytest.mark.parametrize("odm", ODMS)
def test_program_of_the_docs(odm: str, environments: dict[str, Environment], mongod_uri: str) -> None:
    """
    The how-to's program for each ODM prints what it says, and nothing goes wrong.
    """
    program = IN_DOCS[odm]
    assert program.count("mongodb://localhost") == 1

    done = environments[odm].run(
        *IGNORED, "-c", program.replace("mongodb://localhost", mongod_uri), uri=mongod_uri
    )

    assert ("", PRINTS.findall(program)) == (done.stderr, done.stdout.splitlines())
