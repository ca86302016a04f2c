from pathlib import Path

import pytest

from matchmaker.search.encoder import ModelUnavailable, load_encoder
from matchmaker.search.runtime import best_runtime


@pytest.mark.parametrize(
    ("flags", "runtime"),
    [
        ({"avx2", "avx512f", "avx512_vnni"}, "int8"),
        ({"avx2", "avx_vnni"}, "int8"),
        ({"asimd", "asimddp"}, "int8"),
        ({"avx2", "avx512f"}, "onnx"),
        (set(), "onnx"),
    ],
)
def test_best_runtime_follows_the_processor(flags: set[str], runtime: str) -> None:
    assert best_runtime(frozenset(flags)) == runtime


@pytest.mark.parametrize("runtime", ["auto", "onnx", "int8"])
def test_load_encoder_says_how_to_prepare_the_model(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(ModelUnavailable, match="run matchmaker prepare-model"):
        load_encoder("default", tmp_path / "model", runtime)


@pytest.mark.parametrize("runtime", ["onnx", "int8"])
def test_load_encoder_has_graphs_of_the_default_model_only(tmp_path: Path, runtime: str) -> None:
    with pytest.raises(ModelUnavailable, match="for the default model only"):
        load_encoder(str(tmp_path), tmp_path, runtime)
