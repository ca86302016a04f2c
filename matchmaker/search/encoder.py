"""What turns texts into vectors, and which of its kinds the settings ask for.

Nothing heavy is imported here: torch and onnxruntime come in with the encoder that needs them.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.hashing_encoder import HashingEncoder

DEFAULT_MODEL = "default"
HASHING_MODEL = "hashing"
ONNX_RUNTIMES = ("onnx", "int8")


class Encoder(Protocol):
    """Texts to unit vectors; vectors of equal `model_id` may be compared, others may not."""

    @property
    def model_id(self) -> str:
        """Short name of the weights and prompts: it changes whenever stored vectors lose their meaning."""

    @property
    def dimension(self) -> int:
        """Components of a vector."""

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension) for texts in the role of a query."""

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension) for texts in the role of a document."""


class ModelUnavailable(Exception):
    """The embedding model cannot be prepared or loaded; the text says why and what to do."""


def load_encoder(
    model: str,
    directory: Path,
    runtime: str = "auto",
    query_prompt: str | None = None,
    document_prompt: str | None = None,
) -> Encoder:
    """Load an encoder; takes seconds for a real model, so do it once in a process, and after any fork.

    Args:
        model: "default" (the converted model in `directory`), "hashing", or a sentence-transformers name or path.
        directory: where the default model was converted to.
        runtime: "auto" (best for this processor), "torch", "bfloat16", "onnx" or "int8"; the last two only for the
            default model.
        query_prompt, document_prompt: put before each text of that role, in place of the model's own.

    Raises:
        ModelUnavailable: the model is not there, or does not run that way.
    """
    if model == HASHING_MODEL:
        return HashingEncoder()
    # Here, because it knows this module's encoders.
    from matchmaker.search.aligned_encoder import AlignedEncoder

    return AlignedEncoder(_load_model(model, directory, runtime, query_prompt, document_prompt))


def _load_model(
    model: str, directory: Path, runtime: str, query_prompt: str | None, document_prompt: str | None
) -> Encoder:
    is_default = model == DEFAULT_MODEL
    if runtime in ONNX_RUNTIMES and not is_default:
        raise ModelUnavailable(f"runtime {runtime!r} exists for the default model only: use torch or bfloat16")
    if is_default and runtime in (*ONNX_RUNTIMES, "auto"):
        from matchmaker.search.runtime import load_onnx_encoder

        return load_onnx_encoder(directory, runtime, query_prompt, document_prompt)
    from matchmaker.search.torch_encoder import load_torch_encoder

    return load_torch_encoder(
        str(directory) if is_default else model, runtime == "bfloat16", query_prompt, document_prompt
    )
