"""Taking a closed listing up again."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.days import today, years_after
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.services.closing import Ending, close, expire_due
from matchmaker.services.history import history
from matchmaker.services.listings import create_listing
from matchmaker.services.restoring import restore
from matchmaker.services.review import publish
from matchmaker.services.submission import submit
from tests.drafts import COMPLETE, make_draft, make_published, make_submitted


def changes(session):
    return session.scalar(sa.select(sa.func.count()).select_from(IndexChange))


@pytest.mark.parametrize("reason", ["solved_elsewhere", "withdrawn"])
def test_restore_publishes_what_its_own_side_ended(session, cast, reason):
    listing = make_published(session, cast.alice, cast.dave)
    close(session, cast.alice.actor, listing, Ending(reason, "说明"))
    before = (listing.pair_revision, changes(session))
    assert restore(session, cast.alice.actor, listing) == "published"
    assert (listing.close_reason, listing.close_note, listing.closed_at) == (None, None, None)
    assert (listing.pair_revision, changes(session)) == (before[0] + 1, before[1] + 1)
    assert [entry.after for entry in history(session, cast.alice.actor, listing)][:2] == ["published", "closed"]


def test_restore_of_what_expired_prolongs_it(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    listing.valid_until = today() - timedelta(days=3)
    expire_due(session, today())
    assert restore(session, cast.alice.actor, listing) == "published"
    assert listing.valid_until == years_after(today(), 1)


def test_restore_of_what_expired_long_ago_goes_through_review(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    listing.valid_until = listing.current.valid_until = today() - timedelta(days=100)
    expire_due(session, today())
    assert restore(session, cast.alice.actor, listing) == "draft"
    assert listing.current.valid_until == years_after(today(), 1)


def test_restore_of_what_the_bureau_took_down_is_a_draft_that_nobody_else_reads(session, cast):
    listing = make_published(session, cast.alice, cast.carol)
    former = listing.published_revision
    close(session, cast.dave.actor, listing, Ending("withdrawn", "疑似涉密"))
    assert restore(session, cast.alice.actor, listing) == "draft"
    draft = listing.working_revision
    assert (former.state, draft.state, draft.number, draft.title) == ("superseded", "draft", 2, former.title)
    assert (listing.published_revision, listing.taken_down) == (None, False)
    with pytest.raises(NotFound):
        restore(session, cast.mallory.actor, listing)
    submit(session, cast.alice.actor, listing, draft.version, declared=True)
    publish(session, cast.dave.actor, listing, draft.version)
    assert (listing.state, listing.published_revision) == ("published", draft)


@pytest.mark.parametrize("make", [make_draft, make_submitted])
def test_restore_of_what_was_never_published_is_the_draft(session, cast, make):
    listing = make(session, cast.alice)
    revision = listing.working_revision
    close(session, cast.alice.actor, listing, Ending("withdrawn"))
    assert restore(session, cast.alice.actor, listing) == "draft"
    assert (listing.working_revision, revision.state, changes(session)) == (revision, "draft", 0)
    assert history(session, cast.alice.actor, listing)[0].after == "draft"


def test_restore_twice_is_refused(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    with pytest.raises(Conflict):
        restore(session, cast.alice.actor, listing)


def test_restore_is_for_the_owner(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    close(session, cast.alice.actor, listing, Ending("withdrawn"))
    for name in ("mallory", "bob", "carol", "dave"):
        with pytest.raises(Forbidden):
            restore(session, cast[name].actor, listing)


def test_restore_of_a_clients_listing_is_the_clients_once_it_was_published(session, cast):
    raw = COMPLETE["need"]
    listing = create_listing(session, cast.carol.actor, "need", cast.alice.organization_id, raw=raw)
    close(session, cast.carol.actor, listing, Ending("withdrawn"))
    assert restore(session, cast.carol.actor, listing) == "draft"
    published = make_published(session, cast.alice, cast.dave)
    published.broker_id = cast.carol.user_id
    close(session, cast.alice.actor, published, Ending("withdrawn"))
    with pytest.raises(Forbidden):
        restore(session, cast.carol.actor, published)
