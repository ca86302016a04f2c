"""What a year will come to, said in words; and the light that follows from it."""

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_DOWN, Decimal
from enum import StrEnum

from matchmaker.domain.indicators import Definition, Measure
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.services.ledger.amounts import plain_number
from matchmaker.services.ledger.pipeline import LEAST_OVER, Pipeline

FIRST_DAYS = 30
"""Before so many days of a year a run rate says nothing."""
NEAR = Decimal("0.8")
"""A forecast below this part of the target is far behind."""


class Light(StrEnum):
    """How an indicator does; the limits are said on the page (see `light_of`)."""

    DONE = "done"
    ON_WAY = "on_way"
    BEHIND = "behind"
    FAR_BEHIND = "far_behind"
    NONE = "none"
    ERROR = "error"


LIGHT_NAMES: dict[str, str] = {
    Light.DONE: N_("已完成"),
    Light.ON_WAY: N_("进度正常"),
    Light.BEHIND: N_("落后"),
    Light.FAR_BEHIND: N_("严重落后"),
    Light.NONE: N_("暂不判断"),
    Light.ERROR: N_("统计出错"),
}


@dataclass(frozen=True, slots=True)
class Forecast:
    """What is expected by the end of the year, None where nothing can be said; `note` says how it was reckoned."""

    value: Decimal | None
    note: Sentence


def forecast(
    definition: Definition,
    value: Decimal,
    planned: int | None,
    year: int,
    day: date,
    pipeline: Pipeline | None = None,
) -> Forecast:
    """Expect what is held and planned where things are planned ahead; the last level of a level; of contracts what is
    registered and what open deals come to, where enough deals are over to weigh them; else the run rate."""
    if day.year > year:
        return Forecast(value, Sentence(N_("全年已经结束，按实际完成数。")))
    if definition.measure == Measure.LATEST:
        return Forecast(value, Sentence(N_("总量指标不推算，按最近一次确认的记录。")))
    if planned is not None:
        note = Sentence(
            N_("已完成 %(value)s 加上已公布、尚未举办的 %(planned)s。"), value=plain_number(value), planned=planned
        )
        return Forecast(value + planned, note)
    if pipeline is not None and pipeline.tells:
        return Forecast(value + pipeline.expected, _weighed(pipeline))
    passed = (min(day, date(year, 12, 31)) - date(year, 1, 1)).days + 1 if day.year == year else 0
    if passed < FIRST_DAYS:
        return Forecast(None, Sentence(N_("年初前 %(days)s 天不推算。"), days=FIRST_DAYS))
    whole = (date(year, 12, 31) - date(year, 1, 1)).days + 1
    places = Decimal("0.01") if definition.is_money else Decimal(1)
    expected = (value * whole / passed).quantize(places, ROUND_DOWN)
    note = Sentence(N_("按前 %(passed)s 天的平均进度推算到全年 %(whole)s 天。"), passed=passed, whole=whole)
    return Forecast(expected, note if pipeline is None else joined((_too_few(pipeline), note)))


def _weighed(pipeline: Pipeline) -> Sentence:
    return Sentence(
        N_(
            "已登记的，加上 %(deals)s 个进行中的项目按所处阶段的成交比例折算"
            "（由 %(over)s 个已了结的项目得出：%(rates)s）。"
            "没有写预期金额的按已登记合同的平均金额；没有扣除年底前来不及登记的。"
        ),
        deals=len(pipeline.deals),
        over=pipeline.over,
        rates=pipeline.rates_in_words,
    )


def _too_few(pipeline: Pipeline) -> Sentence:
    return Sentence(
        N_("已了结的跟进项目只有 %(over)s 个，不到 %(least)s 个，还算不出各阶段的成交比例。"),
        over=pipeline.over,
        least=LEAST_OVER,
    )


def light_of(value: Decimal, target: Decimal | None, expected: Decimal | None, is_over: bool) -> Light:
    """Done: reached. On its way: expected to reach it. Behind: from `NEAR` of it. Far behind: less, or over and missed.

    None: there is no target, or nothing can be expected yet.
    """
    if target is None:
        return Light.NONE
    if value >= target:
        return Light.DONE
    if is_over:
        return Light.FAR_BEHIND
    if expected is None:
        return Light.NONE
    if expected >= target:
        return Light.ON_WAY
    return Light.BEHIND if expected >= target * NEAR else Light.FAR_BEHIND
