"""The HTML page of simulate_learning.py: the courses month by month, and what became of graders, in one file."""

from collections.abc import Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matching_page import STYLE, as_svg

mpl.use("svg")
from matplotlib import pyplot as plt

COLORS = ("#5f6b6f", "#c75b00", "#0a5a6a", "#8a3f78", "#10815c")
MARKS = "osD^v"


def write_page(path: Path, about: str, courses: Sequence[Any], best: float, share: float, table: Sequence[str]) -> None:
    """Write everything to one HTML file that needs nothing else."""
    printed = "\n".join(table)
    parts = [
        f"<h1>What an invented city teaches the ranker</h1><p>{escape(about)}</p>",
        "<h2>nDCG@10 against the hidden truth, on needs that nobody decided about</h2>",
        as_svg(_lines(courses, [course.ndcg for course in courses], best, "all that terms can tell", "nDCG@10")),
        "<h2>Share of over-shown fields among the first ten</h2>",
        as_svg(_lines(courses, [course.overshown for course in courses], share, "truth", "share")),
        f"<h2>Figures</h2><pre>{escape(printed)}</pre>",
    ]
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Learning</title><style>{STYLE}</style>'
    path.write_text(f"{page}{''.join(parts)}</html>\n", encoding="utf-8")


def _lines(courses: Sequence[Any], rows: Sequence[Sequence[float]], edge: float, edge_name: str, what: str) -> Any:
    figure, axes = plt.subplots(figsize=(9, 4.4))
    for course, row, color, mark in zip(courses, rows, COLORS, MARKS, strict=False):
        axes.plot(range(len(row)), row, color=color, marker=mark, markersize=4, label=course.course.name)
    axes.axhline(edge, color="#1b2a30", linewidth=1, linestyle="--", label=edge_name)
    axes.set(xlabel="months", ylabel=what)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    return figure
