"""The default model on onnxruntime, without torch: a web process loads it in a second, encodes in milliseconds."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matchmaker.search.pooling import Piece, encode_pieces, split


class OnnxEncoder:
    """Runs an exported graph: token ids and mask in, unit vectors out.

    Every core works through its own batches, longest texts first; one text alone takes one core. Safe to share between
    threads, not between processes across a fork.
    """

    def __init__(
        self, graph: Path, tokenizer: Path, *, model_id: str, prompts: tuple[str, str], window: int, budget: int
    ) -> None:
        """Load graph and tokenizer.

        Args:
            prompts: put before queries and before documents.
            window: tokens that the model takes, special ones included.
            budget: tokens in a run, padding included: long texts run alone, short ones together. A graph whose
                activations are quantised with one scale a run needs 0, which is one text a run: else a text's vector
                would depend on its neighbours (mean cosine 0.9976 between runs of 1 and of 16).
        """
        import onnxruntime
        from tokenizers import Tokenizer

        self.model_id = model_id
        self._prompts = prompts
        self._window = window
        self._budget = budget
        self._tokenizer: Any = Tokenizer.from_file(str(tokenizer))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # texts side by side beat one text on all cores (637 against 424 a second)
        self._session: Any = onnxruntime.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        self.dimension = int(self._session.get_outputs()[0].shape[1])

    def encode_queries(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension)."""
        return self._encode(texts, self._prompts[0])

    def encode_documents(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return unit rows of shape (len(texts), dimension)."""
        return self._encode(texts, self._prompts[1])

    def _encode(self, texts: Sequence[str], prompt: str) -> NDArray[np.float32]:
        room = self._window - len(self._tokenizer.encode(prompt).ids)
        pieces = [self._split(text, room) for text in texts]
        return encode_pieces(pieces, lambda parts: self._run([prompt + part for part in parts]))

    def _split(self, text: str, room: int) -> list[Piece]:
        return split(text, self._tokenizer.encode(text, add_special_tokens=False).offsets, room)

    def _run(self, texts: Sequence[str]) -> NDArray[np.float32]:
        tokens = [self._tokenizer.encode(text).ids[: self._window] for text in texts]
        order = sorted(range(len(tokens)), key=lambda index: -len(tokens[index]))
        batches = group([len(tokens[index]) for index in order], self._budget)
        rows = np.empty((len(texts), self.dimension), np.float32)

        def run(places: range) -> None:
            batch = [order[place] for place in places]
            rows[batch] = self._forward([tokens[index] for index in batch])

        if len(batches) == 1:
            run(batches[0])
        else:
            with ThreadPoolExecutor(min(_cores(), len(batches) or 1)) as pool:
                list(pool.map(run, batches))
        return rows

    def _forward(self, tokens: Sequence[Sequence[int]]) -> NDArray[np.float32]:
        ids = np.zeros((len(tokens), max(map(len, tokens))), np.int64)
        mask = np.zeros_like(ids)
        for row, sequence in enumerate(tokens):
            ids[row, : len(sequence)] = sequence
            mask[row, : len(sequence)] = 1
        vectors: NDArray[np.float32] = self._session.run(None, {"input_ids": ids, "attention_mask": mask})[0]
        return vectors


def group(lengths: Sequence[int], budget: int) -> list[range]:
    """Cut a list of texts, longest first, into runs of neighbours whose padded size stays within `budget` tokens.

    A text longer than the budget runs alone. Returns the ranges of places in `lengths`.
    """
    starts: list[int] = []
    for place in range(len(lengths)):
        if not starts or (place - starts[-1] + 1) * lengths[starts[-1]] > budget:
            starts.append(place)
    return [range(start, end) for start, end in pairwise([*starts, len(lengths)])]


def _cores() -> int:
    """Return how many cores this process may use, which a container may limit."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
