"""Pitches: adding, asking, answering; the programme as each viewer sees it; its order."""

from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.events import AgendaItem
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.notices import Notice
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import informed
from matchmaker.services.roadshows.loading import get_pitch
from matchmaker.services.roadshows.ordering import expected_demand, order_by_rule, reorder, shift
from matchmaker.services.roadshows.pitches import (
    Answer,
    PitchPlan,
    add_pitch,
    ask_again,
    candidates,
    confirm_pitch,
    edit_pitch,
    withdraw_pitch,
)
from matchmaker.services.roadshows.programme import programme_of
from matchmaker.services.roadshows.running import Rules, set_rules
from tests.cast import make_organization
from tests.events import make_registration
from tests.pairs import pair, publish
from tests.roadshows import STARTS, make_free_pitch, make_pitch, make_roadshow

VISITOR = Actor.anonymous()
RULES = Rules(present_minutes="8", question_minutes="7", dimensions=(("技术", "1"),))


@pytest.fixture
def event(session, cast):
    return make_roadshow(session, cast)


def titles(session, actor, event):
    return [pitch.title for pitch in programme_of(session, actor, event).pitches]


def told(session, member):
    return session.scalars(sa.select(Notice.title).where(Notice.user_id == member.user_id)).all()


def test_add_pitch_asks_the_listings_owner_to_confirm(session, cast, event) -> None:
    listing = publish(session, cast.bob, "achievement", "疏冰涂料")
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=listing.id))
    assert (pitch.state, pitch.presenter_id, pitch.organization_id) == (
        "invited",
        cast.bob.user_id,
        cast.bob.organization_id,
    )
    assert told(session, cast.bob) == ["邀请您在“装备制造对接会”上路演"]


def test_add_pitch_refuses_what_is_for_brokers_only(session, cast, event) -> None:
    listing = publish(session, cast.bob, "achievement", "疏冰涂料", visibility="brokers")
    with pytest.raises(Conflict):
        add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=listing.id))


def test_add_pitch_refuses_the_same_listing_twice(session, cast, event) -> None:
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    with pytest.raises(Conflict):
        add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=pitch.listing_id))


def test_add_pitch_names_each_fault(session, cast, event) -> None:
    plan = PitchPlan(
        title="", organization="没有的单位", present_minutes="0", question_minutes="x", speakers="长" * 201
    )
    with pytest.raises(Invalid) as refused:
        add_pitch(session, cast.carol.actor, event, plan)
    assert sorted(refused.value.errors) == [
        "organization",
        "present_minutes",
        "question_minutes",
        "speakers",
        "title",
    ]


@pytest.mark.parametrize("state", ["held", "closed", "cancelled"])
def test_add_pitch_is_refused_once_the_event_is_over(session, cast, state) -> None:
    listing = publish(session, cast.bob, "achievement", "疏冰涂料")
    with pytest.raises(Conflict):
        add_pitch(session, cast.carol.actor, make_roadshow(session, cast, state), PitchPlan(listing_id=listing.id))


def test_add_pitch_is_refused_to_those_who_do_not_run_the_event(session, cast, event) -> None:
    listing = publish(session, cast.bob, "achievement", "疏冰涂料")
    for member in (cast.bob, cast.mallory, cast.peter):
        with pytest.raises(Forbidden):
            add_pitch(session, member.actor, event, PitchPlan(listing_id=listing.id))


def test_candidates_leave_out_what_is_hidden_or_taken(session, cast, event) -> None:
    make_pitch(session, cast, event, cast.bob, "已列入的成果")
    publish(session, cast.bob, "achievement", "内部成果", visibility="brokers")
    publish(session, cast.alice, "need", "反向路演的需求")
    found = candidates(session, cast.carol.actor, event, "的")
    assert [listing.current.title for listing in found] == ["反向路演的需求"]


def test_programme_shows_the_public_only_what_is_confirmed(session, cast, event) -> None:
    make_pitch(session, cast, event, cast.bob, "已确认的成果")
    asked = publish(session, cast.alice, "need", "还没确认的需求")
    add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=asked.id))
    assert titles(session, VISITOR, event) == ["已确认的成果"]
    assert titles(session, cast.alice.actor, event) == ["已确认的成果", "还没确认的需求"]
    assert titles(session, cast.carol.actor, event) == ["已确认的成果", "还没确认的需求"]


def test_programme_does_not_say_who_presents_an_anonymous_need(session, cast, event) -> None:
    need = publish(session, cast.alice, "need", "匿名需求", visibility="anonymous")
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=need.id, speakers="阿丽娅"))
    confirm_pitch(session, cast.alice.actor, event, pitch, Answer(speakers="阿丽娅", is_named=False))
    (view,) = programme_of(session, VISITOR, event).pitches
    assert (view.organization_id, view.organization_name, view.speakers) == (None, "匿名需求方", "")


def test_programme_names_the_poster_of_an_anonymous_need_who_wants_it(session, cast, event) -> None:
    need = publish(session, cast.alice, "need", "匿名需求", visibility="anonymous")
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=need.id))
    confirm_pitch(session, cast.alice.actor, event, pitch, Answer(speakers="阿丽娅", is_named=True))
    (view,) = programme_of(session, VISITOR, event).pitches
    assert (view.organization_name, view.speakers) == ("天山机械有限公司", "阿丽娅")


def test_organiser_cannot_confirm_for_an_organization_with_members(session, cast, event) -> None:
    listing = publish(session, cast.bob, "achievement", "疏冰涂料")
    pitch = add_pitch(session, cast.carol.actor, event, PitchPlan(listing_id=listing.id))
    with pytest.raises(Forbidden):
        confirm_pitch(session, cast.carol.actor, event, pitch, Answer())


def test_organiser_confirms_for_an_organization_without_members(session, cast, event) -> None:
    guest = make_organization(session, "enterprise", "远方来的企业")
    pitch = make_free_pitch(session, event, cast.carol.actor, guest, "自荐项目")
    assert (pitch.state, titles(session, VISITOR, event)) == ("on_programme", ["自荐项目"])


def test_programme_hides_a_pitch_from_whom_its_organization_avoids(session, cast, event) -> None:
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    name = cast.mallory.organization_name
    session.add(Avoidance(organization_id=cast.bob.organization_id, name=name, kind="rival"))
    session.flush()
    mallory = informed(session, cast.mallory.actor)
    assert titles(session, mallory, event) == []
    with pytest.raises(NotFound):
        get_pitch(session, mallory, event, pitch.id)


def test_organiser_who_is_avoided_learns_only_that_something_stands_there(session, cast, event) -> None:
    make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    name = cast.carol.organization_name
    session.add(Avoidance(organization_id=cast.bob.organization_id, name=name, kind="rival"))
    session.flush()
    (view,) = programme_of(session, informed(session, cast.carol.actor), event).pitches
    assert (view.is_hidden, view.title, view.organization_name, view.speakers) == (True, "", "", "")


def test_withdraw_pitch_tells_the_other_side_why(session, cast, event) -> None:
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    with pytest.raises(Invalid):
        withdraw_pitch(session, cast.bob.actor, event, pitch, "  ")
    withdraw_pitch(session, cast.bob.actor, event, pitch, "样机还没有修好")
    assert titles(session, VISITOR, event) == []
    assert told(session, cast.carol)[-1] == "《疏冰涂料》不再参加“装备制造对接会”的路演"
    with pytest.raises(Forbidden):
        withdraw_pitch(session, cast.mallory.actor, event, pitch, "捣乱")
    ask_again(session, cast.carol.actor, event, pitch)
    assert pitch.state == "invited"


def test_edit_pitch_refuses_a_stale_version(session, cast, event) -> None:
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    with pytest.raises(Conflict):
        edit_pitch(session, cast.carol.actor, event, pitch, PitchPlan(speakers="张三"), pitch.version - 1)
    edit_pitch(session, cast.carol.actor, event, pitch, PitchPlan(speakers="张三", present_minutes="5"), pitch.version)
    assert (pitch.speakers, pitch.present_minutes) == ("张三", 5)


def test_programme_tells_how_far_it_runs_over(session, cast, event) -> None:
    event.ends_at = STARTS + timedelta(minutes=40)
    for title in ("甲", "乙", "丙"):
        make_pitch(session, cast, event, cast.bob, title)
    set_rules(session, cast.carol.actor, event, replace(RULES, break_every="2", break_minutes="10"), 1)
    programme = programme_of(session, cast.carol.actor, event)
    assert (programme.over_minutes, programme.ends_at) == (15, STARTS + timedelta(minutes=55))


def test_programme_tells_of_agenda_items_that_it_overlaps(session, cast, event) -> None:
    for title in ("甲", "乙"):
        make_pitch(session, cast, event, cast.bob, title)
    whole = {"starts_at": STARTS, "ends_at": STARTS + timedelta(hours=2)}
    lunch = {"starts_at": STARTS + timedelta(minutes=20), "ends_at": STARTS + timedelta(hours=1)}
    event.agenda = [AgendaItem(title="路演", **whole), AgendaItem(title="午餐", **lunch)]
    assert programme_of(session, cast.carol.actor, event).clashes == ("午餐",)


def test_set_rules_names_each_fault_and_keeps_the_rest(session, cast, event) -> None:
    bad = Rules(
        present_minutes="0", question_minutes="", break_every="2", score_least="9", score_most="3", ranked_by="x"
    )
    with pytest.raises(Invalid) as refused:
        set_rules(session, cast.carol.actor, event, bad, 1)
    assert sorted(refused.value.errors) == [
        "break_minutes",
        "dimension-1",
        "present_minutes",
        "question_minutes",
        "ranked_by",
        "score_most",
    ]


def test_set_rules_refuses_a_start_outside_the_event_and_a_stale_version(session, cast, event) -> None:
    with pytest.raises(Invalid) as refused:
        set_rules(session, cast.carol.actor, event, replace(RULES, starts_at="2031-01-01T10:00"), 1)
    assert list(refused.value.errors) == ["starts_at"]
    set_rules(session, cast.carol.actor, event, RULES, 1)
    with pytest.raises(Conflict):
        set_rules(session, cast.carol.actor, event, RULES, 1)


def test_reorder_takes_all_pitches_or_nothing(session, cast, event) -> None:
    one, two = (make_pitch(session, cast, event, cast.bob, title) for title in ("甲", "乙"))
    reorder(session, cast.carol.actor, event, [two.id, one.id])
    assert titles(session, VISITOR, event) == ["乙", "甲"]
    for wrong in ([one.id], [one.id, one.id], [one.id, two.id, 10**9]):
        with pytest.raises(Conflict):
            reorder(session, cast.carol.actor, event, wrong)


def test_shift_moves_one_place_and_stays_at_the_ends(session, cast, event) -> None:
    one, _two, three = (make_pitch(session, cast, event, cast.bob, title) for title in ("甲", "乙", "丙"))
    shift(session, cast.carol.actor, event, one, -1)
    shift(session, cast.carol.actor, event, three, -1)
    assert titles(session, VISITOR, event) == ["甲", "丙", "乙"]


def test_a_draw_is_on_record_with_its_seed_and_can_be_repeated(session, cast, event) -> None:
    for title in "甲乙丙丁":
        make_pitch(session, cast, event, cast.bob, title)
    seed = order_by_rule(session, cast.carol.actor, event, "draw")
    drawn = titles(session, VISITOR, event)
    order_by_rule(session, cast.carol.actor, event, "alternate")
    assert order_by_rule(session, cast.carol.actor, event, "draw", str(seed)) == seed
    assert titles(session, VISITOR, event) == drawn
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.action == "order")).all()[-1]
    assert (entry.data["rule"], entry.data["seed"]) == ("draw", seed)


@pytest.mark.parametrize("seed", ["-1", "0", "1.5", "9" * 11, "abc"])
def test_a_draw_refuses_what_is_no_seed(session, cast, event, seed) -> None:
    with pytest.raises(Invalid):
        order_by_rule(session, cast.carol.actor, event, "draw", seed)


def test_expected_demand_counts_each_organization_that_comes_once(session, cast, event) -> None:
    wanted = make_pitch(session, cast, event, cast.bob, "热门成果")
    other = make_pitch(session, cast, event, cast.bob, "冷门成果")
    needs = [publish(session, cast.alice, "need", title) for title in ("需求一", "需求二")]
    pair(session, needs[0], wanted.listing, probability=0.9)
    pair(session, needs[1], wanted.listing, probability=0.6)
    absent = publish(session, cast.mallory, "need", "不来的单位的需求")
    pair(session, absent, other.listing, probability=0.95)
    make_registration(session, event, cast.alice)
    found = expected_demand(session, cast.carol.actor, event, [wanted, other])
    assert found == {wanted.id: pytest.approx(0.9)}
    order_by_rule(session, cast.carol.actor, event, "demand")
    assert titles(session, VISITOR, event) == ["热门成果", "冷门成果"]


def test_organiser_who_is_avoided_is_not_told_what_is_presented(session, cast, event) -> None:
    name = cast.carol.organization_name
    session.add(Avoidance(organization_id=cast.bob.organization_id, name=name, kind="rival"))
    listing = publish(session, cast.bob, "achievement", "疏冰涂料")
    pitch = add_pitch(session, cast.dave.actor, event, PitchPlan(listing_id=listing.id))
    confirm_pitch(session, cast.bob.actor, event, pitch, Answer())
    withdraw_pitch(session, cast.bob.actor, event, pitch, "改期")
    assert told(session, cast.carol) == ["《（项目）》已确认路演", "《（项目）》不再参加“装备制造对接会”的路演"]
