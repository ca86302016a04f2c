"""Deals opened by hand and from the interest in a pitch."""

import dataclasses

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid
from matchmaker.domain.people import Organization
from matchmaker.domain.pitches import InterestWay, Pitch, PitchInterest
from matchmaker.services.deals.by_hand import Typed, open_by_hand, organization_names
from matchmaker.services.deals.from_roadshow import open_for_interest
from tests.cast import Cast
from tests.deals import SOON
from tests.events import make_event, make_registration

TYPED = Typed(
    one="天山机械有限公司",
    other="12650000458000101p",
    title="低温润滑",
    source_text="企业走访时提出",
    value_expected="120万",
    field="materials",
    next_step="寄样品",
    next_step_on=SOON,
)


def test_broker_opens_a_deal_by_hand_and_follows_it_up(session: Session, cast: Cast) -> None:
    deal = open_by_hand(session, cast.carol.actor, TYPED)
    assert (deal.state, deal.source, deal.source_text, deal.owner_id) == (
        "lead",
        "hand",
        "企业走访时提出",
        cast.carol.user_id,
    )
    assert (deal.one_organization_id, deal.other_organization_id, str(deal.value_expected)) == (
        cast.alice.organization_id,
        cast.bob.organization_id,
        "1200000.00",
    )


def test_a_side_opens_deals_of_its_own_only(session: Session, cast: Cast) -> None:
    deal = open_by_hand(session, cast.mallory.actor, TYPED)
    assert (deal.one_organization_id, deal.owner_id) == (cast.mallory.organization_id, None)


def test_two_projects_of_one_pair_stand_side_by_side_the_same_twice_does_not(session: Session, cast: Cast) -> None:
    open_by_hand(session, cast.carol.actor, TYPED)
    open_by_hand(session, cast.carol.actor, dataclasses.replace(TYPED, title="高温密封"))
    with pytest.raises(Conflict):
        open_by_hand(session, cast.alice.actor, TYPED)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("one", ""),
        ("other", "没有这家公司"),
        ("other", "天山机械有限公司"),
        ("other", "乌鲁木齐市科技局"),
        ("title", ""),
        ("title", "长" * 101),
        ("source_text", ""),
        ("source_text", "长" * 201),
        ("value_expected", "很多"),
        ("value_expected", "-5"),
        ("field", "alchemy"),
        ("next_step", ""),
        ("next_step_on", "2020-01-01"),
    ],
)
def test_bad_input_is_told_at_its_field(session: Session, cast: Cast, field: str, value: str) -> None:
    with pytest.raises(Invalid) as refused:
        open_by_hand(session, cast.carol.actor, dataclasses.replace(TYPED, **{field: value}))
    assert next(iter(refused.value.errors)) == field


def test_organizations_that_are_kept_apart_are_neither_found_nor_named(session: Session, cast: Cast) -> None:
    apart = dataclasses.replace(cast.alice.actor, avoided=frozenset({cast.bob.organization_id}))
    assert list(organization_names(session, cast.alice.actor, "昆仑")) == ["昆仑理工大学"]
    assert list(organization_names(session, apart, "昆仑")) == []
    with pytest.raises(Invalid):
        open_by_hand(session, apart, TYPED)
    with pytest.raises(Forbidden):
        organization_names(session, cast.erin.actor, "昆仑")


def _interest(session: Session, cast: Cast, way: str) -> PitchInterest:
    event = make_event(session, cast.carol.actor, kind="roadshow")
    coming = make_registration(session, event, cast.alice)
    pitch = Pitch(
        event=event, position=1, title="低温润滑", organization_id=cast.bob.organization_id, state="on_programme"
    )
    row = PitchInterest(
        pitch=pitch,
        registration=coming,
        organization_id=cast.alice.organization_id,
        user_id=cast.alice.user_id,
        way=way,
    )
    session.add_all((pitch, row))
    session.flush()
    return row


@pytest.mark.parametrize("key", ["bob", "carol"])
def test_name_left_at_a_pitch_opens_a_deal(session: Session, cast: Cast, key: str) -> None:
    row = _interest(session, cast, InterestWay.CONTACT)
    words = {"next_step": "约时间", "next_step_on": SOON}
    deal = open_for_interest(session, cast[key].actor, row.pitch.event, row.pitch, row.id, **words)
    assert (deal.source, deal.pitch_id, deal.event_id, deal.owner_id, deal.title) == (
        "roadshow",
        row.pitch_id,
        row.pitch.event_id,
        cast.carol.user_id,
        "低温润滑",
    )
    sides = deal.one_organization_id, deal.other_organization_id
    assert sides == (cast.alice.organization_id, cast.bob.organization_id)


def test_tap_that_is_only_counted_opens_none_and_a_guest_never(session: Session, cast: Cast) -> None:
    row = _interest(session, cast, InterestWay.COUNTED)
    words = {"next_step": "约时间", "next_step_on": SOON}
    with pytest.raises(Conflict):
        open_for_interest(session, cast.bob.actor, row.pitch.event, row.pitch, row.id, **words)
    with pytest.raises(Forbidden):
        open_for_interest(session, cast.mallory.actor, row.pitch.event, row.pitch, row.id, **words)


def test_suspended_organization_cannot_be_named(session: Session, cast: Cast) -> None:
    session.get_one(Organization, cast.bob.organization_id).suspended_at = utc_now()
    session.flush()
    with pytest.raises(Invalid):
        open_by_hand(session, cast.carol.actor, TYPED)
