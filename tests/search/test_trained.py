"""Model directories: whole or refused."""

import json

import pytest

from matchmaker.search.ranker import default_weights
from matchmaker.search.trained import READER, TUNED, read_trained, write_trained
from matchmaker.search.weights import RankerError


def test_trained_model_is_read_as_it_was_written(tmp_path):
    write_trained(tmp_path / "model", default_weights(), {"seed": 7}, {})
    found = read_trained(tmp_path / "model")
    assert (found.weights, dict(found.manifest)) == (default_weights(), {"format": 2, "seed": 7})


def test_trained_model_takes_the_place_of_the_former_one(tmp_path):
    for seed in (1, 2):
        write_trained(tmp_path / "model", default_weights(), {"seed": seed}, {})
    assert (read_trained(tmp_path / "model").manifest["seed"], [each.name for each in tmp_path.iterdir()]) == (
        2,
        ["model"],
    )


def test_what_a_kill_left_aside_is_overwritten(tmp_path):
    (tmp_path / ".model.new").mkdir()
    (tmp_path / ".model.new" / "weights.json").write_text("half of")
    write_trained(tmp_path / "model", default_weights(), {}, {})
    assert read_trained(tmp_path / "model").weights == default_weights()


TERM = {"weight": 1.0, "known": 2.0, "centre": 0.8}


@pytest.mark.parametrize(
    ("term", "content", "name"),
    [("tuned", TERM, TUNED), ("reading", {**TERM, "slope": 0.5, "intercept": 0.0}, READER)],
)
def test_model_with_a_learned_term_is_nothing_without_its_layers(tmp_path, term, content, name):
    weights = json.dumps({**json.loads(default_weights()), term: content})
    write_trained(tmp_path / "model", weights, {}, {name: lambda path: path.write_bytes(b"layers")})
    found = read_trained(tmp_path / "model")
    assert {found.tuned, found.reader} == {None, tmp_path / "model" / name}
    (tmp_path / "model" / name).unlink()
    with pytest.raises(RankerError, match=f"{name} is missing"):
        read_trained(tmp_path / "model")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("manifest.json", None, "manifest.json or weights.json is missing"),
        ("weights.json", None, "manifest.json or weights.json is missing"),
        ("manifest.json", "{", "Expecting"),
        ("manifest.json", json.dumps({"format": 99}), "another version"),
        ("manifest.json", "[]", "another version"),
        ("weights.json", "{}", "not a ranker's weights"),
    ],
)
def test_damaged_model_directory_is_refused(tmp_path, name, content, said):
    write_trained(tmp_path, default_weights(), {}, {})
    if content is None:
        (tmp_path / name).unlink()
    else:
        (tmp_path / name).write_text(content)
    with pytest.raises(RankerError, match=said):
        read_trained(tmp_path)
