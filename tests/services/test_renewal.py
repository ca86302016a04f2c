"""Renewal: another year without a new review."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from matchmaker.domain.days import today, years_after
from matchmaker.domain.errors import Conflict, Forbidden, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.services.closing import expire_due
from matchmaker.services.renewal import read_renewal, renew, renew_ending, renewal_path
from matchmaker.services.revisions import start_revision
from tests.drafts import make_published

SECRET = b"secret"


def ending(session, cast, days, **values):
    listing = make_published(session, cast.alice, cast.dave, **values)
    listing.valid_until = listing.current.valid_until = today() + timedelta(days=days)
    session.flush()
    return listing


@pytest.mark.parametrize("days", [0, 30, 60])
def test_renew_puts_the_last_day_off_by_a_year(session, cast, days):
    listing = ending(session, cast, days)
    seen, text = listing.valid_until, (listing.text_revision, listing.pair_revision)
    assert renew(session, cast.alice.actor, listing, seen) == years_after(seen, 1)
    assert (listing.valid_until, listing.current.valid_until) == (years_after(seen, 1),) * 2
    assert (listing.state, (listing.text_revision, listing.pair_revision)) == ("published", text)
    entry = session.scalars(sa.select(JournalEntry).order_by(JournalEntry.id.desc())).first()
    assert (entry.action, entry.before, entry.after) == ("renew", str(seen), str(years_after(seen, 1)))


def test_renew_pressed_twice_is_one_renewal(session, cast):
    listing = ending(session, cast, 5)
    seen = listing.valid_until
    assert renew(session, cast.alice.actor, listing, seen) == renew(session, cast.alice.actor, listing, seen)


def test_renew_of_a_day_that_a_colleague_changed_is_refused(session, cast):
    listing = ending(session, cast, 5)
    with pytest.raises(Conflict):
        renew(session, cast.alice.actor, listing, listing.valid_until - timedelta(days=1))
    with pytest.raises(Conflict):
        renew(session, cast.alice.actor, listing, None)


@pytest.mark.parametrize("days", [61, 300])
def test_renew_long_before_the_end_is_refused(session, cast, days):
    listing = ending(session, cast, days)
    with pytest.raises(Conflict):
        renew(session, cast.alice.actor, listing, listing.valid_until)


def test_renew_is_for_those_who_posted(session, cast):
    listing = ending(session, cast, 5)
    for name in ("mallory", "bob", "carol", "dave"):
        with pytest.raises(Forbidden):
            renew(session, cast[name].actor, listing, listing.valid_until)


@pytest.mark.parametrize(("days", "comes_back"), [(-1, True), (-42, True), (-43, False)])
def test_renew_of_an_expired_listing_publishes_it_again_for_some_weeks(session, cast, days, comes_back):
    listing = ending(session, cast, days)
    expire_due(session, today())
    before = listing.pair_revision
    if comes_back:
        assert renew(session, cast.alice.actor, listing, listing.valid_until) == years_after(today(), 1)
        assert (listing.state, listing.close_reason, listing.pair_revision) == ("published", None, before + 1)
    else:
        with pytest.raises(Conflict):
            renew(session, cast.alice.actor, listing, listing.valid_until)


def test_renew_reaches_what_is_being_written(session, cast):
    listing = ending(session, cast, 5)
    revision = start_revision(session, cast.alice.actor, listing)
    version = revision.version
    renew(session, cast.alice.actor, listing, listing.valid_until)
    assert (revision.valid_until, revision.version) == (listing.valid_until, version + 1)


def test_renew_ending_renews_what_ends_within_the_first_reminder(session, cast):
    soon, later, others = (
        ending(session, cast, 3),
        ending(session, cast, 45, title="乙"),
        ending(session, cast, 3, title="丙"),
    )
    others.organization_id = cast.mallory.organization_id
    session.flush()
    assert renew_ending(session, cast.alice.actor) == 1
    assert [listing.valid_until > today() + timedelta(days=90) for listing in (soon, later, others)] == [
        True,
        False,
        False,
    ]


def test_renewal_link_names_listing_and_day_and_nobody_else_makes_one(session, cast):
    listing = ending(session, cast, 5)
    token = renewal_path(SECRET, listing).removeprefix("/renew/")
    assert read_renewal(SECRET, token) == (listing.id, listing.valid_until)
    for forged in (token[:-1], "x", renewal_path(b"other", listing).removeprefix("/renew/")):
        with pytest.raises(NotFound):
            read_renewal(SECRET, forged)
