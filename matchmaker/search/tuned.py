"""A tuned model: the embedding model with layers that were trained on graded pairs, for one more meaning of a pair.

Its vectors are compared with one another only, and in one role: needs and achievements go through the same weights.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
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
READS = "reads"
BFLOAT16_FLAGS = frozenset({"avx512_bf16", "amx_bf16"})


class Reads(StrEnum):
    """What a member of a tuned model reads of a listing."""

    TITLES = "titles"
    TEXTS = "texts"


@dataclass(frozen=True, slots=True)
class Member:
    """One network of a tuned model and what it reads."""

    model: Any
    reads: Reads


class TunedEncoder:
    """Texts to unit vectors of the tuned model: its members' vectors side by side, so that a product of two is the mean
    of the members' cosines."""

    def __init__(self, base: Path, members: Sequence[Member]) -> None:
        """Take the tuned networks, and the directory of the model that they were tuned from, for its tokenizer."""
        self._members = members
        self._tokens = Tokens(base)

    @classmethod
    def load(cls, base: Path, path: Path) -> "TunedEncoder":
        """Load the model in `base` with the layers that `save_members` wrote.

        Raises:
            OSError, ValueError: the file cannot be read.
        """
        from safetensors import SafetensorError, safe_open

        try:
            with safe_open(path, "pt") as file:
                reads = [Reads(each) for each in (file.metadata() or {}).get(READS, "").split()]
                layers = {name: file.get_tensor(name).float() for name in file.keys()}  # noqa: SIM118 - no mapping
        except SafetensorError as error:
            raise ValueError(f"{path}: {error}") from error
        members = []
        for place, each in enumerate(reads):
            model, prefix = load_network(base), f"{place}."
            own = {name.removeprefix(prefix): value for name, value in layers.items() if name.startswith(prefix)}
            model.load_state_dict(own, strict=False)
            members.append(Member(model.eval(), each))
        return cls(base, members)

    def encode(self, documents: Sequence[Document]) -> NDArray[np.float32]:
        """Return unit rows, shape (len(documents), dimension)."""
        return unit_rows(np.concatenate([self._encode(member, documents) for member in self._members], axis=1))

    def _encode(self, member: Member, documents: Sequence[Document]) -> NDArray[np.float32]:
        import torch

        rows = self._tokens.of(documents, member.reads)
        order = sorted(range(len(rows)), key=lambda place: -len(rows[place]))
        vectors = np.zeros((len(rows), member.model.config.hidden_size), np.float32)
        with torch.inference_mode():
            for start in range(0, len(order), BATCH):
                places = order[start : start + BATCH]
                vectors[places] = pooled(member.model, [rows[place] for place in places]).cpu().numpy()
        return unit_rows(vectors)


class Tokens:
    """Documents to the token ids that the tuned model reads, special ones included."""

    def __init__(self, base: Path) -> None:
        """Load the tokenizer of a model's directory."""
        from tokenizers import Tokenizer

        self._tokenizer: Any = Tokenizer.from_file(str(base / "tokenizer.json"))

    def of(self, documents: Sequence[Document], reads: Reads) -> list[list[int]]:
        """Return the ids of each document's title, or of title and beginning; a listing without title is its text."""
        prompt = PROMPTS["query"]
        texts = [
            f"{prompt}{document.title}\n{document.body}".rstrip()
            if reads is Reads.TEXTS or not document.title
            else f"{prompt}{document.title}"
            for document in documents
        ]
        rows = [encoding.ids for encoding in self._tokenizer.encode_batch(texts)]
        return [row if len(row) <= MOST_TOKENS else [*row[: MOST_TOKENS - 1], row[-1]] for row in rows]


def load_network(base: Path) -> Any:
    """Return the model of a sentence-transformers directory; all that come from one share its word embeddings, four
    fifths of it, which training leaves alone."""
    import torch
    from transformers import AutoModel
    from transformers.utils.logging import disable_progress_bar

    # A bar for reading a file in a tenth of a second would only break the lines of whoever tells of progress.
    disable_progress_bar()  # type: ignore[no-untyped-call]
    model = AutoModel.from_pretrained(str(base), dtype=torch.float32)
    if base not in _WORDS:
        _WORDS[base] = model.get_input_embeddings()
        _WORDS[base].weight.requires_grad = False
    model.set_input_embeddings(_WORDS[base])
    return model


# By the model's directory.
_WORDS: dict[Path, Any] = {}


def save_members(members: Sequence[Member], path: Path) -> None:
    """Write all weights but the word embeddings, which tuning leaves alone, in 16 bits."""
    import torch
    from safetensors.torch import save_file

    layers = {
        f"{place}.{name}": value.to("cpu", torch.float16).contiguous()
        for place, member in enumerate(members)
        for name, value in member.model.state_dict().items()
        if name != WORDS
    }
    save_file(layers, path, {READS: " ".join(member.reads for member in members)})


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
