"""What a template may name, by kind of paper: one table for filling, checking and the page that lists them."""

from collections.abc import Mapping
from dataclasses import dataclass

from matchmaker.domain.language import N_, joined
from matchmaker.domain.papers import CONTRACT_PAPERS

Labels = Mapping[str, str]

_PAPER = {
    "paper.name": N_("文书名称"),
    "paper.day": N_("起草日期"),
    "paper.office": N_("平台主管单位"),
    "paper.template": N_("模板和版本"),
}


def _party(name: str, who: str) -> dict[str, str]:
    labels = {
        "name": N_("单位名称"),
        "credit_code": N_("统一社会信用代码"),
        "region": N_("所在地区"),
        "address": N_("地址"),
    }
    return {f"{name}.{key}": joined((who, label), " · ") for key, label in labels.items()}


_CONTRACT = {
    "contract.name": N_("合同名称"),
    "contract.number": N_("合同编号"),
    "contract.kind": N_("合同类型"),
    "contract.field": N_("技术领域"),
    "contract.summary": N_("技术内容"),
    "contract.signed_on": N_("签订日期"),
    "contract.starts_on": N_("开始日期"),
    "contract.ends_on": N_("结束日期"),
    "contract.total_value": N_("合同成交总额"),
    "contract.total_capitals": N_("合同成交总额（大写）"),
    "contract.deducted": N_("扣除项合计"),
    "contract.transaction_value": N_("技术交易额"),
    "contract.technology_income": N_("技术性收入"),
    "contract.payment_way": N_("支付方式"),
    "contract.ip_kind": N_("知识产权"),
    **_party("buyer", N_("甲方")),
    "buyer.contact": N_("甲方联系人"),
    **_party("seller", N_("乙方")),
    "seller.contact": N_("乙方联系人"),
    "broker.name": N_("技术经纪人"),
}
_DEAL = {
    **_party("one", N_("甲方")),
    **_party("other", N_("乙方")),
    "need.title": N_("技术需求名称"),
    "achievement.title": N_("科技成果名称"),
    "broker.name": N_("技术经纪人"),
    "deal.next_step": N_("下一步"),
    "deal.next_step_on": N_("下一步日期"),
    "meeting.event": N_("洽谈所在活动"),
    "meeting.at": N_("洽谈时间"),
    "meeting.one": N_("甲方参加人"),
    "meeting.other": N_("乙方参加人"),
    "meeting.text": N_("纪要正文"),
    "meeting.revision": N_("纪要版本"),
}
_CONTRACT_LISTS: dict[str, dict[str, str]] = {
    "payments": {"on": N_("计划付款日期"), "amount": N_("计划付款金额"), "note": N_("备注")},
    "deductions": {"kind": N_("扣除项类别"), "name": N_("扣除项名称"), "amount": N_("扣除金额")},
}
_DEAL_LISTS: dict[str, dict[str, str]] = {"minutes": {"line": N_("纪要正文的一段")}}


@dataclass(frozen=True, slots=True)
class Placeholders:
    """What one kind of paper knows: `fields` by dotted name, and `lists` of rows with the fields of a row."""

    fields: Labels
    lists: Mapping[str, Labels]


def placeholders_of(kind: str) -> Placeholders:
    """Return what a template of a kind may name, with what each means."""
    if kind in CONTRACT_PAPERS:
        return Placeholders({**_PAPER, **_CONTRACT}, _CONTRACT_LISTS)
    return Placeholders({**_PAPER, **_DEAL}, _DEAL_LISTS)
