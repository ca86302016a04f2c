"""The proof of the ranking, from a tiny model on invented pairs to its page."""

import importlib
import json
import sys
from pathlib import Path

import pytest

from matchmaker.search.beir import read_dataset
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.training.networks import Networks
from matchmaker.search.training.reading import ReadingPlan
from matchmaker.search.training.train import train
from matchmaker.search.training.tuning import TuningPlan
from tests.search.training.watching import quiet
from tests.tiny_bert import save_tiny_model

pytestmark = pytest.mark.slow
SCRIPTS = Path(__file__).parents[2] / "scripts"


def test_page_holds_every_part_with_its_gain(
    tmp_path: Path, graded: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    save_tiny_model(tmp_path / "indexes" / "model")
    plans = TuningPlan(epochs=1, rate=3e-3, slope=5.0, start=0.5), ReadingPlan(epochs=1, rate=3e-3)
    networks = Networks(tmp_path / "indexes" / "model", tmp_path / "rounds", *plans)
    data = read_dataset(graded, "train")
    train(data, "train", HashingEncoder(), tmp_path / "model", 0, quiet, networks, held_out=0.4, keeps_held_out=True)
    monkeypatch.setenv("MATCHMAKER_MODEL", "hashing")
    monkeypatch.setenv("MATCHMAKER_INDEXES", str(tmp_path / "indexes"))
    monkeypatch.syspath_prepend(SCRIPTS)
    options = ["--split", "train", "--model", str(tmp_path / "model"), "--unseen", "dev", "--languages", str(graded)]
    page = tmp_path / "page.html"
    monkeypatch.setattr(sys, "argv", ["x", str(graded), *options, "--listings", "50", "--html", str(page)])
    importlib.import_module("evaluate_matching").main()
    said, written = capsys.readouterr().out, page.read_text(encoding="utf-8")
    for part in (
        "known needs",
        "needs never seen",
        "hybrid: shipped ranker",
        "+ tuned model",
        "+ pair reader",
        "blend",
    ):
        assert (part, part in said, part in written) == (part, True, True)
    assert written.count("<svg") == 6
    assert "one pair read by the pair reader" in said
    manifest = json.loads((tmp_path / "model" / "manifest.json").read_text())
    (tmp_path / "model" / "manifest.json").write_text(json.dumps({**manifest, "keeps_held_out": False}))
    with pytest.raises(SystemExit, match="train it with --keep-held-out"):
        importlib.import_module("evaluate_matching").main()
