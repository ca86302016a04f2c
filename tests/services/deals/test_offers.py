"""Who follows a deal up: offered from broker to broker, given by the desk, never left without a word."""

from datetime import date

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Organization, Role, User
from matchmaker.services.deals import hand_over_deal, move_deal
from matchmaker.services.deals.handing_over import release_forsaken
from matchmaker.services.deals.lists import unowned_deals
from matchmaker.services.deals.offers import decline_offer, offer_deal, offers_to, recall_offer, take_offer
from matchmaker.services.suspensions import suspend_organization
from tests.cast import Cast, Member, make_member, make_organization
from tests.deals import make_deal


@pytest.fixture
def vera(session: Session, cast: Cast) -> Member:
    return make_member(session, session.get_one(Organization, cast.peter.organization_id), "vera", "维拉", Role.BROKER)


@pytest.fixture
def deal(session: Session, cast: Cast) -> Deal:
    return make_deal(session, cast)


def _told(session: Session) -> list[int]:
    return sorted(session.scalars(sa.select(Notice.user_id)))


def test_deal_stays_until_it_is_taken(session: Session, cast: Cast, deal: Deal, vera: Member) -> None:
    offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1, note="我要休假")
    (offer,) = offers_to(session, vera.actor)
    assert (offer.note, deal.owner_id) == ("我要休假", cast.carol.user_id)
    with pytest.raises(NotFound):
        take_offer(session, cast.alice.actor, offer.id)
    take_offer(session, vera.actor, offer.id)
    assert (deal.owner_id, offers_to(session, vera.actor)) == (vera.user_id, ())
    with pytest.raises(NotFound):
        take_offer(session, vera.actor, offer.id)


def test_declined_offer_leaves_the_deal_and_tells_why(session: Session, cast: Cast, deal: Deal, vera: Member) -> None:
    offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1)
    decline_offer(session, vera.actor, offers_to(session, vera.actor)[0].id, answer="领域不熟")
    told = session.scalars(sa.select(Notice).where(Notice.user_id == cast.carol.user_id)).one()
    assert (deal.owner_id, "领域不熟" in told.body) == (cast.carol.user_id, True)


def test_one_offer_stands_at_a_time_and_may_be_recalled(session: Session, cast: Cast, deal: Deal, vera: Member) -> None:
    offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1)
    with pytest.raises(Conflict):
        offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1)
    recall_offer(session, cast.carol.actor, offers_to(session, vera.actor)[0].id)
    offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1)
    assert len(offers_to(session, vera.actor)) == 1


@pytest.mark.parametrize("way", ["given", "lost"])
def test_offer_is_void_once_the_deal_goes_elsewhere(
    session: Session, cast: Cast, deal: Deal, vera: Member, way: str
) -> None:
    offer_deal(session, cast.carol.actor, deal.id, vera.user_id, version=1)
    if way == "given":
        hand_over_deal(session, cast.dave.actor, deal.id, vera.user_id, version=1)
    else:
        move_deal(session, cast.alice.actor, deal.id, "lost", version=1, reason="price")
    assert offers_to(session, vera.actor) == ()


def test_only_its_broker_offers_and_only_to_another_one(session: Session, cast: Cast, deal: Deal, vera: Member) -> None:
    for key in ("alice", "dave", "erin"):
        with pytest.raises(Forbidden):
            offer_deal(session, cast[key].actor, deal.id, vera.user_id, version=1)
    for nobody in (cast.carol.user_id, cast.alice.user_id, cast.peter.user_id, 10**9):
        with pytest.raises(Invalid):
            offer_deal(session, cast.carol.actor, deal.id, nobody, version=1)


def test_deals_of_a_suspended_agency_go_to_the_desk_which_is_told(session: Session, cast: Cast, deal: Deal) -> None:
    agency = session.get_one(Organization, cast.carol.organization_id)
    suspend_organization(session, cast.dave.actor, agency, reason="misuse", note="核查", until=date(2099, 1, 1))
    paths = session.execute(sa.select(Notice.user_id, Notice.path).where(Notice.topic == "deal")).all()
    assert (deal.owner_id, {tuple(row) for row in paths}) == (
        None,
        {(cast.dave.user_id, "/deals/unowned"), (cast.erin.user_id, "/deals/unowned")},
    )
    assert [view.id for view in unowned_deals(session, cast.dave.actor).deals] == [deal.id]


def test_deals_of_whoever_cannot_log_in_any_more_go_to_the_branch_of_a_side(
    session: Session, cast: Cast, deal: Deal
) -> None:
    branch = make_organization(session, "branch", "新市区分中心")
    clerk = make_member(session, branch, "clerk", "克拉拉", Role.BUREAU)
    session.get_one(Organization, cast.bob.organization_id).branch_id = branch.id
    session.get_one(User, cast.carol.user_id).disabled_at = utc_now()
    session.flush()
    assert [release_forsaken(session), release_forsaken(session)] == [1, 0]
    assert (deal.owner_id, _told(session)) == (None, [clerk.user_id])


def test_a_branch_sees_and_gives_only_the_deals_of_its_organizations(
    session: Session, cast: Cast, vera: Member
) -> None:
    branch = make_organization(session, "branch", "新市区分中心")
    clerk = make_member(session, branch, "clerk", "克拉拉", Role.BUREAU)
    ours = make_organization(session, "enterprise", "新市水泵厂", branch_id=branch.id)
    theirs = make_deal(session, cast, owner_id=None)
    own = make_deal(session, cast, owner_id=None, one_organization_id=ours.id)
    session.expire_all()
    assert [view.id for view in unowned_deals(session, clerk.actor).deals] == [own.id]
    hand_over_deal(session, clerk.actor, own.id, vera.user_id, version=1)
    with pytest.raises(NotFound):
        hand_over_deal(session, clerk.actor, theirs.id, vera.user_id, version=1)
    with pytest.raises(Forbidden):
        unowned_deals(session, cast.carol.actor)
