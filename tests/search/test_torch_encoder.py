import json
from pathlib import Path

import numpy as np
import pytest

from matchmaker.search.e5_file import read_e5_file
from matchmaker.search.e5_model import write_model
from matchmaker.search.encoder import Encoder, ModelUnavailable, load_encoder
from tests.tiny_e5 import HIDDEN, tiny_weights

pytestmark = pytest.mark.model
TEXTS = ["风电机组", "棉花采摘。", "", "风电。棉花采摘，机组叶片" * 12]


def make_model(directory: Path, seed: int = 0, prompts: dict[str, str] | None = None) -> str:
    directory.mkdir(parents=True)
    write_model(read_e5_file(tiny_weights(seed)), directory)
    if prompts is not None:
        path = directory / "config_sentence_transformers.json"
        path.write_text(json.dumps(json.loads(path.read_text()) | {"prompts": prompts}))
    return str(directory)


def load(name: str, query: str | None = None, document: str | None = None) -> Encoder:
    return load_encoder(name, Path("unused"), "auto", query, document)


def test_torch_encoder_runs_any_sentence_transformers_directory(tmp_path: Path) -> None:
    encoder = load(make_model(tmp_path / "my-model"))
    found = encoder.encode_documents(TEXTS)
    assert encoder.model_id.startswith("my-model@")
    assert found.shape == (4, encoder.dimension) == (4, HIDDEN)
    assert np.linalg.norm(found, axis=1) == pytest.approx(np.ones(4), abs=1e-5)
    assert encoder.encode_queries([]).shape == (0, HIDDEN)


def test_torch_encoder_takes_the_models_own_prompts_under_any_usual_name(tmp_path: Path) -> None:
    usual = load(make_model(tmp_path / "a"))
    renamed = load(make_model(tmp_path / "b", prompts={"search_query": "query: ", "passage": "passage: "}))
    assert renamed.encode_queries(TEXTS) == pytest.approx(usual.encode_queries(TEXTS), abs=1e-6)
    assert renamed.encode_documents(TEXTS) == pytest.approx(usual.encode_documents(TEXTS), abs=1e-6)


def test_torch_encoder_takes_prompts_from_the_settings(tmp_path: Path) -> None:
    name = make_model(tmp_path / "a")
    turned = load(name, "passage: ", "")
    assert turned.encode_queries(TEXTS) == pytest.approx(load(name).encode_documents(TEXTS), abs=1e-6)
    assert float(turned.encode_documents(TEXTS[:1])[0] @ turned.encode_queries(TEXTS[:1])[0]) < 0.9999


def test_model_id_stays_for_the_same_files_and_changes_with_weights_and_prompts(tmp_path: Path) -> None:
    name = make_model(tmp_path / "one" / "m")
    copied = make_model(tmp_path / "two" / "m")
    other_weights = make_model(tmp_path / "three" / "m", seed=1)
    other_prompts = make_model(tmp_path / "four" / "m", prompts={"query": "q: "})
    first = load(name).model_id
    assert load(copied).model_id == first
    assert len({first, load(other_weights).model_id, load(other_prompts).model_id, load(name, "").model_id}) == 4


def test_torch_encoder_reads_a_long_text_to_its_end(tmp_path: Path) -> None:
    encoder = load(make_model(tmp_path / "a"))
    plain, turned = encoder.encode_documents(["风电机组。" * 30, "风电机组。" * 30 + "棉花采摘。" * 30])
    assert float(plain @ turned) < 0.999


def test_load_encoder_says_which_model_cannot_be_loaded(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"the model .*missing cannot be loaded"):
        load(str(tmp_path / "missing"))
