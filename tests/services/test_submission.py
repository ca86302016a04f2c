"""Submission, confirmation by the client, and recall."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.mails import Mail
from matchmaker.services.listings import create_listing
from matchmaker.services.reading import missing_for_submission
from matchmaker.services.revisions import StaleRevision, save_draft
from matchmaker.services.submission import confirm, recall, send_back, submit
from tests.drafts import COMPLETE, make_draft, make_submitted


def for_client(session, cast):
    return create_listing(session, cast.carol.actor, "need", cast.alice.organization_id, raw=COMPLETE["need"])


def recipients(session):
    return [mail.recipient for mail in session.scalars(sa.select(Mail).order_by(Mail.id))]


def test_submit_hands_a_complete_draft_to_the_review_desk(session, cast):
    listing = make_draft(session, cast.alice)
    revision = submit(session, cast.alice.actor, listing, 1, declared=True)
    assert (listing.state, revision.state) == ("submitted", "submitted")
    assert None not in (revision.submitted_at, revision.declared_at, revision.confirmed_at)


def test_submit_twice_is_one_submission(session, cast):
    listing = make_submitted(session, cast.alice)
    moves = sa.select(sa.func.count()).where(JournalEntry.action == "move")
    before = session.scalar(moves)
    submit(session, cast.alice.actor, listing, 1, declared=True)
    assert session.scalar(moves) == before


@pytest.mark.parametrize("kind", ["need", "achievement"])
def test_submit_needs_the_declaration(session, cast, kind):
    listing = make_draft(session, cast.alice, kind)
    with pytest.raises(Invalid) as caught:
        submit(session, cast.alice.actor, listing, 1, declared=False)
    assert set(caught.value.errors) == {"declared"}
    assert listing.state == "draft"


@pytest.mark.parametrize(
    ("kind", "values", "expected"),
    [
        ("need", {}, {}),
        ("need", {"title": "", "abstract": " "}, {"title": "请填写这一项。", "abstract": "请填写这一项。"}),
        ("need", {"field": "", "cooperation": []}, {"cooperation": "请选择这一项。", "field": "请选择这一项。"}),
        ("need", {"budget": "很多"}, {"budget": "请填写金额，例如 1200000、120万 或 50-80万；面议请留空。"}),
        ("need", {"deadline_on": years_after(today(), 3)}, {}),
        (
            "need",
            {"deadline_on": years_after(today(), 3) + timedelta(days=1)},
            {"deadline_on": "期望完成日期不能超过今天起三年。"},
        ),
        ("need", {"deadline_on": "2020-01-01"}, {"deadline_on": "期望完成日期已经过去。"}),
        ("need", {"valid_until": today() - timedelta(days=1)}, {"valid_until": "有效期已经过去。"}),
        ("achievement", {"completed_on": today() + timedelta(days=1)}, {"completed_on": "完成日期还没有到。"}),
        ("achievement", {"stage": ""}, {"stage": "请选择这一项。"}),
        (
            "need",
            {"visibility": "anonymous", "abstract": "天山机械有限公司寻求涂层"},
            {"abstract": "匿名发布时这里不能出现“天山机械有限公司”。"},
        ),
        (
            "need",
            {"visibility": "anonymous", "keywords": "阿丽娅、涂层"},
            {"keywords": "匿名发布时这里不能出现“阿丽娅”。"},
        ),
        ("need", {"visibility": "public", "abstract": "天山机械有限公司寻求涂层"}, {}),
        ("need", {"visibility": "anonymous", "problem": "天山机械有限公司的叶片覆冰"}, {}),
    ],
)
def test_missing_for_submission_names_each_field(session, cast, kind, values, expected):
    listing = make_draft(session, cast.alice, kind, **values)
    assert missing_for_submission(listing.working_revision) == expected


def test_submit_refuses_what_is_incomplete_and_names_it(session, cast):
    listing = make_draft(session, cast.alice, title="")
    with pytest.raises(Invalid) as caught:
        submit(session, cast.alice.actor, listing, 1, declared=True)
    assert (str(caught.value), set(caught.value.errors)) == ("还有 1 处需要完善，暂时不能提交。", {"title"})


def test_submit_of_another_version_than_was_seen_is_refused(session, cast):
    listing = make_draft(session, cast.alice)
    save_draft(session, cast.alice.actor, listing, {"title": "甲"}, 1)
    with pytest.raises(StaleRevision):
        submit(session, cast.alice.actor, listing, 1, declared=True)


def test_what_a_broker_submits_waits_for_the_client(session, cast):
    listing = for_client(session, cast)
    revision = submit(session, cast.carol.actor, listing, 1, declared=True)
    assert (listing.state, revision.submitted_at, recipients(session)) == ("confirming", None, [cast.alice.email])
    with pytest.raises(Forbidden):
        confirm(session, cast.carol.actor, listing, 1)
    with pytest.raises(NotFound):
        confirm(session, cast.dave.actor, listing, 1)
    confirm(session, cast.alice.actor, listing, 1)
    assert (listing.state, revision.confirmed_by_id, listing.owner_id) == (
        "submitted",
        cast.alice.user_id,
        cast.alice.user_id,
    )
    assert recipients(session) == [cast.alice.email, cast.carol.email]


def test_a_client_sends_the_text_back_with_a_note(session, cast):
    listing = for_client(session, cast)
    submit(session, cast.carol.actor, listing, 1, declared=True)
    with pytest.raises(Invalid):
        send_back(session, cast.alice.actor, listing, 1, "  ")
    send_back(session, cast.alice.actor, listing, 1, "预算写错了")
    assert (listing.state, listing.working_revision.advice) == ("draft", "预算写错了")
    assert recipients(session) == [cast.alice.email, cast.carol.email]


def test_what_the_client_submits_himself_needs_no_confirmation(session, cast):
    listing = for_client(session, cast)
    submit(session, cast.alice.actor, listing, 1, declared=True)
    assert listing.state == "submitted"


def test_confirm_of_another_version_than_was_seen_is_refused(session, cast):
    listing = for_client(session, cast)
    submit(session, cast.carol.actor, listing, 1, declared=True)
    with pytest.raises(StaleRevision):
        confirm(session, cast.alice.actor, listing, 7)


def test_recall_takes_a_submission_back_once(session, cast):
    listing = make_submitted(session, cast.alice)
    assert recall(session, cast.alice.actor, listing).state == "draft"
    assert recall(session, cast.alice.actor, listing).state == "draft"
    assert listing.state == "draft"
    with pytest.raises(NotFound):
        recall(session, cast.dave.actor, listing)


def test_recall_of_what_is_published_is_refused(session, cast):
    listing = make_submitted(session, cast.alice)
    listing.state = listing.working_revision.state = "published"
    with pytest.raises(Conflict):
        recall(session, cast.alice.actor, listing)


def test_submit_of_an_anonymous_listing_asks_to_confirm_what_tells_its_poster(session, cast):
    telling = make_draft(session, cast.alice, visibility="anonymous", abstract="请联系 0991-3812345 或李总。")
    version = telling.working_revision.version
    with pytest.raises(Invalid) as caught:
        submit(session, cast.alice.actor, telling, version, declared=True)
    assert (set(caught.value.errors), caught.value.values) == ({"identity"}, {"count": 2})
    submit(session, cast.alice.actor, telling, version, declared=True, identity_confirmed=True)
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.action == "confirm_identity")).one()
    assert (telling.state, entry.subject_id, entry.data) == ("submitted", telling.working_revision_id, {"findings": 2})


def test_submit_of_a_public_listing_looks_for_nobody(session, cast):
    public = make_draft(session, cast.alice, abstract="请联系 0991-3812345 或李总。")
    submit(session, cast.alice.actor, public, public.working_revision.version, declared=True)
    assert public.state == "submitted"
