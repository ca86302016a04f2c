"""The review desk: what waits, publishing with a second pair of eyes, returning with advice."""

from collections.abc import Sequence

from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.fields import Group, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services import listing_notices as notices
from matchmaker.services.duplicates.verdicts import call_duplicate
from matchmaker.services.indexing import note_change
from matchmaker.services.listing_actions import lock, require
from matchmaker.services.reading import typed_values
from matchmaker.services.revisions import StaleRevision, author_of
from matchmaker.services.submission import shift

ADVICE_MOST = 2000
DUPLICATE = "duplicate"


def publish(session: Session, actor: Actor, listing: Listing, version: int, *, notify: bool = True) -> Revision:
    """Publish the submitted revision; the one before it is superseded. Indexes learn of it in the same transaction.

    `notify`: whether owner and broker get a mail; a list of thousands must not send thousands.

    Raises:
        StaleRevision: the text is not the one that the reviewer saw.
    """
    revision = _reviewed(session, actor, listing, version)
    put_live(session, actor, listing, revision, notify=notify)
    session.flush()
    return revision


def put_live(session: Session, actor: Actor, listing: Listing, revision: Revision, *, notify: bool) -> None:
    """Publish a submitted revision that the caller has locked, or written himself, and is entitled to publish."""
    former = listing.published_revision
    if former is not None:
        move(session, former, ListingState.SUPERSEDED, actor)
    shift(session, actor, listing, revision, ListingState.PUBLISHED)
    count_change(listing, former, revision)
    listing.published_revision, listing.working_revision = revision, None
    listing.visibility, listing.valid_until = revision.visibility, revision.valid_until
    listing.published_at = listing.published_at or utc_now()
    note_change(session, listing.id)
    if notify:
        notices.tell_published(session, listing, revision)


def return_with_advice(
    session: Session,
    actor: Actor,
    listing: Listing,
    version: int,
    *,
    reasons: Sequence[str],
    advice: str,
    original_id: int | None = None,
) -> None:
    """Return the submitted revision to its poster with coded reasons (table `return_reasons`) and advice in words.

    `original_id`: the near-duplicate that it is, where DUPLICATE is among the reasons; the poster is not told of it.

    Raises:
        StaleRevision: the text is not the one that the reviewer saw.
        Invalid: no reason, an unknown one, or no advice.
    """
    revision = _reviewed(session, actor, listing, version)
    errors = advice_faults(reasons, advice)
    if errors:
        raise Invalid(N_("请选择退回原因并写明修改建议。"), errors)
    if original_id is not None and DUPLICATE in reasons:
        call_duplicate(session, actor, listing, original_id)
    revision.advice, revision.advice_reasons = advice.strip(), list(dict.fromkeys(reasons))
    codes_given = ",".join(revision.advice_reasons)
    shift(session, actor, listing, revision, ListingState.RETURNED, codes_given, advice=revision.advice)
    notices.tell_returned(session, listing, revision)
    session.flush()


def advice_faults(reasons: Sequence[str], advice: str) -> dict[str, str]:
    """Return what is wrong with the reasons and the advice of a return, by field."""
    errors: dict[str, str] = {}
    known = codes.table("return_reasons")
    if not reasons or any(reason not in known for reason in reasons):
        errors["reasons"] = N_("请至少选择一个退回原因。")
    if not advice.strip():
        errors["advice"] = N_("请写明需要怎样修改。")
    elif len(advice) > ADVICE_MOST:
        errors["advice"] = N_("修改建议太长，最多 2000 个字。")
    return errors


def count_change(listing: Listing, former: Revision | None, revision: Revision) -> None:
    """Raise the listing's counters by what `revision` changes against `former` (None: everything).

    Text or visibility raises both; any other field that is not a contact raises `pair_revision` only.
    """
    changed = _changed_fields(former, revision)
    texts = {spec.name for spec in fields_of(revision.kind) if spec.is_text} | {"title", "visibility"}
    contacts = {spec.name for spec in fields_of(revision.kind) if spec.group is Group.CONTACT}
    shown_anew = former is not None and (former.visibility, former.layers) != (revision.visibility, revision.layers)
    if changed & texts or shown_anew:
        listing.text_revision += 1
        listing.pair_revision += 1
    elif changed - contacts:
        listing.pair_revision += 1


def _changed_fields(former: Revision | None, revision: Revision) -> set[str]:
    now = typed_values(revision)
    if former is None:
        return set(now)
    before = typed_values(former)
    return {name for name, value in now.items() if before[name] != value}


def _reviewed(session: Session, actor: Actor, listing: Listing, version: int) -> Revision:
    revision = lock(session, listing)
    require(actor, "review", listing)
    assert revision is not None  # noqa: S101 - `review` is possible only with a working revision
    if revision.version != version:
        raise StaleRevision(revision, author_of(session, revision), {})
    revision.reviewer_id, revision.reviewed_at = actor.user_id, utc_now()
    return revision
