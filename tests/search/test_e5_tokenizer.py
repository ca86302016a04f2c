import pytest
from tokenizers import Tokenizer

from matchmaker.search.e5_file import read_e5_file
from matchmaker.search.e5_tokenizer import build_tokenizer
from tests.tiny_e5 import EOS, PAD, PIECES, tiny_weights


@pytest.fixture(scope="module")
def tokenizer() -> Tokenizer:
    return build_tokenizer(read_e5_file(tiny_weights()).pieces)


def test_tokenizer_takes_the_likeliest_pieces(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("风电机组").tokens == ["<s>", "▁", "风电", "机组", "</s>"]


@pytest.mark.parametrize(
    "text", ["棉花 采摘", "棉花   采摘", "棉花\n\t采摘", "棉花\u3000采摘", "棉花\u200b采摘", " 棉花 采摘 "]
)
def test_tokenizer_takes_any_white_space_for_one_space(tokenizer: Tokenizer, text: str) -> None:
    assert tokenizer.encode(text, add_special_tokens=False).tokens == ["▁", "棉花", "▁", "采摘"]


def test_tokenizer_folds_widths_but_keeps_the_wide_tilde(tokenizer: Tokenizer) -> None:
    tokens = tokenizer.encode("５～5㎏\x07℃", add_special_tokens=False).tokens
    assert tokens == ["▁", "5", "～", "5", "kg", "°", "C"]


def test_tokenizer_marks_unknown_characters(tokenizer: Tokenizer) -> None:
    assert tokenizer.encode("鼎", add_special_tokens=False).ids == [PIECES.index("▁"), PIECES.index("<unk>")]


def test_tokenizer_offsets_point_into_the_text(tokenizer: Tokenizer) -> None:
    text = "风电，  棉花"
    found = tokenizer.encode(text, add_special_tokens=False).offsets
    assert [text[start:end] for start, end in found if end - start > 1] == ["风电", "棉花"]


def test_tokenizer_neither_cuts_nor_pads(tokenizer: Tokenizer) -> None:
    lengths = [len(found.ids) for found in tokenizer.encode_batch(["风电" * 600, "风电"])]
    assert lengths == [603, 4]


def test_tokenizer_keeps_the_ids_of_the_special_tokens(tokenizer: Tokenizer) -> None:
    found = [tokenizer.token_to_id(name) for name in ("<pad>", "</s>", "<mask>")]
    assert found == [PAD, EOS, len(PIECES) - 1]
    assert tokenizer.get_vocab_size() == len(PIECES)
