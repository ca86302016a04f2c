"""Mutual interest opens layers to the other party, and nothing else does."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.disclosures import Disclosure
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.permissions import Actor, can_read_listing
from matchmaker.services.actors import informed
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.matches import get_match, match_page
from matchmaker.services.projection import project
from tests.cast import Cast, Member
from tests.pairs import pair, publish

CONTACT = {"contact_name": "古丽", "contact_phone": "13900001234"}


def _pair(session: Session, cast: Cast, visibility: str = "anonymous") -> Match:
    need = publish(session, cast.alice, "need", "除冰", visibility=visibility, **CONTACT)
    # Another pair of the same people, so that what is opened for one is found out where it opens the other.
    pair(session, publish(session, cast.alice, "need", "节水", visibility=visibility), _coating(session, cast))
    return pair(session, need, _coating(session, cast))


def _coating(session: Session, cast: Cast):
    return publish(session, cast.bob, "achievement", "涂层", contact_name="鲍老师")


def _now(session: Session, member: Member) -> Actor:
    return informed(session, member.actor)


def _say(session: Session, member: Member, match: Match, decision: str) -> None:
    reason = "price" if decision == "unsuitable" else None
    decide(session, _now(session, member), match.id, decision, reason=reason, agreed=True)


def _sees(session: Session, member: Member, match: Match) -> tuple[str, str | None, str | None]:
    view = project(match.need, _now(session, member))
    return view.organization_name, view.value("problem"), view.value("contact_phone")


OPEN = ("天山机械有限公司", "除冰要解决的问题", "13900001234")
HIDDEN = ("匿名需求方", None, None)


def test_mutual_interest_opens_both_listings_to_the_other_party(session: Session, cast: Cast) -> None:
    match = _pair(session, cast)
    _say(session, cast.alice, match, "interested")
    assert _sees(session, cast.bob, match) == HIDDEN
    _say(session, cast.bob, match, "interested")
    assert _sees(session, cast.bob, match) == OPEN
    assert project(match.achievement, _now(session, cast.alice)).value("contact_name") == "鲍老师"
    assert _now(session, cast.bob).opened == {match.need_id: Layer.MATCHED}
    assert _now(session, cast.alice).opened == {match.achievement_id: Layer.MATCHED}
    assert _sees(session, cast.mallory, match) == HIDDEN


@pytest.mark.parametrize(
    "said",
    [
        {"alice": "interested"},
        {"bob": "interested"},
        {"alice": "interested", "carol": "interested"},
        {"bob": "interested", "carol": "interested"},
        {"alice": "interested", "bob": "shortlisted"},
        {"alice": "unsuitable", "bob": "interested"},
    ],
)
def test_nothing_less_than_both_parties_interest_opens(session: Session, cast: Cast, said: dict[str, str]) -> None:
    match = _pair(session, cast)
    for name, decision in said.items():
        _say(session, cast[name], match, decision)
    assert _sees(session, cast.bob, match) == HIDDEN
    assert session.scalars(sa.select(Disclosure)).all() == []


@pytest.mark.parametrize("who", ["alice", "bob"])
@pytest.mark.parametrize("then", ["withdraw", "shortlisted", "unsuitable"])
def test_taking_interest_back_ends_what_it_opened(session: Session, cast: Cast, who: str, then: str) -> None:
    match = _pair(session, cast)
    for member in (cast.alice, cast.bob):
        _say(session, member, match, "interested")
    if then == "withdraw":
        withdraw_decision(session, _now(session, cast[who]), match.id)
    else:
        _say(session, cast[who], match, then)
    assert _sees(session, cast.bob, match) == HIDDEN
    assert [row.ended_at is not None for row in session.scalars(sa.select(Disclosure))] == [True, True]


def test_opening_and_closing_are_in_the_journal(session: Session, cast: Cast) -> None:
    match = _pair(session, cast)
    for member in (cast.alice, cast.bob):
        _say(session, member, match, "interested")
    _say(session, cast.bob, match, "interested")
    withdraw_decision(session, _now(session, cast.alice), match.id)
    steps = sa.select(JournalEntry.action, JournalEntry.actor_id).where(
        JournalEntry.subject_kind == "listing",
        JournalEntry.subject_id == match.need_id,
        JournalEntry.action.in_(["disclose", "conceal"]),
    )
    assert [tuple(row) for row in session.execute(steps.order_by(JournalEntry.id))] == [
        ("disclose", cast.bob.user_id),
        ("conceal", cast.alice.user_id),
    ]


def test_need_for_brokers_only_is_opened_by_its_owner_step_by_step(session: Session, cast: Cast) -> None:
    match = _pair(session, cast, "brokers")
    with pytest.raises(NotFound):
        get_match(session, _now(session, cast.bob), match.id)
    _say(session, cast.alice, match, "interested")
    assert _sees(session, cast.bob, match) == HIDDEN
    assert [view.id for view in match_page(session, _now(session, cast.bob)).matches] == [match.id]
    assert not can_read_listing(_now(session, cast.mallory), match.need)
    _say(session, cast.bob, match, "interested")
    assert _sees(session, cast.bob, match) == OPEN
    withdraw_decision(session, _now(session, cast.alice), match.id)
    assert not can_read_listing(_now(session, cast.bob), match.need)


def test_need_for_brokers_only_is_not_opened_unasked(session: Session, cast: Cast) -> None:
    match = _pair(session, cast, "brokers")
    with pytest.raises(Invalid):
        decide(session, _now(session, cast.alice), match.id, "interested")
    assert not can_read_listing(_now(session, cast.bob), match.need)


def test_interest_is_told_to_the_other_owner_and_mutual_interest_to_both(session: Session, cast: Cast) -> None:
    match = _pair(session, cast)
    _say(session, cast.alice, match, "interested")
    _say(session, cast.bob, match, "interested")
    _say(session, cast.bob, match, "interested")
    rows = session.execute(sa.select(Notice.user_id, Notice.title, Notice.path).order_by(Notice.id)).all()
    path = f"/matches/{match.id}"
    assert [tuple(row) for row in rows] == [
        (cast.bob.user_id, "有一方对您的《涂层》感兴趣", path),
        (cast.alice.user_id, "双方都感兴趣：《除冰》", path),
        (cast.bob.user_id, "双方都感兴趣：《涂层》", path),
    ]


def test_notice_of_one_sided_interest_names_nobody(session: Session, cast: Cast) -> None:
    match = _pair(session, cast)
    _say(session, cast.alice, match, "interested")
    notice = session.scalars(sa.select(Notice)).one()
    texts = f"{notice.title} {notice.body} {notice.phrases}"
    assert [word for word in ("天山", "阿丽娅", "13900001234", "古丽") if word in texts] == []


def test_offer_says_what_the_other_side_will_read(session: Session, cast: Cast) -> None:
    match = _pair(session, cast)
    match.need.current.layers = {"contact_phone": "confidential"}
    offer = get_match(session, cast.alice.actor, match.id).offer
    assert offer is not None
    assert offer.at_once == ()
    assert offer.if_mutual == ("单位名称", "所在区县", "要解决的技术问题", "联系人")
    assert offer.if_agreed == ("联系电话",)
    assert get_match(session, cast.carol.actor, match.id).offer is None


def test_score_alone_opens_nothing_of_a_need_for_brokers_only(session: Session, cast: Cast) -> None:
    match = _pair(session, cast, "brokers")
    assert match.achievement_side_score is not None
    assert match_page(session, _now(session, cast.bob)).total == 0
    assert not can_read_listing(_now(session, cast.bob), match.need)
