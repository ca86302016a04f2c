"""The end of a listing, and making one less visible."""

from datetime import date

import pytest
import sqlalchemy as sa

from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.mails import Mail
from matchmaker.domain.permissions import can_read_listing
from matchmaker.services.closing import Ending, close, expire_due, narrow_visibility
from matchmaker.services.revisions import start_revision
from matchmaker.services.submission import submit
from tests.drafts import COMPLETE, make_draft, make_published, make_submitted


def changes(session):
    return session.scalar(sa.select(sa.func.count()).select_from(IndexChange))


@pytest.mark.parametrize("reason", ["solved_elsewhere", "withdrawn"])
def test_close_ends_a_published_listing_and_tells_the_indexes(session, cast, reason):
    listing = make_published(session, cast.alice, cast.dave)
    revision = start_revision(session, cast.alice.actor, listing)
    close(session, cast.alice.actor, listing, Ending(reason, " 已签约 "))
    assert (listing.state, listing.close_reason, listing.close_note) == ("closed", reason, "已签约")
    assert (revision.state, listing.working_revision, listing.is_live) == ("discarded", None, False)
    assert changes(session) == 2


def test_close_of_a_draft_is_a_withdrawal_that_no_index_hears_of(session, cast):
    listing = make_draft(session, cast.alice)
    with pytest.raises(Invalid):
        close(session, cast.alice.actor, listing, Ending("solved_elsewhere"))
    close(session, cast.alice.actor, listing, Ending("withdrawn"))
    assert (listing.state, changes(session)) == ("closed", 0)
    with pytest.raises(Conflict):
        close(session, cast.alice.actor, listing, Ending("withdrawn"))


@pytest.mark.parametrize("reason", ["expired", "", "nonsense"])
def test_close_takes_no_other_reason_from_people(session, cast, reason):
    with pytest.raises(Invalid):
        close(session, cast.alice.actor, make_published(session, cast.alice, cast.dave), Ending(reason))


def test_the_bureau_takes_down_what_others_published_with_a_note(session, cast):
    listing = make_published(session, cast.alice, cast.carol)
    for reason, note in (("withdrawn", ""), ("solved_elsewhere", "x")):
        with pytest.raises(Invalid):
            close(session, cast.dave.actor, listing, Ending(reason, note))
    close(session, cast.dave.actor, listing, Ending("withdrawn", "疑似涉密"))
    assert listing.state == "closed"
    assert [can_read_listing(cast[name].actor, listing) for name in ("alice", "carol", "mallory")] == [
        True,
        True,
        False,
    ]
    assert (
        session.scalars(sa.select(Mail.subject).order_by(Mail.id.desc())).first() == "已结束：《风电叶片低温除冰涂层》"
    )
    with pytest.raises(Forbidden):
        close(session, cast.dave.actor, make_submitted(session, cast.alice), Ending("withdrawn", "x"))


@pytest.mark.parametrize(("name", "error"), [("mallory", Forbidden), ("bob", Forbidden), ("carol", Forbidden)])
def test_close_is_not_for_others(session, cast, name, error):
    listing = make_published(session, cast.alice, cast.dave)
    with pytest.raises(error):
        close(session, cast[name].actor, listing, Ending("withdrawn"))


def test_expire_due_closes_what_is_past_its_last_day(session, cast):
    past = make_published(session, cast.alice, cast.dave, title="甲", valid_until="2099-01-01")
    last_day = make_published(session, cast.alice, cast.dave, title="乙", valid_until="2099-01-02")
    endless = make_published(session, cast.alice, cast.dave, title="丙", valid_until="长期")
    assert expire_due(session, date(2099, 1, 2)) == 1
    assert [listing.state for listing in (past, last_day, endless)] == ["closed", "published", "published"]
    assert past.close_reason == "expired"
    assert expire_due(session, date(2099, 1, 2)) == 0


def test_narrow_visibility_takes_effect_at_once(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    revision = start_revision(session, cast.alice.actor, listing)
    narrow_visibility(session, cast.alice.actor, listing, "anonymous")
    assert (listing.visibility, listing.published_revision.visibility, revision.visibility) == ("anonymous",) * 3
    assert (listing.text_revision, listing.pair_revision, changes(session)) == (2, 2, 2)
    narrow_visibility(session, cast.alice.actor, listing, "brokers")
    assert listing.visibility == "brokers"
    with pytest.raises(Conflict):
        narrow_visibility(session, cast.alice.actor, listing, "anonymous")


@pytest.mark.parametrize("to", ["public", "anonymous", "", "nonsense"])
def test_narrow_visibility_never_widens(session, cast, to):
    listing = make_published(session, cast.alice, cast.dave, visibility="anonymous")
    with pytest.raises(Invalid):
        narrow_visibility(session, cast.alice.actor, listing, to)


def test_narrow_visibility_keeps_a_named_text_from_becoming_anonymous(session, cast):
    listing = make_published(session, cast.alice, cast.dave, abstract="天山机械有限公司寻求涂层。")
    with pytest.raises(Invalid):
        narrow_visibility(session, cast.alice.actor, listing, "anonymous")
    narrow_visibility(session, cast.alice.actor, listing, "brokers")
    assert listing.visibility == "brokers"


def test_narrowing_to_anonymous_asks_to_confirm_what_tells_its_poster(session, cast):
    listing = make_published(session, cast.alice, cast.dave, abstract="请联系 0991-3812345 或李总。")
    with pytest.raises(Invalid) as caught:
        narrow_visibility(session, cast.alice.actor, listing, "anonymous")
    assert (listing.visibility, caught.value.values) == ("public", {"count": 2})
    assert set(caught.value.errors) == {"identity"}
    narrow_visibility(session, cast.alice.actor, listing, "anonymous", identity_confirmed=True)
    entry = session.scalars(sa.select(JournalEntry).where(JournalEntry.action == "confirm_identity")).one()
    assert (listing.visibility, entry.subject_id, entry.data) == (
        "anonymous",
        listing.published_revision_id,
        {"findings": 2},
    )


def test_narrowing_to_anonymous_asks_nothing_about_what_it_hides(session, cast):
    listing = make_published(
        session, cast.alice, cast.dave, problem=f"{COMPLETE['need']['problem']}请致电 0991-3812345。"
    )
    narrow_visibility(session, cast.alice.actor, listing, "anonymous")
    assert listing.visibility == "anonymous"


def test_narrowing_to_brokers_only_asks_nothing(session, cast):
    listing = make_published(session, cast.alice, cast.dave, abstract="请联系 0991-3812345 或李总。")
    narrow_visibility(session, cast.alice.actor, listing, "brokers")
    assert listing.visibility == "brokers"


@pytest.mark.parametrize(
    ("abstract", "error"), [("请联系 0991-3812345。", "identity"), ("天山机械有限公司寻求涂层。", "to")]
)
def test_narrowing_to_anonymous_looks_at_what_waits_for_review_too(session, cast, abstract, error):
    listing = make_published(session, cast.alice, cast.dave)
    revision = start_revision(session, cast.alice.actor, listing)
    revision.abstract = abstract
    submit(session, cast.alice.actor, listing, revision.version, declared=True)
    with pytest.raises(Invalid) as caught:
        narrow_visibility(session, cast.alice.actor, listing, "anonymous")
    assert set(caught.value.errors) == {error}


def test_narrow_visibility_is_for_those_who_posted(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    with pytest.raises(Forbidden):
        narrow_visibility(session, cast.mallory.actor, listing, "brokers")
    narrow_visibility(session, cast.alice.actor, listing, "brokers")
    with pytest.raises(NotFound):
        narrow_visibility(session, cast.mallory.actor, listing, "brokers")
