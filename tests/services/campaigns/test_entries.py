"""What is entered in a campaign."""

from datetime import timedelta

import pytest

from matchmaker.domain.days import today
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.services.campaigns.entries import (
    add_late,
    candidates,
    enter,
    entry_of,
    is_late,
    leave,
    own_entries,
    own_entry,
)
from matchmaker.services.campaigns.experts import assign
from matchmaker.services.campaigns.running import move_campaign
from tests.campaigns import end_yesterday, make_campaign, make_entry, make_expert
from tests.drafts import make_draft, make_published, make_submitted


def test_draft_is_entered_once_however_often_it_is_sent(session, cast):
    campaign, listing = make_campaign(session, cast.dave), make_draft(session, cast.alice)
    first = enter(session, cast.alice.actor, campaign, listing)
    assert enter(session, cast.alice.actor, campaign, listing) is first
    assert own_entries(session, cast.alice.actor, campaign) == [first]


@pytest.mark.parametrize("name", ["bob", "carol", "dave", "mallory"])
def test_only_its_own_side_enters_a_listing(session, cast, name):
    campaign, listing = make_campaign(session, cast.dave), make_published(session, cast.alice, cast.dave)
    with pytest.raises(Forbidden):
        enter(session, cast[name].actor, campaign, listing)


def test_listing_is_in_one_campaign_at_most(session, cast):
    entry = make_entry(session, make_campaign(session, cast.dave), cast.alice)
    other = make_campaign(session, cast.dave, title="另一次")
    with pytest.raises(Conflict, match="企业技术需求征集"):
        enter(session, cast.alice.actor, other, entry.listing)


@pytest.mark.parametrize(
    ("values", "member", "kind"),
    [({"kind": "achievement"}, "alice", "need"), ({"fields": ("energy",)}, "alice", "need")],
)
def test_what_is_not_wanted_is_refused(session, cast, values, member, kind):
    campaign, listing = make_campaign(session, cast.dave, **values), make_draft(session, cast[member], kind)
    with pytest.raises(Conflict):
        enter(session, cast[member].actor, campaign, listing)


@pytest.mark.parametrize(
    ("state", "shift"), [("open", timedelta(days=-1)), ("screening", timedelta(days=5)), ("draft", timedelta(days=5))]
)
def test_closed_campaign_refuses_with_a_sentence(session, cast, state, shift):
    campaign, listing = make_campaign(session, cast.dave, state), make_draft(session, cast.alice)
    campaign.closes_on = today() + shift
    with pytest.raises(Conflict, match="截止"):
        enter(session, cast.alice.actor, campaign, listing)


def test_cancelled_campaign_refuses_with_its_own_sentence(session, cast):
    campaign = make_campaign(session, cast.dave)
    move_campaign(session, cast.dave.actor, campaign, "cancelled", "不办了")
    with pytest.raises(Conflict, match="取消"):
        enter(session, cast.alice.actor, campaign, make_draft(session, cast.alice))


def test_campaign_that_has_not_begun_refuses_with_its_first_day(session, cast):
    tomorrow = today() + timedelta(days=1)
    campaign = make_campaign(session, cast.dave, opens_on=tomorrow.isoformat())
    with pytest.raises(Conflict, match=tomorrow.isoformat()):
        enter(session, cast.alice.actor, campaign, make_draft(session, cast.alice))


def test_entry_can_be_taken_back_until_an_expert_is_asked(session, cast):
    campaign = make_campaign(session, cast.dave)
    entry = make_entry(session, campaign, cast.alice)
    with pytest.raises(Forbidden):
        leave(session, cast.mallory.actor, entry)
    leave(session, cast.alice.actor, entry)
    assert entry_of(session, entry.listing_id) is None
    again = enter(session, cast.alice.actor, campaign, entry.listing)
    assign(session, cast.dave.actor, campaign, again, make_expert(session, cast, campaign, cast.bob).id)
    with pytest.raises(Conflict):
        leave(session, cast.alice.actor, again)


def test_bureau_adds_a_late_listing_with_a_reason(session, cast):
    campaign, listing = make_campaign(session, cast.dave, "screening"), make_submitted(session, cast.alice)
    end_yesterday(session, campaign)
    with pytest.raises(Forbidden):
        add_late(session, cast.alice.actor, campaign, listing, "系统故障")
    with pytest.raises(Invalid) as refused:
        add_late(session, cast.dave.actor, campaign, listing, "")
    assert list(refused.value.errors) == ["reason"]
    entry = add_late(session, cast.dave.actor, campaign, listing, "系统故障")
    assert (entry.late_reason, is_late(entry)) == ("系统故障", False)


def test_entry_submitted_late_is_late_until_it_is_let_in(session, cast):
    campaign = make_campaign(session, cast.dave)
    entry = make_entry(session, campaign, cast.alice)
    end_yesterday(session, campaign)
    assert is_late(entry)
    with pytest.raises(Conflict):
        assign(session, cast.dave.actor, campaign, entry, make_expert(session, cast, campaign, cast.bob).id)
    assert add_late(session, cast.dave.actor, campaign, entry.listing, "补材料") is entry
    assert not is_late(entry)


def test_no_listing_cannot_be_added_late(session, cast):
    with pytest.raises(Invalid) as refused:
        add_late(session, cast.dave.actor, make_campaign(session, cast.dave), None, "原因")
    assert list(refused.value.errors) == ["listing_id"]


def test_candidates_are_own_listings_that_fit_and_are_in_no_campaign(session, cast):
    campaign = make_campaign(session, cast.dave, fields=("materials",))
    make_entry(session, campaign, cast.alice)
    free = make_draft(session, cast.alice, title="还没有报送")
    make_draft(session, cast.alice, title="别的领域", field="energy")
    make_draft(session, cast.alice, "achievement")
    make_draft(session, cast.mallory, title="别人的")
    assert candidates(session, cast.alice.actor, campaign) == [free]


def test_own_entry_is_shown_to_its_side_and_the_bureau_only(session, cast):
    entry = make_entry(session, make_campaign(session, cast.dave), cast.alice)
    shown = {name: own_entry(session, cast[name].actor, entry.listing) is entry for name in ("alice", "dave", "bob")}
    assert shown == {"alice": True, "dave": True, "bob": False}
