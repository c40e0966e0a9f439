"""
The plots: ratios with their intervals, and CPU time over the number at a time.

They have a light ground of their own, so that they can be read on light and on dark pages.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks import plan, results
from benchmarks.names import VARIANTS, WORKLOADS, title
from benchmarks.results import Result

GROUND, INK, FAINT = "#f7f7f4", "#2b2b2b", "#c9c9c4"
DEARER, SAME, CHEAPER = "#4a86a8", "#a3a39c", "#cc6f3c"
LINES = ("#1b1b1b", "#cc6f3c", "#4a86a8", "#5b9448", "#9468ad", "#b8962e", "#8a5a48")
MARKS = "osD^vPX"
WIDTH_IN, ROW_IN = 7.6, 0.25


def draw(system: str, cells: list[Result], folder: Path) -> Iterator[tuple[str, str]]:
    """
    Write a system's plots; gives each file's name and what it shows.
    """
    usual = [cell for cell in cells if cell["pinned"] and cell["loop"] == "asyncio" and _is_whole(cell)]
    headlines = [cell for cell in usual if cell["at"] == _headline_at(cell)]
    if headlines:
        _ratios(headlines, folder / f"{system}.svg")
        yield f"{system}.svg", "CPU time per operation, divided by that of motorish"
    for workload in dict.fromkeys(cell["workload"] for cell in usual):
        swept = sorted((cell for cell in usual if cell["workload"] == workload), key=lambda cell: cell["at"])
        if len(swept) > 2:
            _over_at(swept, folder / f"{system}-{workload}.svg")
            yield f"{system}-{workload}.svg", f"CPU time of {_workload(swept[0])} over the number at a time"


def _is_whole(cell: Result) -> bool:
    ours = cell["variants"].get(cell["ours"], {"error": ""})
    return "error" not in ours and not any("@" in label for label in cell["variants"])


def _headline_at(cell: Result) -> int | None:
    what = (cell["system"], cell["workload"])
    return next((one.at for one in plan.full() if (one.system, one.workload) == what), cell["at"])


def _workload(cell: Result) -> str:
    return WORKLOADS.get((cell["system"], cell["workload"]), cell["workload"])


def _ratios(cells: list[Result], path: Path) -> None:
    """
    A bar for each peer, from 0 to its ratio, with the interval; the peers of each cell under its title.
    """
    rows: list[tuple[str, Any]] = []
    for cell in cells:
        rows.append((title(cell), None))
        for label in cell["variants"]:
            ratio = results.ratio(cell, label)
            if label != cell["ours"] and ratio:
                rows.append((VARIANTS.get(label, label), ratio))
    ratios = [ratio for _, ratio in rows if ratio]
    widest = max((ratio.high for ratio in ratios), default=1.0)
    figure, axes = _figure((len(rows) + 0.4 * len(cells)) * ROW_IN + 0.6)
    logarithmic = widest > 8
    begin = 1 if logarithmic else 0
    if logarithmic:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.set_xlim(
        min(ratio.low for ratio in ratios) / 1.5 if logarithmic else 0, widest * (2 if logarithmic else 1.15)
    )
    y = -0.4
    for name, ratio in rows:
        y += 1 if ratio else 1.4
        weight = "normal" if ratio else "bold"
        axes.text(
            -0.015, y, name, transform=axes.get_yaxis_transform(), ha="right", va="center", weight=weight
        )
        if ratio:
            colour = CHEAPER if ratio.high < 1 else DEARER if ratio.low > 1 else SAME
            axes.barh(y, ratio.value - begin, left=begin, height=0.66, color=colour)
            axes.plot([ratio.low, ratio.high], [y, y], color=INK, linewidth=1.2, marker="|", markersize=6)
            label = f"{ratio.value:.2f}"
            box = {"facecolor": GROUND, "edgecolor": "none", "pad": 1}
            how = {"textcoords": "offset points", "va": "center", "fontsize": 8, "bbox": box, "zorder": 3}
            axes.annotate(label, (max(ratio.high, begin), y), (6, 0), **how)
    axes.set_ylim(y + 0.6, 0.4)
    axes.axvline(1, color=INK, linewidth=1)
    axes.set_yticks([])
    axes.set_xlabel(
        "CPU time per operation ÷ that of motorish, with 95 % intervals; below 1 motorish is dearer"
    )
    axes.grid(axis="x", color=FAINT, linewidth=0.6)
    _save(figure, path)


def _over_at(cells: list[Result], path: Path) -> None:
    """
    A line for each variant.
    """
    figure, axes = _figure(3.6)
    labels = dict.fromkeys(label for cell in cells for label in cell["variants"])
    for index, label in enumerate(labels):
        points = [
            (cell["at"], median(cell["variants"][label]["cpu_us"]))
            for cell in cells
            if "error" not in cell["variants"].get(label, {"error": ""})
        ]
        if len(points) < 2:
            continue
        axes.plot(
            [at for at, _ in points],
            [cpu for _, cpu in points],
            color=LINES[index % len(LINES)],
            marker=MARKS[index % len(MARKS)],
            markersize=5,
            linewidth=2.4 if label == cells[0]["ours"] else 1.4,
            label=VARIANTS.get(label, label),
        )
    numbers = [cell["at"] for cell in cells]
    axes.set_xscale("log")
    axes.set_xticks(numbers, [f"{at:,}" for at in numbers])
    axes.set_xticks([], minor=True)
    axes.set_ylim(bottom=0)
    axes.set_xlabel(f"{_workload(cells[0])}: operations at a time")
    axes.set_ylabel("CPU time per operation, µs")
    axes.grid(color=FAINT, linewidth=0.6)
    axes.legend(loc="center left", bbox_to_anchor=(1.01, 0.5), frameon=False)
    _save(figure, path)


def _figure(height_in: float) -> tuple[Any, Any]:
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({
        "axes.axisbelow": True, "axes.edgecolor": FAINT, "axes.facecolor": GROUND, "axes.labelcolor": INK,
        "axes.spines.right": False, "axes.spines.top": False, "figure.facecolor": GROUND,
        "font.size": 9, "savefig.facecolor": GROUND, "svg.fonttype": "none", "svg.hashsalt": "motorish",
        "text.color": INK, "xtick.color": INK, "ytick.color": INK,
    })  # fmt: skip
    from matplotlib import pyplot

    return pyplot.subplots(figsize=(WIDTH_IN, height_in))


def _save(figure: Any, path: Path) -> None:
    from matplotlib import pyplot

    figure.savefig(path, bbox_inches="tight", metadata={"Date": None})
    pyplot.close(figure)
