"""One tap of the audience, what it may become, and who learns of it."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.matches import MatchDecision
from matchmaker.domain.notices import Notice
from matchmaker.services.actors import informed
from matchmaker.services.decisions import decide
from matchmaker.services.roadshows.interest import (
    can_tap,
    interest_rows,
    leave_contact,
    name_match,
    own_interest,
    tap,
    untap,
)
from matchmaker.services.roadshows.programme import programme_of
from tests.events import make_registration
from tests.pairs import pair, publish
from tests.roadshows import make_pitch, make_roadshow


@pytest.fixture
def event(session, cast):
    return make_roadshow(session, cast)


@pytest.fixture
def pitch(session, cast, event):
    return make_pitch(session, cast, event, cast.bob, "疏冰涂料")


@pytest.fixture
def alice(session, cast, event):
    make_registration(session, event, cast.alice)
    return cast.alice.actor


def decisions(session):
    return [(row.organization_id, row.decision) for row in session.scalars(sa.select(MatchDecision))]


def count(session, cast, event):
    return programme_of(session, cast.carol.actor, event).pitches[0].interests


def test_tap_counts_once_and_can_be_taken_back(session, cast, event, pitch, alice) -> None:
    for _ in range(2):
        tap(session, alice, event, pitch)
    assert (count(session, cast, event), programme_of(session, alice, event).pitches[0].is_tapped) == (1, True)
    for _ in range(2):
        untap(session, alice, event, pitch)
    assert (count(session, cast, event), programme_of(session, alice, event).pitches[0].is_tapped) == (0, False)


def test_tap_is_for_accepted_participants_of_another_organization(session, cast, event, pitch) -> None:
    make_registration(session, event, cast.mallory, "requested")
    make_registration(session, event, cast.bob)
    for member in (cast.mallory, cast.bob, cast.dave):
        assert not can_tap(session, member.actor, event, pitch)
        with pytest.raises(Forbidden):
            tap(session, member.actor, event, pitch)


def test_tap_ends_with_the_event(session, cast, event, pitch, alice) -> None:
    event.state = "closed"
    with pytest.raises(Conflict):
        tap(session, alice, event, pitch)


def test_tap_alone_says_nothing_to_the_presenter(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    before = session.scalar(sa.select(sa.func.count(Notice.id)))
    tap(session, alice, event, pitch)
    assert decisions(session) == []
    assert interest_rows(session, cast.bob.actor, event, pitch) == ()
    assert session.scalar(sa.select(sa.func.count(Notice.id))) == before
    assert [choice.match.id for choice in own_interest(session, alice, event, pitch).choices] == [match.id]


def test_a_pair_graded_unrelated_is_not_offered_after_a_tap(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing, grade=0)
    tap(session, alice, event, pitch)
    assert own_interest(session, alice, event, pitch).choices == ()
    with pytest.raises(NotFound):
        name_match(session, alice, event, pitch, match.id)


def test_naming_a_need_is_the_organizations_decision_on_the_pair(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    name_match(session, alice, event, pitch, match.id)
    assert decisions(session) == [(cast.alice.organization_id, "interested")]
    (row,) = interest_rows(session, cast.bob.actor, event, pitch)
    assert (row.organization_name, row.listing_title, row.person) == ("天山机械有限公司", "叶片除冰", "")


def test_taking_the_tap_back_takes_that_word_back(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    name_match(session, alice, event, pitch, match.id)
    untap(session, alice, event, pitch)
    assert decisions(session) == []


def test_taking_the_tap_back_leaves_a_word_that_was_said_before(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    decide(session, alice, match.id, "interested")
    name_match(session, alice, event, pitch, match.id)
    untap(session, alice, event, pitch)
    assert decisions(session) == [(cast.alice.organization_id, "interested")]


def test_naming_another_need_moves_the_word(session, cast, event, pitch, alice) -> None:
    first, second = (pair(session, publish(session, cast.alice, "need", title), pitch.listing) for title in "甲乙")
    name_match(session, alice, event, pitch, first.id)
    name_match(session, alice, event, pitch, second.id)
    assert [row.match_id for row in session.scalars(sa.select(MatchDecision))] == [second.id]


@pytest.mark.parametrize("visibility", ["anonymous", "brokers"])
def test_owner_of_a_hidden_need_is_warned_before_anything_opens(session, cast, event, pitch, alice, visibility) -> None:
    need = publish(session, cast.alice, "need", "机密需求", visibility=visibility)
    match = pair(session, need, pitch.listing)
    with pytest.raises(Invalid) as refused:
        name_match(session, alice, event, pitch, match.id)
    assert (list(refused.value.errors), decisions(session)) == (["agreed"], [])
    name_match(session, alice, event, pitch, match.id, agreed=True)
    (row,) = interest_rows(session, informed(session, cast.bob.actor), event, pitch)
    assert (row.organization_name, row.person) == ("匿名需求方", "")


def test_nobody_names_what_is_not_his_own_or_not_of_this_pitch(session, cast, event, pitch, alice) -> None:
    other = publish(session, cast.bob, "achievement", "另一项成果")
    own = publish(session, cast.alice, "need", "自己的需求")
    theirs = publish(session, cast.mallory, "need", "别人的需求")
    elsewhere, foreign = pair(session, own, other), pair(session, theirs, pitch.listing)
    for match_id in (elsewhere.id, foreign.id, 10**9, -1):
        with pytest.raises(NotFound):
            name_match(session, alice, event, pitch, match_id)
    assert decisions(session) == []


def test_naming_refuses_what_a_colleague_has_decided_meanwhile(session, cast, event, pitch, alice) -> None:
    match = pair(session, publish(session, cast.alice, "need", "叶片除冰"), pitch.listing)
    decide(session, alice, match.id, "unsuitable", reason="price")
    with pytest.raises(Conflict):
        name_match(session, alice, event, pitch, match.id, seen="")


def test_leaving_ones_contact_tells_the_presenter_name_and_organization_once(
    session, cast, event, pitch, alice
) -> None:
    for _ in range(2):
        leave_contact(session, alice, event, pitch)
    (row,) = interest_rows(session, cast.bob.actor, event, pitch)
    assert (row.person, row.organization_name, row.way) == ("阿丽娅", "天山机械有限公司", "contact")
    told = sa.select(Notice.title).where(Notice.user_id == cast.bob.user_id).order_by(Notice.id.desc())
    assert session.scalars(told).first() == "天山机械有限公司 对您的路演感兴趣"
    assert len(session.scalars(told).all()) == 2


def test_reverse_pitching_is_answered_by_an_achievement(session, cast, event) -> None:
    pitch = make_pitch(session, cast, event, cast.alice, "企业的难题", kind="need")
    make_registration(session, event, cast.bob)
    match = pair(session, pitch.listing, publish(session, cast.bob, "achievement", "对应成果"))
    name_match(session, cast.bob.actor, event, pitch, match.id)
    assert decisions(session) == [(cast.bob.organization_id, "interested")]


def test_organiser_sees_who_tapped_and_outsiders_do_not(session, cast, event, pitch, alice) -> None:
    tap(session, alice, event, pitch)
    (row,) = interest_rows(session, cast.carol.actor, event, pitch)
    assert (row.person, row.organization_name, row.way) == ("阿丽娅", "天山机械有限公司", "counted")
    for member in (cast.mallory, cast.alice):
        with pytest.raises(Forbidden):
            interest_rows(session, member.actor, event, pitch)
    assert programme_of(session, cast.mallory.actor, event).pitches[0].interests is None
