"""Any sentence-transformers model on torch: the reference for the default model, the only runtime for all others."""

import hashlib
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.encoder import ModelUnavailable
from matchmaker.search.manifest import default_model_id, is_whole, model_id
from matchmaker.search.pooling import Piece, Span, encode_pieces, split, unit_rows

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BATCH = 32
# Window of a model that names none.
WINDOW = 512
QUERY_NAMES = ("query", "search_query")
DOCUMENT_NAMES = ("document", "passage", "corpus", "search_document")


def load_torch_encoder(
    name: str, bfloat16: bool, query_prompt: str | None, document_prompt: str | None
) -> "TorchEncoder":
    """Load a model by its sentence-transformers name or path; prompts of None are the model's own.

    Raises:
        ModelUnavailable: it is neither a directory nor to be had from the model hub.
    """
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        model = SentenceTransformer(name, device="cpu")
    except (OSError, ValueError) as error:
        raise ModelUnavailable(f"the model {name} cannot be loaded: {error}") from error
    prompts = (
        _prompt(model, QUERY_NAMES) if query_prompt is None else query_prompt,
        _prompt(model, DOCUMENT_NAMES) if document_prompt is None else document_prompt,
    )
    model = model.float().eval()
    is_default = Path(name).is_dir() and is_whole(Path(name))
    identity = default_model_id(prompts) if is_default else _identity(name, model, prompts)
    return TorchEncoder(model.bfloat16() if bfloat16 else model, identity, prompts)


class TorchEncoder:
    """Runs a sentence-transformers model on all cores, in batches sorted by length."""

    def __init__(self, model: "SentenceTransformer", identity: str, prompts: tuple[str, str]) -> None:
        """Wrap a loaded model; `prompts` are put before queries and before documents."""
        self._model = model
        self._prompts = prompts
        self._window = model.max_seq_length or WINDOW
        self.model_id = identity
        self.dimension = int(model.get_embedding_dimension() or 0)

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension)."""
        return self._encode(texts, self._prompts[0])

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension)."""
        return self._encode(texts, self._prompts[1])

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        room = max(self._window - len(self._model.tokenizer(prompt)["input_ids"]), 1)
        pieces = [self._split(text, room) for text in texts]
        return encode_pieces(pieces, lambda parts: self._run(parts, prompt))

    def _split(self, text: str, room: int) -> list[Piece]:
        return split(text, _spans(self._model.tokenizer, text), room)

    def _run(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        import torch

        if not texts:
            return np.empty((0, self.dimension), np.float32)
        with torch.inference_mode():
            rows = self._model.encode(
                list(texts), prompt=prompt, batch_size=BATCH, convert_to_tensor=True, show_progress_bar=False
            )
        return unit_rows(rows.float().cpu().numpy())


def _spans(tokenizer: Any, text: str) -> list[Span]:
    if not tokenizer.is_fast:
        return [(index, index + 1) for index in range(len(text))]  # no offsets: a token is a character at least
    found = tokenizer(text, add_special_tokens=False, return_offsets_mapping=True, truncation=False, verbose=False)
    return [(start, end) for start, end in found["offset_mapping"]]


def _prompt(model: "SentenceTransformer", names: Sequence[str]) -> str:
    return next((model.prompts[name] for name in names if model.prompts.get(name)), "")


def _identity(name: str, model: "SentenceTransformer", prompts: tuple[str, str]) -> str:
    """Hash weights, tokenizer, modules and prompts: another file under the same name is another model."""
    digest = hashlib.blake2b()
    for key, tensor in sorted(model.state_dict().items()):
        digest.update(f"{key} {tuple(tensor.shape)}".encode())
        digest.update(tensor.contiguous().numpy().data)
    vocabulary = sorted(model.tokenizer.get_vocab().items())
    layout = f"{model.max_seq_length} {[repr(module) for module in list(model)[1:]]}"
    short = os.path.basename(name.rstrip("/"))[:80]
    return model_id(short, digest.hexdigest(), repr(vocabulary), layout, *prompts)
