"""Whether a candidate may serve: by people's decisions where there are enough of them, else by what training held out.

A candidate is worse where its order (nDCG@10) or its grades (1/(1+MAE)) are, by more than two trainings from the same
pairs differ.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.rankers import RankerComparison
from matchmaker.services.rankers.decided import DecidedPair, decided_pairs, unlearned
from matchmaker.services.rankers.folder import Model
from matchmaker.services.rankers.serving import Serving, serving_ranker

ENOUGH = 20
"""Decided pairs from which on they are what counts."""
SAME = 0.002
FIGURES = ("ndcg_10", "contest_score")


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a candidate may serve, in one sentence with the figures. `decided` pairs that none of the two has
    learned from are what it rests on, or ENOUGH of them are not there yet. `is_open`: it was not compared yet."""

    passes: bool
    sentence: Sentence
    decided: int
    is_open: bool = False

    @property
    def is_by_decisions(self) -> bool:
        """Whether there are enough decisions to go by."""
        return self.decided >= ENOUGH


def judge(session: Session, settings: Settings, model: Model, pairs: Sequence[DecidedPair] | None = None) -> Verdict:
    """Say whether a candidate may take the place of what serves now; `pairs` are all decided ones, where they are at
    hand."""
    serving = serving_ranker(session, settings)
    pairs = decided_pairs(session) if pairs is None else pairs
    decided = len(unlearned(pairs, learned_by(model, serving)))
    if decided < ENOUGH:
        return _by_training(model, decided)
    comparison = latest_comparison(session, model, serving)
    if comparison is None or comparison.pairs < ENOUGH:
        sentence = Sentence(N_("已有 %(count)s 对可用的判断，请先用它们比较，再决定是否启用。"), count=decided)
        return Verdict(False, sentence, decided, is_open=True)
    return _by_decisions(comparison)


def learned_by(model: Model, serving: Serving) -> frozenset[str]:
    """Return the keys of needs that either of the two has learned from."""
    return model.learned | (serving.model.learned if serving.model else frozenset())


def latest_comparison(session: Session, model: Model, serving: Serving) -> RankerComparison | None:
    """Return the last comparison of just this candidate with what serves now."""
    against = serving.model.mark if serving.model else None
    pair = RankerComparison.mark == model.mark, RankerComparison.against_mark.is_not_distinct_from(against)
    query = sa.select(RankerComparison).where(*pair).order_by(RankerComparison.id.desc())
    return session.scalars(query.limit(1)).first()


def is_worse(before: Mapping[str, float], after: Mapping[str, float]) -> bool:
    """Whether any of the figures that count has fallen."""
    return any(after[name] < before[name] - SAME for name in FIGURES if name in before and name in after)


def figures_in_training(manifest: Mapping[str, Any]) -> tuple[dict[str, float], dict[str, float]] | None:
    """Return what training measured on all that it held out, untrained and trained; None where nothing was."""
    try:
        parts = [(gain, {"ndcg_10": gain["needs"], "contest_score": gain["pairs"]}) for gain in manifest["gains"]]
        return _pooled(parts, "untrained"), _pooled(parts, "trained")
    except (KeyError, TypeError, ZeroDivisionError):
        return None


def _by_decisions(comparison: RankerComparison) -> Verdict:
    before, after = comparison.figures["serving"], comparison.figures["candidate"]
    values = {"count": comparison.pairs, **_shown(before, after)}
    if is_worse(before, after):
        sentence = Sentence(
            N_(
                "没有启用：在 %(count)s 对实际判断上它更差。nDCG@10 %(ndcg_before)s → %(ndcg_after)s，"
                "1/(1+MAE) %(contest_before)s → %(contest_after)s。"
            ),
            **values,
        )
        return Verdict(False, sentence, comparison.pairs)
    sentence = Sentence(
        N_(
            "可以启用：在 %(count)s 对实际判断上不比现在差。nDCG@10 %(ndcg_before)s → %(ndcg_after)s，"
            "1/(1+MAE) %(contest_before)s → %(contest_after)s。"
        ),
        **values,
    )
    return Verdict(True, sentence, comparison.pairs)


def _by_training(model: Model, decided: int) -> Verdict:
    values: dict[str, object] = {"count": decided, "needed": ENOUGH}
    found = figures_in_training(model.manifest)
    if found is None:
        sentence = Sentence(
            N_("没有启用：可用的判断还不够（%(count)s / %(needed)s 对），模型也没有留出数据检验过自己。"), **values
        )
        return Verdict(False, sentence, decided)
    values |= _shown(*found)
    if is_worse(*found):
        sentence = Sentence(
            N_(
                "没有启用：可用的判断还不够（%(count)s / %(needed)s 对），而训练时留出的数据上它比未训练时更差。"
                "nDCG@10 %(ndcg_before)s → %(ndcg_after)s，1/(1+MAE) %(contest_before)s → %(contest_after)s。"
            ),
            **values,
        )
        return Verdict(False, sentence, decided)
    sentence = Sentence(
        N_(
            "可以启用：可用的判断还不够（%(count)s / %(needed)s 对），训练时留出的数据上它不比未训练时差。"
            "nDCG@10 %(ndcg_before)s → %(ndcg_after)s，1/(1+MAE) %(contest_before)s → %(contest_after)s。"
        ),
        **values,
    )
    return Verdict(True, sentence, decided)


def _pooled(parts: list[tuple[Any, dict[str, int]]], which: str) -> dict[str, float]:
    """The mean of each figure over the held-out parts, by what it is a mean of."""
    names = [name for name in FIGURES if all(name in gain[which] for gain, _ in parts)]
    if not parts or not names:
        raise KeyError(which)
    return {
        name: sum(float(gain[which][name]) * sizes[name] for gain, sizes in parts)
        / sum(sizes[name] for _, sizes in parts)
        for name in names
    }


def _shown(before: Mapping[str, float], after: Mapping[str, float]) -> dict[str, object]:
    def figure(row: Mapping[str, float], name: str) -> str:
        return f"{row[name]:.3f}" if name in row else "–"

    return {
        "ndcg_before": figure(before, "ndcg_10"),
        "ndcg_after": figure(after, "ndcg_10"),
        "contest_before": figure(before, "contest_score"),
        "contest_after": figure(after, "contest_score"),
    }
