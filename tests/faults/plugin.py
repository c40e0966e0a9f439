"""
The tests' figures: collected from the reports, printed at the end of the run, kept when asked to.
"""

from __future__ import annotations

from typing import Any

import pytest

from tests.faults import figures
from tests.faults.figures import PROPERTY, Figures


def add_options(parser: pytest.Parser) -> None:
    """
    Add the options of the tests of faults.
    """
    group = parser.getgroup("faults")
    group.addoption(
        "--scale",
        type=float,
        default=0.01,
        help="the part of the repetitions that the tests of faults do (default: 0.01; 1 is all)",
    )
    group.addoption(
        "--keep-figures",
        action="store_true",
        help="write the measured figures into docs/operate/reliability.md",
    )


class FaultFigures:
    """
    A pytest plugin: the fixture `figures`, and what becomes of them.
    """

    def __init__(self) -> None:
        self._found: dict[str, list[dict[str, Any]]] = {}

    @pytest.fixture
    def figures(self, request: pytest.FixtureRequest) -> Figures:
        """
        Return what records the figures of this test, which is marked with its row.
        """
        return Figures(request.node, request.config.getoption("scale"))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """
        Collect the figures of a test that has run, here or in another process.
        """
        if report.when == "call":
            found: list[Any] = [value for name, value in report.user_properties if name == PROPERTY]
            if found:
                self._found[report.nodeid] = found

    def pytest_terminal_summary(
        self, terminalreporter: pytest.TerminalReporter, config: pytest.Config
    ) -> None:
        """
        Print the figures, and keep them if that was asked for.
        """
        if not self._found:
            return
        terminalreporter.section("figures")
        for found in self._found.values():
            for figure in found:
                terminalreporter.write_line(f"{' '.join(figure['rows'])} {figures.as_text(figure)}")
        if config.getoption("keep_figures"):
            figures.keep(self._found)
