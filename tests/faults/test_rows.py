"""
The catalogue, its tests and its page belong together.
"""

import re
from pathlib import Path

from tests.faults import figures
from tests.faults.rows import ROWS, SECTIONS

HERE = Path(__file__).parent


def test_every_row_has_a_test() -> None:
    """
    Each row of the catalogue is named by a mark, and each mark names a row.
    """
    marked: set[str] = set()
    for path in HERE.parent.rglob("test_*.py"):
        for names in re.findall(r"mark\.row\(([^)]*)\)", path.read_text()):
            marked |= set(re.findall(r'"(\w+)"', names))

    assert set(ROWS) == marked


def test_rows_have_sections() -> None:
    """
    The letter of each row is that of a section.
    """
    assert set(SECTIONS) == {name[0] for name in ROWS}


def test_page_shows_what_was_kept() -> None:
    """
    The tables of docs/operate/reliability.md are made from the figures that were kept.
    """
    assert figures.tables(figures.load()) in figures.PAGE.read_text()
