"""What people's doings teach of how well two listings fit: the one table of evidence, its grades and the reasons.

Grades are the trade's four: 3 强, 2 较强, 1 弱, 0 无; None teaches nothing of fit. A weight says how much one piece
counts, 0 to 1. Of a pair's evidence only the highest tier decides, so that what happened outweighs what was said, and
what was said outweighs silence; services/teaching/settling.py says how one tier is settled.
"""

from dataclasses import dataclass
from enum import IntEnum, StrEnum

from matchmaker.domain.language import N_
from matchmaker.domain.matches import Decision


class Tier(IntEnum):
    """How much a kind of evidence outweighs others; the higher one decides."""

    SILENCE = 1
    OPINION = 2
    MEETING = 3
    OUTCOME = 4


class Source(StrEnum):
    """Where evidence comes from, as pages count it."""

    CONTRACTS = "contracts"
    MEETINGS = "meetings"
    JUDGEMENTS = "judgements"
    DECISIONS = "decisions"
    SHOWINGS = "showings"


SOURCE_NAMES: dict[str, str] = {
    Source.CONTRACTS: N_("合同与解决"),
    Source.MEETINGS: N_("洽谈与意向"),
    Source.JUDGEMENTS: N_("评分台"),
    Source.DECISIONS: N_("感兴趣、候选与不合适"),
    Source.SHOWINGS: N_("展示后无人打开"),
}


@dataclass(frozen=True, slots=True)
class EvidenceRule:
    """What one kind of evidence teaches and why.

    `by_position`: whether it depends on what a list showed at which place, and is corrected for that. A judgement's
    grade is the grader's own: its rule has none, but `is_graded`.
    """

    code: str
    name: str
    source: Source
    tier: Tier
    grade: int | None
    weight: float
    by_position: bool
    why: str
    is_graded: bool = False

    @property
    def teaches(self) -> bool:
        """Whether it says anything of fit."""
        return self.grade is not None or self.is_graded


def _declined(reason: str, name: str, why: str, grade: int | None = None, weight: float = 0.0) -> EvidenceRule:
    return EvidenceRule(f"declined_{reason}", name, Source.DECISIONS, Tier.OPINION, grade, weight, True, why)


CONTRACT, SOLVED, INTENT, MEETING, LOST_TECHNOLOGY = "contract", "solved", "intent", "meeting", "lost_technology"
JUDGED, BOTH_INTERESTED, INTERESTED, SHORTLISTED = "judged", "both_interested", "interested", "shortlisted"
UNOPENED = "unopened"

RULES: tuple[EvidenceRule, ...] = (
    EvidenceRule(
        CONTRACT,
        N_("签约或登记合同"),
        Source.CONTRACTS,
        Tier.OUTCOME,
        3,
        1.0,
        False,
        N_("双方为它付出了钱，没有比这更强的证明"),
    ),
    EvidenceRule(
        SOLVED,
        N_("一方以对方结项"),
        Source.CONTRACTS,
        Tier.OUTCOME,
        3,
        1.0,
        False,
        N_("发布者自己说，问题由它解决"),
    ),
    EvidenceRule(
        INTENT,
        N_("跟进项目达成意向"),
        Source.MEETINGS,
        Tier.MEETING,
        2,
        0.9,
        False,
        N_("谈过之后双方仍愿继续，至少是较强；签约之前还不是强"),
    ),
    EvidenceRule(
        MEETING,
        N_("举行过洽谈"),
        Source.MEETINGS,
        Tier.MEETING,
        2,
        0.7,
        False,
        N_("双方愿意花时间见面；见面后才说不在范围内的，降为弱"),
    ),
    EvidenceRule(
        LOST_TECHNOLOGY,
        N_("项目因技术不满足要求而未成"),
        Source.MEETINGS,
        Tier.OPINION,
        1,
        0.8,
        False,
        N_("方向对，指标达不到：有关，但不合用"),
    ),
    EvidenceRule(
        JUDGED,
        N_("评分台的评分"),
        Source.JUDGEMENTS,
        Tier.OPINION,
        None,
        0.8,
        False,
        N_("按评分人给的等级；再乘以评分人的权重，与别人总不一致的评分人权重很小"),
        is_graded=True,
    ),
    EvidenceRule(
        BOTH_INTERESTED,
        N_("双方都感兴趣"),
        Source.DECISIONS,
        Tier.OPINION,
        3,
        0.8,
        True,
        N_("两个单位各自说了同样的话，比一方强一级"),
    ),
    EvidenceRule(
        INTERESTED,
        N_("一方或经纪人感兴趣"),
        Source.DECISIONS,
        Tier.OPINION,
        2,
        0.5,
        True,
        N_("看过之后的好感，还没有经过洽谈"),
    ),
    EvidenceRule(
        SHORTLISTED,
        N_("加入候选"),
        Source.DECISIONS,
        Tier.OPINION,
        2,
        0.5,
        True,
        N_("值得再看，与感兴趣同等看待"),
    ),
    _declined("out_of_scope", N_("不合适：不在范围内"), N_("明说两者无关"), 0, 0.5),
    _declined("too_early", N_("不合适：太早期"), N_("方向对，成熟度不够：弱相关，分量轻"), 1, 0.25),
    _declined("benefit_unclear", N_("不合适：效益不明确"), N_("说的是生意，不是合不合")),
    _declined("route_unclear", N_("不合适：商业化路径不明确"), N_("说的是生意，不是合不合")),
    _declined("description_unclear", N_("不合适：描述不清楚"), N_("说的是文字，应当改文字")),
    _declined("already_solved", N_("不合适：问题已经解决"), N_("说的是时机，不是合不合")),
    _declined("price", N_("不合适：价格不合适"), N_("说的是价格，不是合不合")),
    _declined("scientific_objection", N_("不合适：科学性存疑"), N_("说的是成果本身，不是合不合")),
    _declined("rival", N_("不合适：对方是竞争对手"), N_("说的是对方是谁，不是合不合")),
    _declined("other", N_("不合适：其他"), N_("没有说明，不猜")),
    EvidenceRule(
        UNOPENED,
        N_("多次列在前面，从未打开"),
        Source.SHOWINGS,
        Tier.SILENCE,
        1,
        0.05,
        True,
        N_("沉默只是很弱的反对；按看到它的可能性再打折扣"),
    ),
)
EVIDENCE_RULES: dict[str, EvidenceRule] = {rule.code: rule for rule in RULES}
UNFITTING = frozenset({"declined_out_of_scope", LOST_TECHNOLOGY})
"""What lowers a meeting to grade 1 where it was said afterwards: that the two do not fit after all."""


def decision_code(decision: str, reason: str | None) -> str:
    """Name the evidence that a decision is; an unknown reason counts as `other`."""
    if decision != Decision.UNSUITABLE:
        return INTERESTED if decision == Decision.INTERESTED else SHORTLISTED
    code = f"declined_{reason}"
    return code if code in EVIDENCE_RULES else "declined_other"
