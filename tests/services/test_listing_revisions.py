"""Every revision of a listing, and the words in which two of them differ."""

import pytest

from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.services.differences import compare_texts
from matchmaker.services.listing_revisions import compare_revisions, revisions_of
from matchmaker.services.review import publish
from matchmaker.services.revisions import save_draft, start_revision
from matchmaker.services.submission import recall, submit
from tests.drafts import make_draft, make_published


def revised(session, cast, **values):
    listing = make_published(session, cast.alice, cast.dave)
    revision = start_revision(session, cast.alice.actor, listing)
    save_draft(session, cast.alice.actor, listing, values, revision.version)
    return listing


def test_compare_texts_marks_words_not_clauses():
    before, after = compare_texts("在零下三十度仍能防止叶片覆冰的涂层。", "在零下四十度仍能防止叶片覆冰的涂层。")
    assert [segment.text for segment in before if segment.changed] == ["三十度"]
    assert [segment.text for segment in after if segment.changed] == ["四十度"]


def test_compare_texts_marks_a_new_clause_whole():
    _, after = compare_texts("耐风沙。", "耐风沙，可现场喷涂。")
    assert [(segment.text, segment.changed) for segment in after] == [
        ("耐风沙", False),
        ("，可现场喷涂", True),
        ("。", False),
    ]


def test_revisions_are_listed_the_newest_first(session, cast):
    listing = revised(session, cast, budget="90万")
    rows = revisions_of(session, cast.alice.actor, listing)
    assert [(row.number, row.state, row.author_name, row.reviewer_name) for row in rows] == [
        (2, "draft", "阿丽娅", ""),
        (1, "published", "阿丽娅", "戴维"),
    ]


def test_choices_in_another_order_are_no_difference(session, cast):
    listing = make_published(session, cast.alice, cast.dave, cooperation=["joint", "commissioned"])
    revision = start_revision(session, cast.alice.actor, listing)
    revision.cooperation = ["commissioned", "joint"]
    session.flush()
    assert compare_revisions(session, cast.alice.actor, listing, None, None).differences == ()


def test_any_two_revisions_are_compared_the_earlier_first(session, cast):
    listing = revised(session, cast, budget="90万", contact_phone="13900001111")
    for pair in ((None, None), (1, 2), (2, 1)):
        comparison = compare_revisions(session, cast.alice.actor, listing, *pair)
        assert (comparison.before.number, comparison.after.number) == (1, 2)
        assert [each.spec.name for each in comparison.differences] == ["budget", "contact_phone"]
    with pytest.raises(NotFound):
        compare_revisions(session, cast.alice.actor, listing, 1, 7)


def test_one_revision_has_nothing_to_be_compared_with(session, cast):
    listing = make_draft(session, cast.alice)
    assert compare_revisions(session, cast.alice.actor, listing, None, None) is None


def test_brokers_and_bureau_see_what_was_handed_in(session, cast):
    listing = revised(session, cast, title="新名称")
    draft = listing.working_revision
    seen = {
        name: [row.number for row in revisions_of(session, cast[name].actor, listing)] for name in ("carol", "dave")
    }
    assert seen == {"carol": [1], "dave": [1]}
    submit(session, cast.alice.actor, listing, draft.version, declared=True)
    publish(session, cast.dave.actor, listing, draft.version)
    assert [row.number for row in revisions_of(session, cast.carol.actor, listing)] == [2, 1]


def test_draft_of_others_is_not_compared(session, cast):
    listing = revised(session, cast, title="乙")
    submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
    publish(session, cast.dave.actor, listing, listing.working_revision.version)
    draft = start_revision(session, cast.alice.actor, listing)
    save_draft(session, cast.alice.actor, listing, {"title": "丙"}, draft.version)
    with pytest.raises(NotFound):
        compare_revisions(session, cast.dave.actor, listing, 1, 3)
    submit(session, cast.alice.actor, listing, draft.version, declared=True)
    recall(session, cast.alice.actor, listing)
    with pytest.raises(NotFound):
        compare_revisions(session, cast.dave.actor, listing, 1, 3)


@pytest.mark.parametrize("name", ["mallory", "bob", "peter"])
def test_revisions_are_not_for_outsiders(session, cast, name):
    with pytest.raises(Forbidden):
        revisions_of(session, cast[name].actor, make_published(session, cast.alice, cast.dave))
