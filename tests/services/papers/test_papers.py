"""Papers: filled from the records, with blanks for the rest, by the template that counts."""

import io
from datetime import date
from decimal import Decimal

import pytest
from docx import Document
from docx.oxml.ns import qn

from matchmaker.config import Settings
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.papers import PaperKind
from matchmaker.services.minutes import save_minutes
from matchmaker.services.papers.checking import named_in
from matchmaker.services.papers.drafting import DraftedPaper, blanks, draft_contract, draft_for_deal, render
from matchmaker.services.papers.placeholders import placeholders_of
from matchmaker.services.papers.tax import estimate_tax
from matchmaker.services.papers.templates import (
    current_template,
    shipped_template,
    templates,
    upload_template,
    use_shipped,
)
from matchmaker.services.papers.values import BLANK, contract_values
from matchmaker.services.uploads import store_upload
from tests.contracts import make_contract, make_deal, make_registered
from tests.services.papers.test_checking import template

CITY = "乌鲁木齐"
NUMERALS = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一")


def text_of(paper):
    document = Document(io.BytesIO(paper.content))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    feet = [paragraph.text for section in document.sections for paragraph in section.footer.paragraphs]
    return "\n".join([*(paragraph.text for paragraph in document.paragraphs), *cells, *feet])


def upload(session, actor, settings: Settings, content, kind="development"):
    stored = store_upload(settings.data, "模板.docx", io.BytesIO(content), 10**7)
    return upload_template(session, actor, settings.data, kind, stored)


def test_contract_is_drafted_from_its_records(session, cast, settings):
    contract = make_contract(session, cast)
    text = text_of(draft_contract(session, cast.bob.actor, settings.data, CITY, contract.id, "development"))
    for said in (
        "风机叶片电热除冰涂层开发合同",
        "天山机械有限公司",
        "1,200,000.00 元",
        "壹佰贰拾万元整",
        "碳纤维布",
        "900,000.00 元",
    ):
        assert said in text
    assert ("【待填】" in text, "平台模板第 2 版" in text) == (True, True)


def test_what_no_record_says_is_told_beforehand(session, cast, settings):
    contract = make_contract(session, cast)
    contract.summary = None
    assert "技术内容" in blanks(session, settings.data, "development", contract_values(contract))


@pytest.mark.parametrize("kind", PaperKind)
def test_every_shipped_template_is_filled_without_a_rest(kind):
    known, shipped = placeholders_of(kind), shipped_template(kind)
    values = {path: f"〔{path}〕" for path in known.fields}
    values |= {name: [{field: f"〔{field}〕" for field in fields}] for name, fields in known.lists.items()}
    text = text_of(DraftedPaper("", render(kind, shipped, values)))
    named = {path for path in named_in(shipped) if path in known.fields}
    unseen = {"meeting.text"} if kind == "minutes" else set()  # stands only where there are no lines of it
    assert {path for path in named if f"〔{path}〕" not in text} == unseen
    assert [sign for sign in ("{{", "}}", "{%", "%}") if sign in text] == []
    written = text_of(DraftedPaper("", shipped)).count(BLANK)
    assert text.count(BLANK) == written


@pytest.mark.parametrize("kind", PaperKind)
def test_every_shipped_template_is_set_as_a_chinese_paper(kind):
    document = Document(io.BytesIO(shipped_template(kind)))
    section, fonts = document.sections[0], {}
    for name in ("Normal", "Title", "Heading 1"):
        fonts[name] = document.styles[name].element.rPr.rFonts.get(qn("w:eastAsia"))
    assert fonts == {"Normal": "FangSong", "Title": "SimHei", "Heading 1": "SimHei"}
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (210, 297)
    assert [node.text for node in section.footer._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    articles = [paragraph.text.partition("条")[0] for paragraph in document.paragraphs if paragraph.text[:1] == "第"]
    assert articles == [f"第{number}" for number in NUMERALS[: len(articles)]]
    signed = document.tables[-1]
    kept = [row.cells[0].paragraphs[0].paragraph_format.keep_with_next for row in signed.rows]
    assert kept == [True, True, True, False]
    assert document.paragraphs[-1].paragraph_format.keep_with_next is True


def test_minutes_keep_their_paragraphs(session, cast, settings):
    deal = make_deal(session, cast)
    save_minutes(session, cast.carol.actor, deal.appointment_id, "寄送样品。\n\n 试验费用各自承担。", seen=0)
    paper = draft_for_deal(session, cast.carol.actor, settings.data, CITY, deal.id, "minutes")
    document = Document(io.BytesIO(paper.content))
    lines = [paragraph.text for paragraph in document.paragraphs]
    assert lines[lines.index("一、洽谈内容") + 1 :][:2] == ["寄送样品。", "试验费用各自承担。"]
    assert document.paragraphs[-1].paragraph_format.keep_with_next is True


def test_agreements_of_a_deal_name_both_sides(session, cast, settings):
    deal = make_deal(session, cast)
    for kind in ("cooperation", "confidentiality", "minutes"):
        text = text_of(draft_for_deal(session, cast.carol.actor, settings.data, CITY, deal.id, kind))
        assert ("天山机械有限公司" in text, "{{" in text) == (True, False)


@pytest.mark.parametrize("name", ["mallory", "peter"])
def test_papers_are_for_those_who_see_the_records(session, cast, settings, name):
    contract = make_contract(session, cast)
    for draft, subject in ((draft_contract, contract.id), (draft_for_deal, contract.deal_id)):
        with pytest.raises(NotFound):
            draft(session, cast[name].actor, settings.data, CITY, subject, "development")


def test_uploaded_template_counts_former_ones_stay_and_the_shipped_returns(session, cast, settings):
    upload(session, cast.dave.actor, settings, template("一：{{ contract.name }}"))
    upload(session, cast.dave.actor, settings, template("二：{{ contract.name }}（{{ paper.template }}）"))
    contract = make_contract(session, cast)
    paper = draft_contract(session, cast.bob.actor, settings.data, CITY, contract.id, "development")
    assert text_of(paper).startswith("二：风机叶片电热除冰涂层开发合同（本单位模板第 2 版）")
    assert [row.version for row in templates(session)[0].former] == [2, 1]
    use_shipped(session, cast.dave.actor, "development")
    assert current_template(session, settings.data, "development")[1] == shipped_template("development")
    with pytest.raises(Conflict):
        use_shipped(session, cast.dave.actor, "development")


@pytest.mark.parametrize("name", ["alice", "carol", "erin"])
def test_templates_are_the_bureaus(session, cast, settings, name):
    with pytest.raises(Forbidden):
        upload(session, cast[name].actor, settings, template("{{ contract.name }}"))


def test_a_wrong_template_replaces_nothing(session, cast, settings):
    with pytest.raises(Invalid, match="第 1 段"):
        upload(session, cast.dave.actor, settings, template("{{ contract.nmae }}"))
    assert templates(session)[0].is_shipped


@pytest.mark.parametrize(
    ("income", "earlier", "tax"),
    [("5000000", "0", "0.00"), ("6000000", "0", "125000.00"), ("1000000", "5000000", "125000.00")],
)
def test_tax_of_a_transfer_uses_up_the_years_exemption(session, cast, income, earlier, tax):
    contract = make_contract(session, cast, kind="patent_transfer", total_value="2000万", technology_income=income)
    if earlier != "0":
        other = make_registered(session, cast, contract.deal, kind="patent_transfer", total_value="2000万")
        other.technology_income = Decimal(earlier)
        session.flush()
    estimate = estimate_tax(session, contract)
    assert (estimate.tax, estimate.earlier, estimate.is_stated) == (Decimal(tax), Decimal(earlier), True)
    assert all(rule.valid_from <= estimate.on for rule in estimate.rules)


def test_no_tax_is_estimated_for_other_types_or_days_without_rules(session, cast):
    contract = make_contract(session, cast)
    assert estimate_tax(session, contract) is None
    contract.kind, contract.signed_on = "transfer", date(1990, 1, 1)
    assert estimate_tax(session, contract) is None
