"""What graded pairs of a need tell of its other pairs: some needs are graded high all over, others low."""

import hashlib

from matchmaker.search.document import Document
from matchmaker.search.text import normalise

HISTORY = "history"


def need_key(need: Document) -> str:
    """Return what a need is known again by, from its words alone and without revealing them."""
    words = f"{normalise(need.title)}\n{normalise(need.body)}"
    return hashlib.sha256(words.encode("utf-8", "surrogatepass")).hexdigest()[:16]
