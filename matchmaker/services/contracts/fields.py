"""What the form of a contract asks, in its order: one table for the page, the reader and the check before submission.

Source: the fields of the national registration form of technology contracts.
"""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.language import N_


class FieldKind(StrEnum):
    """How a field is read and shown."""

    LINE = "line"
    PROSE = "prose"
    CODE = "code"
    DAY = "day"
    MONEY = "money"
    FLAG = "flag"


class Section(StrEnum):
    """The parts of the form."""

    BASICS = "basics"
    DAYS = "days"
    AMOUNTS = "amounts"
    CLASSES = "classes"
    CONTACTS = "contacts"


SECTION_NAMES: dict[str, str] = {
    Section.BASICS: N_("合同内容"),
    Section.DAYS: N_("签订和期限"),
    Section.AMOUNTS: N_("金额"),
    Section.CLASSES: N_("分类和标识"),
    Section.CONTACTS: N_("联系人"),
}


@dataclass(frozen=True, slots=True)
class ContractField:
    """One field; `name` is the column. `table` is its code table, `most` its longest text."""

    name: str
    label: str
    kind: FieldKind
    section: Section
    required: bool = True
    table: str = ""
    most: int = 200
    help: str = ""


FIELDS = (
    ContractField("name", N_("合同名称"), FieldKind.LINE, Section.BASICS, help=N_("与签署的合同文本一致。")),
    ContractField("number", N_("合同编号"), FieldKind.LINE, Section.BASICS, required=False, most=60),
    ContractField("kind", N_("合同类型"), FieldKind.CODE, Section.BASICS, table="contract_kinds"),
    ContractField("field", N_("技术领域"), FieldKind.CODE, Section.BASICS, table="contract_fields"),
    ContractField(
        "summary",
        N_("技术内容"),
        FieldKind.PROSE,
        Section.BASICS,
        most=4000,
        help=N_("标的技术的内容、范围和要求，成果的形式。"),
    ),
    ContractField("signed_on", N_("签订日期"), FieldKind.DAY, Section.DAYS),
    ContractField("starts_on", N_("开始日期"), FieldKind.DAY, Section.DAYS),
    ContractField("ends_on", N_("结束日期"), FieldKind.DAY, Section.DAYS),
    ContractField(
        "total_value",
        N_("合同成交总额（元）"),
        FieldKind.MONEY,
        Section.AMOUNTS,
        help=N_("合同约定的全部价款、报酬和使用费。可写 120万。"),
    ),
    ContractField(
        "technology_income",
        N_("技术性收入（元）"),
        FieldKind.MONEY,
        Section.AMOUNTS,
        required=False,
        help=N_("不高于技术交易额；没有约定可以留空。"),
    ),
    ContractField(
        "equal_reason",
        N_("没有扣除项的理由"),
        FieldKind.LINE,
        Section.AMOUNTS,
        required=False,
        help=N_("技术交易额与成交总额相等时必填：例如“合同不含设备和材料费用”。"),
    ),
    ContractField("payment_way", N_("支付方式"), FieldKind.CODE, Section.AMOUNTS, table="contract_payments"),
    ContractField("ip_kind", N_("知识产权"), FieldKind.CODE, Section.CLASSES, table="contract_ip"),
    ContractField("plan_source", N_("计划来源"), FieldKind.CODE, Section.CLASSES, table="contract_plans"),
    ContractField("goal", N_("社会经济目标"), FieldKind.CODE, Section.CLASSES, table="contract_goals"),
    ContractField(
        "is_related_party",
        N_("双方是关联单位"),
        FieldKind.FLAG,
        Section.CLASSES,
        required=False,
        help=N_("一方持股、控制另一方，或受同一方控制。"),
    ),
    ContractField("seller_contact", N_("卖方（技术提供方）联系人和电话"), FieldKind.LINE, Section.CONTACTS, most=120),
    ContractField("buyer_contact", N_("买方（技术需求方）联系人和电话"), FieldKind.LINE, Section.CONTACTS, most=120),
)
FIELD_LABELS: dict[str, str] = {field.name: field.label for field in FIELDS}
