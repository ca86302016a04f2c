"""The form of a listing: sections built from the table of fields, and a posted form back into raw values."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import groupby
from types import MappingProxyType
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from werkzeug.datastructures import MultiDict

from matchmaker.domain import codes
from matchmaker.domain.fields import FieldSpec, FieldType, Group, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Visibility

ROW_NAMES = ("name", "comparator", "value", "upper", "unit")
ROWS_MOST = 60
FEWEST_ROWS = 3
# Said by the choice itself, or the same once more in another language.
_NOT_NAMED = frozenset({"visibility", "second_language", "second_title", "second_abstract"})
_ROW = re.compile(r"indicators-(\d{1,3})-(name|comparator|value|upper|unit)")
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

LAYER = "layer-"
CITY_REGION, PROVINCE_REGION = "650100", "650000"


@dataclass(frozen=True, slots=True)
class Choice:
    """One option of a list; `group` is the heading that it stands under."""

    value: str
    name: str
    group: str = ""


@dataclass(frozen=True, slots=True)
class FormField:
    """One field as the form shows it: its value as typed, what is wrong with it, and in a conflict what is stored."""

    spec: FieldSpec
    value: Any
    error: str = ""
    stored: Any = None
    differs: bool = False

    @property
    def id(self) -> str:
        """The id of its control, which error summaries link to."""
        return f"field-{self.spec.name}"

    @property
    def is_iso_day(self) -> bool:
        """Whether a browser's date control can show the value; other text is kept in a plain control."""
        return self.value == "" or bool(_ISO_DAY.fullmatch(str(self.value)))

    @property
    def rows(self) -> list[Mapping[str, str]]:
        """The indicator rows, with empty ones to write into."""
        value = self.value or []
        # A spreadsheet's text that could not be read as rows is kept whole, to be taken apart by hand.
        given = [{"comparator": "text", "value": value}] if isinstance(value, str) else list(value)
        return given + [{"comparator": "ge"}] * max(1, FEWEST_ROWS - len(given))

    @property
    def choices(self) -> list[Choice]:
        """The options of a field with a code table, or of its rows' comparators."""
        table = "comparators" if self.spec.type is FieldType.INDICATORS else self.spec.table
        return choices(table) if table else []

    @property
    def groups(self) -> list[tuple[str, list[Choice]]]:
        """The options under their headings, in order."""
        return [(group, list(options)) for group, options in groupby(self.choices, key=lambda choice: choice.group)]


@dataclass(frozen=True, slots=True)
class Section:
    """Fields under one heading."""

    id: str
    title: LazyString
    help: LazyString
    fields: tuple[FormField, ...]

    @property
    def faults(self) -> int:
        """How many of its fields have something wrong."""
        return sum(bool(field.error) for field in self.fields)


_SECTIONS: dict[str, tuple[tuple[str, LazyString, LazyString, tuple[str, ...]], ...]] = {
    "need": (
        ("who", _l("谁能看到"), _l("随时可以缩小；扩大范围需要重新审核。"), ("visibility",)),
        (
            "public",
            _l("名称与摘要"),
            _l("无论选择哪种范围，能看到这条需求的人都会看到这些。"),
            ("title", "abstract", "keywords"),
        ),
        ("problem", _l("问题与背景"), _l("匹配主要依据这一部分。"), ("background", "problem", "tried")),
        ("indicators", _l("技术指标"), _l("每行一项要求，逐项对照比笼统描述更容易找到合适的成果。"), ("indicators",)),
        ("place", _l("领域与地区"), "", ("field", "industry", "region", "stage_wanted")),
        (
            "terms",
            _l("合作条件"),
            "",
            ("cooperation", "budget", "deadline_on", "ip_ownership", "valid_until", "solver_conditions"),
        ),
        (
            "second",
            _l("第二语言"),
            _l("选填。写上另一种语言的名称和摘要，中亚等地的合作方才找得到、看得懂。"),
            ("second_language", "second_title", "second_abstract"),
        ),
        (
            "contact",
            _l("联系人"),
            _l("双方都感兴趣之后对方才能看到；技术经纪人和科技局也能看到。不向其他人公开。"),
            ("contact_name", "contact_phone", "source"),
        ),
    ),
    "achievement": (
        ("who", _l("谁能看到"), _l("随时可以缩小；扩大范围需要重新审核。"), ("visibility",)),
        (
            "public",
            _l("名称与摘要"),
            _l("无论选择哪种范围，能看到这项成果的人都会看到这些。"),
            ("title", "abstract", "keywords"),
        ),
        ("content", _l("成果内容"), _l("匹配主要依据这一部分。"), ("description", "advantages", "applications")),
        ("indicators", _l("技术指标"), _l("写已经测得的数值，并注明单位。"), ("indicators",)),
        (
            "maturity",
            _l("成熟程度"),
            "",
            ("stage", "trl", "trl_evidence", "form", "attribute", "level", "completed_on"),
        ),
        ("rights", _l("知识产权与团队"), "", ("patents", "secrecy", "team")),
        ("place", _l("领域与地区"), "", ("field", "industry", "region", "language")),
        ("terms", _l("合作条件"), "", ("cooperation", "price", "valid_until", "partner_wanted")),
        (
            "second",
            _l("第二语言"),
            _l("选填。写上另一种语言的名称和摘要，中亚等地的合作方才找得到、看得懂。"),
            ("second_language", "second_title", "second_abstract"),
        ),
        (
            "contact",
            _l("联系人"),
            _l("双方都感兴趣之后对方才能看到；技术经纪人和科技局也能看到。不向其他人公开。"),
            ("contact_name", "contact_phone", "source"),
        ),
    ),
}


def form_sections(
    kind: str,
    values: Mapping[str, object],
    errors: Mapping[str, str],
    stored: Mapping[str, object] = MappingProxyType({}),
) -> tuple[Section, ...]:
    """Return the sections of a kind's form; `stored` are those values of a conflict's other version that differ."""
    specs = {spec.name: spec for spec in fields_of(kind)}

    def field(name: str) -> FormField:
        return FormField(specs[name], values.get(name, ""), errors.get(name, ""), stored.get(name), name in stored)

    return tuple(
        Section(id, title, help, tuple(field(name) for name in names)) for id, title, help, names in _SECTIONS[kind]
    )


def raw_of(kind: str, form: MultiDict[str, str]) -> dict[str, object]:
    """Return the raw values of the fields that a posted form holds.

    Boxes and rows send nothing when none is set; the form says by `<name>-shown` that it showed them.
    """
    return {spec.name: value for spec in fields_of(kind) for value in _raw(spec, form)}


@dataclass(frozen=True, slots=True)
class LayerField:
    """One field whose readers can be chosen: the chosen layer, "" for the default."""

    name: str
    label: str
    chosen: str


def layer_fields(kind: str, chosen: Mapping[str, str]) -> tuple[LayerField, ...]:
    """Return the fields that the poster may close further than the chosen visibility does, in the form's order."""
    specs = {spec.name: spec for spec in fields_of(kind)}
    names = (name for _, _, _, names in _SECTIONS[kind] for name in names)
    return tuple(
        LayerField(name, specs[name].label, chosen.get(name, "")) for name in names if not specs[name].is_fixed
    )


def layers_from(form: MultiDict[str, str]) -> dict[str, str] | None:
    """Return the choices of who sees single fields that a posted form holds; None where it did not offer them."""
    if "layers-shown" not in form:
        return None
    return {key.removeprefix(LAYER): value for key, value in form.items() if key.startswith(LAYER)}


def labels_of(kind: str) -> dict[str, str]:
    """Return the label of each field by its name."""
    return {spec.name: spec.label for spec in fields_of(kind)}


def visible_to_all(kind: str) -> dict[str, tuple[str, ...]]:
    """Return, for each visibility, the labels of the fields that everybody may read."""
    specs = fields_of(kind)
    abstract = tuple(spec.label for spec in specs if spec.group is Group.SUMMARY and spec.name not in _NOT_NAMED)
    full = tuple(spec.label for spec in specs if spec.group is Group.BODY)
    return {Visibility.PUBLIC: abstract + full, Visibility.ANONYMOUS: abstract, Visibility.BROKERS: ()}


def choices(table: str) -> list[Choice]:
    """Return the options of a code table in the order and under the headings in which people look for them."""
    if table == "industries":
        return [Choice(value, name, group) for group, rows in codes.table(table).groups() for value, name in rows]
    if table == "regions":
        return list(_regions())
    return [Choice(value, name) for value, name in codes.table(table).choices()]


def _raw(spec: FieldSpec, form: MultiDict[str, str]) -> Iterator[object]:
    if spec.type is FieldType.INDICATORS:
        if f"{spec.name}-shown" in form:
            yield _rows(form)
    elif spec.type is FieldType.CODES:
        if f"{spec.name}-shown" in form or spec.name in form:
            yield form.getlist(spec.name)
    elif spec.name in form:
        yield form[spec.name]


def _rows(form: MultiDict[str, str]) -> list[dict[str, str]]:
    rows: dict[int, dict[str, str]] = {}
    for key, value in form.items():
        found = _ROW.fullmatch(key)
        if found:
            rows.setdefault(int(found[1]), dict.fromkeys(ROW_NAMES, ""))[found[2]] = value
    kept = [rows[place] for place in sorted(rows)][:ROWS_MOST]
    # A row of which only the comparator is chosen is an empty one.
    return [row for row in kept if any(row[name].strip() for name in ROW_NAMES if name != "comparator")]


def _regions() -> Iterator[Choice]:
    table = codes.table("regions")
    city = table.name(CITY_REGION)
    for row in (table.get(CITY_REGION), *table.children(CITY_REGION)):
        if row is not None:
            yield Choice(row.code, row.name, city)
    province = table.name(PROVINCE_REGION)
    for row in (table.get(PROVINCE_REGION), *table.children(PROVINCE_REGION)):
        if row is not None and row.code != CITY_REGION:
            yield Choice(row.code, row.name, province)
    for row in table.children(None):
        if row.code != PROVINCE_REGION:
            group = N_("其他省区市") if row.code.isdigit() else N_("国家和地区")
            yield Choice(row.code, row.name, group)
