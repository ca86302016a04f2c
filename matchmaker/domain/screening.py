"""What experts judge: the dimensions and recommendations, in the order in which they are shown."""

from enum import StrEnum

from matchmaker.domain.language import N_

LOWEST, HIGHEST = 1, 5

# Name of the dimension -> what it is called, and the question that an expert answers with 1 to 5.
DIMENSIONS: dict[str, tuple[str, str]] = {
    "necessity": (N_("必要性"), N_("是否确有需要，单位自己解决不了？")),
    "clarity": (N_("清晰度"), N_("问题、材料、方法和应用场合是否写清楚？")),
    "judgeability": (N_("可判断性"), N_("指标是否量化，能否判断一项成果够不够？")),
    "novelty": (N_("新颖性"), N_("是否不是买现成产品就能解决的？")),
}


class Recommendation(StrEnum):
    """What an expert recommends to do with an entry."""

    KEEP = "keep"
    MERGE = "merge"
    CLARIFY = "clarify"
    REJECT = "reject"


RECOMMENDATION_NAMES: dict[str, str] = {
    Recommendation.KEEP: N_("保留"),
    Recommendation.MERGE: N_("与其他合并"),
    Recommendation.CLARIFY: N_("退回补充说明"),
    Recommendation.REJECT: N_("不予入选"),
}
