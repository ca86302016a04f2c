import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor
from matchmaker.services.attachments import (
    MOST_FILES,
    add_attachment,
    attachments,
    get_attachment,
    remove_attachment,
)
from matchmaker.services.closing import Ending, close
from matchmaker.services.review import publish
from matchmaker.services.revisions import start_revision
from matchmaker.services.submission import submit
from matchmaker.services.uploads import StoredFile
from tests.cast import Cast
from tests.drafts import make_draft, make_published, make_submitted

READERS = ("alice", "bob", "carol", "dave", "erin", "mallory", "peter", None)
INSIDE = {"alice", "carol", "dave", "erin"}


def stored(number: int = 1) -> StoredFile:
    return StoredFile(f"{number}.pdf", "application/pdf", 10, f"{number:064x}")


def actor_of(cast: Cast, name: str | None) -> Actor:
    return cast[name].actor if name else Actor.anonymous()


def who_may_open(session: Session, cast: Cast, attachment_id: int) -> set[str | None]:
    found = set()
    for name in READERS:
        try:
            get_attachment(session, actor_of(cast, name), attachment_id)
        except NotFound:
            continue
        found.add(name)
    return found


def hand_in(session: Session, cast: Cast, listing: Listing) -> None:
    submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
    publish(session, cast.dave.actor, listing, listing.working_revision.version)


@pytest.mark.parametrize(
    ("visibility", "layer", "readers"),
    [
        ("public", "abstract", set(READERS)),
        ("public", "", set(READERS)),
        ("public", "inside", INSIDE),
        ("anonymous", "abstract", set(READERS)),
        ("anonymous", "", INSIDE),
        ("anonymous", "matched", INSIDE),
        ("anonymous", "confidential", INSIDE),
        ("anonymous", "inside", INSIDE),
        ("brokers", "abstract", INSIDE),
        ("brokers", "", INSIDE),
        ("brokers", "inside", INSIDE),
    ],
)
def test_file_is_opened_by_those_who_see_its_layer(
    session: Session, cast: Cast, visibility: str, layer: str, readers: set[str | None]
) -> None:
    listing = make_draft(session, cast.alice, visibility=visibility)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), layer)
    hand_in(session, cast, listing)
    assert who_may_open(session, cast, attachment.id) == readers


def test_file_of_a_draft_is_opened_by_its_own_side_only(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "abstract")
    assert who_may_open(session, cast, attachment.id) == {"alice"}
    submit(session, cast.alice.actor, listing, listing.working_revision.version, declared=True)
    assert who_may_open(session, cast, attachment.id) == INSIDE


def test_file_added_to_a_published_listing_waits_for_its_review(session: Session, cast: Cast) -> None:
    listing = make_published(session, cast.alice, cast.dave)
    start_revision(session, cast.alice.actor, listing)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "abstract")
    assert who_may_open(session, cast, attachment.id) == {"alice"}
    assert [view.waits for view in attachments(session, cast.alice.actor, listing)] == [True]
    assert attachments(session, cast.mallory.actor, listing) == ()
    hand_in(session, cast, listing)
    assert who_may_open(session, cast, attachment.id) == set(READERS)
    assert [view.waits for view in attachments(session, Actor.anonymous(), listing)] == [False]


def test_file_changes_what_the_reviewer_saw(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    add_attachment(session, cast.alice.actor, listing, stored(), "")
    assert listing.working_revision.version == 2


def test_file_is_added_while_the_text_is_written_only(session: Session, cast: Cast) -> None:
    for listing in (
        make_submitted(session, cast.alice),
        make_published(session, cast.alice, cast.dave, title="另一项"),
    ):
        with pytest.raises(Conflict):
            add_attachment(session, cast.alice.actor, listing, stored(), "")


@pytest.mark.parametrize("name", ["mallory", "bob", "carol", None])
def test_nobody_else_adds_or_removes_files(session: Session, cast: Cast, name: str | None) -> None:
    listing = make_draft(session, cast.alice)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "")
    with pytest.raises(NotFound):
        add_attachment(session, actor_of(cast, name), listing, stored(2), "")
    hand_in(session, cast, listing)
    with pytest.raises(Forbidden):
        remove_attachment(session, actor_of(cast, name), attachment.id)


def test_removed_file_is_gone_for_everybody(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "abstract")
    hand_in(session, cast, listing)
    remove_attachment(session, cast.alice.actor, attachment.id)
    assert who_may_open(session, cast, attachment.id) == set()
    assert attachments(session, cast.alice.actor, listing) == ()
    assert attachment.deleted_at is not None


def test_file_of_a_closed_listing_stays(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "abstract")
    hand_in(session, cast, listing)
    close(session, cast.alice.actor, listing, Ending("solved_elsewhere"))
    with pytest.raises(Conflict):
        remove_attachment(session, cast.alice.actor, attachment.id)


def test_same_file_twice_is_one(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    first = add_attachment(session, cast.alice.actor, listing, stored(), "")
    assert add_attachment(session, cast.alice.actor, listing, stored(), "") is first


def test_number_of_files_is_limited(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    for number in range(MOST_FILES):
        add_attachment(session, cast.alice.actor, listing, stored(number), "")
    with pytest.raises(Conflict, match="最多 10 个附件"):
        add_attachment(session, cast.alice.actor, listing, stored(MOST_FILES), "")


def test_unknown_layer_is_refused(session: Session, cast: Cast) -> None:
    with pytest.raises(Invalid):
        add_attachment(session, cast.alice.actor, make_draft(session, cast.alice), stored(), "everybody")


@pytest.mark.parametrize("attachment_id", [0, -1, 999, 2**63, 10**30])
def test_unknown_file_is_not_found(session: Session, cast: Cast, attachment_id: int) -> None:
    with pytest.raises(NotFound):
        get_attachment(session, cast.alice.actor, attachment_id)


def test_files_go_into_the_journal(session: Session, cast: Cast) -> None:
    listing = make_draft(session, cast.alice)
    attachment = add_attachment(session, cast.alice.actor, listing, stored(), "")
    remove_attachment(session, cast.alice.actor, attachment.id)
    entries = session.execute(
        sa.select(JournalEntry.action, JournalEntry.actor_id)
        .where(JournalEntry.subject_id == listing.id, JournalEntry.action.in_(("attach", "detach")))
        .order_by(JournalEntry.id)
    ).all()
    assert entries == [("attach", cast.alice.user_id), ("detach", cast.alice.user_id)]
