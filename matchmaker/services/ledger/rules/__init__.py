"""Counting rules by code: each is one small function that reads a span of days and yields the rows that count."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from matchmaker.domain.indicators import Definition
from matchmaker.domain.language import N_
from matchmaker.services.ledger.rules.contracts import registered_contracts
from matchmaker.services.ledger.rules.events import attendance, held_events, planned_events
from matchmaker.services.ledger.rules.evidence import evidence
from matchmaker.services.ledger.rules.listings import published_listings
from matchmaker.services.ledger.rules.organizations import new_organizations, regions
from matchmaker.services.ledger.rules.reading import Reading, Row

__all__ = ["RULES", "Reading", "Row", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule: what it counts in words, how, and where things are planned ahead how much more is to come.

    `parameters` are the names of what a definition may say to it (see services/ledger/defining.py).
    """

    name: str
    count: Callable[[Reading, Definition], Iterable[Row]]
    planned: Callable[[Reading, Definition], int] | None = None
    parameters: tuple[str, ...] = ()


RULES: dict[str, Rule] = {
    "published_listings": Rule(N_("审核通过并首次发布的内容（按操作记录）"), published_listings, parameters=("kind",)),
    "held_events": Rule(
        N_("已举办的活动（按活动记录）"), held_events, planned_events, ("event_kinds", "named", "calls")
    ),
    "attendance": Rule(N_("在已举办的活动上签到的单位（按签到记录）"), attendance, parameters=("event_kinds",)),
    "new_organizations": Rule(
        N_("新设立的单位（分中心按启用日期，其他单位按加入平台的日期）"),
        new_organizations,
        parameters=("organization_kinds", "already"),
    ),
    "regions": Rule(N_("跟进项目和已举办活动涉及的省份"), regions, parameters=("leave_out",)),
    "registered_contracts": Rule(
        N_("已登记的技术合同：按登记时的金额计入登记日，变更从生效日起按差额计入"),
        registered_contracts,
        parameters=("amount",),
    ),
    "evidence": Rule(N_("登记并经第二人确认的记录（附文件或文号）"), evidence),
}
