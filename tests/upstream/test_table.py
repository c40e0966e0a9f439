"""
The table of results in the documentation.
"""

import table


def test_page_holds_the_recorded_results() -> None:
    """
    The tables of the page are those that the recorded results give.
    """
    _, _, rest = table.PAGE.read_text().partition(table.BEGIN)
    shown, _, _ = rest.partition(table.END)

    assert table.tables() == shown
