"""How near unrelated texts lie in a model, so that the ranker's numbers hold for models other than the one they were
set with.

Cosines of unrelated titles bunch at 0.85 in one model and at 0.3 in another. A gauge is measured once for a model on
fixed reference titles of unrelated subjects; the ranker moves and stretches cosines from one gauge to the other. Order
within one model stays as it is.

Not every model knows every language: across two scripts, one of which it cannot read, its cosines are noise and say
nothing. Which it can read is measured on parallel sentences.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.aligned_encoder import parallel_texts
from matchmaker.search.encoder import Encoder
from matchmaker.search.features import Setting
from matchmaker.search.languages import SOURCE
from matchmaker.search.scripts import main_script

CHINESE = "han"
LANGUAGES_OF = {"latin": ("en",), "cyrillic": ("ru", "kk")}
# Share of the parallel sentences whose translation must lie nearest; where a model knows nothing it is one in forty.
LEAST_FOUND = 0.5
# Beyond this a model cannot tell texts apart at all; a smaller divisor would only magnify noise.
LEAST_SPREAD = 1e-3


@dataclass(frozen=True, slots=True)
class Gauge:
    """Cosines of unrelated titles in one model: mean and standard deviation in one script, mean across scripts; and the
    scripts beside Chinese that it can read."""

    centre: float
    spread: float
    across: float
    reads: tuple[str, ...] = tuple(LANGUAGES_OF)

    @classmethod
    def read(cls, row: Mapping[str, Any]) -> "Gauge":
        """Take a gauge from JSON; without `reads` it is that of a model that reads every script.

        Raises:
            KeyError, TypeError, ValueError: it is none.
        """
        reads = tuple(map(str, row.get("reads", LANGUAGES_OF)))
        return cls(float(row["centre"]), max(float(row["spread"]), LEAST_SPREAD), float(row["across"]), reads)

    def convert(self, cosines: NDArray[np.float64], pairs: Setting, target: "Gauge") -> NDArray[np.float64]:
        """Return cosines of this gauge's model as the target's model would have them, shape (n,); NaN across scripts
        that this model cannot read."""
        across = pairs.across
        middle, aim = np.where(across, self.across, self.centre), np.where(across, target.across, target.centre)
        converted: NDArray[np.float64] = aim + (cosines - middle) * (target.spread / self.spread)
        known = {CHINESE, *self.reads}
        return np.where(across & [not each <= known for each in pairs.scripts], np.nan, converted)


def measure_gauge(encoder: Encoder) -> Gauge:
    """Encode the reference titles and the parallel sentences (some seconds) and measure."""
    han, other = reference_titles()
    one, two = encoder.encode_queries(han).astype(np.float64), encoder.encode_queries(other).astype(np.float64)
    alike = (one @ one.T)[np.triu_indices(len(han), 1)]
    return Gauge.read(
        {
            # Rounded, so that another processor measures the same.
            "centre": round(float(alike.mean()), 3),
            "spread": round(float(alike.std()), 3),
            "across": round(float((one @ two.T).mean()), 3),
            "reads": readable_scripts(encoder),
        }
    )


def readable_scripts(encoder: Encoder) -> tuple[str, ...]:
    """Return the scripts beside Chinese whose sentences lie nearest to their Chinese translations."""
    texts = parallel_texts()
    chinese = encoder.encode_documents(texts[SOURCE])
    own = np.arange(len(chinese))
    found = {
        script: np.mean([(encoder.encode_queries(texts[each]) @ chinese.T).argmax(axis=1) == own for each in languages])
        for script, languages in LANGUAGES_OF.items()
    }
    return tuple(script for script, share in found.items() if share >= LEAST_FOUND)


@cache
def reference_titles() -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the fixed titles: Chinese ones, and Russian and English ones; no two of one subject."""
    titles = (files("matchmaker.search") / "reference.txt").read_text(encoding="utf-8").split("\n")
    han = tuple(title for title in titles if title and main_script(title) == "han")
    return han, tuple(title for title in titles if title and title not in han)
