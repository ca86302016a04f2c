"""What somebody typed into the form of a contract, read into typed values; every fault at its field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.contracts.fields import FIELDS, ContractField, FieldKind
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.money import read_money
from matchmaker.services.reading.text import Unreadable, line, prose, within

NOTHING = Decimal(0)
DEDUCTIONS_MOST, DEDUCTION_NAME_MOST = 40, 100


@dataclass(frozen=True, slots=True)
class DeductionRow:
    """One item as typed."""

    kind: str = ""
    name: str = ""
    amount: str = ""


@dataclass(frozen=True, slots=True)
class ReadDeduction:
    """One item that was read: yuan above 0."""

    kind: str
    name: str
    amount: Decimal


def read_fields(raw: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each field that `raw` holds; a kind also gives its sub-kind.

    Raises:
        Invalid: what cannot be read, each at its field.
    """
    values: dict[str, Any] = {}
    errors: dict[str, str] = {}
    for field in FIELDS:
        if field.kind is not FieldKind.FLAG and field.name not in raw:
            continue
        try:
            values[field.name] = _read(field, raw.get(field.name, ""))
        except Unreadable as error:
            errors[field.name] = error.sentence
    _check_order(values, errors)
    if errors:
        raise Invalid(N_("有些内容没有读懂，请检查；其他内容仍在本页。"), errors)
    if "kind" in values:
        values["kind"], values["sub_kind"] = _split(values["kind"])
    return values


def read_deductions(rows: Sequence[DeductionRow]) -> tuple[ReadDeduction, ...]:
    """Return the items of a contract that are no technology; rows without anything are left out.

    Raises:
        Invalid: a row lacks its kind or amount, an amount is nothing, more than `DEDUCTIONS_MOST` rows (`deductions`).
    """
    found: list[ReadDeduction] = []
    for number, row in enumerate(rows, start=1):
        if not (line(row.name) or line(row.amount)):
            continue
        try:
            found.append(_read_deduction(row))
        except Unreadable as error:
            sentence = N_("扣除项第 %(number)d 行：%(fault)s")
            raise Invalid(sentence, {"deductions": error.sentence}, number=number, fault=error.sentence) from error
    if len(found) > DEDUCTIONS_MOST:
        raise Invalid(N_("扣除项最多 40 行，请合并同类项。"), {"deductions": N_("最多 40 行。")})
    return tuple(found)


def _read_deduction(row: DeductionRow) -> ReadDeduction:
    if row.kind not in codes.table("contract_deductions"):
        raise Unreadable(N_("请选择类别。"))
    amount = read_money(row.amount)
    if amount is None or amount <= NOTHING:
        raise Unreadable(N_("请填写大于 0 的金额。"))
    name = line(row.name)
    within(name, DEDUCTION_NAME_MOST)
    return ReadDeduction(row.kind, name, amount)


def _read(field: ContractField, text: str) -> Any:
    match field.kind:
        case FieldKind.LINE | FieldKind.PROSE:
            written = line(text) if field.kind is FieldKind.LINE else prose(text)
            within(written, field.most)
            return written if field.name == "name" else written or None
        case FieldKind.CODE:
            return _code(field, line(text))
        case FieldKind.DAY:
            return read_day(text)
        case FieldKind.MONEY:
            return read_money(text)
        case FieldKind.FLAG:
            return bool(line(text))


def _code(field: ContractField, text: str) -> str | None:
    if not text:
        return None
    if text not in codes.table(field.table):
        raise Unreadable(N_("请从列表中选择。"))
    return text


def _split(code: str | None) -> tuple[str | None, str | None]:
    """Return type and sub-type of what was chosen."""
    parent = codes.table("contract_kinds").parent(code)
    return (code, None) if parent is None else (parent, code)


def _check_order(values: Mapping[str, Any], errors: dict[str, str]) -> None:
    starts, ends, signed = (values.get(name) for name in ("starts_on", "ends_on", "signed_on"))
    if starts and ends and ends < starts:
        errors["ends_on"] = N_("结束日期早于开始日期，请检查。")
    if signed and ends and ends < signed:
        errors.setdefault("ends_on", N_("结束日期早于签订日期，请检查。"))
