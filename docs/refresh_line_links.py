"""
Set the line numbers of the docs' links to code: the first line of the file that holds the link's text.

    python docs/refresh_line_links.py
"""

import re
from pathlib import Path

LINK = re.compile(r"\[`([^`]+)`\]\(([^)#]+)#L\d+\)")


def refreshed(page: Path) -> str:
    """
    The page's text with right numbers.
    """

    def right(link: re.Match[str]) -> str:
        text, target = link.groups()
        lines = (page.parent / target).read_text().splitlines()
        line = next(number for number, code in enumerate(lines, 1) if text in code)
        return f"[`{text}`]({target}#L{line})"

    return LINK.sub(right, page.read_text())


if __name__ == "__main__":
    for path in Path(__file__).parent.rglob("*.md"):
        path.write_text(refreshed(path))
