"""Deals: opened from matches, meetings, roadshows and by hand; moved on, asleep, lost, or brought to a contract."""

from datetime import timedelta
from functools import partial

import sqlalchemy as sa

from matchmaker.domain import codes
from matchmaker.domain.appointments import Appointment, AppointmentState
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.pitches import InterestWay, PitchInterest
from matchmaker.services.deals import brokers_at_work, hand_over_deal, move_deal, open_for_appointment, open_for_match
from matchmaker.services.deals.by_hand import Typed, open_by_hand
from matchmaker.services.deals.from_roadshow import open_for_interest
from matchmaker.services.deals.sleeping import sleep_deal, wake_due
from matchmaker.services.decisions import decide
from synthetic.contracts import sign
from synthetic.story import Story

FIRST_DAY, LAST_DAY, LAST_DESTINED = 30, 335, 230
MET, SHOWN, BY_HAND = 0.22, 0.12, 0.1
LOST, SLEEPS, WAITS = 0.12, 0.1, 0.3
ON_THE_WAY = (DealState.LEAD, DealState.TALKS, DealState.INTENT, DealState.CONTRACT)


def schedule_deals(story: Story) -> None:
    """Open deals through the year; as many as there are contracts to sign are destined for one, and opened in time."""
    destined = set(story.random.sample(range(story.sizes.deals), story.sizes.contracts))
    for number in range(story.sizes.deals):
        last = LAST_DESTINED if number in destined else LAST_DAY
        when = story.some_time(story.some_day(FIRST_DAY, last))
        story.at(when, "deals", partial(_open, number in destined))


def _open(is_destined: bool, story: Story) -> None:
    """Open a deal about a meeting, an interest of a roadshow, by hand, or else about a pair; where there is none yet, a
    week later."""
    chance, deal = story.random.random(), None
    if chance < MET:
        deal = _of_meeting(story)
    elif chance < MET + SHOWN:
        deal = _of_roadshow(story)
    elif chance < MET + SHOWN + BY_HAND:
        deal = _by_hand(story)
    if deal is not None:
        _follow(deal, is_destined, story)
    elif not _of_match(is_destined, story):
        story.later(7, "deals", partial(_open, is_destined))


def _of_meeting(story: Story) -> Deal | None:
    """Open a deal about a held meeting of which none has come yet."""
    dealt = sa.select(Deal.appointment_id).where(Deal.appointment_id.is_not(None))
    held = sa.select(Appointment).where(Appointment.state == AppointmentState.HELD, Appointment.id.not_in(dealt))
    meeting = story.session.scalars(held.order_by(Appointment.id).limit(1)).first()
    person = story.person(meeting.event.owner_id) if meeting is not None else None
    if (
        meeting is None
        or person is None
        or _have_deal(story, meeting.one.organization_id, meeting.other.organization_id)
    ):
        return None
    return open_for_appointment(story.session, story.actor(person), meeting.id, **_step(story))


def _of_roadshow(story: Story) -> Deal | None:
    """Open a deal about somebody who left his name with a pitch."""
    left = sa.select(PitchInterest).where(PitchInterest.way == InterestWay.CONTACT).order_by(PitchInterest.id)
    for row in story.session.scalars(left).all():
        pitch = row.pitch
        presenter = story.person(pitch.presenter_id)
        if presenter is None or _have_deal(story, pitch.organization_id, row.organization_id):
            continue
        return open_for_interest(story.session, story.actor(presenter), pitch.event, pitch, row.id, **_step(story))
    return None


def _by_hand(story: Story) -> Deal | None:
    """Open a deal that a broker knows of from elsewhere, with where from."""
    firm, office = story.random.choice(story.cast.enterprises), story.random.choice(story.cast.universities)
    if _have_deal(story, firm.organization_id, office.organization_id):
        return None
    typed = Typed(
        one=firm.organization,
        other=office.organization,
        title=f"{firm.organization}技改合作",
        source_text="校友会上双方见面后托我跟进",
        **_step(story),
    )
    return open_by_hand(story.session, story.actor(story.random.choice(story.cast.brokers)), typed)


def _of_match(is_destined: bool, story: Story) -> bool:
    """Let the owners of a need and of its best achievement be interested; a broker opens the deal days later."""
    match = _best_free_match(story)
    if match is None:
        return False
    for listing in (match.need, match.achievement):
        person = story.person(listing.owner_id)
        assert person is not None
        decide(story.session, story.actor(person), match.id, Decision.INTERESTED)
    story.counts["mutual interest"] += 1
    story.later(story.random.randint(1, 6), "deals", partial(_agreed, match.id, is_destined))
    return True


def _agreed(match_id: int, is_destined: bool, story: Story) -> None:
    match = story.session.get_one(Match, match_id)
    if not (match.need.is_live and match.achievement.is_live):
        story.later(1, "deals", partial(_open, is_destined))  # taken off the market meanwhile
        return
    broker = story.random.choice(story.cast.brokers)
    _follow(open_for_match(story.session, story.actor(broker), match_id, **_step(story)), is_destined, story)


def _best_free_match(story: Story) -> Match | None:
    """Draw a published need and return its best pair that nobody has decided about."""
    dealt = sa.select(Deal.match_id).where(Deal.match_id.is_not(None))
    live = Listing.kind == "need", Listing.state == ListingState.PUBLISHED, Listing.matched_revision > 0
    needs = story.session.scalars(sa.select(Listing.id).where(*live).order_by(Listing.id)).all()
    for need_id in story.random.sample(needs, min(3, len(needs))):
        pairs = sa.select(Match).where(Match.need_id == need_id, Match.id.not_in(dealt), ~Match.decisions.any())
        for match in story.session.scalars(pairs.order_by(Match.score.desc(), Match.id).limit(3)):
            if match.achievement.is_live:
                return match
    return None


def _have_deal(story: Story, one: int, other: int) -> bool:
    sides = Deal.one_organization_id.in_((one, other)), Deal.other_organization_id.in_((one, other))
    open_one = sa.select(Deal.id).where(*sides, Deal.open_key.is_not(None))
    return story.session.scalar(open_one.limit(1)) is not None


def _follow(deal: Deal, is_destined: bool, story: Story) -> None:
    story.counts["deals"] += 1
    story.counts[f"deals from a {deal.source}"] += 1
    if deal.owner_id is None:
        broker = story.random.choice(brokers_at_work(story.session))
        hand_over_deal(story.session, story.bureau(), deal.id, broker.id, version=deal.version)
    story.later(story.random.randint(4, 20), "deals", partial(_go_on, deal.id, is_destined))


def _go_on(deal_id: int, is_destined: bool, story: Story) -> None:
    """Take a deal one step on; one that is not destined for a contract may be lost or stay where it is."""
    deal = story.session.get_one(Deal, deal_id)
    owner = story.person(deal.owner_id)
    assert owner is not None, "nothing waits without an owner"
    actor, chance = story.actor(owner), story.random.random()
    if not is_destined and chance < LOST:
        reason = story.random.choice([row.code for row in codes.table("deal_losses")])
        move_deal(story.session, actor, deal_id, DealState.LOST, version=deal.version, reason=reason)
        story.counts["lost deals"] += 1
        return
    if deal.is_open and LOST < chance < LOST + SLEEPS and deal.state != DealState.CONTRACT:
        wakes_on = story.today() + timedelta(days=story.random.randint(5, 20))
        sleep_deal(story.session, actor, deal_id, wakes_on=wakes_on.isoformat(), version=deal.version)
        story.counts["deals put to sleep"] += 1
        story.later((wakes_on - story.today()).days, "deals", partial(_wake, deal_id, is_destined))
        return
    if not is_destined and (deal.state == DealState.INTENT or chance < LOST + WAITS):
        return
    following = ON_THE_WAY[ON_THE_WAY.index(DealState(deal.state)) + 1]
    if following == DealState.CONTRACT:
        sign(story, deal, owner)
        return
    move_deal(story.session, actor, deal_id, following, version=deal.version)
    story.later(story.random.randint(6, 25), "deals", partial(_go_on, deal_id, is_destined))


def _wake(deal_id: int, is_destined: bool, story: Story) -> None:
    """Let the platform wake whatever is due, and go on with this one."""
    wake_due(story.session, story.today())
    _go_on(deal_id, is_destined, story)


def _step(story: Story) -> dict[str, str]:
    step = story.random.choice(("寄样品", "安排现场测试", "商量报价", "起草合作协议", "走访企业"))
    return {"next_step": step, "next_step_on": (story.today() + timedelta(days=14)).isoformat()}
