"""Imports as jobs: the dry run that writes nothing, and a run that is killed, goes on, and is cancelled."""

from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import Lease
from matchmaker.domain.imports import Import, ImportProblem
from matchmaker.domain.listings import Listing
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, Organization
from matchmaker.services import job_runner, jobs
from matchmaker.services.imports import importing
from matchmaker.services.imports.files import KEPT, forget_lists, store_list
from matchmaker.services.imports.findings import Findings
from matchmaker.services.imports.stages import Stage, begin_import, choose_columns, run_import
from matchmaker.services.imports.views import ImportView, view_import
from matchmaker.services.job_kinds import HANDLERS
from matchmaker.services.job_runner import JobRunner
from tests.cast import Cast, Member
from tests.running import run_jobs
from tests.services.imports.conftest import NEED, Sheet
from tests.web.world import everything

Begin = Callable[..., int]


@pytest.fixture
def begin(database: Database, settings: Settings, write_sheet: Sheet) -> Begin:
    """Return `begin(member, rows, name="list.xlsx", organization=None)`: uploads a list and reads it."""

    def run(member: Member, rows: list[Any], name: str = "list.xlsx", organization: str | None = None) -> int:
        content = write_sheet(rows).read_bytes()
        stored = store_list(settings.data, name, BytesIO(content), 10**7)
        with database.transaction() as session:
            found = begin_import(session, member.actor, "need", stored, organization=organization)
        run_jobs(settings, database)
        return found.id

    return run


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make every transaction one of four rows, and every slice one transaction."""
    monkeypatch.setattr(job_runner, "SLICE_SECONDS", 0.0)
    for name, value in (("FIRST_AT_ONCE", 4), ("READ_AT_ONCE", 4), ("PAUSE_SECONDS", 0.0)):
        monkeypatch.setattr(importing, name, value)


def table(rows: int, *bad: int) -> list[list[Any]]:
    """Return a header and `rows` rows, those numbered `bad` (from 1) with a field that there is not."""
    numbered = [{**NEED, "编号": f"N-{n}", **({"技术领域": "炼金术"} if n in bad else {})} for n in range(1, rows + 1)]
    return [list(NEED), *(list(row.values()) for row in numbered)]


def view(database: Database, import_id: int) -> ImportView:
    with database.read() as session:
        return view_import(session, session.get_one(Import, import_id))


def agree(database: Database, settings: Settings, member: Member, import_id: int, **how: Any) -> None:
    """Take the columns as they were found, and look at the preview."""
    options = {"arrival": "submitted", "visibility": "public", **how}
    with database.transaction() as session:
        found = session.get_one(Import, import_id)
        choose_columns(session, member.actor, found, (found.findings or {})["columns"], **options)
    run_jobs(settings, database)


def order_run(database: Database, member: Member, import_id: int) -> None:
    with database.transaction() as session:
        run_import(session, member.actor, session.get_one(Import, import_id), declared=True)


def titles(database: Database) -> list[str]:
    with database.read() as session:
        return list(session.scalars(sa.select(Listing.external_id).order_by(Listing.id)))


def test_dry_run_tells_what_would_be_and_writes_nothing_else(
    database: Database, settings: Settings, cast: Cast, begin: Begin
) -> None:
    first = begin(cast.alice, table(2))
    agree(database, settings, cast.alice, first)
    order_run(database, cast.alice, first)
    run_jobs(settings, database)
    rows = table(5, 4)
    rows[1][4] = "改为要求三年质保。"
    before = {name: found for name, found in everything(database).items() if name not in _OWN}
    found = view(database, begin(cast.alice, rows))
    assert {name: rows for name, rows in everything(database).items() if name not in _OWN} == before
    findings = found.findings
    assert findings is not None
    assert (found.stage, findings.rows, findings.is_all) == (Stage.COLUMNS, 5, True)
    assert (findings.counts, findings.bad_rows) == ({"created": 2, "changed": 1, "unchanged": 1}, 1)
    assert [(one.row, one.column, one.reason) for one in findings.problems] == [
        (5, "技术领域", "“炼金术”不在可选范围内，请从列表中选择。")
    ]
    assert [row.row for row in findings.shown] == [2, 3, 4, 6]


_OWN = frozenset({"imports", "jobs", "journal", "journal_links", "leases", "column_choices"})


def test_dry_run_stops_after_its_first_thousand(
    database: Database, cast: Cast, begin: Begin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("matchmaker.services.imports.checking.CHECKED_ROWS", 3)
    findings = view(database, begin(cast.alice, table(5, 5))).findings
    assert findings is not None
    assert (findings.rows, findings.is_all, findings.bad_rows) == (3, False, 0)


def test_organizations_to_be_made_are_only_imagined_in_a_dry_run(
    database: Database, settings: Settings, cast: Cast, begin: Begin
) -> None:
    rows = table(2)
    rows[0].append("单位名称")
    rows[1].append("天山风能有限公司")
    rows[2].append("天山风能有限公司")
    import_id = begin(cast.dave, rows)
    agree(database, settings, cast.dave, import_id, create_organizations=True)
    findings = view(database, import_id).findings
    assert findings is not None
    assert (findings.counts["created"], findings.created_organizations) == (2, ("天山风能有限公司",))
    with database.read() as session:
        assert session.scalar(sa.select(Organization.id).where(Organization.name == "天山风能有限公司")) is None
    order_run(database, cast.dave, import_id)
    run_jobs(settings, database)
    assert titles(database) == ["N-1", "N-2"]


def test_killed_run_goes_on_where_it_stood_with_its_report(
    database: Database, settings: Settings, cast: Cast, begin: Begin, small_steps: None
) -> None:
    rows = table(20, 2, 11)
    rows[15][0] = "N-1"  # the same number as a row before the kill
    import_id = begin(cast.alice, rows)
    agree(database, settings, cast.alice, import_id)
    order_run(database, cast.alice, import_id)
    killed = JobRunner(database, settings, HANDLERS, "killed")
    for _ in range(4):
        killed.step()
    assert view(database, import_id).job.done == 12
    with database.transaction() as session:
        session.execute(sa.delete(Lease))  # what the next worker does for a dead one's leases
    run_jobs(settings, database)
    found = view(database, import_id)
    assert (found.stage, found.job.state, found.job.done) == (Stage.RESULT, "done", 20)
    assert {name: found.job.result[name] for name in ("created", "changed", "unchanged", "bad")} == {
        "created": 17,
        "changed": 0,
        "unchanged": 0,
        "bad": 3,
    }
    with database.read() as session:
        assert list(session.scalars(sa.select(ImportProblem.row).order_by(ImportProblem.row))) == [3, 12, 16]
        assert len(titles(database)) == len(set(titles(database))) == 17
        assert session.scalar(sa.select(sa.func.count(Notice.id)).where(Notice.topic == "import")) == 1


def test_cancelled_run_keeps_what_it_did_and_may_go_on(
    database: Database, settings: Settings, cast: Cast, begin: Begin, small_steps: None
) -> None:
    import_id = begin(cast.alice, table(12, 2))
    agree(database, settings, cast.alice, import_id)
    order_run(database, cast.alice, import_id)
    worker = JobRunner(database, settings, HANDLERS, "one")
    worker.step()
    worker.step()
    with database.transaction() as session:
        jobs.cancel(session, cast.alice.actor, session.get_one(Import, import_id).job)
    worker.step()
    assert (view(database, import_id).job.state, titles(database)) == ("cancelled", ["N-1", "N-3", "N-4"])
    order_run(database, cast.alice, import_id)
    run_jobs(settings, database)
    result = view(database, import_id).job.result
    assert (result["created"], result["unchanged"], result["bad"]) == (8, 3, 1)
    with database.read() as session:
        assert session.scalar(sa.select(sa.func.count(ImportProblem.id))) == 1


def test_run_of_somebody_who_left_writes_nothing(
    database: Database, settings: Settings, cast: Cast, begin: Begin
) -> None:
    import_id = begin(cast.alice, table(2))
    agree(database, settings, cast.alice, import_id)
    order_run(database, cast.alice, import_id)
    with database.transaction() as session:
        session.execute(sa.update(Membership).where(Membership.id == cast.alice.membership_id).values(state="ended"))
    run_jobs(settings, database)
    assert (view(database, import_id).job.state, titles(database)) == ("failed", [])


def test_file_that_is_gone_is_told(database: Database, settings: Settings, cast: Cast, begin: Begin) -> None:
    import_id = begin(cast.alice, table(1))
    agree(database, settings, cast.alice, import_id)
    order_run(database, cast.alice, import_id)
    for path in settings.data.glob("imports/*/*"):
        path.unlink()
    run_jobs(settings, database)
    assert view(database, import_id).job.fault == "上传的文件已经清理，请重新上传。"


def test_lists_are_forgotten_after_a_while_but_not_while_they_are_read(
    database: Database, settings: Settings, cast: Cast, begin: Begin
) -> None:
    import_id = begin(cast.alice, table(1))
    later = utc_now() + 2 * KEPT
    assert forget_lists(database, settings.data) == 0
    agree(database, settings, cast.alice, import_id)
    order_run(database, cast.alice, import_id)
    assert forget_lists(database, settings.data, later) == 0
    run_jobs(settings, database)
    assert forget_lists(database, settings.data, later) == 1
    assert (view(database, import_id).has_file, list(settings.data.glob("imports/*/*"))) == (False, [])


def test_client_is_told_once_what_a_broker_imported(
    database: Database, settings: Settings, cast: Cast, begin: Begin
) -> None:
    import_id = begin(cast.carol, table(3), organization=str(cast.alice.organization_id))
    agree(database, settings, cast.carol, import_id)
    order_run(database, cast.carol, import_id)
    run_jobs(settings, database)
    with database.read() as session:
        told = session.execute(sa.select(Notice.user_id, Notice.title).order_by(Notice.id)).all()
    assert told == [
        (cast.carol.user_id, "导入完成：list.xlsx"),
        (cast.alice.user_id, "请确认：柯洛 代贵单位导入了 3 条内容"),
    ]


def test_findings_survive_as_json(database: Database, cast: Cast, begin: Begin) -> None:
    findings = view(database, begin(cast.alice, table(3, 2))).findings
    assert findings is not None
    assert Findings.from_json(findings.to_json()) == findings


@pytest.mark.parametrize("name", ["a.csv", "A.XLSX", "列表.xlsx"])
def test_lists_are_stored_by_hash(settings: Settings, write_sheet: Sheet, tmp_path: Path, name: str) -> None:
    content = write_sheet(table(1)).read_bytes() if name.lower().endswith("xlsx") else "title\n涂层\n".encode()
    stored = store_list(settings.data, name, BytesIO(content), 10**6)
    assert [path.name for path in settings.data.glob("imports/*/*")] == [stored.sha256]
    assert (stored.name, stored.size) == (name, len(content))
