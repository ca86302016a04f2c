import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.days import today, years_after
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import Organization
from matchmaker.services import review, revisions
from matchmaker.services.imports import ImportReport, Outcome, Problem, write_report
from tests.cast import Cast
from tests.services.imports.conftest import NEED, Import, Sheet, listings


def write_rows(folder: Path, *rows: dict[str, Any]) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("".join(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows), encoding="utf-8")
    return path


def outcomes(report: ImportReport) -> tuple[int, int, int, int]:
    return (*(report.counts[outcome] for outcome in Outcome), report.bad_rows)


def rows_of(database: Database) -> dict[str, int]:
    with database.read() as session:
        tables = (Listing, Revision, JournalEntry, IndexChange, Mail)
        return {table.__tablename__: session.scalar(sa.select(sa.func.count(table.id))) or 0 for table in tables}


def test_import_of_a_spreadsheet_arrives_as_submitted(
    database: Database, cast: Cast, bring_in: Import, write_sheet: Sheet
) -> None:
    report = bring_in(write_sheet([list(NEED), list(NEED.values())]))
    (listing,) = listings(database)
    revision = listing.working_revision
    assert outcomes(report) == (1, 0, 0, 0)
    assert (listing.state, listing.organization_id, listing.owner_id, listing.external_id) == (
        "submitted",
        cast.alice.organization_id,
        cast.alice.user_id,
        "N-1",
    )
    assert (revision.title, revision.field, revision.cooperation, revision.budget, revision.state) == (
        "风机叶片前缘防护涂层",
        "materials",
        ["commissioned", "service"],
        Decimal(600000),
        "submitted",
    )


def test_import_goes_into_the_journal(database: Database, bring_in: Import, tmp_path: Path) -> None:
    bring_in(write_rows(tmp_path, NEED))
    with database.read() as session:
        entries = session.execute(
            sa.select(JournalEntry.action, JournalEntry.subject_kind, JournalEntry.after).order_by(JournalEntry.id)
        ).all()
    assert entries == [
        ("import", "listing", None),
        ("move", "revision", "submitted"),
        ("move", "listing", "submitted"),
    ]


def test_second_import_changes_nothing(database: Database, bring_in: Import, tmp_path: Path) -> None:
    path = write_rows(tmp_path, NEED, {**NEED, "编号": None, "需求名称": "没有编号的一行"})
    bring_in(path, publish=True)
    before = rows_of(database)
    assert outcomes(bring_in(path, publish=True)) == (0, 0, 2, 0)
    assert rows_of(database) == before


def test_publish_does_what_the_review_desk_does_but_sends_no_mail(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED), publish=True)
    (listing,) = listings(database)
    assert (listing.state, listing.text_revision, listing.pair_revision, listing.working_revision_id) == (
        "published",
        1,
        1,
        None,
    )
    assert listing.published_at is not None
    assert rows_of(database)["index_changes"] == 1
    assert rows_of(database)["mails"] == 0


def test_publish_takes_up_what_an_earlier_run_left_waiting(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, NEED)
    bring_in(path)
    assert outcomes(bring_in(path, publish=True)) == (0, 1, 0, 0)
    assert [listing.state for listing in listings(database)] == ["published"]


def test_changed_row_of_a_published_listing_waits_beside_what_is_published(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED), publish=True)
    report = bring_in(write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"}))
    (listing,) = listings(database)
    assert outcomes(report) == (0, 1, 0, 0)
    assert (listing.state, listing.text_revision) == ("published", 1)
    assert [(revision.number, revision.state) for revision in listing.revisions] == [(1, "published"), (2, "submitted")]
    assert [revision.problem for revision in listing.revisions] == [NEED["技术需求"], "改为要求三年质保。"]


def test_changed_row_that_is_published_supersedes_the_former(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED), publish=True)
    bring_in(write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"}), publish=True)
    (listing,) = listings(database)
    states = [(revision.number, revision.state) for revision in listing.revisions]
    assert states == [(1, "superseded"), (2, "published")]
    assert listing.text_revision == 2


def test_changed_row_of_a_submitted_listing_takes_its_place(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED))
    bring_in(write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"}))
    (listing,) = listings(database)
    states = [(revision.number, revision.state) for revision in listing.revisions]
    assert states == [(1, "discarded"), (2, "submitted")]
    assert (listing.state, listing.working_revision_id) == ("submitted", listing.revisions[1].id)


def test_row_that_was_returned_may_be_mended_in_the_file(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED))
    with database.transaction() as session:
        listing = session.scalars(sa.select(Listing)).one()
        review.return_with_advice(
            session, cast.dave.actor, listing, 1, reasons=["unclear_problem"], advice="请写明叶片尺寸。"
        )
    bring_in(write_rows(tmp_path, {**NEED, "技术需求": "叶片长 80 米，要求三年质保。"}))
    (listing,) = listings(database)
    assert (listing.state, [revision.state for revision in listing.revisions]) == (
        "submitted",
        ["discarded", "submitted"],
    )


def test_import_does_not_undo_what_people_wrote(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, NEED)
    bring_in(path, publish=True)
    with database.transaction() as session:
        listing = session.scalars(sa.select(Listing)).one()
        revisions.start_revision(session, cast.alice.actor, listing)
        revisions.save_draft(session, cast.alice.actor, listing, {"problem": "我们自己的新说法。"}, 1)
    assert outcomes(bring_in(path, publish=True)) == (0, 0, 1, 0)
    report = bring_in(write_rows(tmp_path, {**NEED, "技术需求": "文件里的新说法。"}), publish=True)
    assert report.problems == [Problem(1, "", "有人正在平台上修改这条内容，没有覆盖。")]
    assert [revision.problem for revision in listings(database)[0].revisions] == [
        NEED["技术需求"],
        "我们自己的新说法。",
    ]


def test_bad_rows_are_reported_and_good_ones_kept(database: Database, bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(
        write_rows(
            tmp_path,
            {**NEED, "技术领域": "炼金术"},
            {**NEED, "编号": "N-2"},
            {**NEED, "编号": "N-2"},
            {**NEED, "编号": "N-3", "需求名称": "", "技术需求": ""},
            {**NEED, "编号": "x" * 101},
        )
    )
    assert outcomes(report) == (1, 0, 0, 4)
    assert report.problems == [
        Problem(1, "技术领域", "“炼金术”不在可选范围内，请从列表中选择。"),
        Problem(4, "需求名称", "请填写这一项。"),
        Problem(5, "编号", "最多 100 个字，现在有 101 个，请精简。"),
        Problem(3, "编号", "与第 2 行重复。"),
    ]


def test_lacking_fields_are_refused_unless_lenient(database: Database, bring_in: Import, tmp_path: Path) -> None:
    path = write_rows(tmp_path, {"_id": "q1", "title": "涂层", "text": "耐磨", "技术领域": "炼金术"})
    strict = bring_in(path)
    lenient = bring_in(path, lenient=True)
    assert (outcomes(strict), outcomes(lenient)) == ((0, 0, 0, 1), (1, 0, 0, 0))
    assert [problem.column for problem in strict.problems] == ["技术领域"]
    assert lenient.problems == [Problem(1, "技术领域", "“炼金术”不在可选范围内，请从列表中选择。", is_fatal=False)]
    assert [(one.external_id, one.working_revision.problem) for one in listings(database)] == [("q1", "耐磨")]


def test_tokens_of_a_title_are_joined_on_request(database: Database, bring_in: Import, tmp_path: Path) -> None:
    path = write_rows(tmp_path, {"_id": "a1", "title": "基于 deep learning 风机 叶片 检测", "text": ""})
    bring_in(path, kind="achievement", lenient=True, join_tokens=True, publish=True)
    assert [one.published_revision.title for one in listings(database)] == ["基于deep learning风机叶片检测"]


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize(("column", "cell"), [("公开范围", "内部"), ("公开摘要", "阿丽娅风电的叶片。")])
def test_row_never_becomes_more_public_than_it_says(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path, lenient: bool, column: str, cell: str
) -> None:
    name = cast.alice.organization_name
    row = {**NEED, "公开范围": "匿名发布", column: cell.replace("阿丽娅风电", name)}
    report = bring_in(write_rows(tmp_path, row), lenient=lenient, publish=True)
    assert outcomes(report) == (0, 0, 0, 1)
    assert listings(database) == []


def test_classified_achievement_is_refused_even_leniently(database: Database, bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(
        write_rows(tmp_path, {"title": "涂层", "密级": "机密"}), kind="achievement", lenient=True, publish=True
    )
    assert [(problem.column, problem.is_fatal) for problem in report.problems] == [("密级", True)]
    assert listings(database) == []


def test_rows_that_say_nothing_get_the_visibility_asked_for(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, {**NEED, "公开范围": ""}), visibility="brokers", publish=True)
    assert [(one.visibility, one.published_revision.visibility) for one in listings(database)] == [
        ("brokers", "brokers")
    ]


def test_changed_row_does_not_widen_what_was_narrowed(database: Database, bring_in: Import, tmp_path: Path) -> None:
    bring_in(write_rows(tmp_path, NEED), publish=True)
    with database.transaction() as session:
        session.execute(sa.update(Listing).values(visibility="brokers"))
    bring_in(write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"}), publish=True)
    (listing,) = listings(database)
    assert (listing.visibility, listing.published_revision.visibility) == ("brokers", "brokers")


def test_organizations_are_found_by_code_and_by_name_however_spelt(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    with database.read() as session:
        code = session.scalar(
            sa.select(Organization.credit_code).where(Organization.id == cast.mallory.organization_id)
        )
    rows = [
        {**NEED, "编号": "1", "单位名称": f" {cast.bob.organization_name} "},
        {**NEED, "编号": "2", "统一社会信用代码": code, "单位名称": "随便什么名字"},
        {**NEED, "编号": "3"},
    ]
    bring_in(write_rows(tmp_path, *rows))
    assert [one.organization_id for one in listings(database)] == [
        cast.bob.organization_id,
        cast.mallory.organization_id,
        cast.alice.organization_id,
    ]


def test_unknown_organizations_are_refused_or_made_as_asked(
    database: Database, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(
        tmp_path, {**NEED, "单位": "天山风能有限公司"}, {**NEED, "编号": "2", "单位": "天山  风能有限公司"}
    )
    refused = bring_in(path)
    made = bring_in(path, create_organizations=True)
    assert [problem.reason for problem in refused.problems] == [
        "平台上没有单位“天山风能有限公司”。",
        "平台上没有单位“天山 风能有限公司”。",
    ]
    assert (outcomes(made), made.created_organizations) == ((2, 0, 0, 0), ("天山风能有限公司",))
    with database.read() as session:
        organization = session.scalars(sa.select(Organization).where(Organization.name == "天山风能有限公司")).one()
        assert (organization.kind, organization.verified_at) == ("enterprise", None)


def test_row_of_nobody_is_refused(bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(write_rows(tmp_path, NEED), organization=None)
    assert report.problems == [Problem(1, "organization", "没有写明单位，也没有指定默认单位。")]


def test_unknown_columns_are_named_once(bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(write_rows(tmp_path, {**NEED, "心情": "好"}, {**NEED, "编号": "2", "心情": "坏", "天气": "晴"}))
    assert (report.unknown_columns, outcomes(report)) == (("心情", "天气"), (2, 0, 0, 0))


def test_typed_cells_of_a_spreadsheet_keep_their_meaning(
    database: Database, bring_in: Import, write_sheet: Sheet
) -> None:
    deadline = years_after(today(), 1)
    row = {**NEED, "期望完成日期": deadline, "主要指标": "耐磨≥3000 h；厚度 0.3~0.5 mm"}
    bring_in(write_sheet([list(row), list(row.values())]))
    revision = listings(database)[0].working_revision
    assert revision.deadline_on == deadline
    assert [(row.name, row.comparator, row.value, row.upper, row.unit) for row in revision.indicators] == [
        ("耐磨", "ge", "3000", None, "h"),
        ("厚度", "between", "0.3", "0.5", "mm"),
    ]


def test_hostile_cells_are_cleaned_or_refused(database: Database, bring_in: Import, tmp_path: Path) -> None:
    report = bring_in(
        write_rows(
            tmp_path,
            {**NEED, "需求名称": "涂\u0000层\u202e<script>alert(1)</script>😀"},
            {**NEED, "编号": "2", "技术需求": "字" * 1_000_000},
            {**NEED, "编号": "3", "需求名称": {"a": [1]}, "技术需求": ["列", "表"]},
        )
    )
    assert [problem.reason for problem in report.problems] == ["最多 10000 个字，现在有 1000000 个，请精简。"]
    assert listings(database)[0].working_revision.title == "涂层<script>alert(1)</script>😀"


def test_unknown_default_organization_stops_the_import(bring_in: Import, tmp_path: Path) -> None:
    with pytest.raises(Invalid, match="平台上没有单位“不存在的公司”。"):
        bring_in(write_rows(tmp_path, NEED), organization="不存在的公司")


def test_table_without_a_title_stops_the_import(bring_in: Import, tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("单位,电话\n甲,1\n", encoding="utf-8")
    with pytest.raises(Invalid, match=r"“list\.csv”里没有“名称”一列。读到的列名是：单位、电话"):
        bring_in(path)


def test_report_of_bad_rows_opens_in_a_spreadsheet_without_running_anything(tmp_path: Path) -> None:
    report = ImportReport()
    report.refuse([Problem(3, "=1+1", "请填写这一项。")])
    report.note([Problem(2, "行业", "-坏", is_fatal=False)])
    write_report(report, tmp_path / "report.csv")
    assert (tmp_path / "report.csv").read_bytes().decode("utf-8-sig").splitlines() == [
        "行号,列,原因,处理",
        "2,行业,'-坏,已导入，此项留空",
        "3,'=1+1,请填写这一项。,未导入",
    ]
