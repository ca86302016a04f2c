"""Model directories as `matchmaker train` writes them: invented numbers, and the tiny network of tests/tiny_e5.py."""

import json
import shutil
from pathlib import Path
from typing import Any

from matchmaker.config import Settings
from matchmaker.search.ranker import default_weights
from matchmaker.search.trained import READER, TUNED, write_trained

BETTER = {"ndcg_10": 0.80, "contest_score": 0.75, "kappa": 0.5, "spearman": 0.4, "calibration": 0.03}
WORSE = {"ndcg_10": 0.70, "contest_score": 0.69, "kappa": 0.4, "spearman": 0.3, "calibration": 0.05}
TERM = {"weight": 1.0, "known": 1.5, "centre": 0.1}


def gain(before: dict[str, float] = WORSE, after: dict[str, float] = BETTER) -> dict[str, Any]:
    """Return what a manifest tells of one held-out part."""
    interval = {"mean": 0.1, "low": 0.05, "high": 0.15}
    part = {"part": "needs never seen", "needs": 30, "pairs": 900}
    return {**part, "untrained": before, "trained": after, "interval": interval}


def write_model(settings: Settings, name: str, base: Path | None = None, **numbers: Any) -> Path:
    """Write a model directory; with `base`, one with a tuned model and a pair reader. `numbers` change its weights but
    for `gains`, which are the manifest's."""
    gains = numbers.pop("gains", [gain()])
    weights = {**json.loads(default_weights()), "name": "trained", **numbers}
    layers = {}
    if base is not None:
        weights |= {"tuned": TERM, "reading": {**TERM, "slope": 0.5, "intercept": 0.1}}
        layers = _networks(base)
        shutil.copytree(base, settings.indexes / "model", dirs_exist_ok=True)
    path = settings.data / "models" / name
    manifest = {"model": "hashing-256", "split": "train", "needs": 120, "pairs": 3000, "gains": gains}
    write_trained(path, json.dumps(weights), manifest, layers)
    return path


def _networks(base: Path) -> dict[str, Any]:
    import torch
    from transformers import AutoModel

    from matchmaker.search.pair_reader import reading_network, save_reader
    from matchmaker.search.tuned import Member, Reads, save_members

    torch.manual_seed(1)
    network = reading_network(AutoModel.from_pretrained(str(base)))
    torch.nn.init.normal_(network.head.weight, std=0.5)
    members = [Member(AutoModel.from_pretrained(str(base)), reads) for reads in Reads]
    return {TUNED: lambda path: save_members(members, path), READER: lambda path: save_reader(network, path)}
