"""Submission: from the poster's desk over the client's confirmation to the review desk, and back on request."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.domain.permissions import Actor, owns
from matchmaker.domain.states import move
from matchmaker.services import listing_notices as notices
from matchmaker.services.identity import ListingFinding, identity_findings
from matchmaker.services.listing_actions import WAITING, lock, may, require
from matchmaker.services.reading import missing_for_submission
from matchmaker.services.revisions import StaleRevision, author_of

CONFIRMED_IDENTITY = "confirm_identity"


def submit(
    session: Session,
    actor: Actor,
    listing: Listing,
    version: int,
    *,
    declared: bool,
    identity_confirmed: bool = False,
) -> Revision:
    """Hand the working revision to the review desk; what a broker wrote goes to his client for confirmation first.

    `declared`: the person states that nothing in it is classified; `identity_confirmed`: that he has seen what in the
    public text of an anonymous listing tells who posted it. Submitting the same version twice is one submission.

    Raises:
        StaleRevision: the text is not the one that the person saw.
        Invalid: fields are missing or wrong (`errors` names them), or the declaration or the confirmation is missing.
    """
    revision = lock(session, listing)
    repeated = revision is not None and revision.state in WAITING and revision.version == version
    if revision is not None and repeated and may(actor, "submit", listing):
        return revision
    require(actor, "submit", listing)
    revision = _seen(session, revision, version)
    _require_complete(revision, declared)
    if findings := identity_findings(session, listing, revision):
        confirm_identity(session, actor, revision, findings, confirmed=identity_confirmed)
    revision.declared_at = utc_now()
    _hand_in(session, actor, listing, revision)
    return revision


def confirm_identity(
    session: Session, actor: Actor, revision: Revision, findings: Sequence[ListingFinding], *, confirmed: bool
) -> None:
    """Take down that a person lets everybody read what tells who posted an anonymous listing.

    Raises:
        Invalid: he has not been shown it, or has not said so (field `identity`).
    """
    if not confirmed:
        sentence = N_("公开内容里有 %(count)d 处可能让人认出本单位，请逐条看过后确认，或返回修改。")
        raise Invalid(sentence, {"identity": N_("请看过后勾选此项。")}, count=len(findings))
    record(session, actor, CONFIRMED_IDENTITY, Revision.subject_kind, revision.id, findings=len(findings))


def confirm(session: Session, actor: Actor, listing: Listing, version: int) -> None:
    """As the client, agree to what a broker wrote: it goes to the review desk, and the confirming person owns it."""
    revision = lock(session, listing)
    require(actor, "confirm", listing)
    revision = _seen(session, revision, version)
    revision.confirmed_at, revision.confirmed_by_id = utc_now(), actor.user_id
    listing.owner_id = actor.user_id or listing.owner_id
    _to_review(session, actor, listing, revision)
    notices.tell_confirmed(session, actor, listing, revision)


def send_back(session: Session, actor: Actor, listing: Listing, version: int, note: str) -> None:
    """As the client, hand the text back to the broker with a note on what is to be changed.

    Raises:
        Invalid: the note is empty.
    """
    revision = lock(session, listing)
    require(actor, "send_back", listing)
    revision = _seen(session, revision, version)
    note = note.strip()[:2000]
    if not note:
        raise Invalid(N_("请写明需要修改的地方。"), {"note": N_("请写明需要修改的地方。")})
    revision.advice, revision.advice_reasons = note, []
    shift(session, actor, listing, revision, ListingState.DRAFT, note)
    notices.tell_sent_back(session, listing, revision, note)


def recall(session: Session, actor: Actor, listing: Listing) -> Revision:
    """Take a submission back to go on writing; doing so twice is one recall."""
    revision = lock(session, listing)
    if revision is not None and revision.state == ListingState.DRAFT and may(actor, "recall", listing):
        return revision
    require(actor, "recall", listing)
    assert revision is not None  # noqa: S101 - `recall` is possible only with a working revision
    shift(session, actor, listing, revision, ListingState.DRAFT)
    return revision


def shift(
    session: Session,
    actor: Actor,
    listing: Listing,
    revision: Revision,
    to: str,
    reason: str | None = None,
    **data: Any,
) -> None:
    """Move a working revision, and with it a listing that is not published yet; `data` goes into the journal."""
    move(session, revision, to, actor, reason, **data)
    if not listing.is_live:
        move(session, listing, to, actor, reason)


def _require_complete(revision: Revision, declared: bool) -> None:
    errors = missing_for_submission(revision)
    if errors:
        raise Invalid(N_("还有 %(count)d 处需要完善，暂时不能提交。"), errors, count=len(errors))
    if not declared:
        raise Invalid(N_("请先确认内容不涉及国家秘密。"), {"declared": N_("请勾选此项声明。")})


def _hand_in(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    if not owns(actor, listing):
        shift(session, actor, listing, revision, ListingState.CONFIRMING)
        notices.ask_for_confirmation(session, actor, listing, revision)
        return
    revision.confirmed_at, revision.confirmed_by_id = revision.declared_at, actor.user_id
    _to_review(session, actor, listing, revision)


def _to_review(session: Session, actor: Actor, listing: Listing, revision: Revision) -> None:
    revision.submitted_at = utc_now()
    shift(session, actor, listing, revision, ListingState.SUBMITTED)


def _seen(session: Session, revision: Revision | None, version: int) -> Revision:
    if revision is None:
        raise Conflict(N_("这条内容的状态已经变化，现在不能进行此操作。请刷新页面查看。"))
    if revision.version != version:
        raise StaleRevision(revision, author_of(session, revision), {})
    return revision
