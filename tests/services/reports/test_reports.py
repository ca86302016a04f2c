"""Reports say what the ledger says: frozen figures where a period is closed, present ones elsewhere, both amounts."""

import io
import zipfile
from decimal import Decimal

import pytest
from docx import Document
from openpyxl import load_workbook
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.jobs import Job, JobState
from matchmaker.domain.people import Organization
from matchmaker.services.documents.period_report import ReportSheet
from matchmaker.services.documents.period_report_word import period_report_docx
from matchmaker.services.documents.period_report_workbook import period_report_xlsx
from matchmaker.services.ledger import figures
from matchmaker.services.ledger.breakdown import breakdown
from matchmaker.services.ledger.periods import close_period
from matchmaker.services.ledger.rows import chosen_rows
from matchmaker.services.ledger.rules import RULES, Rule
from matchmaker.services.reports.content import report_sheet
from matchmaker.services.reports.counting import period_figures
from matchmaker.services.reports.making import get_report, order_report, report_file, reports
from matchmaker.services.reports.writing import basis_of, sentence_of
from matchmaker.services.uploads import stored_path
from tests.cast import Cast, Member
from tests.contracts import make_registered
from tests.ledger import a_record, make_approved, make_branch_staff, make_second, on_day
from tests.pairs import publish
from tests.running import run_jobs

YEAR_2025 = Period(2025, PeriodKind.YEAR)
Q1, Q2 = Period(2025, PeriodKind.QUARTER, 1), Period(2025, PeriodKind.QUARTER, 2)


@pytest.fixture
def proven(session: Session, cast: Cast) -> Member:
    """Envoys in the first two quarters of 2025, one of whose records a spreadsheet would run."""
    diana = make_second(session, cast)
    for on, amount, subject in (("2025-02-10", "5", "=1+1"), ("2025-05-11", "7", "第二批")):
        make_approved(session, cast.dave.actor, diana.actor, a_record(on=on, amount=amount, subject=subject))
    return diana


def _sheet(session: Session, cast: Cast, period: Period) -> ReportSheet:
    return report_sheet(session, cast.dave.actor, period, city="乌鲁木齐", office="科技局", branch=None, journal_head=1)


def test_figures_of_a_report_are_the_ledger_s(session: Session, cast: Cast, proven: Member) -> None:
    whole = {each.indicator: each for each in figures(session, cast.dave.actor, 2025)}
    found = period_figures(session, YEAR_2025)
    assert {each.definition.indicator: each.reached for each in found.figures} == {
        name: each.value for name, each in whole.items()
    }
    assert [(each.target, each.light) for each in found.figures] == [
        (each.target, each.light) for each in whole.values()
    ]
    parts = breakdown(session, cast.dave.actor, chosen_rows(session, cast.dave.actor, "envoys", 2025), 2025)
    second = period_figures(session, Q2).of("envoys")
    assert second is not None
    assert (second.in_period, second.reached) == (parts.quarters[1].value, Decimal(12))


def test_a_closed_period_keeps_its_frozen_figures_and_says_so(session: Session, cast: Cast, proven: Member) -> None:
    close_period(session, cast.dave.actor, Q1)
    make_approved(session, cast.dave.actor, proven.actor, a_record(on="2025-03-01", amount="9", subject="补登"))
    found = period_figures(session, Q1)
    envoys = found.of("envoys")
    assert envoys is not None
    assert (envoys.in_period, envoys.reached, found.is_frozen) == (5, 5, True)
    assert basis_of(found) == "本期已封账，各项数字为封账数。"
    assert basis_of(period_figures(session, YEAR_2025)) == (
        "本期尚未全部封账，数字截至 2025 年 12 月 31 日；其中 2025 年第 1 季度 已封账，采用封账数。"
    )


def test_a_closed_period_keeps_its_funnel_and_its_districts(session: Session, cast: Cast) -> None:
    with on_day(2025, 2, 3):
        publish(session, cast.alice, "need", "棉秆还田")
    close_period(session, cast.dave.actor, Q1)
    before = _sheet(session, cast, Q1)
    session.get_one(Organization, cast.alice.organization_id).region = "650102"
    with on_day(2025, 3, 30):
        publish(session, cast.alice, "need", "残膜回收")
    after = _sheet(session, cast, Q1)
    assert (after.steps, after.districts) == (before.steps, before.districts)
    assert (before.steps.rows[0][1], [row[:2] for row in before.districts.rows]) == (1, [("新市区", 1)])
    # An open period goes on.
    year = _sheet(session, cast, YEAR_2025)
    assert (year.steps.rows[0][1], [row[:2] for row in year.districts.rows]) == (2, [("天山区", 1)])


def test_an_open_period_says_up_to_which_day(session: Session, cast: Cast) -> None:
    with on_day(2025, 5, 20):
        assert basis_of(period_figures(session, Q2)) == ("本期尚未封账，数字截至 2025 年 5 月 20 日，按现有记录统计。")


def test_sentences_only_repeat_figures(session: Session, cast: Cast, proven: Member) -> None:
    found = period_figures(session, Q2)
    envoys, intensity = found.of("envoys"), found.of("rd_intensity")
    assert envoys is not None
    assert intensity is not None
    assert (intensity.in_period, intensity.reached) == (None, 0)
    assert sentence_of(envoys) == (
        "科技特派员新增备案：本期 7 人，年初至期末 12 人，为年度目标 30 人的 40%，还差 18 人。"
    )


def test_a_rule_that_fails_is_no_zero(session: Session, cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setitem(RULES, "evidence", Rule("坏规则", fail))  # type: ignore[arg-type]
    envoys = period_figures(session, Q1).of("envoys")
    assert envoys is not None
    assert (envoys.in_period, envoys.reached, envoys.missing) == (None, None, None)
    assert sentence_of(envoys) == "科技特派员新增备案：统计规则出错，本报告没有这项数字。"


def test_contracts_stand_with_both_amounts_wherever_they_are_summed(session: Session, cast: Cast) -> None:
    contract = make_registered(session, cast)
    day = today()
    sheet = _sheet(session, cast, Period(day.year, PeriodKind.MONTH, day.month))
    amounts = (contract.total_value, contract.transaction_value)
    assert [row[-2:] for row in sheet.contract_list.rows] == [amounts]
    for table in (sheet.months, sheet.fields, sheet.districts, sheet.branches):
        assert [row[2:] for row in table.rows if row[2]] == [(1, *amounts)]
    assert ["成交额" in said and "技术交易额" in said for said in sheet.contracts] == [True, True]


def test_the_word_file_is_an_official_paper(session: Session, cast: Cast, proven: Member) -> None:
    content = period_report_docx(_sheet(session, cast, Q2))
    document = Document(io.BytesIO(content))
    heads = [each.text for each in document.paragraphs if each.style.name == "Heading 1"]
    assert [head[:2] for head in heads] == ["一、", "二、", "三、", "四、", "五、", "附件"]
    assert document.paragraphs[0].text == "乌鲁木齐科技创新行动台账季报"
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        styles, fonts = archive.read("word/styles.xml").decode(), archive.read("word/fontTable.xml").decode()
        body = archive.read("word/document.xml").decode()
    assert ('w:firstLineChars="200"' in styles, 'w:eastAsia="仿宋_GB2312"' in styles) == (True, True)
    assert '<w:font w:name="方正小标宋简体"><w:altName w:val="FZXiaoBiaoSong-B05S,SimSun"/>' in fonts
    assert body.count("<w:tblHeader/>") == len(document.tables)
    envoys = next(row for row in document.tables[0].rows if row.cells[0].text == "科技特派员新增备案")
    assert [cell.text for cell in envoys.cells][1:5] == ["7 人", "12 人", "30 人", "18 人"]
    assert len(document.inline_shapes) == 1


def test_the_workbook_has_charts_and_nothing_that_runs(session: Session, cast: Cast, proven: Member) -> None:
    content = period_report_xlsx(_sheet(session, cast, YEAR_2025))
    book = load_workbook(io.BytesIO(content))
    assert book.sheetnames == ["说明", "指标", "各月", "领域", "区县", "分中心", "步骤", "活动", "技术合同", "明细"]
    rows = {row[0]: row for row in book["指标"].iter_rows(min_row=2, values_only=True)}
    assert rows["科技特派员新增备案"][3:8] == (12, 12, 30, 0.4, 18)
    # What begins like a formula is text.
    assert [(cell.value, cell.data_type) for cell in book["明细"]["D"][1:]] == [("'=1+1", "s"), ("第二批", "s")]
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        drawn = [name for name in archive.namelist() if name.startswith("xl/charts/chart")]
    assert len(drawn) >= 2


@pytest.mark.slow
def test_the_worker_makes_and_keeps_a_report(site_settings: Settings, database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        frank = make_branch_staff(session)
        own = order_report(session, frank.actor, Q1).id
        job_id = order_report(session, cast.dave.actor, Q1).id
    run_jobs(site_settings, database)
    with database.read() as session:
        assert [session.get_one(Job, each).state for each in (own, job_id)] == [JobState.DONE, JobState.DONE]
        report = get_report(session, cast.dave.actor, session.get_one(Job, job_id).result["report_id"])
        for file_format in ("docx", "xlsx"):
            file = report_file(report, file_format, "乌鲁木齐")
            assert stored_path(site_settings.data, file.sha256).is_file()
            assert file.name == f"乌鲁木齐科技创新行动台账季报-2025年第1季度.{file_format}"
        assert (report.made_by_id, report.journal_head > 0, report.is_frozen) == (cast.dave.user_id, True, False)
        # A branch reads its own report only.
        assert [each.branch_id for each in reports(session, frank.actor)] == [frank.organization_id]
        with pytest.raises(NotFound):
            get_report(session, frank.actor, report.id)
        with pytest.raises(NotFound):
            report_file(report, "exe", "")


def test_absurd_periods_and_other_people_are_refused(session: Session, cast: Cast) -> None:
    for period in (
        Period(2099, PeriodKind.MONTH, 1),
        Period(2025, PeriodKind.QUARTER, 9),
        Period(1999, PeriodKind.YEAR),
    ):
        with pytest.raises(Invalid):
            order_report(session, cast.dave.actor, period)
    for member in (cast.alice, cast.carol):
        with pytest.raises(Forbidden):
            order_report(session, member.actor, Q1)
        with pytest.raises(Forbidden):
            reports(session, member.actor)
