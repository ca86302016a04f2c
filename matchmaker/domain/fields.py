"""The fields of each kind of listing: one table that forms, imports, the projection and matching all read.

`group` says what a field is part of; in which layer that lies depends on the listing (see layers.py).
"""

from dataclasses import dataclass
from enum import StrEnum

from matchmaker.domain.language import N_


class Layer(StrEnum):
    """Who may read a field or a file of a listing, the most open layer first.

    ABSTRACT: whoever may read the listing at all. MATCHED: also the other party of a pair in which both sides have said
    that they are interested. CONFIDENTIAL: that party once a confidentiality agreement stands. INSIDE: nobody but the
    owner's organization, brokers and the bureau, who read all layers.
    """

    ABSTRACT = "abstract"
    MATCHED = "matched"
    CONFIDENTIAL = "confidential"
    INSIDE = "inside"


class Group(StrEnum):
    """What a field is part of: the public summary, the full text with its terms, or the contact."""

    SUMMARY = "summary"
    BODY = "body"
    CONTACT = "contact"


class FieldType(StrEnum):
    """How a field is written, read from a spreadsheet, and stored."""

    LINE = "line"
    PROSE = "prose"
    CODE = "code"
    CODES = "codes"
    MONEY = "money"
    DAY = "day"
    WORDS = "words"
    INDICATORS = "indicators"


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field.

    `name` is the attribute of the revision; `table` the code table of CODE and CODES; `most` the largest number of
    characters (or of words, for WORDS); `required` means before submission, a draft may lack it; `is_text` that the
    field is part of the full text that is embedded, searched and matched; `is_fixed` that the poster cannot close it.
    """

    name: str
    label: str
    type: FieldType
    group: Group
    table: str | None = None
    most: int = 200
    required: bool = False
    is_text: bool = False
    is_fixed: bool = False
    help: str = ""


G, F = Group, FieldType

_TITLE = FieldSpec("title", N_("名称"), F.LINE, G.SUMMARY, most=100, required=True, is_fixed=True)
_ABSTRACT = FieldSpec(
    "abstract",
    N_("公开摘要"),
    F.PROSE,
    G.SUMMARY,
    most=1000,
    required=True,
    is_text=True,
    is_fixed=True,
    help=N_("所有人都能看到。匿名发布时请不要写出单位名称、品牌、地址和人名。"),
)
_VISIBILITY = FieldSpec(
    "visibility", N_("公开范围"), F.CODE, G.SUMMARY, table="visibilities", required=True, is_fixed=True
)
_FIELD = FieldSpec("field", N_("技术领域"), F.CODE, G.SUMMARY, table="contract_fields", required=True, is_fixed=True)
_INDUSTRY = FieldSpec("industry", N_("国民经济行业"), F.CODE, G.SUMMARY, table="industries")
_REGION = FieldSpec("region", N_("所在地区"), F.CODE, G.SUMMARY, table="regions")
_COOPERATION = FieldSpec("cooperation", N_("合作方式"), F.CODES, G.SUMMARY, table="cooperation_modes", required=True)
_VALID_UNTIL = FieldSpec("valid_until", N_("有效期至"), F.DAY, G.SUMMARY)
_INDICATORS = FieldSpec(
    "indicators",
    N_("技术指标"),
    F.INDICATORS,
    G.BODY,
    most=30,
    is_text=True,
    help=N_("逐项写清名称、要求和单位，例如：能耗 ≤ 45 kWh/t。写得越具体，匹配越准。"),
)
# Title and abstract once more, for readers of another language.
_SECOND = (
    FieldSpec("second_language", N_("第二语言"), F.CODE, G.SUMMARY, table="languages", is_fixed=True),
    FieldSpec("second_title", N_("第二语言名称"), F.LINE, G.SUMMARY, most=200, is_text=True, is_fixed=True),
    FieldSpec("second_abstract", N_("第二语言摘要"), F.PROSE, G.SUMMARY, most=2000, is_text=True, is_fixed=True),
)
_CONTACT = (
    FieldSpec("contact_name", N_("联系人"), F.LINE, G.CONTACT, most=80),
    FieldSpec("contact_phone", N_("联系电话"), F.LINE, G.CONTACT, most=40),
)
_SOURCE = FieldSpec("source", N_("来源"), F.LINE, G.BODY, most=200)

NEED_FIELDS: tuple[FieldSpec, ...] = (
    _TITLE,
    _ABSTRACT,
    _VISIBILITY,
    FieldSpec("background", N_("背景与痛点"), F.PROSE, G.BODY, most=5000, is_text=True),
    FieldSpec(
        "problem",
        N_("要解决的技术问题"),
        F.PROSE,
        G.BODY,
        most=10000,
        required=True,
        is_text=True,
        help=N_("写清材料、方法、期望效果、产品和应用场合。"),
    ),
    _INDICATORS,
    FieldSpec("tried", N_("已做过的尝试"), F.PROSE, G.BODY, most=5000, is_text=True),
    FieldSpec("budget", N_("拟投入资金（元）"), F.MONEY, G.BODY),
    _COOPERATION,
    FieldSpec("deadline_on", N_("期望完成日期"), F.DAY, G.SUMMARY, help=N_("从发布起不超过三年。")),
    FieldSpec("ip_ownership", N_("知识产权归属"), F.CODE, G.SUMMARY, table="ip_ownership"),
    FieldSpec("solver_conditions", N_("对承担方的要求"), F.PROSE, G.BODY, most=2000, is_text=True),
    FieldSpec("stage_wanted", N_("期望成果阶段"), F.CODE, G.SUMMARY, table="achievement_stages"),
    _FIELD,
    _INDUSTRY,
    FieldSpec("keywords", N_("关键词"), F.WORDS, G.SUMMARY, most=8, is_text=True),
    _REGION,
    _VALID_UNTIL,
    *_SECOND,
    _SOURCE,
    *_CONTACT,
)

ACHIEVEMENT_FIELDS: tuple[FieldSpec, ...] = (
    _TITLE,
    _ABSTRACT,
    _VISIBILITY,
    FieldSpec("description", N_("成果简介"), F.PROSE, G.BODY, most=10000, required=True, is_text=True),
    FieldSpec("advantages", N_("技术优势"), F.PROSE, G.BODY, most=5000, is_text=True),
    FieldSpec("applications", N_("应用场合"), F.PROSE, G.BODY, most=5000, is_text=True),
    _INDICATORS,
    FieldSpec("form", N_("成果形式"), F.CODE, G.SUMMARY, table="achievement_forms"),
    FieldSpec("attribute", N_("成果属性"), F.CODE, G.SUMMARY, table="achievement_attributes"),
    FieldSpec("stage", N_("成果阶段"), F.CODE, G.SUMMARY, table="achievement_stages", required=True),
    FieldSpec("trl", N_("技术就绪度（GB/T 22900）"), F.CODE, G.SUMMARY, table="trl"),
    FieldSpec("trl_evidence", N_("就绪度依据"), F.PROSE, G.BODY, most=1000),
    FieldSpec(
        "level",
        N_("成果水平（自评）"),
        F.CODE,
        G.SUMMARY,
        table="achievement_levels",
        help=N_("由单位自行填写，平台不据此排序。"),
    ),
    FieldSpec("completed_on", N_("完成日期"), F.DAY, G.SUMMARY),
    FieldSpec("secrecy", N_("密级"), F.CODE, G.BODY, table="secrecy"),
    FieldSpec("patents", N_("专利号"), F.WORDS, G.BODY, most=20),
    FieldSpec("price", N_("报价（元）"), F.MONEY, G.BODY, help=N_("面议请留空。")),
    _COOPERATION,
    FieldSpec("team", N_("研发团队"), F.PROSE, G.BODY, most=2000),
    FieldSpec("partner_wanted", N_("对合作方的期望"), F.PROSE, G.BODY, most=2000, is_text=True),
    _FIELD,
    _INDUSTRY,
    FieldSpec("keywords", N_("关键词"), F.WORDS, G.SUMMARY, most=3, is_text=True),
    _REGION,
    FieldSpec("language", N_("语言"), F.CODE, G.SUMMARY, table="languages", is_fixed=True),
    _VALID_UNTIL,
    *_SECOND,
    _SOURCE,
    *_CONTACT,
)

FIELDS: dict[str, tuple[FieldSpec, ...]] = {"need": NEED_FIELDS, "achievement": ACHIEVEMENT_FIELDS}


_BY_NAME = {kind: {spec.name: spec for spec in specs} for kind, specs in FIELDS.items()}


def field_of(kind: str, name: str) -> FieldSpec | None:
    """Return the field of that name, None where the kind has no such field."""
    return _BY_NAME[kind].get(name)


def fields_of(kind: str) -> tuple[FieldSpec, ...]:
    """Return the fields of a kind of listing in the order in which people fill them in."""
    return FIELDS[kind]
