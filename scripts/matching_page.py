"""The HTML page of evaluate_matching.py: its tables, a reliability diagram and nDCG by need, in one file."""

import io
from collections.abc import Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matching_parts import Table

mpl.use("svg")
from matplotlib import pyplot as plt

STYLE = """
body{font:15px/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1b2a30}
table{border-collapse:collapse;margin:.5rem 0 2rem;width:100%;display:block;overflow-x:auto}
td,th{padding:.3rem .7rem;border-bottom:1px solid #d9e2e5;text-align:right;white-space:nowrap}
td:first-child,th:first-child{text-align:left}.parts tr:last-child td{font-weight:600}
figure{margin:0 0 2rem}svg{max-width:100%;height:auto}
"""
BINS = 10


def write_page(
    path: Path,
    about: str,
    tables: Sequence[Table],
    languages: Sequence[Mapping[str, str]],
    costs: Sequence[tuple[str, str]],
) -> None:
    """Write everything to one HTML file that needs nothing else."""
    parts = [f"<h1>How pairs are ranked</h1><p>{escape(about)}</p>"]
    for table in tables:
        heads = ("", "nDCG@10", "gained on the shipped ranker (95 % interval)", *table.measures)
        rows = [(row.name, f"{row.ndcg:.4f}", _gain(row.gain), *row.shown()) for row in table.rows]
        parts += [f"<h2>{escape(table.title)}</h2>", _rows(heads, rows, "parts"), as_svg(_reliability(table))]
        parts.append(as_svg(_by_need(table)))
    if languages:
        parts += ["<h2>Languages, recall</h2>", _rows(tuple(languages[0]), [tuple(row.values()) for row in languages])]
    parts += ["<h2>Costs</h2>", _rows(("", "ms"), costs)]
    page = f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Matching</title><style>{STYLE}</style>'
    path.write_text(f"{page}{''.join(parts)}</html>\n", encoding="utf-8")


def _gain(gain: Any) -> str:
    return "" if gain is None else f"{gain.mean:+.4f} ({gain.low:+.4f} to {gain.high:+.4f})"


def _rows(heads: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "figures") -> str:
    head = "".join(f"<th>{escape(each)}</th>" for each in heads)
    body = "".join("<tr>" + "".join(f"<td>{escape(str(each))}</td>" for each in row) + "</tr>" for row in rows)
    return f'<table class="{kind}"><tr>{head}</tr>{body}</table>'


def _reliability(table: Table) -> Any:
    figure, axes = plt.subplots(figsize=(5, 4.2))
    axes.plot([0, 1], [0, 1], color="#b4c2c7", linewidth=1)
    for place in _graded(table):
        chances, reached = table.reliability(place)
        cells = [[] for _ in range(BINS)]  # type: ignore[var-annotated]
        for chance, hit in zip(chances, reached, strict=True):
            cells[min(BINS - 1, int(chance * BINS))].append((chance, hit))
        points = [(sum(c for c, _ in cell) / len(cell), sum(h for _, h in cell) / len(cell)) for cell in cells if cell]
        axes.plot(*zip(*points, strict=True), marker="o", markersize=4, label=table.rows[place].name)
    axes.set(xlabel="predicted P(grade >= 2)", ylabel="share that reached it", xlim=(0, 1), ylim=(0, 1))
    axes.legend(frameon=False)
    return figure


def _by_need(table: Table) -> Any:
    first, last = _graded(table)
    before, after = table.by_need(first), table.by_need(last)
    order = sorted(before, key=before.__getitem__)
    figure, axes = plt.subplots(figsize=(9, 3.2))
    places = range(len(order))
    axes.vlines(places, [before[q] for q in order], [after[q] for q in order], color="#b4c2c7", linewidth=1)
    axes.plot(places, [before[q] for q in order], ".", label=table.rows[first].name)
    axes.plot(places, [after[q] for q in order], ".", label=table.rows[last].name)
    axes.set(xlabel="needs", ylabel="nDCG@10", xticks=[])
    axes.legend(frameon=False)
    return figure


def _graded(table: Table) -> tuple[int, int]:
    places = [place for place, row in enumerate(table.rows) if row.report is not None]
    return places[0], places[-1]


def as_svg(figure: Any) -> str:
    """Draw and close a matplotlib figure; return it as an HTML figure, the same for the same numbers."""
    drawn = io.StringIO()
    figure.tight_layout()
    figure.savefig(drawn, format="svg", metadata={"Date": None})
    plt.close(figure)
    return f"<figure>{drawn.getvalue()[drawn.getvalue().index('<svg') :]}</figure>"
