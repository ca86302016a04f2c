"""A weight file in the layout of the default model's, small enough to make and convert within a test."""

import struct

import numpy as np

from matchmaker.search.e5_file import Q4_BLOCK
from matchmaker.search.e5_model import LAYER

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS = 32, 2, 2, 64, 24
WORDS = [
    "▁",
    "风",
    "电",
    "风电",
    "机组",
    "叶片",
    "棉花",
    "采摘",
    "～",
    "。",
    "，",
    "▁query",
    "▁passage",
    ":",
    "5",
    "kg",
    "°",
    "C",
]
PIECES = ["<s>", "<pad>", "</s>", "<unk>", *WORDS, "<mask>"]
SCORES = [0.0] * 4 + [-3.0 - 0.1 * place for place in range(len(WORDS))] + [0.0]
BOS, PAD, EOS, UNK = range(4)
EPSILON = 1e-6


def tiny_weights(seed: int = 0) -> bytes:
    """Return a whole weight file with random tensors."""
    random = np.random.default_rng(seed)
    head = header() + tokenizer_table()
    tensors = [(name, *_pack(random, name, shape)) for name, shape in _shapes().items()]
    size = len(head) + 4 + sum(2 + len(name) + 21 for name, *_ in tensors)
    directory, blob = struct.pack("<i", len(tensors)), b""
    for name, dtype, elements, content in tensors:
        place = struct.pack("<BIQQ", dtype, elements, size + len(blob), len(content))
        directory += struct.pack("<H", len(name)) + name.encode() + place
        blob += content
    return head + directory + blob


def header(version: int = 1, block: int = 32) -> bytes:
    """Return magic, version, sizes, epsilon and block length."""
    sizes = (HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, 2)
    return b"E5S1" + struct.pack("<I7ifi", version, *sizes, EPSILON, block)


def tokenizer_table() -> bytes:
    """Return pieces, scores and a normalisation table of one entry."""
    texts = [piece.encode() for piece in PIECES]
    offsets = np.cumsum([0, *map(len, texts)]).tolist()
    counts = struct.pack("<5iQ", len(PIECES), BOS, EOS, PAD, UNK, offsets[-1])
    numbers = struct.pack(f"<{len(offsets)}I{len(SCORES)}f", *offsets, *SCORES)
    normalisation = struct.pack("<IBI", 0x3000, 1, 0x20)
    return counts + numbers + b"".join(texts) + struct.pack("<iI", 1, len(normalisation)) + normalisation


def _shapes() -> dict[str, tuple[int, ...]]:
    shapes = {"emb.word": (len(PIECES), HIDDEN), "emb.pos": (POSITIONS, HIDDEN), "emb.type": (2, HIDDEN)}
    shapes |= {"emb.ln.w": (HIDDEN,), "emb.ln.b": (HIDDEN,)}
    wide = {"fi": (WIDE, HIDDEN), "fo": (HIDDEN, WIDE), "aln": (HIDDEN,), "oln": (HIDDEN,)}
    for layer in range(LAYERS):
        for short in LAYER:
            shapes[f"l{layer}.{short}.w"] = wide.get(short, (HIDDEN, HIDDEN))
            shapes[f"l{layer}.{short}.b"] = (WIDE,) if short == "fi" else (HIDDEN,)
    return shapes


def _pack(random: np.random.Generator, name: str, shape: tuple[int, ...]) -> tuple[int, int, bytes]:
    elements = int(np.prod(shape))
    if len(shape) == 1 or name in {"emb.pos", "emb.type"}:
        values = random.normal(1.0 if "ln.w" in name else 0.0, 0.2, elements).astype("<f4")
        return 0, elements, values.tobytes()
    blocks = np.zeros(elements // 32, Q4_BLOCK)
    blocks["scale"] = random.uniform(0.01, 0.1, len(blocks))
    blocks["nibbles"] = random.integers(0, 256, blocks["nibbles"].shape)
    return 1, elements, blocks.tobytes()
