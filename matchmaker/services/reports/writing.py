"""What a report says in words: sentences that only repeat figures, and amounts as papers write them."""

from collections import Counter
from decimal import Decimal

from matchmaker.domain import codes
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.indicators import Definition, Measure
from matchmaker.domain.language import N_
from matchmaker.services.documents.wording import day_in_words, money_in_words
from matchmaker.services.ledger.amounts import plain_number
from matchmaker.services.ledger.forecasting import LIGHT_NAMES, Light
from matchmaker.services.reports.counting import PeriodFigure, PeriodFigures

CONTRACT_VALUE, TECHNOLOGY_VALUE = "contract_value", "contract_technology_value"
TITLES = {
    PeriodKind.MONTH: N_("%(city)s科技创新行动台账月报"),
    PeriodKind.QUARTER: N_("%(city)s科技创新行动台账季报"),
    PeriodKind.YEAR: N_("%(city)s科技创新行动台账年报"),
}


def period_name(period: Period) -> str:
    """Return a period as titles name it."""
    match period.kind:
        case PeriodKind.MONTH:
            return N_("%(year)d 年 %(number)d 月") % {"year": period.year, "number": period.number}
        case PeriodKind.QUARTER:
            return N_("%(year)d 年第 %(number)d 季度") % {"year": period.year, "number": period.number}
        case _:
            return N_("%(year)d 年") % {"year": period.year}


def amount_in_words(value: Decimal | None, definition: Definition) -> str:
    """Return an amount with its unit."""
    if value is None:
        return "—"
    if definition.is_money:
        return money_in_words(value)
    name = codes.table("indicator_units").name(definition.unit)
    gap = "" if definition.unit == "percent" else " "
    return f"{plain_number(value)}{gap}{name}"


def basis_of(found: PeriodFigures) -> str:
    """Say whether the figures are frozen, or up to which day they count."""
    if found.is_frozen:
        return N_("本期已封账，各项数字为封账数。")
    until = day_in_words(found.until)
    closed = "、".join(period_name(each) for each in found.closed)
    if closed:
        return N_("本期尚未全部封账，数字截至 %(until)s；其中 %(closed)s 已封账，采用封账数。") % {
            "until": until,
            "closed": closed,
        }
    return N_("本期尚未封账，数字截至 %(until)s，按现有记录统计。") % {"until": until}


def overview_of(found: PeriodFigures) -> tuple[str, ...]:
    """Count the lights."""
    lights = Counter(figure.light for figure in found.figures)
    parts = "，".join(
        N_("%(name)s %(count)d 项") % {"name": LIGHT_NAMES[light], "count": lights[light]}
        for light in (Light.DONE, Light.ON_WAY, Light.BEHIND, Light.FAR_BEHIND, Light.NONE, Light.ERROR)
        if lights[light]
    )
    whole = N_("列入台账的指标共 %(count)d 项。截至期末：%(parts)s。")
    return (whole % {"count": len(found.figures), "parts": parts}, *contracts_of(found)[:1])


def sentence_of(figure: PeriodFigure) -> str:
    """Say of one indicator what the period brought, what the year has reached, of which target."""
    definition = figure.definition
    if figure.reached is None:
        return N_("%(name)s：统计规则出错，本报告没有这项数字。") % {"name": definition.name}
    values = {
        "name": definition.name,
        "period": amount_in_words(figure.in_period, definition),
        "reached": amount_in_words(figure.reached, definition),
    }
    if definition.measure == Measure.LATEST:
        said = N_("%(name)s：截至期末 %(reached)s") % values
    else:
        said = N_("%(name)s：本期 %(period)s，年初至期末 %(reached)s") % values
    if not figure.target:
        return said + N_("，未设年度目标。")
    share = f"{figure.reached / figure.target:.0%}"
    said += N_("，为年度目标 %(target)s的 %(share)s") % {
        "target": amount_in_words(figure.target, definition),
        "share": share,
    }
    if not figure.missing:
        return said + N_("。")
    return said + N_("，还差 %(missing)s。") % {"missing": amount_in_words(figure.missing, definition)}


def contracts_of(found: PeriodFigures) -> tuple[str, ...]:
    """Say what was registered; both amounts are always named."""
    total, technology = found.of(CONTRACT_VALUE), found.of(TECHNOLOGY_VALUE)
    if total is None or technology is None or total.reached is None or technology.reached is None:
        return (N_("技术合同的统计规则出错，本报告没有合同金额。"),)
    values = {
        "count": sum(row.subject_kind == "contract" for row in total.rows),
        "total": money_in_words(total.in_period or Decimal(0)),
        "technology": money_in_words(technology.in_period or Decimal(0)),
        "whole": sum(row.subject_kind == "contract" for row in total.year_rows),
        "total_so_far": money_in_words(total.reached),
        "technology_so_far": money_in_words(technology.reached),
    }
    return (
        N_("本期登记技术合同 %(count)d 项，成交额 %(total)s，技术交易额 %(technology)s。") % values,
        N_("年初至期末登记技术合同 %(whole)d 项，成交额 %(total_so_far)s，技术交易额 %(technology_so_far)s。") % values,
    )


def attention_of(found: PeriodFigures) -> tuple[str, ...]:
    """Name what is behind, what it lacks and who answers for it, the worst first."""
    said = []
    for light in (Light.ERROR, Light.FAR_BEHIND, Light.BEHIND):
        for figure in found.figures:
            if figure.light == light:
                missing = amount_in_words(figure.missing, figure.definition)
                said.append(
                    N_("%(name)s：%(light)s，还差 %(missing)s，责任：%(owner)s。")
                    % {
                        "name": figure.definition.name,
                        "light": LIGHT_NAMES[light],
                        "missing": missing,
                        "owner": figure.definition.owner,
                    }
                )
    return tuple(said)
