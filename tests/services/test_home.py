"""What the home page counts and lists."""

from datetime import timedelta

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.listings import ListingState
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.home import NEWEST, home_view
from tests.cast import Cast
from tests.pairs import pair, post, publish


def test_only_published_listings_count(session: Session, cast: Cast) -> None:
    publish(session, cast.alice, "need", "在征")
    post(session, cast.alice, "need", "待审核")
    move(session, publish(session, cast.alice, "need", "已结束"), ListingState.CLOSED, Actor.system())
    session.flush()
    home = home_view(session, Actor.anonymous())
    assert (home.needs, [view.title for view in home.newest_needs]) == (1, ["在征"])


def test_newest_come_first_and_are_few(session: Session, cast: Cast) -> None:
    for number in range(NEWEST + 2):
        listing = publish(session, cast.bob, "achievement", f"成果{number}")
        listing.published_at = utc_now() - timedelta(days=number)
    session.flush()
    home = home_view(session, Actor.anonymous())
    assert home.achievements == NEWEST + 2
    assert [view.title for view in home.newest_achievements] == [f"成果{number}" for number in range(NEWEST)]


def test_good_matches_are_graded_and_live_on_both_sides(session: Session, cast: Cast) -> None:
    achievement = publish(session, cast.bob, "achievement", "成果")
    needs = [publish(session, cast.alice, "need", f"需求{number}") for number in range(4)]
    for grade, need in zip((3, 2, 1, 3), needs, strict=True):
        pair(session, need, achievement, grade=grade)
    move(session, needs[3], ListingState.CLOSED, Actor.system())
    session.flush()
    assert home_view(session, Actor.anonymous()).good_matches == 2


def test_suspended_and_unverified_organizations_do_not_count(session: Session, cast: Cast) -> None:
    before = home_view(session, Actor.anonymous()).organizations
    session.get_one(Organization, cast.mallory.organization_id).suspended_at = utc_now()
    session.get_one(Organization, cast.peter.organization_id).verified_at = None
    session.flush()
    assert home_view(session, Actor.anonymous()).organizations == before - 2
