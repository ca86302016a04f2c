import hashlib
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from matchmaker.search.encoder import load_encoder
from matchmaker.search.hashing_encoder import HashingEncoder

TEXTS = ["风电机组叶片结冰检测", "风电叶片防结冰技术", "番茄酱生产线节能改造"]
DIGEST = """
import hashlib, sys
from matchmaker.search.hashing_encoder import HashingEncoder
print(hashlib.sha256(HashingEncoder().encode_documents(sys.argv[1:]).tobytes()).hexdigest())
"""


def test_hashing_encoder_is_what_the_settings_call_hashing(tmp_path: Path) -> None:
    encoder = load_encoder("hashing", tmp_path)
    assert (encoder.model_id, encoder.dimension) == ("hashing-256", 256)


@pytest.mark.parametrize("seed", ["1", "2"])
def test_hashing_encoder_gives_the_same_vectors_in_every_process(seed: str) -> None:
    here = hashlib.sha256(HashingEncoder().encode_documents(TEXTS).tobytes()).hexdigest()
    environment = {**os.environ, "PYTHONHASHSEED": seed}
    there = subprocess.run(
        [sys.executable, "-c", DIGEST, *TEXTS], env=environment, capture_output=True, text=True, check=True
    )
    assert there.stdout.strip() == here


def test_hashing_encoder_brings_similar_texts_near() -> None:
    need, near, far = HashingEncoder().encode_documents(TEXTS)
    assert need @ near > 0.2 > 0.1 > abs(need @ far)


@pytest.mark.parametrize("text", ["", "！？", "😀", "\ud800", "<script>", "风" * 10_000])
def test_hashing_encoder_gives_any_text_a_unit_vector(text: str) -> None:
    found = HashingEncoder().encode_documents([text])
    assert found.shape == (1, 256)
    assert np.linalg.norm(found[0]) == pytest.approx(1.0)


def test_hashing_encoder_gives_no_rows_for_no_texts() -> None:
    assert HashingEncoder().encode_queries([]).shape == (0, 256)
