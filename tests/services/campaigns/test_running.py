"""Running a campaign."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.campaigns.finding import get_campaign, list_campaigns, open_campaigns
from matchmaker.services.campaigns.running import create_campaign, edit_campaign, move_campaign
from tests.campaigns import a_call, make_branch, make_campaign, make_entry


def test_campaign_goes_from_draft_to_closed_and_the_journal_tells(session, cast):
    campaign = make_campaign(session, cast.dave, "draft")
    for state in ("open", "screening", "closed"):
        move_campaign(session, cast.dave.actor, campaign, state)
    moves = sa.select(JournalEntry.before, JournalEntry.after).where(
        JournalEntry.subject_kind == "campaign", JournalEntry.action == "move"
    )
    assert session.execute(moves.order_by(JournalEntry.id)).all() == [
        ("draft", "open"),
        ("open", "screening"),
        ("screening", "closed"),
    ]


def test_campaign_cannot_skip_screening(session, cast):
    with pytest.raises(Conflict):
        move_campaign(session, cast.dave.actor, make_campaign(session, cast.dave), "closed")


def test_campaign_over_before_it_opens_is_refused(session, cast):
    campaign = make_campaign(session, cast.dave, "draft")
    campaign.closes_on = today() - timedelta(days=1)
    with pytest.raises(Conflict):
        move_campaign(session, cast.dave.actor, campaign, "open")


def test_cancelling_needs_a_reason_and_tells_those_who_entered(session, cast):
    campaign = make_campaign(session, cast.dave)
    make_entry(session, campaign, cast.alice)
    with pytest.raises(Invalid) as refused:
        move_campaign(session, cast.dave.actor, campaign, "cancelled", "  ")
    assert list(refused.value.errors) == ["reason"]
    move_campaign(session, cast.dave.actor, campaign, "cancelled", "并入年度征集")
    told = session.execute(sa.select(Notice.user_id, Notice.title).where(Notice.topic == "campaign")).all()
    assert told == [(cast.alice.user_id, "征集活动《企业技术需求征集》已取消")]


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "erin", "mallory", "peter"])
def test_only_the_bureau_runs_campaigns(session, cast, name):
    with pytest.raises(Forbidden):
        create_campaign(session, cast[name].actor, a_call())


def test_branch_staff_do_not_run_campaigns(session, cast):
    staff = Actor(user_id=1, organization_id=make_branch(session).id, role=Role.BUREAU, organization_kind="branch")
    with pytest.raises(Forbidden):
        create_campaign(session, staff, a_call())


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"title": " "}, ["title"]),
        ({"title": "长" * 61}, ["title"]),
        ({"call_text": ""}, ["call_text"]),
        ({"kind": "x"}, ["kind"]),
        ({"fields": ("energy", "x")}, ["fields"]),
        ({"opens_on": ""}, ["opens_on"]),
        ({"closes_on": "下周"}, ["closes_on"]),
        ({"closes_on": "2020-01-01"}, ["closes_on"]),
        ({"target": "0"}, ["target"]),
        ({"target": "十"}, ["target"]),
        ({"target": "9" * 40}, ["target"]),
        ({"opinions_each": "6"}, ["opinions_each"]),
    ],
)
def test_wrong_call_names_its_field(session, cast, values, wrong):
    with pytest.raises(Invalid) as refused:
        create_campaign(session, cast.dave.actor, a_call(**values))
    assert list(refused.value.errors) == wrong


def test_quotas_belong_to_branches_and_can_change(session, cast):
    one, other = make_branch(session, "甲分中心"), make_branch(session, "乙分中心")
    campaign = make_campaign(session, cast.dave, quotas={one.id: "3", other.id: "5", cast.alice.organization_id: "9"})
    assert {quota.branch_id: quota.target for quota in campaign.quotas} == {one.id: 3, other.id: 5}
    edit_campaign(session, cast.dave.actor, campaign, a_call(quotas={one.id: "4"}), campaign.version)
    assert {quota.branch_id: quota.target for quota in campaign.quotas} == {one.id: 4}


def test_wrong_quota_names_its_branch(session, cast):
    branch = make_branch(session)
    with pytest.raises(Invalid) as refused:
        make_campaign(session, cast.dave, quotas={branch.id: "-1"})
    assert list(refused.value.errors) == [f"quota-{branch.id}"]


def test_editing_an_open_campaign_keeps_kind_and_first_day(session, cast):
    campaign = make_campaign(session, cast.dave)
    first = campaign.opens_on
    changed = a_call(title="改名", kind="achievement", opens_on="2026-01-01")
    edit_campaign(session, cast.dave.actor, campaign, changed, campaign.version)
    assert (campaign.title, campaign.kind, campaign.opens_on) == ("改名", "need", first)


def test_stale_edit_is_refused(session, cast):
    campaign = make_campaign(session, cast.dave)
    edit_campaign(session, cast.dave.actor, campaign, a_call(), 1)
    with pytest.raises(Conflict):
        edit_campaign(session, cast.dave.actor, campaign, a_call(title="旧页面"), 1)


def test_campaign_past_collecting_is_not_edited(session, cast):
    campaign = make_campaign(session, cast.dave, "screening")
    with pytest.raises(Conflict):
        edit_campaign(session, cast.dave.actor, campaign, a_call(), campaign.version)


def test_draft_is_known_to_the_bureau_only(session, cast):
    draft = make_campaign(session, cast.dave, "draft")
    assert get_campaign(session, cast.dave.actor, draft.id) is draft
    for actor in (Actor.anonymous(), cast.alice.actor, cast.carol.actor, cast.erin.actor):
        with pytest.raises(NotFound):
            get_campaign(session, actor, draft.id)
    assert list_campaigns(session, Actor.anonymous()) == ()


def test_open_campaigns_are_those_that_take_entries_today(session, cast):
    day = today()
    running = make_campaign(session, cast.dave, title="进行中")
    make_campaign(session, cast.dave, title="还没开始", opens_on=(day + timedelta(days=1)).isoformat())
    make_campaign(session, cast.dave, "screening", title="评审中")
    last = make_campaign(session, cast.dave, title="今天截止", closes_on=day.isoformat())
    cards = open_campaigns(session)
    assert [(card.campaign, card.days_left, card.ends_soon) for card in cards] == [(last, 0, True), (running, 5, True)]
    assert open_campaigns(session, "achievement") == ()
