import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.search.e5_file import Q4_BLOCK, Architecture, BadE5File, read_e5_file, unpack_q4
from tests.tiny_e5 import EPSILON, HEADS, HIDDEN, LAYERS, PIECES, POSITIONS, SCORES, WIDE, header, tiny_weights

WEIGHTS = tiny_weights()


def test_read_e5_file_finds_the_sizes() -> None:
    sizes = Architecture(HIDDEN, LAYERS, HEADS, WIDE, len(PIECES), POSITIONS, 2, pytest.approx(EPSILON))
    assert read_e5_file(WEIGHTS).architecture == sizes


def test_read_e5_file_finds_pieces_scores_and_special_ids() -> None:
    pieces = read_e5_file(WEIGHTS).pieces
    assert [text for text, _ in pieces.scored] == PIECES
    assert [score for _, score in pieces.scored] == pytest.approx(SCORES)
    assert (pieces.bos, pieces.pad, pieces.eos, pieces.unk) == (0, 1, 2, 3)


def test_unpack_q4_puts_low_nibbles_first_and_high_ones_sixteen_later() -> None:
    block = np.zeros(1, Q4_BLOCK)
    block["scale"] = 0.5
    block["nibbles"][0] = [0x90 + place for place in range(16)]
    assert unpack_q4(block).tolist() == [0.5 * (place - 8) for place in range(16)] + [0.5] * 16


def test_e5_file_decodes_plain_and_packed_tensors() -> None:
    source = read_e5_file(WEIGHTS)
    assert source.tensor("emb.word").shape == (len(PIECES) * HIDDEN,)
    assert source.tensor("emb.ln.w").dtype == np.float32
    assert float(np.abs(source.tensor("l1.fo.w")).max()) <= 0.8 + 1e-3  # the largest scale times 8


def test_e5_file_names_a_missing_tensor() -> None:
    with pytest.raises(BadE5File, match=r"l7\.q\.w is missing"):
        read_e5_file(WEIGHTS).tensor("l7.q.w")


@settings(deadline=None)  # the machine may be busy
@given(st.integers(0, len(WEIGHTS) - 1))
def test_read_e5_file_refuses_a_file_cut_short(length: int) -> None:
    with pytest.raises(BadE5File):
        read_e5_file(WEIGHTS[:length])


@pytest.mark.parametrize("start", [b"GGUF" + header()[4:], header(version=2), header(block=64)])
def test_read_e5_file_refuses_another_layout(start: bytes) -> None:
    with pytest.raises(BadE5File):
        read_e5_file(start + WEIGHTS[len(start) :])


def test_e5_file_refuses_an_unknown_tensor_type() -> None:
    at = WEIGHTS.index(b"emb.word") + len("emb.word")
    other = WEIGHTS[:at] + struct.pack("<B", 7) + WEIGHTS[at + 1 :]
    with pytest.raises(BadE5File, match="unknown type 7"):
        read_e5_file(other).tensor("emb.word")
