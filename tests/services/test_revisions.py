"""Saving drafts, beginning and giving up revisions."""

from decimal import Decimal

import pytest

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.services.reading import form_values, typed_values
from matchmaker.services.review import publish
from matchmaker.services.revisions import StaleRevision, discard_revision, save_draft, start_revision
from matchmaker.services.submission import submit
from tests.drafts import make_draft, make_published, make_submitted


def test_save_draft_saves_only_the_fields_it_is_given(session, cast):
    listing = make_draft(session, cast.alice)
    revision, reading = save_draft(session, cast.alice.actor, listing, {"budget": "80万"}, 1)
    assert (revision.budget, revision.title, revision.version, reading.errors) == (
        Decimal(800000),
        "风电叶片低温除冰涂层",
        2,
        {},
    )


def test_save_draft_twice_is_one_save(session, cast):
    listing = make_draft(session, cast.alice)
    assert save_draft(session, cast.alice.actor, listing, {"budget": "80万"}, 1)[0].version == 2
    assert save_draft(session, cast.alice.actor, listing, {"budget": "800000"}, 1)[0].version == 2


def test_save_draft_keeps_what_it_cannot_read_until_it_can(session, cast):
    listing = make_draft(session, cast.alice)
    revision, reading = save_draft(session, cast.alice.actor, listing, {"budget": "很多", "tried": "试过"}, 1)
    assert set(reading.errors) == {"budget"}
    assert (revision.raw, revision.budget, revision.tried) == ({"budget": "很多"}, Decimal(1200000), "试过")
    assert form_values(revision)["budget"] == "很多"
    revision, _ = save_draft(session, cast.alice.actor, listing, {"tried": "又试过"}, 2)
    assert revision.raw == {"budget": "很多"}
    revision, _ = save_draft(session, cast.alice.actor, listing, {"budget": "90万"}, 3)
    assert (revision.raw, revision.budget) == (None, Decimal(900000))


def test_save_draft_over_a_newer_version_keeps_both_texts(session, cast):
    listing = make_draft(session, cast.alice)
    save_draft(session, cast.alice.actor, listing, {"title": "甲"}, 1)
    with pytest.raises(StaleRevision) as caught:
        save_draft(session, cast.alice.actor, listing, {"title": "乙"}, 1)
    assert (caught.value.theirs["title"], caught.value.mine, caught.value.version) == ("甲", {"title": "乙"}, 2)
    assert listing.working_revision.title == "甲"


def test_save_draft_refuses_a_mountain_of_text(session, cast):
    listing = make_draft(session, cast.alice)
    with pytest.raises(Invalid) as caught:
        save_draft(session, cast.alice.actor, listing, {"problem": "字" * 1_000_000}, 1)
    assert set(caught.value.errors) == {"problem"}
    assert listing.working_revision.version == 1


@pytest.mark.parametrize(("name", "error"), [("mallory", NotFound), ("dave", NotFound), ("carol", NotFound)])
def test_save_draft_of_others_is_unknown(session, cast, name, error):
    listing = make_draft(session, cast.alice)
    with pytest.raises(error):
        save_draft(session, cast[name].actor, listing, {"title": "x"}, 1)


def test_save_draft_of_a_submission_is_refused(session, cast):
    listing = make_submitted(session, cast.alice)
    with pytest.raises(Conflict):
        save_draft(session, cast.alice.actor, listing, {"title": "x"}, 1)
    with pytest.raises(Forbidden):
        save_draft(session, cast.dave.actor, listing, {"title": "x"}, 1)


def test_start_revision_copies_what_is_published_and_leaves_it_visible(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    published = listing.published_revision
    revision = start_revision(session, cast.alice.actor, listing)
    assert typed_values(revision) == typed_values(published)
    assert (revision.number, revision.state, listing.state) == (2, "draft", "published")
    assert revision.indicators[0] is not published.indicators[0]
    assert listing.current is published
    assert start_revision(session, cast.alice.actor, listing) is revision


def test_a_new_revision_is_submitted_and_published_while_the_listing_stays_published(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    first = listing.published_revision
    revision = start_revision(session, cast.alice.actor, listing)
    save_draft(session, cast.alice.actor, listing, {"title": "新名称"}, revision.version)
    submit(session, cast.alice.actor, listing, revision.version, declared=True)
    assert (listing.state, revision.state, listing.current.title) == ("published", "submitted", "风电叶片低温除冰涂层")
    publish(session, cast.dave.actor, listing, revision.version)
    assert (listing.current.title, first.state, listing.working_revision) == ("新名称", "superseded", None)


def test_discard_revision_leaves_the_published_one(session, cast):
    listing = make_published(session, cast.alice, cast.dave)
    revision = start_revision(session, cast.alice.actor, listing)
    discard_revision(session, cast.alice.actor, listing)
    assert (revision.state, listing.working_revision, listing.state) == ("discarded", None, "published")
    assert start_revision(session, cast.alice.actor, listing).number == 3
    with pytest.raises(Forbidden):
        discard_revision(session, cast.mallory.actor, listing)


def test_a_draft_is_not_discarded_but_closed(session, cast):
    with pytest.raises(Conflict):
        discard_revision(session, cast.alice.actor, make_draft(session, cast.alice))
