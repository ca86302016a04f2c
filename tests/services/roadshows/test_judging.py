"""Judges, their sheets, recusal, ranking and results."""

from dataclasses import replace
from decimal import Decimal

import pytest
import sqlalchemy as sa

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.judges import ScoreSheet
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Membership
from matchmaker.services.actors import informed
from matchmaker.services.roadshows.judges import dismiss_judge, invite_judge, judge_candidates, judge_rows
from matchmaker.services.roadshows.ranking import live_ranking
from matchmaker.services.roadshows.results import publish_results, reopenings, results, unpublish_results
from matchmaker.services.roadshows.running import Rules, set_rules
from matchmaker.services.roadshows.sheets import (
    Marks,
    my_sheet,
    my_sheets,
    recuse,
    reopen_sheet,
    save_sheet,
    sign_sheet,
)
from tests.cast import make_member, make_organization
from tests.roadshows import FULL, invite, make_judge, make_pitch, make_roadshow


@pytest.fixture
def event(session, cast):
    return make_roadshow(session, cast, "final")


@pytest.fixture
def pitch(session, cast, event):
    return make_pitch(session, cast, event, cast.bob, "疏冰涂料")


@pytest.fixture
def judge(session, cast, event):
    return make_judge(session, cast, event, "frank", "冯评委")


def all_marks(mark: str) -> Marks:
    return Marks(dict.fromkeys(("d1", "d2", "d3", "d4"), mark))


def grounds(session, cast, event):
    return [ground for row in judge_rows(session, cast.carol.actor, event) for _pitch_id, ground in row.away]


def test_candidates_are_checked_members_of_judging_organizations(session, cast, event, judge) -> None:
    found = {membership.user.name for membership in judge_candidates(session, cast.carol.actor, event)}
    assert found == {cast.bob.name, cast.carol.name}


def test_invite_judge_tells_him_once_he_can_be_invited(session, cast, event, judge) -> None:
    titles = session.scalars(sa.select(Notice.title).where(Notice.user_id == judge.user_id)).all()
    assert titles == ["邀请您担任“装备制造对接会”的评委"]
    for membership_id in (judge.membership_id, cast.alice.membership_id, 10**9):
        with pytest.raises(NotFound):
            invite_judge(session, cast.carol.actor, event, membership_id)


def test_sheet_is_for_judges_only(session, cast, event, pitch) -> None:
    for member in (cast.alice, cast.bob, cast.carol):
        with pytest.raises(Forbidden):
            save_sheet(session, member.actor, event, pitch.id, FULL, 0)


def test_save_keeps_what_can_be_read_and_signing_names_what_is_missing(session, event, pitch, judge) -> None:
    typed = Marks({"d1": "8.5", "d2": "11", "d3": "", "d4": "8.55"}, "写到一半")
    save_sheet(session, judge.actor, event, pitch.id, typed, 0)
    sheet = my_sheet(session, judge.actor, event, pitch.id)
    assert (sheet.scores, sheet.comment, sheet.version) == ({"d1": "8.5"}, "写到一半", 1)
    with pytest.raises(Invalid) as refused:
        sign_sheet(session, judge.actor, event, pitch.id, typed, 1)
    assert sorted(refused.value.errors) == ["d2", "d3", "d4"]


def test_save_keeps_the_former_mark_while_a_new_one_is_being_typed(session, event, pitch, judge) -> None:
    save_sheet(session, judge.actor, event, pitch.id, all_marks("8"), 0)
    save_sheet(session, judge.actor, event, pitch.id, Marks({"d1": "8.", "d2": "x", "d3": ""}), 1)
    assert my_sheet(session, judge.actor, event, pitch.id).scores == {"d1": "8", "d2": "8"}


def test_save_refuses_a_stale_version(session, event, pitch, judge) -> None:
    save_sheet(session, judge.actor, event, pitch.id, all_marks("8"), 0)
    with pytest.raises(Conflict):
        save_sheet(session, judge.actor, event, pitch.id, all_marks("3"), 0)
    assert my_sheet(session, judge.actor, event, pitch.id).scores["d1"] == "8"


@pytest.mark.parametrize("mark", ["nan", "inf", "1e1", "-1", "10.1", "９", "七", "9" * 50])
def test_a_mark_is_a_number_of_the_scale(session, event, pitch, judge, mark) -> None:
    save_sheet(session, judge.actor, event, pitch.id, Marks({"d1": mark}), 0)
    expected = {"９": {"d1": "9"}, "1e1": {"d1": "10"}}
    assert my_sheet(session, judge.actor, event, pitch.id).scores == expected.get(mark, {})


def test_signed_sheet_is_locked_for_everybody(session, cast, event, pitch, judge) -> None:
    sheet = sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    for attempt in (
        lambda: save_sheet(session, judge.actor, event, pitch.id, all_marks("1"), None),
        lambda: sign_sheet(session, judge.actor, event, pitch.id, all_marks("1"), None),
        lambda: recuse(session, judge.actor, event, pitch.id, "反悔"),
    ):
        with pytest.raises(Conflict):
            attempt()
    dismiss_judge(session, cast.carol.actor, event, sheet.judge_id)
    assert session.get(ScoreSheet, sheet.id).scores == {"d1": 8, "d2": 7.5, "d3": 9, "d4": 6}


def test_reopened_sheet_tells_its_judge_why_and_keeps_its_marks(session, cast, event, pitch, judge) -> None:
    sheet = sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    for actor, reason, error in (
        (cast.carol.actor, " ", Invalid),
        (cast.bob.actor, "我要高分", Forbidden),
        (judge.actor, "我想改", Forbidden),
    ):
        with pytest.raises(error):
            reopen_sheet(session, actor, event, sheet.id, reason)
    reopen_sheet(session, cast.carol.actor, event, sheet.id, "团队一项漏看了附件")
    mine = my_sheet(session, judge.actor, event, pitch.id)
    assert (mine.is_signed, mine.reopen_reason, mine.scores["d4"]) == (False, "团队一项漏看了附件", "6")
    titles = session.scalars(sa.select(Notice.title).where(Notice.user_id == judge.user_id)).all()
    assert titles[-1] == "您的评分表已退回：《疏冰涂料》"
    (row,) = reopenings(session, cast.carol.actor, event)
    assert (row.judge_name, row.by, row.reason) == (judge.name, cast.carol.name, "团队一项漏看了附件")


def test_judge_steps_back_from_his_own_organizations_pitch(session, cast, event, pitch) -> None:
    invite(session, cast, event, cast.bob)
    assert grounds(session, cast, event) == ["本单位项目"]
    with pytest.raises(Conflict):
        save_sheet(session, cast.bob.actor, event, pitch.id, FULL, 0)


def test_judge_steps_back_for_every_organization_that_he_belongs_to(session, cast, event, pitch, judge) -> None:
    session.add(
        Membership(user_id=judge.user_id, organization_id=cast.bob.organization_id, role="university", state="invited")
    )
    session.flush()
    assert grounds(session, cast, event) == ["本单位项目"]


def test_judge_on_an_avoid_list_steps_back_and_is_not_told_of_the_list(session, cast, event, pitch, judge) -> None:
    name = judge.organization_name
    session.add(Avoidance(organization_id=cast.bob.organization_id, name=name, kind="rival"))
    session.flush()
    (sheet,) = my_sheets(session, informed(session, judge.actor), event)
    assert (sheet.away.ground, sheet.away.reason, sheet.pitch.title) == ("apart", "", "")
    assert grounds(session, cast, event) == ["按规则回避"]


@pytest.mark.parametrize("where", ["inventor", "address", "team", "speaker"])
def test_judge_steps_back_from_what_names_him(session, cast, event, pitch, judge, where) -> None:
    if where in {"inventor", "address"}:
        values = {"name": judge.name} if where == "inventor" else {"name": "另名", "email": judge.email.upper()}
        inventor = Inventor(organization_id=cast.bob.organization_id, **values)
        session.add(Inventorship(listing=pitch.listing, inventor=inventor))
    elif where == "team":
        pitch.listing.current.team = f"张三、{judge.name}；李四"
    else:
        pitch.speakers = f"张三，{judge.name}"
    session.flush()
    assert grounds(session, cast, event) == ["项目完成人或演讲人"]


def test_a_part_of_a_name_is_no_conflict(session, cast, event, pitch, judge) -> None:
    pitch.listing.current.team = f"{judge.name}华、小{judge.name}"
    session.flush()
    assert grounds(session, cast, event) == []


def test_recusal_needs_a_reason_and_leaves_no_sheet(session, cast, event, pitch, judge) -> None:
    save_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    with pytest.raises(Invalid):
        recuse(session, judge.actor, event, pitch.id, "")
    recuse(session, judge.actor, event, pitch.id, "曾任该项目顾问")
    assert session.scalars(sa.select(ScoreSheet)).all() == []
    with pytest.raises(Conflict):
        save_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    assert live_ranking(session, cast.carol.actor, event).rows[0].away == (("冯评委", "本人申请"),)


def test_signed_sheet_of_somebody_who_must_step_back_now_does_not_count(session, cast, event, pitch, judge) -> None:
    sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    pitch.speakers = judge.name
    session.flush()
    (row,) = live_ranking(session, cast.carol.actor, event).rows
    assert (row.place, row.score, row.sheets, row.signed, row.missing) == (None, None, (), 0, 0)


def test_ranking_follows_weighted_means_and_shares_places(session, cast, event, judge) -> None:
    second = make_judge(session, cast, event, "gina", "高评委")
    marks = {"甲": ("8", "6"), "乙": ("9", "9"), "丙": ("7", "7"), "丁": None}
    for title, given in marks.items():
        pitch = make_pitch(session, cast, event, cast.bob, title)
        for member, mark in zip((judge, second), given or (), strict=False):
            sign_sheet(session, member.actor, event, pitch.id, all_marks(mark), 0)
    ranking = live_ranking(session, cast.carol.actor, event)
    assert [(row.pitch.title, row.place, row.score) for row in ranking.rows] == [
        ("乙", 1, Decimal("9.00")),
        ("甲", 2, Decimal("7.00")),
        ("丙", 2, Decimal("7.00")),
        ("丁", None, None),
    ]
    assert (ranking.signed, ranking.missing) == (6, 2)


def test_ranking_weighs_the_dimensions(session, cast, event, pitch, judge) -> None:
    # 30 * 8 + 25 * 7.5 + 25 * 9 + 20 * 6 over 100
    sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    (row,) = live_ranking(session, cast.carol.actor, event).rows
    assert (row.score, row.means["d2"], row.sheets[0].judge_name) == (Decimal("7.73"), Decimal("7.50"), "冯评委")


def test_trimmed_ranking_leaves_out_one_highest_and_one_lowest_of_five(session, cast, pitch, judge) -> None:
    event = pitch.event
    rules = Rules(
        present_minutes="8", question_minutes="7", ranked_by="trimmed", dimensions=(("一项", "1"),), score_most="100"
    )
    set_rules(session, cast.carol.actor, event, rules, 1)
    judges = [judge, *(make_judge(session, cast, event, f"judge{n}", f"评委{n}") for n in range(4))]
    for member, mark in zip(judges, ("100", "100", "60", "50", "0"), strict=True):
        sign_sheet(session, member.actor, event, pitch.id, Marks({"d1": mark}), 0)
    (row,) = live_ranking(session, cast.carol.actor, event).rows
    assert (row.score, row.mean, row.trimmed) == (Decimal("70.00"), Decimal("62.00"), Decimal("70.00"))


def test_what_judges_mark_stays_once_one_has_begun(session, cast, event, pitch, judge) -> None:
    save_sheet(session, judge.actor, event, pitch.id, Marks({"d1": "5"}), 0)
    rules = Rules(present_minutes="8", question_minutes="12", dimensions=(("只看技术", "1"),))
    with pytest.raises(Conflict):
        set_rules(session, cast.carol.actor, event, rules, 1)
    kept = (("技术与产品", "30"), ("商业模式与计划", "25"), ("行业与市场", "25"), ("团队", "20"))
    set_rules(session, cast.carol.actor, event, replace(rules, dimensions=kept), 1)


def test_a_judge_never_sees_anothers_marks_before_he_has_signed(session, cast, event, pitch, judge) -> None:
    invite(session, cast, event, cast.carol)
    sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    for read in (live_ranking, publish_results):
        with pytest.raises(Forbidden):
            read(session, cast.carol.actor, event)
    for read in (live_ranking, results):
        with pytest.raises(Forbidden):
            read(session, judge.actor, event)
    assert [sheet.scores for sheet in my_sheets(session, cast.carol.actor, event)] == [{}]
    sign_sheet(session, cast.carol.actor, event, pitch.id, all_marks("5"), 0)
    assert live_ranking(session, cast.carol.actor, event).signed == 2


def test_results_are_published_by_the_organiser_to_presenters(session, cast, event, pitch, judge) -> None:
    late = make_judge(session, cast, event, "gina", "高评委")
    with pytest.raises(Conflict):
        publish_results(session, cast.carol.actor, event)
    sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    with pytest.raises(Forbidden):
        results(session, cast.bob.actor, event)
    with pytest.raises(Invalid):
        publish_results(session, cast.carol.actor, event)
    publish_results(session, cast.carol.actor, event, anyway=True)
    (row,) = results(session, cast.bob.actor, event).rows
    assert (row.place, row.score, row.sheets, row.away, row.comments) == (
        1,
        Decimal("7.73"),
        (),
        (),
        ("技术扎实，市场分析不足。",),
    )
    for stranger in (cast.alice, cast.mallory):
        with pytest.raises(Forbidden):
            results(session, stranger.actor, event)
    with pytest.raises(Conflict):
        sign_sheet(session, late.actor, event, pitch.id, FULL, 0)


def test_comments_go_to_their_own_presenter_only(session, cast, event, pitch, judge) -> None:
    make_pitch(session, cast, event, cast.alice, "企业自己的成果")
    sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    publish_results(session, cast.carol.actor, event, anyway=True)
    assert [row.comments for row in results(session, cast.alice.actor, event).rows] == [(), ()]


def test_unpublished_results_can_be_corrected(session, cast, event, pitch, judge) -> None:
    sheet = sign_sheet(session, judge.actor, event, pitch.id, FULL, 0)
    publish_results(session, cast.carol.actor, event)
    with pytest.raises(Conflict):
        reopen_sheet(session, cast.carol.actor, event, sheet.id, "有误")
    with pytest.raises(Invalid):
        unpublish_results(session, cast.carol.actor, event, "")
    unpublish_results(session, cast.carol.actor, event, "漏计一份")
    reopen_sheet(session, cast.carol.actor, event, sheet.id, "有误")
    with pytest.raises(Forbidden):
        results(session, cast.bob.actor, event)


def test_organiser_cannot_give_his_own_sheet_back(session, cast, event, pitch) -> None:
    invite(session, cast, event, cast.carol)
    sheet = sign_sheet(session, cast.carol.actor, event, pitch.id, FULL, 0)
    with pytest.raises(Forbidden):
        reopen_sheet(session, cast.carol.actor, event, sheet.id, "改一改")


def test_judging_ends_with_the_event(session, cast, judge) -> None:
    agency = make_organization(session, "university", "另一所大学")
    member = make_member(session, agency, "hugo", "胡戈", cast.bob.actor.role)
    event = make_roadshow(session, cast, "final")
    invite(session, cast, event, member)
    pitch = make_pitch(session, cast, event, cast.bob, "疏冰涂料")
    event.state = "closed"
    with pytest.raises(Conflict):
        save_sheet(session, member.actor, event, pitch.id, FULL, 0)
