"""Exports as jobs: what is in them for whom, and bringing them back in."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.disclosures import Reading
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.jobs import Job
from matchmaker.services import jobs
from matchmaker.services.exports.exporting import KEPT, export_path, forget_exports, my_exports, order_export
from matchmaker.services.imports import Arrival, ImportOptions, ImportReport, import_file
from matchmaker.services.reading import typed_values
from tests.cast import Cast, Member
from tests.drafts import make_draft, make_published, make_submitted
from tests.running import run_jobs
from tests.services.imports.conftest import listings
from tests.services.imports.test_importing import outcomes


def export(database: Database, settings: Settings, member: Member, file_format: str = "jsonl", **how: Any) -> Path:
    """Have a file made and return where it lies."""
    how.setdefault("kind", "need")
    with database.transaction() as session:
        job_id = order_export(session, member.actor, how.pop("kind"), file_format, **how).id
    run_jobs(settings, database)
    with database.read() as session:
        return export_path(settings, session.get_one(Job, job_id))


def bring_in(database: Database, member: Member, path: Path) -> ImportReport:
    """Import a file for somebody's organization, as drafts: what is exported may be unfinished."""
    return import_file(database, member.actor, "need", path, ImportOptions(arrival=Arrival.DRAFT))


def rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def needs(database: Database, cast: Cast) -> tuple[int, ...]:
    """Write a published, a submitted and a begun need of alice's, and an anonymous one of mallory's."""
    with database.transaction() as session:
        made = (
            make_published(session, cast.alice, cast.dave, title="=公开的"),
            make_submitted(session, cast.alice, title="待审核的"),
            make_draft(session, cast.alice, title="草稿"),
            make_published(session, cast.mallory, cast.dave, title="匿名的", visibility="anonymous"),
        )
        return tuple(listing.id for listing in made)


def test_members_export_what_is_their_organizations(
    database: Database, settings: Settings, cast: Cast, needs: tuple[int, ...]
) -> None:
    found = rows(export(database, settings, cast.alice))
    assert [(row["external_id"], row["title"]) for row in found] == [
        (f"matchmaker:{needs[0]}", "=公开的"),
        (f"matchmaker:{needs[1]}", "待审核的"),
        (f"matchmaker:{needs[2]}", "草稿"),
    ]
    assert rows(export(database, settings, cast.alice, state="draft"))[0]["title"] == "草稿"
    assert rows(export(database, settings, cast.bob)) == []


def test_bureau_exports_all_that_it_may_read(
    database: Database, settings: Settings, cast: Cast, needs: tuple[int, ...]
) -> None:
    found = rows(export(database, settings, cast.dave, everything=True))
    assert [(row["title"], row["organization"]) for row in found] == [
        ("=公开的", cast.alice.organization_name),
        ("待审核的", cast.alice.organization_name),
        ("匿名的", cast.mallory.organization_name),
    ]
    assert rows(export(database, settings, cast.dave)) == []


@pytest.mark.parametrize("name", ["alice", "bob", "carol"])
def test_others_do_not_export_all(database: Database, cast: Cast, name: str) -> None:
    with database.transaction() as session, pytest.raises(Forbidden):
        order_export(session, cast[name].actor, "need", "csv", everything=True)


def test_wrong_choices_are_refused(database: Database, cast: Cast) -> None:
    with database.transaction() as session:
        for kind, file_format, state in (("x", "csv", None), ("need", "exe", None), ("need", "csv", "x")):
            with pytest.raises(Invalid):
                order_export(session, cast.alice.actor, kind, file_format, state=state)
        with pytest.raises(Forbidden):
            order_export(session, cast.peter.actor, "need", "csv")


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "jsonl"])
def test_export_brought_back_in_changes_nothing(
    database: Database,
    settings: Settings,
    cast: Cast,
    needs: tuple[int, ...],
    file_format: str,
) -> None:
    path = export(database, settings, cast.alice, file_format)
    before = [typed_values(one.working_revision or one.current) for one in listings(database)]
    report = bring_in(database, cast.alice, path)
    assert (outcomes(report), report.problems) == ((0, 0, 3, 0), [])
    assert [typed_values(one.working_revision or one.current) for one in listings(database)] == before


@pytest.mark.parametrize("file_format", ["xlsx", "csv", "jsonl"])
def test_export_into_an_empty_organization_gives_equal_listings(
    database: Database,
    settings: Settings,
    cast: Cast,
    file_format: str,
) -> None:
    with database.transaction() as session:
        title, text = "=HYPERLINK(1) “引号”", "@第一行\n-第二行😀" + "长" * 3000
        listing = make_draft(session, cast.alice, title=title, problem=text)
        listing.working_revision.layers = {"problem": "confidential"}
        session.flush()
    path = export(database, settings, cast.alice, file_format)
    assert outcomes(bring_in(database, cast.mallory, path)) == (1, 0, 0, 0)
    mine, copy = listings(database)
    assert (copy.organization_id, copy.external_id) == (cast.mallory.organization_id, f"matchmaker:{mine.id}")
    assert typed_values(copy.working_revision) == typed_values(mine.working_revision)
    assert copy.working_revision.layers == {"problem": "confidential"}
    assert outcomes(bring_in(database, cast.mallory, path)) == (0, 0, 1, 0)


def test_many_listings_are_exported_in_a_fixed_number_of_queries_a_batch(
    database: Database, settings: Settings, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    from tests.counting import counted_queries

    counts = []
    for more in (1, 2):
        with database.transaction() as session:
            for number in range(more):
                make_draft(session, cast.alice, title=f"第 {more}-{number} 条")
        with counted_queries(database.engine) as statements:
            export(database, settings, cast.alice)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_file_is_there_once_it_is_finished_and_forgotten_later(
    database: Database, settings: Settings, cast: Cast, needs: tuple[int, ...]
) -> None:
    with database.transaction() as session:
        job = order_export(session, cast.alice.actor, "need", "csv")
        with pytest.raises(Conflict):
            export_path(settings, job)
    run_jobs(settings, database)
    with database.read() as session:
        (job,) = my_exports(session, cast.alice.actor)
        view = jobs.view_job(job)
        assert (view.state, view.result["count"], view.share) == ("done", 3, 1.0)
        assert forget_exports(database, settings.data) == 0
        assert forget_exports(database, settings.data, job.finished_at + 2 * KEPT) == 1
        with pytest.raises(NotFound):
            export_path(settings, job)


def test_export_of_what_is_hidden_is_a_reading_of_each_listing(
    database: Database, settings: Settings, cast: Cast, needs: tuple[int, ...]
) -> None:
    export(database, settings, cast.alice)
    export(database, settings, cast.dave, everything=True)
    with database.read() as session:
        found = session.scalars(sa.select(Reading).order_by(Reading.listing_id)).all()
        read = [(row.listing_id, row.user_id, row.way) for row in found]
    assert (needs[3], cast.dave.user_id, "export") in read
    assert {user_id for _, user_id, _ in read} == {cast.dave.user_id}
