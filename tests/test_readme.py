"""
The README's first example, and that what it and the docs link to exists.
"""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
LINK = re.compile(r"\[`?([^\]`]+)`?\]\((?!http)([^)#]*)(?:#L(\d+))?\)")
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_first_example_runs(mongod_uri: str) -> None:
    """
    The ten lines print the document three times: awaited, called back and iterated.
    """
    readme = (ROOT / "README.md").read_text()
    program = re.findall(r"```python\n(.*?)```", readme, re.S)[0]
    assert "mongodb://localhost:27017" in program
    program = program.replace("mongodb://localhost:27017", mongod_uri)

    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=50)

    order = "{'_id': 1, 'status': 'new'}"
    assert (sorted([order, order, f"{order} None"]), "") == (sorted(done.stdout.splitlines()), done.stderr)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    """
    Each relative link names a file; with #L<n> that line holds the code that the link's text names.
    """
    for text, target, line in LINK.findall(page.read_text()):
        path = (page.parent / target).resolve() if target else page
        assert path.exists(), f"{page.name}: [{text}] leads to {target}, which does not exist"
        if line:
            lines = path.read_text().splitlines()
            holds = [number for number, code in enumerate(lines, 1) if text in code]
            assert int(line) in holds, f"{page.name}: [{text}] is now at {target}#L{holds}"
