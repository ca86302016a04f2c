"""The report of a pair as PDF: one page, whatever stands in it, and nothing of it taken as markup."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from matchmaker.services.documents import (
    MatchReport,
    ReportEvidence,
    ReportHeadings,
    ReportReason,
    ReportSide,
    ReportVerdict,
    match_report_pdf,
)

HOSTILE = '#panic("x") $ \\ ` *b* _i_ <w:p> & ]]> "q" @ref // /* ＝1'
HEADINGS = ReportHeadings("为什么匹配", "合计得分", "逐句对照", "需求的话", "成果的回应", "技术指标", "下一步")


def a_side(title: str, **values: Any) -> ReportSide:
    whole = {"kind": "技术需求", "facts": "匿名需求方", "abstract": "防止叶片覆冰。", "language": "zh"}
    return ReportSide(title=title, **{**whole, **values})


def a_report(**values: Any) -> MatchReport:
    whole = {
        "title": "匹配报告",
        "audience": "供双方阅读",
        "office": "乌鲁木齐科技成果供需对接平台",
        "number": "No. 1",
        "grade": "较强",
        "level": 2,
        "percent": "86%",
        "sentence": "达到较强以上的概率是 86%。",
        "need": a_side("低温除冰涂层"),
        "achievement": a_side("疏冰复合涂料"),
        "headings": HEADINGS,
        "reasons": (ReportReason("用词相近", "", "+1.00", 1.0), ReportReason("起点", "", "-0.50", -0.5)),
        "score": 0.5,
        "total": "+0.50",
        "evidence": (ReportEvidence("叶片要防冰。", "涂层能防冰。", "明确对应"),),
        "evidence_note": "",
        "is_compared": True,
        "verdicts": (ReportVerdict("附着强度 ≤ 30 kPa", "≤ 20 kPa", "满足", "met"),),
        "next_steps": ("约定一次洽谈。",),
        "made": "张三 制作于 2026-11-26",
        "versions": "排序模型 additive-2",
        "disclaimer": "百分比是估计。",
        "cut_note": "较长的内容有节略",
        "language": "zh",
    }
    return MatchReport(**{**whole, **values})


def full_of(text: str) -> MatchReport:
    """A report in which every text of people is `text` and every list is long."""
    side = a_side(text, facts=text, abstract=text)
    return a_report(
        need=side,
        achievement=side,
        evidence=(ReportEvidence(text, text, "明确对应"),) * 8,
        verdicts=(ReportVerdict(text, text, "未说明", "unstated"),) * 10,
        reasons=(ReportReason("用词相近", "双方填写的技术领域", "+1.00", 1.0),) * 10,
        next_steps=("需要交换未公开资料的，先在平台上签署保密协议。" * 2,) * 4,
    )


def pages(report: MatchReport) -> list[str]:
    return ["".join(page.extract_text().split()) for page in PdfReader(io.BytesIO(match_report_pdf(report))).pages]


def test_pdf_holds_every_part_on_one_page() -> None:
    (text,) = pages(a_report())
    parts = (
        *("匹配报告", "供双方阅读", "较强86%", "低温除冰涂层", "疏冰复合涂料", "匿名需求方", "用词相近+1.00"),
        *("合计得分+0.50", "附着强度≤30kPa≤20kPa满足", "叶片要防冰。涂层能防冰。明确对应", "·约定一次洽谈。"),
        *("百分比是估计。", "张三制作于2026-11-26·排序模型additive-2"),
    )
    assert [part for part in parts if part not in text] == []
    assert "较长的内容有节略" not in text


@pytest.mark.parametrize(
    "text",
    [
        "防冰涂层" * 2500,
        "a" * 10_000,
        "防冰。\n" * 3000,
        "🙂🧊" * 500,
        "مرحبا بالعالم " * 300,
        "Ж" * 5000,
        HOSTILE * 40,
        ("e" + "\u0301" * 3000) * 200,
    ],
    ids=["chinese", "unbroken", "lines", "emoji", "rtl", "cyrillic", "markup", "marks"],
)
def test_pdf_of_long_and_hostile_text_has_one_page_and_says_what_was_cut(text: str) -> None:
    (page,) = pages(full_of(text))
    assert [part for part in ("合计得分+0.50", "百分比是估计。", "下一步") if part not in page] == []
    assert "较长的内容有节略" in page


def test_pdf_shows_markup_as_it_is() -> None:
    (text,) = pages(a_report(need=a_side(HOSTILE, abstract=HOSTILE)))
    assert ("#panic(" in text, "*b*_i_<w:p>&]]>" in text) == (True, True)


def test_pdf_writes_kazakh_with_letters_that_the_chinese_font_lacks() -> None:
    title = "Мұнай құбырларын тоттанудан қорғау"
    (text,) = pages(a_report(achievement=a_side(title, language="kk"), need=a_side("Қазақ ә")))
    assert [part for part in ("Мұнай", "тоттанудан", "қорғау", "Қазақә") if part not in text] == []


def test_pdf_of_a_report_without_evidence_says_so() -> None:
    (text,) = pages(a_report(evidence=(), verdicts=(), evidence_note="成果里没有找到"))
    assert ("成果里没有找到" in text, "技术指标" in text, "需求的话" in text) == (True, False, False)
