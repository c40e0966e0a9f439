"""
How Sphinx makes the site: `make docs`.
"""

from __future__ import annotations

from pathlib import Path

from sphinx.application import Sphinx

import motorish

project = "motorish"
author = "the motorish authors"
copyright = author
version = release = motorish.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon"]
root_doc = "index"
html_theme = "furo"
html_title = f"motorish {version}"

myst_heading_anchors = 3
autodoc_typehints = "none"  # the names in the proxies' signatures are PyMongo's
autodoc_default_options = {"members": True, "show-inheritance": True}
default_role = "code"

README = Path(__file__).parents[1] / "README.md"
README_LINKS = {
    "](docs/": "](",
    "](examples/": "](../examples/",
    "](CHANGELOG.md)": "](changelog.md)",
    "](CONTRIBUTING.md)": "](contributing.md)",
    "](SECURITY.md)": "](security.md)",
}


def begin_with_readme(app: Sphinx, page: str, source: list[str]) -> None:
    """
    Put the README before the table of contents of the first page; its links lead from there.
    """
    if page == root_doc:
        text = README.read_text()
        for link, from_here in README_LINKS.items():
            text = text.replace(link, from_here)
        source[0] = f"{text}\n{source[0]}"


def setup(app: Sphinx) -> None:
    """
    Called by Sphinx.
    """
    app.connect("source-read", begin_with_readme)
