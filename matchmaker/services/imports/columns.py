"""Column names of collected lists: which of our fields each one means."""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from matchmaker.domain.fields import FieldType, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind

EXTERNAL_ID, ORGANIZATION, CREDIT_CODE, LAYERS = "external_id", "organization", "credit_code", "layers"
"""Columns that say which row and whose it is, and who reads less of it, beside the fields of the listing."""

OWN_LABELS = {
    EXTERNAL_ID: N_("编号"),
    ORGANIZATION: N_("单位名称"),
    CREDIT_CODE: N_("统一社会信用代码"),
    LAYERS: N_("限制公开的内容"),
}

_COMMON: dict[str, str] = {
    EXTERNAL_ID: "_id id 编号 需求编号 成果编号 项目编号 登记号 成果登记号 外部编号",
    ORGANIZATION: (
        "单位 单位名称 企业名称 公司名称 需求单位 发布单位 所属单位 完成单位 第一完成单位 成果单位 提出单位 申报单位 "
        "技术需求方 company organisation organization_name"
    ),
    CREDIT_CODE: "统一社会信用代码 社会信用代码 信用代码 组织机构代码",
    LAYERS: "限制公开的内容",
    "title": "标题 题目 项目名称 项目题目 技术名称 技术题目",
    "abstract": "摘要 公开内容 公开简介 summary",
    "visibility": "可见范围 公开方式 是否公开",
    "field": "领域 所属领域 技术领域分类 所属技术领域",
    "industry": "行业 所属行业 应用行业 行业分类 国民经济行业分类",
    "region": "地区 所属地区 所属区域 区域 所在地 所在区县",
    "cooperation": "拟合作方式 合作模式 合作方式意向 转化方式 拟转化方式 技术交易方式 合作形式 怎么合作",
    "valid_until": "有效期 有效期限 截止日期 需求截止日期",
    "indicators": "指标 主要技术指标 主要指标 技术参数 指标要求 技术指标要求",
    "keywords": "关键字 技术关键词 关键技术",
    "second_language": "外文语种 第二语种 外语",
    "second_title": "外文名称 外文标题 英文名称 英文标题 俄文名称 俄文标题 title_en title_ru",
    "second_abstract": "外文摘要 外文简介 英文摘要 英文简介 俄文摘要 俄文简介 abstract_en abstract_ru",
    "source": "数据来源 信息来源",
    "contact_name": "联系人姓名 负责人 项目负责人 技术联系人",
    "contact_phone": "电话 手机 手机号 联系方式 联系人电话 联系手机",
}
_OF_KIND: dict[str, dict[str, str]] = {
    ListingKind.NEED: {
        "title": "需求名称 需求题目 技术需求名称 需求标题 难题名称 技术难题名称",
        "problem": "text 需求内容 技术需求 需求描述 技术难题 需求详情 详细描述 主要内容 内容 问题描述 技术需求描述",
        "background": "背景 需求背景 痛点 行业背景 项目背景",
        "tried": "已有基础 前期基础 现有基础 已开展工作 前期工作",
        "budget": "预算 投入资金 拟投入 拟投入资金 拟投入金额 资金预算 项目预算 意向金额 意向投入",
        "deadline_on": "完成日期 期望完成时间 完成期限 期望解决时间 解决期限 deadline",
        "ip_ownership": "知识产权 产权归属 知识产权约定",
        "solver_conditions": "承担方要求 合作方要求 对合作方要求 揭榜要求 对揭榜方要求",
        "stage_wanted": "期望阶段 成果阶段要求 技术成熟度要求",
    },
    ListingKind.ACHIEVEMENT: {
        "title": "成果名称 成果题目 科技成果名称 成果标题 专利名称",
        "description": "text 简介 成果介绍 成果描述 成果内容 技术简介 技术描述 项目简介 主要内容 内容 详细描述",
        "advantages": "优势 创新点 技术创新点 先进性 技术特点",
        "applications": "应用 应用领域 应用范围 应用前景 适用范围 应用场景",
        "form": "成果类型 形式 成果体现形式",
        "attribute": "属性 成果类别",
        "stage": "阶段 所处阶段 技术成熟度 成熟度 成果所处阶段",
        "trl": "技术就绪度 就绪度 技术成熟度等级 trl等级",
        "trl_evidence": "就绪度说明 成熟度依据",
        "level": "成果水平 水平 技术水平 评价结论",
        "completed_on": "完成时间 成果完成日期 成果完成时间",
        "secrecy": "保密级别 涉密情况 是否涉密",
        "patents": "专利 专利情况 知识产权号 专利申请号 授权专利号",
        "price": "价格 转让价格 拟转让价格 意向价格 转化价格 成果报价",
        "team": "团队 团队介绍 完成人 研发人员 主要完成人",
        "partner_wanted": "合作方期望 合作需求 合作意向",
        "language": "语种",
    },
}
_QUIET = frozenset({"序号", "no", "no.", "#", "备注", "状态", "发布日期", "网址"})
"""Columns that every list has and that mean nothing to us."""
_FACTORS = {"万": "万", "万元": "万", "万元人民币": "万", "人民币万元": "万", "亿元": "亿", "千元": "千"}
_BRACKETED = re.compile(r"[(\[【].*?[)\]】]")
_INSIDE = re.compile(r"[(\[【](.*?)[)\]】]")
_BARE_AMOUNT = re.compile(r"[\d.,\s]+([-~–—至到][\d.,\s]+)?")


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we know: the file's own name for it, our field, and the unit its heading gives to bare amounts."""

    heading: str
    name: str
    unit: str = ""

    def value(self, cell: object) -> object:
        """Return a cell with its heading's unit: 60 under 预算（万元） is 60万."""
        if not self.unit or cell is None or isinstance(cell, bool):
            return cell
        text = unicodedata.normalize("NFKC", str(cell)).strip()
        return text + self.unit if _BARE_AMOUNT.fullmatch(text) else cell


@dataclass(frozen=True, slots=True)
class Columns:
    """The known columns of a file by heading, the headings that mean nothing to us, and the heading of each field."""

    known: dict[str, Column]
    unknown: tuple[str, ...]

    headings: dict[str, str]

    def heading(self, name: str) -> str:
        """Return the file's own name of a field, or ours where the file has no such column."""
        return self.headings.get(name, name)


def find_columns(kind: str, headings: Iterable[str]) -> Columns:
    """Find out what headings mean. Of two that mean the same field both are known: the first with content counts."""
    known: dict[str, Column] = {}
    unknown: list[str] = []
    for heading in dict.fromkeys(headings):
        column = find_column(kind, heading)
        if column is not None:
            known[heading] = column
        elif _key(heading) and _key(heading) not in _QUIET:
            unknown.append(heading)
    headings = {column.name: heading for heading, column in reversed(known.items())}
    return Columns(known, tuple(unknown), headings)


def choose_columns(kind: str, headings: Iterable[str], chosen: Mapping[str, str]) -> Columns:
    """Return what headings mean by a choice: a field's name, or "" for leaving it out; others mean nothing."""
    known: dict[str, Column] = {}
    for heading in dict.fromkeys(headings):
        if chosen.get(heading, "") in targets(kind):
            name = chosen[heading]
            known[heading] = Column(heading, name, _unit(heading) if name in _amounts(kind) else "")
    return Columns(known, (), {column.name: heading for heading, column in reversed(known.items())})


def targets(kind: str) -> dict[str, str]:
    """Return what a column can mean: the names of the fields, and of what says which row and whose, with labels."""
    return OWN_LABELS | {spec.name: spec.label for spec in fields_of(kind)}


def headings_hash(headings: Iterable[str]) -> str:
    """Return a hash by which the same list is known again: of the headings, whatever their order."""
    return hashlib.sha256("\n".join(sorted({_key(heading) for heading in headings})).encode()).hexdigest()


def find_column(kind: str, heading: str) -> Column | None:
    """Return what one heading means for `kind` ("need" | "achievement"), or None."""
    names = _names(kind)
    name = names.get(_key(heading)) or names.get(_key(_BRACKETED.sub("", _narrow(heading))))
    if name is None:
        return None
    return Column(heading, name, _unit(heading) if name in _amounts(kind) else "")


def is_header(kind: str, headings: Iterable[str]) -> bool:
    """Whether a row is one of column names: it names the title, and nothing in it is as long as prose."""
    names = [heading for heading in headings if heading]
    found = (find_column(kind, name) for name in names)
    return all(len(name) <= 40 for name in names) and any(column and column.name == "title" for column in found)


@cache
def _names(kind: str) -> dict[str, str]:
    names: dict[str, str] = {}
    for aliases in (_COMMON, _OF_KIND[kind]):
        for name, words in aliases.items():
            names |= {_key(word): name for word in (name, *words.split())}
    for spec in fields_of(kind):
        label = _BRACKETED.sub("", _narrow(spec.label))
        names |= {_key(text): spec.name for text in (label, spec.label, spec.name)}
    return names


@cache
def _amounts(kind: str) -> frozenset[str]:
    return frozenset(spec.name for spec in fields_of(kind) if spec.type is FieldType.MONEY)


def _unit(heading: str) -> str:
    narrow = _narrow(heading)
    found = [text.removeprefix("单位").strip(":： ") for text in _INSIDE.findall(narrow)]
    return next((_FACTORS[text] for text in found if text in _FACTORS), "")


def _narrow(heading: str) -> str:
    return unicodedata.normalize("NFKC", heading[:200])


def _key(heading: str) -> str:
    text = "".join(_narrow(heading).split()).casefold().strip("*:：")
    return text.replace("-", "_")
