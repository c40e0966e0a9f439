"""
examples/rest_call.py: both ends of the REST calls are on one loop, and nothing holds it up.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from time import monotonic

from tests.examples.example_program import Running
from tests.examples.test_examples import answer


def test_rest_calls_run_at_once() -> None:
    """
    Twenty reports of two calls each, half a second a call, take about half a second; errors are told.
    """
    with Running("rest_call", fails=False) as example, ThreadPoolExecutor(20) as clients:
        began = monotonic()
        reports = list(clients.map(answer, example.urls * 20))
        took = monotonic() - began
        lost = answer(example.urls[0].replace("madrid", "atlantis"))

    weather = [{"city": city, "degrees": 18} for city in ("london", "madrid")]
    assert [(200, {"weather": weather})] * 20 == reports
    assert took < 5.0
    assert (502, None) == lost
