"""Screening by experts and the bureau's decision."""

from dataclasses import replace

import pytest
import sqlalchemy as sa

from matchmaker.domain.avoidances import Avoidance
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.notices import Notice
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.campaigns.deciding import reopen, screen_in, screen_out
from matchmaker.services.campaigns.experts import assign, dismiss, distribute, expert_candidates, expert_rows, invite
from matchmaker.services.campaigns.screening import (
    agreement,
    get_opinion,
    give_opinion,
    judged_revision,
    judged_title,
    my_opinions,
    read_for_opinion,
    recuse,
    text_mark,
)
from matchmaker.services.history import history
from matchmaker.services.revisions import save_draft
from matchmaker.services.submission import recall, submit
from tests.campaigns import JUDGEMENT, make_campaign, make_entry, make_expert
from tests.cast import make_member, make_organization

SECRET = {
    "visibility": "anonymous",
    "contact_name": "韩秘密",
    "contact_phone": "13800000000",
    "source": "内部渠道",
    "region": "650104",
}


@pytest.fixture
def campaign(session, cast):
    return make_campaign(session, cast.dave)


@pytest.fixture
def entry(session, cast, campaign):
    return make_entry(session, campaign, cast.alice, **SECRET)


@pytest.fixture
def opinion(session, cast, campaign, entry):
    return assign(session, cast.dave.actor, campaign, entry, make_expert(session, cast, campaign, cast.bob).id)


def seen(entry):
    return text_mark(judged_revision(entry.listing))


def keep_apart(session, one, other):
    ids = {"organization_id": one.organization_id, "avoided_id": other.organization_id}
    session.add(Avoidance(**ids, name=other.organization_name, kind="rival"))
    session.flush()


def second_expert(session, cast, campaign):
    institute = make_organization(session, "institute", "冰川研究所")
    member = make_member(session, institute, "ivan", "伊万", Role.UNIVERSITY)
    return member, make_expert(session, cast, campaign, member)


def judge(session, member, opinion, **values):
    give_opinion(session, member.actor, opinion, replace(JUDGEMENT, **values), seen(opinion.entry))


def judged_by_two(session, cast, campaign, entry, opinion, second="keep"):
    ivan, expert = second_expert(session, cast, campaign)
    judge(session, cast.bob, opinion)
    judge(session, ivan, assign(session, cast.dave.actor, campaign, entry, expert.id), recommendation=second)


def test_experts_are_members_of_checked_offices_and_brokers(session, cast, campaign):
    unchecked = make_organization(session, "university", "未核验大学", verified_at=None)
    make_member(session, unchecked, "olga", "奥尔加", Role.UNIVERSITY)
    found = expert_candidates(session, cast.dave.actor, campaign)
    assert {row.user.name for row in found} == {"鲍博", "柯洛"}
    with pytest.raises(NotFound):
        invite(session, cast.dave.actor, campaign, cast.alice.membership_id)
    with pytest.raises(Forbidden):
        expert_candidates(session, cast.carol.actor, campaign)


def test_expert_reads_the_full_text_but_never_who_posted_it(session, cast, opinion):
    view = read_for_opinion(session, cast.bob.actor, opinion)
    assert view.value("problem").startswith("叶片在高湿低温下覆冰")
    assert (view.organization_id, view.organization_name, view.region) == (None, "匿名需求方", "650100")
    hidden = [view.value(name) for name in ("contact_name", "contact_phone", "source")]
    assert hidden == [None, None, None]


def test_public_listing_is_judged_blind_as_well(session, cast, campaign):
    entry = make_entry(session, campaign, cast.alice)
    expert = make_expert(session, cast, campaign, cast.bob)
    opinion = assign(session, cast.dave.actor, campaign, entry, expert.id)
    assert read_for_opinion(session, cast.bob.actor, opinion).organization_id is None


@pytest.mark.parametrize("name", ["alice", "carol", "dave", "erin", "mallory", "peter"])
def test_opinion_is_its_experts_own(session, cast, opinion, name):
    with pytest.raises(NotFound):
        get_opinion(session, cast[name].actor, opinion.id)


def test_expert_must_act_for_the_organization_that_he_was_invited_with(session, cast, opinion):
    elsewhere = Actor(user_id=cast.bob.user_id, organization_id=cast.alice.organization_id, role=Role.ENTERPRISE)
    with pytest.raises(NotFound):
        get_opinion(session, elsewhere, opinion.id)


def test_expert_of_the_posting_organization_is_not_asked(session, cast, campaign, entry):
    colleague = make_member(
        session, make_organization(session, "institute", "天山研究所"), "nina", "尼娜", Role.UNIVERSITY
    )
    expert = make_expert(session, cast, campaign, colleague)
    entry.listing.organization_id = colleague.organization_id
    with pytest.raises(Conflict, match="回避"):
        assign(session, cast.dave.actor, campaign, entry, expert.id)
    assert distribute(session, cast.dave.actor, campaign) == 0


@pytest.mark.parametrize(("one", "other"), [("alice", "bob"), ("bob", "alice")])
def test_expert_on_an_avoid_list_of_either_side_is_not_asked(session, cast, campaign, entry, one, other):
    expert = make_expert(session, cast, campaign, cast.bob)
    keep_apart(session, cast[one], cast[other])
    with pytest.raises(Conflict, match="回避"):
        assign(session, cast.dave.actor, campaign, entry, expert.id)


def test_expert_who_became_tied_meanwhile_reads_no_more(session, cast, opinion):
    keep_apart(session, cast.alice, cast.bob)
    with pytest.raises(Conflict, match="回避"):
        read_for_opinion(session, cast.bob.actor, opinion)


def test_distribution_asks_the_least_busy_and_fills_each_entry_once(session, cast, campaign):
    entries = [make_entry(session, campaign, cast.alice, title=f"需求{number}") for number in range(3)]
    second_expert(session, cast, campaign)
    for member in (cast.bob, cast.carol):
        make_expert(session, cast, campaign, member)
    assert distribute(session, cast.dave.actor, campaign) == 6
    assert distribute(session, cast.dave.actor, campaign) == 0
    session.expire_all()
    assert [len(entry.opinions) for entry in entries] == [2, 2, 2]
    assert [row.asked for row in expert_rows(session, cast.dave.actor, campaign)] == [2, 2, 2]


def test_recused_and_dismissed_experts_are_replaced(session, cast, campaign, entry, opinion):
    recuse(session, cast.bob.actor, opinion, "参与过这个项目")
    with pytest.raises(NotFound):
        get_opinion(session, cast.bob.actor, opinion.id)
    carol = make_expert(session, cast, campaign, cast.carol)
    _ivan, _other = second_expert(session, cast, campaign)
    assert distribute(session, cast.dave.actor, campaign) == 2
    dismiss(session, cast.dave.actor, campaign, carol.id)
    rows = {
        row.name: (row.asked, row.recused, row.is_dismissed) for row in expert_rows(session, cast.dave.actor, campaign)
    }
    assert rows == {"伊万": (1, 0, False), "柯洛": (0, 1, True), "鲍博": (0, 1, False)}


def test_asked_expert_is_told_once_for_all_entries(session, cast, campaign):
    for number in range(3):
        make_entry(session, campaign, cast.alice, title=f"需求{number}")
    make_expert(session, cast, campaign, cast.bob)
    distribute(session, cast.dave.actor, campaign)
    told = sa.select(Notice.title).where(Notice.user_id == cast.bob.user_id).order_by(Notice.id)
    assert session.scalars(told).all() == [
        "邀请您担任《企业技术需求征集》的评审专家",
        "《企业技术需求征集》有 3 项等您评审",
    ]


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({"recommendation": "x"}, ["recommendation"]),
        ({"recommendation": "merge"}, ["merge_with"]),
        ({"scores": {**JUDGEMENT.scores, "clarity": "6"}}, ["clarity"]),
        ({"scores": None}, ["necessity", "clarity", "judgeability", "novelty"]),
        ({"text": "好"}, ["text"]),
        ({"text": "长" * 3001}, ["text"]),
    ],
)
def test_incomplete_opinion_names_its_fields(session, cast, opinion, values, wrong):
    with pytest.raises(Invalid) as refused:
        judge(session, cast.bob, opinion, **values)
    assert (list(refused.value.errors), opinion.state) == (wrong, "asked")


def test_opinion_is_given_once(session, cast, opinion):
    judge(session, cast.bob, opinion, recommendation="merge", merge_with="需求二")
    assert (opinion.state, opinion.merge_with, opinion.scores["necessity"]) == ("given", "需求二", 5)
    with pytest.raises(Conflict):
        judge(session, cast.bob, opinion)
    assert [(row.state, row.recommendation) for row in my_opinions(session, cast.bob.actor)] == [("given", "merge")]


def test_opinion_on_a_text_that_has_changed_is_refused(session, cast, entry, opinion):
    mark, listing = seen(entry), entry.listing
    revision = recall(session, cast.alice.actor, listing)
    with pytest.raises(Conflict):
        read_for_opinion(session, cast.bob.actor, opinion)
    revision, _ = save_draft(session, cast.alice.actor, listing, {"title": "改过的名称"}, revision.version)
    submit(session, cast.alice.actor, listing, revision.version, declared=True)
    with pytest.raises(Conflict, match="重新阅读"):
        give_opinion(session, cast.bob.actor, opinion, JUDGEMENT, mark)
    judge(session, cast.bob, opinion)


def test_agreement_counts_votes_and_means(session, cast, campaign, entry, opinion):
    judged_by_two(session, cast, campaign, entry, opinion, second="clarify")
    session.expire(entry)
    found = agreement(entry.opinions, 2)
    assert (found.is_complete, found.is_split, found.recommendation) == (True, True, None)
    assert (found.votes, found.means["judgeability"]) == ({"keep": 1, "clarify": 1}, 3.0)


def test_kept_entry_is_published_and_its_owner_told_without_names(session, cast, campaign, entry, opinion):
    judged_by_two(session, cast, campaign, entry, opinion)
    screen_in(session, cast.dave.actor, entry, seen(entry), advice="指标很好。")
    assert (entry.state, entry.listing.state, entry.listing.visibility) == ("screened_in", "published", "anonymous")
    told = session.scalars(sa.select(Notice).where(Notice.user_id == cast.alice.user_id)).all()
    assert [notice.title for notice in told] == ["《风电叶片低温除冰涂层》入选“企业技术需求征集”"]
    known = " ".join(f"{step}" for step in history(session, cast.alice.actor, entry.listing)) + told[0].body
    assert [name for name in ("鲍博", "昆仑理工大学", "伊万", "冰川研究所") if name in known] == []


def test_dropped_entry_goes_back_with_reasons_and_advice(session, cast, campaign, entry, opinion):
    judged_by_two(session, cast, campaign, entry, opinion)
    with pytest.raises(Invalid) as refused:
        screen_out(session, cast.dave.actor, entry, seen(entry), reasons=[], advice="")
    assert list(refused.value.errors) == ["reasons", "advice"]
    screen_out(session, cast.dave.actor, entry, seen(entry), reasons=["no_indicator"], advice="请写出指标。")
    assert (entry.state, entry.listing.state) == ("screened_out", "returned")
    assert (entry.reasons, entry.advice) == (["no_indicator"], "请写出指标。")
    told = session.scalars(sa.select(Notice.title).where(Notice.user_id == cast.alice.user_id)).all()
    assert told == ["退回修改：《风电叶片低温除冰涂层》"]


def test_decision_before_all_opinions_needs_a_reason(session, cast, campaign, entry, opinion):
    with pytest.raises(Invalid) as refused:
        screen_in(session, cast.dave.actor, entry, seen(entry))
    assert list(refused.value.errors) == ["exception"]
    screen_in(session, cast.dave.actor, entry, seen(entry), exception="市领导现场办公确定")
    assert entry.state == "screened_in"


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "erin", "mallory"])
def test_only_the_bureau_decides(session, cast, entry, name):
    with pytest.raises(Forbidden):
        screen_in(session, cast[name].actor, entry, seen(entry), exception="越权")


def test_decision_on_a_text_that_was_not_seen_is_refused(session, cast, entry):
    with pytest.raises(Conflict):
        screen_in(session, cast.dave.actor, entry, "0-0", exception="急")


def test_mended_entry_can_be_taken_up_again(session, cast, campaign, entry, opinion):
    judged_by_two(session, cast, campaign, entry, opinion)
    screen_out(session, cast.dave.actor, entry, seen(entry), reasons=["no_indicator"], advice="请写出指标。")
    listing = entry.listing
    submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
    reopen(session, cast.dave.actor, entry)
    assert (entry.state, entry.advice, entry.reasons) == ("entered", None, [])
    screen_in(session, cast.dave.actor, entry, seen(entry))
    assert listing.state == "published"


def test_expert_kept_apart_after_he_was_asked_reads_not_even_the_title(session, cast, entry, opinion):
    assert [row.title for row in my_opinions(session, cast.bob.actor)] == ["风电叶片低温除冰涂层"]
    keep_apart(session, cast.alice, cast.bob)
    assert [row.title for row in my_opinions(session, cast.bob.actor)] == [""]
    assert judged_title(session, cast.bob.actor, opinion) == ""
