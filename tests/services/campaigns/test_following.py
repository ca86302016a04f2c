"""Following a campaign: numbers, the rows behind them, reminders, the spreadsheet."""

import io
from datetime import timedelta

import pytest
import sqlalchemy as sa
from openpyxl import load_workbook

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Role
from matchmaker.services.campaigns.deciding import screen_in, screen_out
from matchmaker.services.campaigns.entries import enter
from matchmaker.services.campaigns.following import NO_BRANCH, STAGES, campaign_entries, campaign_progress
from matchmaker.services.campaigns.reminders import remind, remind_of_endings
from matchmaker.services.campaigns.screening import judged_revision, text_mark
from matchmaker.services.campaigns.sheet import progress_xlsx
from tests.campaigns import make_branch, make_campaign, make_entry
from tests.cast import make_member
from tests.counting import counted_queries
from tests.drafts import make_draft


@pytest.fixture
def branch(session):
    return make_branch(session)


@pytest.fixture
def staff(session, branch):
    return make_member(session, branch, "bella", "贝拉", Role.BUREAU)


@pytest.fixture
def campaign(session, cast, branch):
    session.get_one(type(branch), cast.alice.organization_id).branch_id = branch.id
    session.flush()
    return make_campaign(session, cast.dave, target="10", quotas={branch.id: "4"})


def decide(session, cast, entry, verb, **values):
    verb(session, cast.dave.actor, entry, text_mark(judged_revision(entry.listing)), exception="急用", **values)


@pytest.fixture
def filled(session, cast, campaign):
    enter(session, cast.alice.actor, campaign, make_draft(session, cast.alice, title="草稿"))
    kept, dropped, _ = (make_entry(session, campaign, cast.alice, title=f"需求{n}") for n in range(3))
    decide(session, cast, kept, screen_in)
    decide(session, cast, dropped, screen_out, reasons=["unclear_problem"], advice="请写清。")
    make_entry(session, campaign, cast.mallory, title="没有分中心的")
    return campaign


def test_table_counts_each_stage_per_branch(session, cast, filled, branch):
    progress = campaign_progress(session, cast.dave.actor, filled)
    found = [(row.id, row.quota, *row.counts.values()) for row in progress.rows]
    assert found == [(branch.id, 4, 4, 3, 1, 1, 1), (NO_BRANCH, None, 1, 1, 0, 0, 0)]
    assert (progress.total.quota, *progress.total.counts.values()) == (10, 5, 4, 1, 1, 1)
    assert (progress.rows[0].share, progress.total.share) == (0.75, 0.4)


def test_every_number_opens_to_as_many_rows(session, cast, filled):
    progress = campaign_progress(session, cast.dave.actor, filled)
    for row in progress.rows:
        for stage in STAGES:
            page = campaign_entries(session, cast.dave.actor, filled, stage=stage, branch_id=row.id)
            assert (page.total, len(page.rows)) == (row.counts[stage], row.counts[stage])


def test_branch_sees_its_own_row_and_entries_only(session, cast, filled, branch, staff):
    progress = campaign_progress(session, staff.actor, filled)
    assert [(row.name, row.quota) for row in progress.rows] == [("高新区分中心", 4)]
    assert (progress.total.quota, progress.total.counts["collected"]) == (4, 4)
    names = {row.organization_name for row in campaign_entries(session, staff.actor, filled).rows}
    assert names == {"天山机械有限公司"}


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mallory", "peter"])
def test_progress_is_for_bureau_and_branches(session, cast, filled, name):
    for reading in (campaign_progress, campaign_entries):
        with pytest.raises(Forbidden):
            reading(session, cast[name].actor, filled)


def test_title_of_a_draft_stays_with_its_owner(session, cast, filled):
    rows = campaign_entries(session, cast.dave.actor, filled).rows
    assert {(row.listing_state, row.title) for row in rows if row.listing_state == "draft"} == {("draft", "")}


@pytest.mark.parametrize(
    ("submitted", "days", "light"),
    [(0, 0, "on_way"), (1, 5, "behind"), (0, 5, "far_behind"), (2, 5, "on_way"), (4, 9, "done")],
)
def test_light_compares_the_share_with_the_days_that_passed(session, cast, campaign, submitted, days, light):
    campaign.opens_on = today() - timedelta(days=days)
    campaign.closes_on = campaign.opens_on + timedelta(days=11)
    for number in range(submitted):
        make_entry(session, campaign, cast.alice, title=f"需求{number}")
    assert campaign_progress(session, cast.dave.actor, campaign).rows[0].light == light


def test_progress_shows_the_years_promise_for_needs(session, cast, filled):
    promise = campaign_progress(session, cast.dave.actor, filled).promise
    assert (promise.value, promise.target) == (1, 200)
    other = make_campaign(session, cast.dave, kind="achievement")
    assert campaign_progress(session, cast.dave.actor, other).promise is None


def test_lists_ask_as_much_for_three_rows_as_for_one(session, cast, campaign, database):
    def count(reading):
        session.flush()
        session.expire_all()
        with counted_queries(database.engine) as statements:
            reading(session, cast.dave.actor, campaign)
        return len(statements)

    make_entry(session, campaign, cast.alice, title="一")
    before = [count(campaign_progress), count(campaign_entries)]
    for number in range(2):
        make_entry(session, campaign, cast.mallory, title=f"又{number}")
    assert [count(campaign_progress), count(campaign_entries)] == before


def test_sheet_holds_the_table_and_no_formula(session, cast, filled, branch):
    branch.name = "=HYPERLINK(1)"
    session.flush()
    written = progress_xlsx(filled, campaign_progress(session, cast.dave.actor, filled))
    sheet = load_workbook(io.BytesIO(written)).active
    rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=4)]
    assert rows[0] == ["分中心", "任务", "已报送", "已提交", "入选", "未入选", "已发布", "完成率", "进度"]
    assert rows[1][:8] == ["=HYPERLINK(1)", 4, 4, 3, 1, 1, 1, 0.75]
    assert sheet["A5"].data_type == "s"
    assert rows[-1][:7] == ["合计", 10, 5, 4, 1, 1, 1]


def told(session, member):
    return session.scalars(
        sa.select(Notice.title).where(Notice.user_id == member.user_id, Notice.topic == "campaign")
    ).all()


def test_reminder_goes_to_branches_behind_and_owners_of_drafts_once_a_day(session, cast, filled, staff):
    assert remind(session, cast.dave.actor, filled) == 3
    assert told(session, staff) == [f"《企业技术需求征集》将于 {filled.closes_on} 截止"]
    drafts = [title for title in told(session, cast.alice) if "草稿" in title]
    assert len(drafts) == 2
    assert told(session, cast.mallory) == []
    with pytest.raises(Conflict):
        remind(session, cast.dave.actor, filled)


def test_reminder_is_the_bureaus(session, cast, filled, staff):
    for actor in (cast.alice.actor, staff.actor):
        with pytest.raises(Forbidden):
            remind(session, actor, filled)


def test_worker_reminds_once_in_the_last_days(session, cast, filled, staff):
    last = filled.closes_on
    counts = [remind_of_endings(session, last - timedelta(days=days)) for days in (4, 3, 2, 0)]
    assert (counts, len(told(session, staff))) == ([0, 1, 0, 0], 1)


def test_reminder_by_hand_long_before_does_not_stop_the_workers(session, cast, filled):
    filled.reminded_on = filled.closes_on - timedelta(days=4)
    assert remind_of_endings(session, filled.closes_on - timedelta(days=3)) == 1
