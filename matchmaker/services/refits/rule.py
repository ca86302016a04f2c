"""Whether a refit may serve: better on needs that it never saw, and surely not worse.

The rule. There must be ENOUGH measured pairs, of ENOUGH_NEEDS families of needs that have two different grades: without
them nothing can be ordered rightly or wrongly. On needs held out, the mean nDCG@10 must rise by MARGIN at least, the
lower end of its 95 % interval must not lie below -RISK, and grades, by 1 / (1 + MAE), must not fall by more than two
trainings from the same pairs differ. Until then the ranker that serves goes on.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.refits import RefitState
from matchmaker.search.training.bootstrap import Interval
from matchmaker.search.training.judgements import Grades
from matchmaker.services.rankers.judging import ENOUGH, SAME
from matchmaker.services.refits.ground import Ground

ENOUGH_NEEDS = 5
MARGIN = 0.005
RISK = 0.01


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a refit ends, and why in one sentence."""

    state: RefitState
    why: Sentence

    @property
    def promotes(self) -> bool:
        """Whether the new model may serve."""
        return self.state is RefitState.PROMOTED


def nothing_new(ground: Ground) -> Outcome | None:
    """Say so where what serves has learned from just this evidence: what chance there is in a second measurement must
    not change anything. None where there is something new."""
    model = ground.serving.model
    if model is None or model.manifest.get("evidence") != ground.fingerprint:
        return None
    return Outcome(RefitState.REFUSED, Sentence(N_("没有启用：现在使用的排序已经学过全部反馈，没有新的。")))


def too_few(measured: Grades, family: Mapping[str, str]) -> Outcome | None:
    """Say what is missing before anything can be measured; None where there is enough."""
    pairs = sum(map(len, measured.values()))
    telling = len({family[need] for need, row in measured.items() if len(set(row.values())) > 1})
    if pairs >= ENOUGH and telling >= ENOUGH_NEEDS:
        return None
    sentence = N_(
        "反馈还太少：可用的配对 %(pairs)s 对（需要 %(enough)s 对），其中等级有高有低的需求 %(needs)s 项"
        "（需要 %(enough_needs)s 项）。原来的排序继续使用。"
    )
    values = {"pairs": pairs, "enough": ENOUGH, "needs": telling, "enough_needs": ENOUGH_NEEDS}
    return Outcome(RefitState.TOO_FEW, Sentence(sentence, **values))


def judge_refit(before: Mapping[str, float], after: Mapping[str, float], gain: Interval) -> Outcome:
    """Apply the rule to what was measured on needs held out."""
    values: dict[str, object] = {
        "before": f"{before['ndcg_10']:.3f}",
        "after": f"{after['ndcg_10']:.3f}",
        "gain": f"{gain.mean:+.3f}",
        "low": f"{gain.low:+.3f}",
        "high": f"{gain.high:+.3f}",
        "margin": f"{MARGIN:+.3f}",
        "risk": f"{-RISK:+.3f}",
    }
    if gain.mean < MARGIN:
        sentence = N_(
            "没有启用：在没有学过的需求上，nDCG@10 从 %(before)s 变为 %(after)s（%(gain)s），提高不到 %(margin)s。"
        )
        return Outcome(RefitState.REFUSED, Sentence(sentence, **values))
    if gain.low < -RISK:
        sentence = N_(
            "没有启用：在没有学过的需求上，nDCG@10 平均提高 %(gain)s，但 95%% 区间 %(low)s 至 %(high)s 低于 %(risk)s，"
            "可能只是碰巧。"
        )
        return Outcome(RefitState.REFUSED, Sentence(sentence, **values))
    if "contest_score" in before and after.get("contest_score", 0.0) < before["contest_score"] - SAME:
        values |= {"worse": f"{after.get('contest_score', 0.0):.3f}", "was": f"{before['contest_score']:.3f}"}
        sentence = N_("没有启用：顺序更好，但等级更不准，1/(1+MAE) 从 %(was)s 降到 %(worse)s。")
        return Outcome(RefitState.REFUSED, Sentence(sentence, **values))
    sentence = N_(
        "已启用：在没有学过的需求上，nDCG@10 从 %(before)s 提高到 %(after)s"
        "（%(gain)s，95%% 区间 %(low)s 至 %(high)s）。"
    )
    return Outcome(RefitState.PROMOTED, Sentence(sentence, **values))
