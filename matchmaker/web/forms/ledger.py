"""Forms of the ledger: evidence records and versions of definitions. Days and numbers are passed on as typed."""

from collections.abc import Iterable
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import BooleanField, DateField, SelectField, StringField, TextAreaField

from matchmaker.domain import codes
from matchmaker.domain.events import KIND_NAMES
from matchmaker.domain.evidence_records import EvidenceRecord
from matchmaker.domain.indicators import Definition, Measure
from matchmaker.domain.language import N_
from matchmaker.services.ledger.amounts import plain_number
from matchmaker.services.ledger.defining import DefinitionDraft
from matchmaker.services.ledger.records import RecordDraft
from matchmaker.services.ledger.rules import RULES
from matchmaker.web.forms.base import BaseForm
from matchmaker.web.forms.campaigns import Boxes, kind_choices
from matchmaker.web.language import translate

MEASURE_NAMES: dict[str, str] = {
    Measure.COUNT: N_("条数：有几条明细就是几"),
    Measure.SUM: N_("合计：明细的数量或金额相加"),
    Measure.LATEST: N_("总量：以最近一次记录为准"),
}
AMOUNT_NAMES = {
    "": N_("（不适用）"),
    "total_value": N_("成交额（合同总额）"),
    "transaction_value": N_("技术交易额"),
    "technology_income": N_("技术性收入"),
}


class RecordForm(BaseForm):
    """One record. The list of indicators and branches is set by the page."""

    indicator = SelectField(_l("指标"), validate_choice=False)
    on = DateField(_l("发生的日期"))
    subject = StringField(_l("单位、人员或项目"))
    amount = StringField(_l("数量或金额"))
    branch = SelectField(_l("分中心"), validate_choice=False)
    reference = StringField(_l("文号或文件名称"))
    note = TextAreaField(_l("说明"))

    def offer(self, indicators: Iterable[Definition], branches: Iterable[tuple[int, str]]) -> "RecordForm":
        """Set what can be chosen."""
        self.indicator.choices = [
            ("", translate(N_("请选择"))),
            *((each.indicator, _named(each)) for each in indicators),
        ]
        none = ("", translate(N_("不属于任何分中心")))
        self.branch.choices = [none, *((str(branch_id), name) for branch_id, name in branches)]
        return self

    @classmethod
    def of(cls, record: EvidenceRecord) -> "RecordForm":
        """Return the form of a record as it stands."""
        return cls(
            indicator=record.indicator,
            on=record.on,
            subject=record.subject,
            amount=plain_number(record.amount),
            branch=str(record.branch_id or ""),
            reference=record.reference,
            note=record.note,
        )

    def draft(self) -> RecordDraft:
        """Return what was typed."""
        texts = {
            name: self[name].data or "" for name in ("indicator", "subject", "amount", "branch", "reference", "note")
        }
        return RecordDraft(on=str(self.on.raw_data[0]) if self.on.raw_data else "", **texts)


class DefinitionForm(BaseForm):
    """One version of a definition; of the rule's parameters those count that the rule knows."""

    name = StringField(_l("名称"))
    action = SelectField(_l("方案出处"), choices=lambda: _codes("plan_actions"), validate_choice=False)
    clause = TextAreaField(_l("方案原文"))
    unit = SelectField(_l("计量单位"), choices=lambda: _codes("indicator_units"), validate_choice=False)
    measure = SelectField(
        _l("怎样合计"),
        choices=lambda: [(code, translate(name)) for code, name in MEASURE_NAMES.items()],
        validate_choice=False,
    )
    rule = SelectField(
        _l("统计规则"),
        choices=lambda: [(code, translate(rule.name)) for code, rule in RULES.items()],
        validate_choice=False,
    )
    once = SelectField(_l("去重"), choices=lambda: _codes("indicator_onces"), validate_choice=False)
    owner = StringField(_l("责任"))
    from_year = StringField(_l("从哪一年起适用"))
    reason = TextAreaField(_l("为什么改"))
    event_kinds = Boxes(
        _l("活动类型"),
        choices=lambda: [(code, translate(name)) for code, name in KIND_NAMES.items()],
        validate_choice=False,
    )
    named = StringField(_l("名称或主办方须含有"))
    calls = BooleanField(_l("公开的征集活动也计入"))
    kind = SelectField(_l("发布的类型"), choices=kind_choices, validate_choice=False)
    amount = SelectField(
        _l("合同金额"),
        choices=lambda: [(code, translate(name)) for code, name in AMOUNT_NAMES.items()],
        validate_choice=False,
    )
    organization_kinds = Boxes(_l("单位类型"), choices=lambda: _codes("organization_kinds"), validate_choice=False)
    already = StringField(_l("平台启用前已有的个数"))

    @classmethod
    def of(cls, definition: Definition, from_year: int) -> "DefinitionForm":
        """Return the form of a definition as it stands, for a version from `from_year` on."""
        texts = ("name", "action", "clause", "unit", "measure", "rule", "once", "owner")
        values: dict[str, Any] = {name: getattr(definition, name) for name in texts}
        values["from_year"] = str(from_year)
        given = dict(definition.parameters)
        given["named"] = "、".join(given.get("named", ()))
        return cls(**values, **{name: given[name] for name in _PARAMETERS if name in given})

    def draft(self) -> DefinitionDraft:
        """Return what was typed."""
        texts = {name: self[name].data or "" for name in _TEXTS}
        return DefinitionDraft(**texts, parameters={name: self[name].data for name in _PARAMETERS})


_TEXTS = ("name", "action", "clause", "unit", "measure", "rule", "once", "owner", "from_year", "reason")
_PARAMETERS = ("event_kinds", "named", "calls", "kind", "amount", "organization_kinds", "already")


def _named(definition: Definition) -> str:
    unit = translate(codes.table("indicator_units").name(definition.unit))
    return translate(N_("%(name)s（%(unit)s）")) % {"name": translate(definition.name), "unit": unit}


def _codes(table: str) -> list[tuple[str, str]]:
    return [(code, translate(name)) for code, name in codes.table(table).choices()]
