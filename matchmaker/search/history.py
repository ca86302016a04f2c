"""What graded pairs of a need tell of its other pairs: some needs are graded high all over, others low."""

import hashlib

from matchmaker.search.document import Document
from matchmaker.search.text import normalise

HISTORY = "history"
Shifts = tuple[float, float, float]
"""What is added to the score of a need's pairs where grades 1, 2 and 3 or better are in question, in log-odds."""


def need_key(need: Document) -> str:
    """Return what a need is known again by, from its words alone and without revealing them."""
    words = f"{normalise(need.title)}\n{normalise(need.body)}"
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def read_shifts(value: object) -> Shifts:
    """Return the shifts of one need as a weights file has them: three, or one number for all.

    Raises:
        ValueError, TypeError: neither.
    """
    one, two, three = map(float, value if isinstance(value, list) else [value] * 3)
    return one, two, three
