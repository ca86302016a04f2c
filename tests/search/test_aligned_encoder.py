"""Alignment: other languages are moved onto Chinese, Chinese is left alone."""

import numpy as np
import pytest

from matchmaker.search.aligned_encoder import AlignedEncoder, parallel_texts
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.languages import LANGUAGES, detect_language


class Regions(HashingEncoder):
    """The hashing encoder with a region of its own for each language, as real models have."""

    def encode_queries(self, texts):
        rows = super().encode_queries(texts)
        for row, text in zip(rows, texts, strict=True):
            row += 2 * np.eye(self.dimension, dtype=np.float32)[LANGUAGES.index(detect_language(text) or "zh")]
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def region_of(row):
    return float(np.abs(row[: len(LANGUAGES)]).argmax())


def test_parallel_texts_are_each_in_their_language_and_complete():
    texts = parallel_texts()
    assert {len(rows) for rows in texts.values()} == {40}
    assert [text for language, rows in texts.items() for text in rows if detect_language(text) != language] == []


def test_chinese_vectors_stay_exactly_as_they_are():
    texts = ["风电叶片除冰", "PLC控制", "", "2026"]
    assert (AlignedEncoder(Regions()).encode_queries(texts) == Regions().encode_queries(texts)).all()


@pytest.mark.parametrize("text", ["cotton harvester", "уборка хлопка", "мақта жинау"])
def test_other_languages_are_moved_to_where_chinese_lies(text):
    before, after = Regions().encode_queries([text])[0], AlignedEncoder(Regions()).encode_queries([text])[0]
    assert (region_of(before) != 0, region_of(after)) == (True, 0)
    assert float(np.linalg.norm(after)) == pytest.approx(1, abs=1e-6)


def test_vector_does_not_depend_on_the_texts_beside_it():
    encoder = AlignedEncoder(Regions())
    alone = encoder.encode_queries(["насос"])
    assert np.allclose(encoder.encode_queries(["水泵", "насос", "pump"])[1], alone[0], atol=1e-6)


def test_no_texts_give_no_rows():
    assert AlignedEncoder(HashingEncoder()).encode_documents([]).shape == (0, HashingEncoder.dimension)
