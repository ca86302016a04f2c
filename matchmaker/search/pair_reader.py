"""A pair reader: a cross-encoder that reads the titles of a need and of an achievement together.

What it returns is in log-odds, over those of a pair of which nothing is known (see training/reading.py).
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.e5_model import PROMPTS
from matchmaker.search.tuned import WORDS, load_network, pooled

if TYPE_CHECKING:
    import torch

# Tokens of a title that are read, special ones included.
MOST_TOKENS = 64
BATCH = 32
HEAD = "head"
Pair = tuple[Document, Document]
KEY_LENGTH = 32


def text_read(document: Document) -> str:
    """Return what of a document is read."""
    return document.title or document.body


def reading_key(need: Document, achievement: Document) -> str:
    """Tell by the texts that are read whether two pairs must get the same number."""
    texts = "\0".join((text_read(need), text_read(achievement)))
    return hashlib.sha256(texts.encode("utf-8", "surrogatepass")).hexdigest()[:KEY_LENGTH]


class PairReader:
    """Pairs of a need and an achievement to one number each."""

    def __init__(self, base: Path, network: Any) -> None:
        """Take the trained network, and the directory of the model that it was trained from, for its tokenizer."""
        self._network = network
        self._tokens = PairTokens(base)

    @classmethod
    def load(cls, base: Path, path: Path) -> "PairReader":
        """Load the model in `base` with the layers and the head that `save_reader` wrote.

        Raises:
            OSError, ValueError: the file cannot be read.
        """
        from safetensors import SafetensorError
        from safetensors.torch import load_file

        try:
            layers = {name: value.float() for name, value in load_file(path).items()}
        except SafetensorError as error:
            raise ValueError(f"{path}: {error}") from error
        network = reading_network(load_network(base))
        network.load_state_dict(layers, strict=False)
        return cls(base, network.eval())

    def read(self, pairs: Sequence[Pair]) -> NDArray[np.float64]:
        """Return what reading tells of each (need, achievement), in log-odds, shape (len(pairs),): the mean of both
        orders."""
        import torch

        rows = self._tokens.of(pairs)
        both = [row for one, other in rows for row in (joined(one, other), joined(other, one))]
        order = sorted(range(len(both)), key=lambda place: -len(both[place]))
        found = np.zeros(len(both))
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                places = order[start : start + BATCH]
                found[places] = self._network([both[place] for place in places]).cpu().numpy()
        means: NDArray[np.float64] = found.reshape(-1, 2).mean(axis=1)
        return means


class PairTokens:
    """Titles to the token ids that the reader reads."""

    def __init__(self, base: Path) -> None:
        """Load the tokenizer of a model's directory."""
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(base / "tokenizer.json"))

    def of(self, pairs: Sequence[Pair]) -> list[tuple[list[int], list[int]]]:
        """Return the ids of each pair's two titles, special ones included."""
        texts = {text_read(document) for pair in pairs for document in pair}
        ids = {text: self._ids(text) for text in texts}
        return [(ids[text_read(one)], ids[text_read(other)]) for one, other in pairs]

    def _ids(self, text: str) -> list[int]:
        row: list[int] = self._tokenizer.encode(PROMPTS["query"] + text).ids
        return row if len(row) <= MOST_TOKENS else [*row[: MOST_TOKENS - 1], row[-1]]


def joined(one: Sequence[int], other: Sequence[int]) -> list[int]:
    """Return the ids of two texts as one: the second without its opening token."""
    return [*one, *other[1:]]


def reading_network(model: Any) -> Any:
    """Return the network: the model, and a head that turns its mean into one number."""
    import torch

    class Reading(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = model
            # Not from zero: all that the layers below heard at first would be noise, and would be taken up as such.
            self.head = torch.nn.Linear(model.config.hidden_size, 1)

        def forward(self, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
            found: torch.Tensor = self.head(pooled(self.model, rows)).squeeze(1)
            return found

    return Reading()


def save_reader(network: Any, path: Path) -> None:
    """Write the layers and the head, without the word embeddings, in 16 bits."""
    import torch
    from safetensors.torch import save_file

    kept = {name: value for name, value in network.state_dict().items() if not name.endswith(WORDS)}
    named = {name: value for name, value in kept.items() if name.startswith(("model.", f"{HEAD}."))}
    save_file({name: value.to("cpu", torch.float16).contiguous() for name, value in named.items()}, path)
