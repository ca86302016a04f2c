"""Who does the next step: named by whoever works on the deal, told, reminded, and never more than he may know."""

from datetime import date, timedelta

import icalendar
import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership, MembershipState, Organization, Role, User
from matchmaker.services.calendars.personal import personal_feed
from matchmaker.services.deals import plan_deal
from matchmaker.services.deals.board import board
from matchmaker.services.deals.doers import OTHER_SIDE, possible_doers
from matchmaker.services.deals.filters import DealFilter
from matchmaker.services.deals.lists import deal_page
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.deals.reminders import remind_of_deals
from matchmaker.services.deals.views import view_deals
from tests.cast import Cast, Member, make_member
from tests.deals import SOON, make_deal
from tests.pairs import pair, publish

BASE = "https://match.example"


@pytest.fixture
def amy(session: Session, cast: Cast) -> Member:
    """A colleague of alice's."""
    return make_member(
        session, session.get_one(Organization, cast.alice.organization_id), "amy", "艾米", Role.ENTERPRISE
    )


def name_doer(session: Session, by: Member, deal: Deal, doer: Member | None, on: str = SOON) -> Deal:
    chosen = str(doer.user_id) if doer else ""
    return plan_deal(
        session, by.actor, deal.id, next_step="寄样品", next_step_on=on, version=deal.version, doer_id=chosen
    )


def strangers_deal(session: Session, cast: Cast) -> Deal:
    """A deal of a match whose sides have not met."""
    need = publish(session, cast.alice, "need", "除冰", visibility="anonymous")
    offered = publish(session, cast.bob, "achievement", "涂层", visibility="anonymous")
    match = pair(session, need, offered)
    return make_deal(session, cast, source="match", match_id=match.id, title="")


def steps(session: Session, member: Member) -> list[tuple[str, date, str]]:
    content = personal_feed(session, session.get_one(User, member.user_id), base_url=BASE).content
    found = icalendar.Calendar.from_ical(content).walk("VEVENT")
    return [(str(each["summary"]), each.decoded("dtstart"), str(each["url"])) for each in found]


def test_a_step_is_the_broker_s_unless_somebody_is_named(session: Session, cast: Cast, amy: Member) -> None:
    deal = make_deal(session, cast)
    on = date.fromisoformat(SOON)
    step = ("下一步：寄样品", on, f"{BASE}/deals/{deal.id}")
    assert (steps(session, cast.carol), steps(session, amy)) == ([step], [])
    name_doer(session, cast.carol, deal, amy)
    shown = [each.doer for column in board(session, cast.dave.actor, DealFilter()) for each in column.deals]
    listed = [(each.doer, each.is_mine_to_do) for each in deal_page(session, amy.actor).deals]
    assert (shown, listed) == (["艾米"], [("艾米", True)])
    assert (steps(session, cast.carol), steps(session, amy)) == ([], [step])
    name_doer(session, cast.alice, deal, cast.carol)
    assert (deal.doer_id, steps(session, cast.carol), steps(session, amy)) == (None, [step], [])


def test_the_named_one_is_told_and_reminded(session: Session, cast: Cast, amy: Member) -> None:
    deal = make_deal(session, cast)
    name_doer(session, cast.carol, deal, amy, today().isoformat())
    remind_of_deals(session, today())
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == amy.user_id).order_by(Notice.id)).all()
    assert list(told) == ["请您办理跟进项目的下一步", f"跟进项目的下一步将于 {today().isoformat()} 到期"]
    name_doer(session, amy, deal, amy, SOON)
    assert session.scalar(sa.select(sa.func.count()).where(Notice.user_id == amy.user_id)) == 2


def test_only_who_sees_the_deal_can_be_named(session: Session, cast: Cast, amy: Member) -> None:
    deal = make_deal(session, cast)
    names = {who: [doer.name for doer in possible_doers(session, cast[who].actor, deal)] for who in ("carol", "dave")}
    parties = ["艾米", cast.alice.name, cast.bob.name]
    assert {who: sorted(found) for who, found in names.items()} == {
        "carol": sorted(parties),
        "dave": sorted([*parties, cast.dave.name]),
    }
    for stranger in (cast.mallory, cast.erin):
        with pytest.raises(Invalid) as refused:
            name_doer(session, cast.carol, deal, stranger)
        assert list(refused.value.errors) == ["doer_id"]
    with pytest.raises(Invalid):
        plan_deal(
            session,
            cast.carol.actor,
            deal.id,
            next_step="x",
            next_step_on=SOON,
            version=deal.version,
            doer_id="9" * 40,
        )


def test_who_left_is_no_longer_told(session: Session, cast: Cast, amy: Member) -> None:
    deal = make_deal(session, cast)
    name_doer(session, cast.carol, deal, amy)
    session.execute(sa.update(Membership).where(Membership.user_id == amy.user_id).values(state=MembershipState.ENDED))
    session.expire_all()
    remind_of_deals(session, date.fromisoformat(SOON) + timedelta(days=1))
    assert session.scalar(sa.select(sa.func.count()).where(Notice.user_id == amy.user_id)) == 1
    assert steps(session, amy) == []
    # He may stay until somebody else is named, but is not offered again.
    plan_deal(
        session,
        cast.carol.actor,
        deal.id,
        next_step="再寄",
        next_step_on=SOON,
        version=deal.version,
        doer_id=str(amy.user_id),
    )
    assert amy.user_id not in {doer.id for doer in possible_doers(session, cast.carol.actor, deal)}


def test_sides_that_have_not_met_learn_no_names(session: Session, cast: Cast, amy: Member) -> None:
    deal = strangers_deal(session, cast)
    assert [doer.name for doer in possible_doers(session, cast.bob.actor, deal)] == [cast.bob.name]
    with pytest.raises(Invalid):
        name_doer(session, cast.bob, deal, amy)
    name_doer(session, cast.carol, deal, amy)
    seen = {
        who.key: view_deals(session, who.actor, [load_deal(session, who.actor, deal.id)])[0].doer
        for who in (cast.alice, cast.bob, cast.carol)
    }
    assert seen == {"alice": "艾米", "bob": OTHER_SIDE, "carol": "艾米"}
