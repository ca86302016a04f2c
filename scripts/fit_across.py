"""Set what meaning counts for across scripts, in matchmaker/search/weights.json, from texts and their translations.

    python scripts/fit_across.py DIR [DIR ...] [--split test]

Each DIR is a data set in the BEIR layout: queries in another script, with texts as long as a listing's, each with its
Chinese counterpart. The sum of what similarities add for a translated text with the counterparts of all others is
brought to the same median and the same upper percentile as that of its counterpart with them; and so is that of the
demonstration's needs with its achievements in other scripts to that with its Chinese ones. Factor and offset are means
over these sources, which differ: run again on other texts, or another demonstration, it gives other ones.
"""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from demo_documents import demo_documents
from numpy.typing import NDArray

from matchmaker.config import load_settings
from matchmaker.search.beir import Dataset, read_dataset
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.evaluate import prepare_rows
from matchmaker.search.features import MEANINGS, SIMILARITIES
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import default_ranker, default_weights

TARGET = Path(__file__).parents[1] / "matchmaker" / "search" / "weights.json"
UPPER = 0.999
# Among some thousand pairs of the demonstration a rarer one would be a single pair.
UPPER_OF_DEMO = 0.99

Array = NDArray[np.float64]


def main() -> None:
    """Measure, print and write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("directories", type=Path, nargs="+")
    parser.add_argument("--split", default="test")
    chosen = parser.parse_args()
    settings = load_settings()
    encoder = load_encoder(settings.model, settings.indexes / "model", settings.runtime)
    lines = [_demo_line(encoder)]
    print(f"demonstration: factor {lines[0][0]:.3f}, offset {lines[0][1]:+.3f}")
    for directory in chosen.directories:
        line, passing = _translated_line(read_dataset(directory, chosen.split), encoder)
        lines.append(line)
        print(f"{directory.name}: factor {line[0]:.3f}, offset {line[1]:+.3f}; {passing:.1%} of translations pass")
    factor, offset = np.mean(lines, axis=0)
    weights = json.loads(TARGET.read_text(encoding="utf-8"))
    _change(weights, float(factor), float(offset))
    TARGET.write_text(json.dumps(weights, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    print(f"factor {factor:.3f}, offset {offset:+.3f} written to {TARGET.name}")


def _demo_line(encoder: Encoder) -> tuple[float, float]:
    needs, achievements = (_prepared(documents, encoder) for documents in demo_documents())
    needs = [need for need in needs if need.script == "han"]
    alike = _sums(needs, [row for row in achievements if row.script == "han"])
    return _line(_sums(needs, [row for row in achievements if row.script != "han"]), alike, UPPER_OF_DEMO)


def _translated_line(dataset: Dataset, encoder: Encoder) -> tuple[tuple[float, float], float]:
    """Return the line, and which share of translations is graded 较强 or better as it is."""
    counterparts = {query: next(iter(row)) for query, row in dataset.qrels.items()}
    translated = prepare_rows([dataset.queries[query] for query in counterparts], encoder, default_ranker(), "", _say)
    rows = [dataset.corpus[name] for name in counterparts.values()]
    chinese = list(prepare_rows(rows, encoder, default_ranker(), "", _say).values())
    across, alike = _sums(list(translated.values()), chinese), _sums(chinese, chinese)
    others = ~np.eye(len(chinese), dtype=bool)
    passing = (np.diag(across) >= -float(json.loads(default_weights())["base"])).mean()
    return _line(across[others], alike[others], UPPER), float(passing)


def _line(across: Array, alike: Array, upper: float) -> tuple[float, float]:
    """Return factor and offset that bring `across` to the median and the upper quantile of `alike`."""
    (low, high), (wanted_low, wanted_high) = (np.quantile(sums, (0.5, upper)) for sums in (across, alike))
    factor = float((wanted_high - wanted_low) / (high - low))
    return factor, float(wanted_low) - factor * float(low)


def _prepared(documents: Sequence[Document], encoder: Encoder) -> list[Prepared]:
    titles = encoder.encode_queries([document.title for document in documents])
    fulls = encoder.encode_queries([f"{document.title}\n{document.body}".strip() for document in documents])
    rows = zip(documents, titles, fulls, strict=True)
    return [default_ranker().prepare(document, title, full) for document, title, full in rows]


def _say(what: str, done: int, total: int) -> None:
    """Print nothing: these are seconds."""


def _sums(texts: Sequence[Prepared], chinese: Sequence[Prepared]) -> Array:
    count = len(SIMILARITIES)
    return np.array(
        [[sum(pair.contributions[:count]) for pair in default_ranker().score(one, chinese)] for one in texts]
    )


def _change(weights: dict[str, Any], factor: float, offset: float) -> None:
    for name in MEANINGS:
        row = weights["similarities"][name]["across"]
        row["weight"] = round(factor * row["weight"], 4)
        row["centre"] = round(row["centre"] - offset / len(MEANINGS) / row["weight"], 4)


if __name__ == "__main__":
    main()
