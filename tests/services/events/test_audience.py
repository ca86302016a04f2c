"""Whom an event is for: the other side of matches, strongest first, nobody who must not be there."""

from typing import Any

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.events import Event
from matchmaker.domain.people import Organization, Role
from matchmaker.services.actors import informed
from matchmaker.services.events.audience import Basis, about_listings, audience
from tests.cast import Cast, Member, make_member, make_organization
from tests.counting import counted_queries
from tests.events import make_event, make_registration
from tests.pairs import pair, publish

ENERGY = Basis(kind="achievement", field="energy")


@pytest.fixture
def event(session: Session, cast: Cast) -> Event:
    return make_event(session, cast.carol.actor, kind="roadshow", fields=["energy"])


def _needy(session: Session, key: str, name: str) -> Member:
    return make_member(session, make_organization(session, "enterprise", name), key, name[:2], Role.ENTERPRISE)


def _names(session: Session, cast: Cast, event: Event, basis: Basis = ENERGY) -> list[str]:
    actor = informed(session, cast.carol.actor)
    return [each.name for each in audience(session, actor, event, basis).candidates]


def _matched(session: Session, owner: Member, achievement: Any, probability: float, **columns: Any) -> Any:
    need = publish(session, owner, "need", f"{owner.name}的除冰需求", **columns)
    return pair(session, need, achievement, grade=2, probability=probability)


def test_organizations_come_by_their_best_match_with_its_reasons(session: Session, cast: Cast, event: Event) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    weak, strong = (_needy(session, key, name) for key, name in (("w", "弱配公司"), ("s", "强配公司")))
    _matched(session, weak, coating, 0.61)
    _matched(session, strong, coating, 0.93)
    found = audience(session, cast.carol.actor, event, ENERGY)
    assert [(each.name, each.best.probability, each.pairs) for each in found.candidates] == [
        ("强配公司", 0.93, 1),
        ("弱配公司", 0.61, 1),
    ]
    assert (found.total, found.about) == (2, 1)
    assert found.candidates[0].best.strongest != ()


def test_needs_on_stage_call_for_those_who_can_solve_them(session: Session, cast: Cast, event: Event) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    _matched(session, cast.alice, coating, 0.8)
    assert _names(session, cast, event, Basis(kind="need", field="energy")) == ["昆仑理工大学"]


def test_single_listings_and_the_least_grade_narrow(session: Session, cast: Cast, event: Event) -> None:
    coatings = [publish(session, cast.bob, "achievement", title) for title in ("涂层甲", "涂层乙")]
    for owner, coating in zip((cast.alice, cast.mallory), coatings, strict=True):
        _matched(session, owner, coating, 0.8)
    chosen = Basis(kind="achievement", listing_ids=(coatings[1].id,))
    assert _names(session, cast, event, chosen) == ["戈壁商贸有限公司"]
    assert _names(session, cast, event, Basis(kind="achievement", field="energy", grade=3)) == []
    assert _names(session, cast, event, Basis()) == []
    assert [view.title for view in about_listings(session, cast.carol.actor, chosen)] == ["涂层乙"]


def test_organization_with_several_listings_stands_once(session: Session, cast: Cast, event: Event) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    for probability in (0.7, 0.9):
        need = publish(session, cast.alice, "need", f"需求 {probability}")
        pair(session, need, coating, grade=2, probability=probability)
    (only,) = audience(session, cast.carol.actor, event, ENERGY).candidates
    assert (only.best.need.title, only.pairs, only.listings) == ("需求 0.9", 2, 2)


def test_suspended_withdrawn_and_kept_apart_are_left_out(session: Session, cast: Cast, event: Event) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    keys = ("suspended", "avoided", "avoiding", "shunned", "gone", "fine")
    owners = {key: _needy(session, key, f"{key} 公司") for key in keys}
    matches = {key: _matched(session, owner, coating, 0.8) for key, owner in owners.items()}
    session.get_one(Organization, owners["suspended"].organization_id).suspended_at = utc_now()
    matches["gone"].need.state = "closed"
    session.add_all(
        (
            Avoidance(organization_id=cast.bob.organization_id, name="avoided 公司", kind="rival"),
            Avoidance(
                organization_id=owners["avoiding"].organization_id,
                avoided_id=cast.bob.organization_id,
                name="昆仑理工大学",
                kind="rival",
            ),
            Avoidance(organization_id=owners["shunned"].organization_id, name="丝路技术转移中心", kind="rival"),
        )
    )
    session.flush()
    assert _names(session, cast, event) == ["fine 公司"]


def test_invited_registered_and_unreachable_are_marked(session: Session, cast: Cast, event: Event) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    _matched(session, cast.alice, coating, 0.9)
    make_registration(session, event, cast.alice)
    empty = _needy(session, "left", "无人公司")
    _matched(session, empty, coating, 0.8)
    _matched(session, cast.mallory, coating, 0.7)
    empty_user = session.get_one(Organization, empty.organization_id).memberships[0]
    empty_user.state = "ended"
    session.flush()
    found = audience(session, cast.carol.actor, event, ENERGY).candidates
    assert [(each.registered, each.has_members, each.may_invite) for each in found] == [
        (1, True, False),
        (0, False, False),
        (0, True, True),
    ]


def test_audience_is_for_who_runs_the_event(session: Session, cast: Cast, event: Event) -> None:
    for member in (cast.alice, cast.peter, cast.mallory):
        with pytest.raises(Forbidden):
            audience(session, member.actor, event, ENERGY)


@pytest.mark.parametrize("count", [1, 3])
def test_audience_asks_as_much_for_one_organization_as_for_three(
    session: Session, cast: Cast, event: Event, count: int
) -> None:
    coating = publish(session, cast.bob, "achievement", "除冰涂层")
    for number in range(count):
        _matched(session, _needy(session, f"n{number}", f"公司 {number}"), coating, 0.8)
    event_id = event.id
    session.expire_all()
    event = session.get_one(Event, event_id)
    with counted_queries(session.get_bind().engine) as statements:  # type: ignore[union-attr]
        assert len(audience(session, cast.carol.actor, event, ENERGY).candidates) == count
    assert len(statements) == 16
