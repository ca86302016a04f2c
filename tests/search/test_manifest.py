import json
from collections.abc import Callable
from pathlib import Path

import pytest

from matchmaker.search.manifest import default_model_id, is_whole, write_manifest


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "onnx").mkdir()
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "onnx" / "model.onnx").write_bytes(b"graph")
    write_manifest(tmp_path)
    return tmp_path


def test_is_whole_accepts_what_the_manifest_lists(model: Path) -> None:
    assert is_whole(model)


def test_is_whole_refuses_a_directory_without_a_manifest(tmp_path: Path) -> None:
    assert not is_whole(tmp_path)


@pytest.mark.parametrize(
    "damage",
    [
        lambda model: (model / "onnx" / "model.onnx").unlink(),
        lambda model: (model / "config.json").write_text(""),
        lambda model: (model / "manifest.json").write_text("{"),
        lambda model: (model / "manifest.json").write_text("[]"),
    ],
)
def test_is_whole_refuses_a_damaged_model(model: Path, damage: Callable[[Path], object]) -> None:
    damage(model)
    assert not is_whole(model)


@pytest.mark.parametrize(("key", "value"), [("sha256", "0" * 64), ("conversion", 0)])
def test_is_whole_refuses_another_source(model: Path, key: str, value: object) -> None:
    content = json.loads((model / "manifest.json").read_text())
    content["source"][key] = value
    (model / "manifest.json").write_text(json.dumps(content))
    assert not is_whole(model)


def test_default_model_id_changes_with_the_prompts() -> None:
    usual, other = default_model_id(("query: ", "passage: ")), default_model_id(("query: ", ""))
    assert usual.startswith("multilingual-e5-small-q4@")
    assert len(usual) == len("multilingual-e5-small-q4@") + 8
    assert usual != other
