"""Papers: filled from the records, with blanks for the rest, by the template that counts."""

import io
from datetime import date
from decimal import Decimal

import pytest
from docx import Document

from matchmaker.config import Settings
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.services.papers.drafting import blanks, draft_contract, draft_for_deal
from matchmaker.services.papers.tax import estimate_tax
from matchmaker.services.papers.templates import (
    current_template,
    shipped_template,
    templates,
    upload_template,
    use_shipped,
)
from matchmaker.services.papers.values import contract_values
from matchmaker.services.uploads import store_upload
from tests.contracts import make_contract, make_deal, make_registered
from tests.services.papers.test_checking import template

CITY = "乌鲁木齐"


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
    assert ("【待填】" in text, "平台模板第 1 版" in text) == (True, True)


def test_what_no_record_says_is_told_beforehand(session, cast, settings):
    contract = make_contract(session, cast)
    contract.summary = None
    assert "技术内容" in blanks(session, settings.data, "development", contract_values(contract))


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
