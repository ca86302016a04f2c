"""A tuned model: the embedding model with layers that were trained on graded pairs, for one more meaning of a pair.

Its vectors are compared with one another only, and in one role: needs and achievements go through the same weights.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.document import Document
from matchmaker.search.e5_model import PROMPTS
from matchmaker.search.pooling import unit_rows
from matchmaker.search.runtime import processor_flags

if TYPE_CHECKING:
    import torch

# Tokens of a text that are read; what a need is about stands at its beginning.
MOST_TOKENS = 192
BATCH = 32
WORDS = "embeddings.word_embeddings.weight"
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


class TunedEncoder:
    """Texts to unit vectors of the tuned model."""

    def __init__(self, base: Path, model: Any) -> None:
        """Take the tuned network, and the directory of the model that it was tuned from, for its tokenizer."""
        self._model = model
        self._tokens = Tokens(base)

    @classmethod
    def load(cls, base: Path, layers: Path) -> "TunedEncoder":
        """Load the model in `base` with the layers that `save_layers` wrote."""
        import torch
        from safetensors.torch import load_file
        from transformers import AutoModel

        model = AutoModel.from_pretrained(str(base), dtype=torch.float32)
        model.load_state_dict({name: value.float() for name, value in load_file(layers).items()}, strict=False)
        return cls(base, model.eval())

    def encode(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return unit rows, shape (len(documents), dimension)."""
        import torch

        rows = self._tokens.of(documents)
        order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
        vectors = np.zeros((len(rows), self._model.config.hidden_size), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                places = order[start : start + BATCH]
                vectors[places] = pooled(self._model, [rows[place] for place in places]).cpu().numpy()
        return unit_rows(vectors)


class Tokens:
    """Documents to the token ids that the tuned model reads, special ones included."""

    def __init__(self, base: Path) -> None:
        """Load the tokenizer of a model's directory."""
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(base / "tokenizer.json"))

    def of(self, documents: Sequence[Document]) -> list[list[int]]:
        """Return the ids of each document's title and beginning."""
        texts = [f"{PROMPTS['query']}{document.title}\n{document.body}".rstrip() for document in documents]
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        return [row if len(row) <= MOST_TOKENS else [*row[: MOST_TOKENS - 1], row[-1]] for row in rows]


def save_layers(model: Any, path: Path) -> None:
    """Write all weights but the word embeddings, which tuning leaves alone, in 16 bits."""
    import torch
    from safetensors.torch import save_file

    layers = {name: value for name, value in model.state_dict().items() if name != WORDS}
    save_file({name: value.to("cpu", torch.float16).contiguous() for name, value in layers.items()}, path)


def pooled(model: Any, rows: Sequence[Sequence[int]]) -> "torch.Tensor":
    """Return the mean of the last layer over each row's tokens, shape (len(rows), dimension), in 32 bits."""
    import torch

    width, device = max(map(len, rows)), model.device
    tokens = torch.full((len(rows), width), model.config.pad_token_id, dtype=torch.long)
    mask = torch.zeros((len(rows), width), dtype=torch.long)
    for place, row in enumerate(rows):
        tokens[place, : len(row)] = torch.tensor(row)
        mask[place, : len(row)] = 1
    tokens, mask = tokens.to(device), mask.to(device)
    with torch.autocast(device.type, torch.bfloat16, enabled=_is_fast(device.type)):
        hidden = model(input_ids=tokens, attention_mask=mask).last_hidden_state
    weight = mask.unsqueeze(-1).float()
    mean: torch.Tensor = (hidden.float() * weight).sum(1) / weight.sum(1)
    return mean


def _is_fast(device: str) -> bool:
    return device != "cpu" or bool(BFLOAT16_FLAGS & processor_flags())
