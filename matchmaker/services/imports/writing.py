"""Writing one imported row: a new listing, a new revision of one that is there, or nothing where nothing changed."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload, selectinload

from matchmaker.domain.base import utc_now
from matchmaker.domain.journal import JournalEntry, record
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import REVISION_CLASSES, Listing, Revision, Visibility
from matchmaker.domain.listings import ListingState as S
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services import review
from matchmaker.services.imports.rows import Entry
from matchmaker.services.reading import apply, missing_for_submission, typed_values
from matchmaker.services.submission import shift

ACTION = "import"
# From the widest to the narrowest.
_VISIBILITIES = (Visibility.PUBLIC, Visibility.ANONYMOUS, Visibility.BROKERS)


class Outcome(StrEnum):
    """What became of a row."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True)
class Writing:
    """In which session and for whom rows are written; see `ImportOptions` for `lenient` and `publish`."""

    session: Session
    actor: Actor
    lenient: bool
    publish: bool


class Faulty(Exception):
    """A row may not be written; `faults` gives a sentence for each field, "" for the row as a whole."""

    def __init__(self, faults: Mapping[str, str]) -> None:
        self.faults = faults
        super().__init__("; ".join(faults.values()))


def existing_listings(
    session: Session, kind: str, keys: Iterable[tuple[int, str]]
) -> dict[tuple[int, str], tuple[Listing, str | None]]:
    """Return (listing, hash of what was imported into it last) by (organization id, external id)."""
    wanted = set(keys)
    query = (
        sa.select(Listing)
        .where(
            Listing.organization_id.in_({organization_id for organization_id, _ in wanted}),
            Listing.kind == kind,
            Listing.external_id.in_({external_id for _, external_id in wanted}),
        )
        .options(
            joinedload(Listing.organization),
            selectinload(Listing.published_revision).selectinload(Revision.indicators),
            selectinload(Listing.working_revision).selectinload(Revision.indicators),
        )
    )
    found = {(listing.organization_id, listing.external_id or ""): listing for listing in session.scalars(query)}
    hashes = _imported(session, [listing.id for listing in found.values()])
    return {key: (listing, hashes.get(listing.id)) for key, listing in found.items()}


def create(how: Writing, kind: str, entry: Entry, organization: Organization, owner_id: int | None) -> Outcome:
    """Add a listing that stands submitted, or published.

    Raises:
        Faulty: it may not be submitted; nothing was written.
    """
    listing = Listing(kind=kind, organization=organization, owner_id=owner_id, external_id=entry.external_id)
    listing.state = S.DRAFT
    revision = _revision(kind, entry.values)
    revision.listing, revision.author_id = listing, how.actor.user_id
    _check(revision, lenient=how.lenient)
    listing.visibility, listing.working_revision = revision.visibility, revision
    how.session.add_all((listing, revision))
    how.session.flush()
    _submit(how, listing, revision, entry)
    return Outcome.CREATED


def update(how: Writing, listing: Listing, imported: str | None, entry: Entry) -> Outcome:
    """Bring a listing up to its row: what changed becomes a submitted (or published) revision of its own.

    What people wrote since is not undone by a row that did not change. A row never shows more than the listing shows.

    Raises:
        Faulty: the listing is closed, somebody is writing on it, or the row may not be submitted.
    """
    latest = listing.working_revision or listing.current
    values = dict(entry.values) | {"visibility": _narrower(listing.visibility, entry.values.get("visibility"))}
    revision = _revision(listing.kind, typed_values(latest), values)
    if imported == content_hash(entry.values) or typed_values(revision) == typed_values(latest):
        return _publish_waiting(how, listing)
    _require_free(listing)
    _attach(how, listing, revision)
    _submit(how, listing, revision, entry)
    return Outcome.CHANGED


def content_hash(values: Mapping[str, Any]) -> str:
    """Return a hash of a row's typed values, by which a row that did not change is known."""
    text = repr(sorted((name, str(value)) for name, value in values.items() if value not in (None, ())))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _imported(session: Session, listing_ids: list[int]) -> dict[int, str]:
    rows = session.execute(
        sa.select(JournalEntry.subject_id, JournalEntry.data)
        .where(
            JournalEntry.subject_kind == Listing.subject_kind,
            JournalEntry.subject_id.in_(listing_ids),
            JournalEntry.action == ACTION,
        )
        .order_by(JournalEntry.id)
    )
    return {listing_id: data.get("content", "") for listing_id, data in rows}


def _revision(kind: str, *values: Mapping[str, Any]) -> Revision:
    """Return a revision that no session knows yet, with later values over earlier ones."""
    revision = REVISION_CLASSES[kind](title="", abstract="", visibility=Visibility.PUBLIC, language="zh")
    revision.keywords, revision.cooperation, revision.state, revision.version = [], [], S.DRAFT, 1
    for some in values:
        apply(revision, some)
    return revision


def _check(revision: Revision, *, lenient: bool) -> None:
    faults = missing_for_submission(revision)
    if lenient:
        faults = {name: fault for name, fault in faults.items() if not _may_lack(revision, name)}
    if faults:
        raise Faulty(faults)


def _may_lack(revision: Revision, name: str) -> bool:
    """Collected lists are incomplete, and late; but a title there must be, and an anonymous row stays anonymous."""
    if name in {"deadline_on", "completed_on"}:
        return True
    return name != "title" and not typed_values(revision)[name]


def _require_free(listing: Listing) -> None:
    if listing.state == S.CLOSED:
        raise Faulty({"": Sentence(N_("这条内容已经结束，不再更新。"))})
    working = listing.working_revision
    if working is not None and working.state in {S.DRAFT, S.CONFIRMING}:
        raise Faulty({"": Sentence(N_("有人正在平台上修改这条内容，没有覆盖。"))})


def _attach(how: Writing, listing: Listing, revision: Revision) -> None:
    """Put a revision in the place of the working one, after checking it."""
    session, former = how.session, listing.working_revision
    highest = sa.select(sa.func.max(Revision.number)).where(Revision.listing_id == listing.id)
    with session.no_autoflush:
        revision.number, revision.author_id = (session.scalar(highest) or 0) + 1, how.actor.user_id
        revision.listing = listing
        try:
            _check(revision, lenient=how.lenient)
        except Faulty:
            revision.listing = None  # type: ignore[assignment]
            raise
    session.add(revision)
    if former is not None:
        move(session, former, S.DISCARDED, how.actor)
    listing.working_revision = revision
    if not listing.is_live:
        listing.visibility = revision.visibility
    session.flush()


def _submit(how: Writing, listing: Listing, revision: Revision, entry: Entry) -> None:
    content = content_hash(entry.values)
    record(how.session, how.actor, ACTION, Listing.subject_kind, listing.id, row=entry.number, content=content)
    revision.submitted_at = utc_now()
    if listing.state == S.SUBMITTED:
        move(how.session, revision, S.SUBMITTED, how.actor)
    else:
        shift(how.session, how.actor, listing, revision, S.SUBMITTED)
    if how.publish:
        review.publish(how.session, how.actor, listing, revision.version, notify=False)


def _publish_waiting(how: Writing, listing: Listing) -> Outcome:
    """Publish what an earlier run left waiting at the review desk, where that is asked for now."""
    working = listing.working_revision
    if not how.publish or working is None or working.state != S.SUBMITTED or working.author_id is not None:
        return Outcome.UNCHANGED
    review.publish(how.session, how.actor, listing, working.version, notify=False)
    return Outcome.CHANGED


def _narrower(present: str, asked: str | None) -> str:
    return max(present, asked or present, key=lambda code: _VISIBILITIES.index(Visibility(code)))
