"""The review desk."""

import pytest
import sqlalchemy as sa

from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.mails import Mail
from matchmaker.services.differences import compare_texts, differences
from matchmaker.services.history import history
from matchmaker.services.review import publish, return_with_advice
from matchmaker.services.revisions import StaleRevision, save_draft, start_revision
from matchmaker.services.submission import submit
from tests.drafts import make_draft, make_published, make_submitted


def changes(session):
    return session.scalars(sa.select(IndexChange.listing_id).order_by(IndexChange.id)).all()


def republished(session, cast, listing, **values):
    revision = start_revision(session, cast.alice.actor, listing)
    save_draft(session, cast.alice.actor, listing, values, revision.version)
    submit(session, cast.alice.actor, listing, revision.version, declared=True)
    publish(session, cast.dave.actor, listing, revision.version)
    return listing


@pytest.mark.parametrize("name", ["carol", "dave"])
def test_publish_makes_the_listing_live_and_tells_the_indexes(session, cast, name):
    listing = make_submitted(session, cast.alice, visibility="anonymous", valid_until="2099-01-01")
    revision = publish(session, cast[name].actor, listing, 1)
    assert (listing.state, revision.state, revision.reviewer_id) == ("published", "published", cast[name].user_id)
    assert (listing.published_revision, listing.working_revision) == (revision, None)
    assert (listing.visibility, listing.valid_until.year) == ("anonymous", 2099)
    assert (listing.text_revision, listing.pair_revision) == (1, 1)
    assert changes(session) == [listing.id]
    assert session.scalars(sa.select(Mail.recipient)).all() == [cast.alice.email]


@pytest.mark.parametrize(
    ("values", "counters"),
    [
        ({"title": "新名称"}, (2, 2)),
        ({"indicators": "能耗≤45 kWh/t"}, (2, 2)),
        ({"visibility": "brokers"}, (2, 2)),
        ({"budget": "90万"}, (1, 2)),
        ({"cooperation": ["joint"]}, (1, 2)),
        ({"contact_name": "另一人"}, (1, 1)),
    ],
)
def test_publish_counts_what_changed(session, cast, values, counters):
    listing = republished(session, cast, make_published(session, cast.alice, cast.dave), **values)
    assert (listing.text_revision, listing.pair_revision) == counters
    assert changes(session) == [listing.id, listing.id]


@pytest.mark.parametrize(
    ("name", "error"),
    [("alice", Forbidden), ("bob", NotFound), ("mallory", NotFound), ("erin", Forbidden), ("peter", NotFound)],
)
def test_publish_is_for_the_review_desk(session, cast, name, error):
    listing = make_submitted(session, cast.alice)
    with pytest.raises(error):
        publish(session, cast[name].actor, listing, 1)


def test_nobody_reviews_his_own_or_his_clients_listing(session, cast):
    own = make_submitted(session, cast.alice)
    own.organization_id = cast.dave.organization_id
    session.flush()
    with pytest.raises(Forbidden):
        publish(session, cast.dave.actor, own, 1)
    own.organization_id, own.broker_id = cast.alice.organization_id, cast.carol.user_id
    session.flush()
    with pytest.raises(Forbidden):
        return_with_advice(session, cast.carol.actor, own, 1, reasons=["other"], advice="请改")


def test_publish_twice_and_publish_of_a_draft_are_refused(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    with pytest.raises(Conflict):
        publish(session, cast.dave.actor, listing, 1)
    with pytest.raises(NotFound):
        publish(session, cast.dave.actor, make_draft(session, cast.alice), 1)


def test_publish_of_another_version_than_was_seen_is_refused(session, cast):
    with pytest.raises(StaleRevision):
        publish(session, cast.dave.actor, make_submitted(session, cast.alice), 7)


def test_return_with_advice_gives_reasons_and_lets_the_poster_go_on(session, cast):
    listing = make_submitted(session, cast.alice)
    return_with_advice(session, cast.dave.actor, listing, 1, reasons=["no_indicator"], advice=" 请补充指标 ")
    revision = listing.working_revision
    assert (listing.state, revision.state) == ("returned", "returned")
    assert (revision.advice, revision.advice_reasons) == ("请补充指标", ["no_indicator"])
    save_draft(session, cast.alice.actor, listing, {"title": "新名称"}, 1)
    submit(session, cast.alice.actor, listing, revision.version, declared=True)
    assert listing.state == "submitted"


@pytest.mark.parametrize(
    ("reasons", "advice", "fields"),
    [
        ([], "请改", {"reasons"}),
        (["nonsense"], "请改", {"reasons"}),
        (["other"], " ", {"advice"}),
        ([], "", {"reasons", "advice"}),
        (["other"], "字" * 2001, {"advice"}),
    ],
)
def test_return_needs_a_reason_and_advice(session, cast, reasons, advice, fields):
    listing = make_submitted(session, cast.alice)
    with pytest.raises(Invalid) as caught:
        return_with_advice(session, cast.dave.actor, listing, 1, reasons=reasons, advice=advice)
    assert (set(caught.value.errors), listing.state) == (fields, "submitted")


def test_differences_name_the_fields_and_mark_the_clauses_that_changed(session, cast):
    listing = make_published(session, cast.alice, cast.dave, abstract="需要涂层，耐低温。现场施工。")
    revision = start_revision(session, cast.alice.actor, listing)
    values = {
        "abstract": "需要涂层，耐高温。现场施工。",
        "budget": "90万",
        "indicators": "覆冰附着强度≤30kPa；寿命≥5年",
    }
    save_draft(session, cast.alice.actor, listing, values, revision.version)
    found = differences(listing.published_revision, revision)
    assert [difference.spec.name for difference in found] == ["abstract", "indicators", "budget"]
    assert [(segment.text, segment.changed) for segment in found[0].after_segments] == [
        ("需要涂层，", False),
        ("耐高温", True),
        ("。现场施工。", False),
    ]
    assert [segment.text for segment in found[1].after_segments if segment.changed] == ["寿命 ≥ 5 年\n"]


@pytest.mark.parametrize(
    ("before", "after"),
    [("甲，" * 5000, "甲。" * 5000), ("甲，" * 5000, "乙" + "甲，" * 5000), ("", "字" * 10000), ("甲。乙。", "")],
)
def test_compare_texts_shows_each_text_whole(before, after):
    sides = compare_texts(before, after)
    assert ["".join(segment.text for segment in side) for side in sides] == [before, after]


def test_history_tells_each_step_once_the_newest_first(session, cast):
    listing = make_submitted(session, cast.alice)
    return_with_advice(session, cast.dave.actor, listing, 1, reasons=["other"], advice="请改")
    submit(session, cast.alice.actor, listing, 1, declared=True)
    publish(session, cast.carol.actor, listing, 1)
    steps = [(entry.action, entry.after, entry.actor_name) for entry in history(session, cast.alice.actor, listing)]
    assert steps == [
        ("move", "published", "柯洛"),
        ("move", "submitted", "阿丽娅"),
        ("move", "returned", "戴维"),
        ("move", "submitted", "阿丽娅"),
        ("create", "draft", "阿丽娅"),
    ]
    assert history(session, cast.dave.actor, listing)[2].advice == "请改"
    with pytest.raises(Forbidden):
        history(session, cast.mallory.actor, listing)
