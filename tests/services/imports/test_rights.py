"""Who imports what for whom, and how far it comes."""

from pathlib import Path

import pytest
import sqlalchemy as sa

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.listings import Listing
from matchmaker.services import revisions
from matchmaker.services.imports import Arrival, Problem
from tests.cast import Cast
from tests.services.imports.conftest import NEED, Import, listings
from tests.services.imports.test_importing import outcomes, write_rows


def states(database: Database) -> list[tuple[str, str, int]]:
    """Return (listing's state, working revision's state, its number) of every listing."""
    return [(one.state, one.working_revision.state, one.working_revision.number) for one in listings(database)]


def test_member_imports_for_the_own_organization_and_owns_it(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, NEED, {**NEED, "编号": "2", "单位名称": cast.alice.organization_name})
    assert outcomes(bring_in(path, actor=cast.alice.actor, organization=None)) == (2, 0, 0, 0)
    revision = listings(database)[0].working_revision
    assert {(one.organization_id, one.owner_id, one.broker_id, one.state) for one in listings(database)} == {
        (cast.alice.organization_id, cast.alice.user_id, None, "submitted")
    }
    assert (revision.author_id, revision.confirmed_by_id) == (cast.alice.user_id, cast.alice.user_id)
    assert revision.declared_at is not None


def test_rows_of_others_are_refused_whether_they_are_there_or_not(cast: Cast, bring_in: Import, tmp_path: Path) -> None:
    others = (cast.mallory.organization_name, "不存在的公司")
    rows = [{**NEED, "编号": name, "单位名称": name} for name in others]
    report = bring_in(write_rows(tmp_path, *rows), actor=cast.alice.actor)
    own = cast.alice.organization_name
    assert report.problems == [
        Problem(row, "单位名称", f"这一行属于“{name}”，您只能导入“{own}”的内容。")
        for row, name in enumerate(others, start=1)
    ]


@pytest.mark.parametrize(("name", "kind"), [("bob", "need"), ("peter", "need"), ("peter", "achievement")])
def test_who_does_not_post_a_kind_does_not_import_it(
    cast: Cast, bring_in: Import, tmp_path: Path, name: str, kind: str
) -> None:
    with pytest.raises(Forbidden):
        bring_in(write_rows(tmp_path, NEED), kind=kind, actor=cast[name].actor)


@pytest.mark.parametrize("name", ["alice", "carol", "dave"])
def test_nobody_but_the_platform_publishes_at_once(cast: Cast, bring_in: Import, tmp_path: Path, name: str) -> None:
    with pytest.raises(Forbidden):
        bring_in(write_rows(tmp_path, NEED), actor=cast[name].actor, publish=True)


def test_members_make_no_organizations(cast: Cast, bring_in: Import, tmp_path: Path) -> None:
    with pytest.raises(Forbidden):
        bring_in(write_rows(tmp_path, NEED), actor=cast.alice.actor, create_organizations=True)


def test_bureau_imports_for_all(database: Database, cast: Cast, bring_in: Import, tmp_path: Path) -> None:
    rows = [{**NEED, "单位名称": cast[name].organization_name} for name in ("alice", "mallory")]
    bring_in(write_rows(tmp_path, *rows), actor=cast.dave.actor, organization=None)
    assert [(one.organization_id, one.owner_id) for one in listings(database)] == [
        (cast.alice.organization_id, cast.alice.user_id),
        (cast.mallory.organization_id, cast.mallory.user_id),
    ]


def test_what_a_broker_imports_waits_for_the_client(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    client = str(cast.alice.organization_id)
    bring_in(write_rows(tmp_path, NEED), actor=cast.carol.actor, organization=client)
    (listing,) = listings(database)
    assert (listing.state, listing.organization_id, listing.owner_id, listing.broker_id) == (
        "confirming",
        cast.alice.organization_id,
        cast.alice.user_id,
        cast.carol.user_id,
    )


def test_broker_names_a_client(cast: Cast, bring_in: Import, tmp_path: Path) -> None:
    for organization in (None, "不是编号", str(cast.dave.organization_id)):
        with pytest.raises(Invalid, match="请选择客户单位。"):
            bring_in(write_rows(tmp_path, NEED), actor=cast.carol.actor, organization=organization)


def test_broker_does_not_overwrite_what_the_client_posted(cast: Cast, bring_in: Import, tmp_path: Path) -> None:
    bring_in(write_rows(tmp_path, NEED), actor=cast.alice.actor)
    changed = write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"})
    report = bring_in(changed, actor=cast.carol.actor, organization=str(cast.alice.organization_id))
    assert report.problems == [Problem(1, "", "这条内容由该单位自己发布，您不能覆盖。")]


def test_drafts_may_lack_everything_but_a_title(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, {"编号": "1", "需求名称": "涂层"}, {"编号": "2", "技术需求": "没有名称"})
    report = bring_in(path, actor=cast.alice.actor, arrival=Arrival.DRAFT)
    assert (outcomes(report), states(database)) == ((1, 0, 0, 1), [("draft", "draft", 1)])


def test_imported_drafts_are_brought_up_to_date_and_submitted_by_the_next_import(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    alice = cast.alice.actor
    bring_in(write_rows(tmp_path, NEED), actor=alice, arrival=Arrival.DRAFT)
    changed = write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"})
    seen = []
    for arrival in (Arrival.DRAFT, Arrival.DRAFT, Arrival.SUBMITTED, Arrival.SUBMITTED):
        report = bring_in(changed, actor=alice, arrival=arrival)
        seen.append((outcomes(report), *states(database)))
    assert seen == [
        ((0, 1, 0, 0), ("draft", "draft", 2)),
        ((0, 0, 1, 0), ("draft", "draft", 2)),
        ((0, 1, 0, 0), ("submitted", "submitted", 2)),
        ((0, 0, 1, 0), ("submitted", "submitted", 2)),
    ]


def test_draft_that_somebody_wrote_on_is_left_alone(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    alice = cast.alice.actor
    bring_in(write_rows(tmp_path, NEED), actor=alice, arrival=Arrival.DRAFT)
    with database.transaction() as session:
        listing = session.scalars(sa.select(Listing)).one()
        revisions.save_draft(session, alice, listing, {"problem": "我们自己的新说法。"}, 1)
    report = bring_in(write_rows(tmp_path, {**NEED, "技术需求": "文件里的新说法。"}), actor=alice)
    assert report.problems == [Problem(1, "", "有人正在平台上修改这条内容，没有覆盖。")]


def test_changed_row_of_a_submitted_listing_comes_back_as_a_draft_where_drafts_are_asked_for(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    bring_in(write_rows(tmp_path, NEED), actor=cast.alice.actor)
    changed = write_rows(tmp_path, {**NEED, "技术需求": "改为要求三年质保。"})
    bring_in(changed, actor=cast.alice.actor, arrival=Arrival.DRAFT)
    assert states(database) == [("draft", "draft", 2)]


def test_unchanged_row_does_not_take_a_draft_back(
    database: Database, cast: Cast, bring_in: Import, tmp_path: Path
) -> None:
    path = write_rows(tmp_path, NEED)
    bring_in(path, actor=cast.alice.actor)
    assert outcomes(bring_in(path, actor=cast.alice.actor, arrival=Arrival.DRAFT)) == (0, 0, 1, 0)
    assert states(database) == [("submitted", "submitted", 1)]
