"""What reviewers say of a pair of near-duplicates."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.duplicates import Duplicate, Verdict
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import Actor, can_read_listing, can_review_listing
from matchmaker.services.listing_actions import require
from matchmaker.services.listings import LARGEST_ID

ACTION = "judge_duplicate"


def call_different(session: Session, actor: Actor, listing: Listing, other_id: int) -> None:
    """As a reviewer of `listing`, say that the pair are two things: neither is flagged for the other any more.

    Raises:
        NotFound: there is no such pair, or the actor may not know of the other listing.
        Forbidden, Conflict: the actor cannot review `listing` now.
    """
    _judge(session, actor, listing, other_id, Verdict.DIFFERENT)


def call_duplicate(session: Session, actor: Actor, listing: Listing, other_id: int) -> None:
    """As a reviewer of `listing`, say that it is `other_id` posted again; see `call_different` for what it raises."""
    _judge(session, actor, listing, other_id, Verdict.DUPLICATE)


def settle(session: Session, actor: Actor, duplicate_id: int) -> None:
    """As a reviewer of both, say that a pair are two things, whether they are submitted or published by now.

    Raises:
        NotFound: there is no such pair, or the actor may not know of one of the listings.
        Forbidden: one of them is his own organization's, or he does not review.
    """
    row = session.get(Duplicate, duplicate_id) if 0 < duplicate_id <= LARGEST_ID else None
    listings = [session.get_one(Listing, row.first_id), session.get_one(Listing, row.second_id)] if row else []
    if row is None or not all(can_read_listing(actor, listing) for listing in listings):
        raise NotFound(N_("没有找到这一对内容，可能已经有人处理。"))
    if not all(can_review_listing(actor, listing) for listing in listings):
        raise Forbidden(N_("这是您或本单位发布的内容，需要由其他人审核。"))
    _write(session, actor, row, Verdict.DIFFERENT)


def _judge(session: Session, actor: Actor, listing: Listing, other_id: int, verdict: Verdict) -> None:
    require(actor, "review", listing)
    row = session.scalar(
        sa.select(Duplicate).where(
            Duplicate.first_id == min(listing.id, other_id), Duplicate.second_id == max(listing.id, other_id)
        )
    )
    other = session.get(Listing, other_id) if row is not None else None
    if row is None or other is None or not can_read_listing(actor, other):
        raise NotFound(N_("没有找到这一对内容，可能已经有人处理。"))
    _write(session, actor, row, verdict)


def _write(session: Session, actor: Actor, row: Duplicate, verdict: Verdict) -> None:
    # Journaled with the pair: the history of a listing is read by its poster, who must not learn of hidden ones.
    record(session, actor, ACTION, "duplicate", row.id, before=row.verdict, after=verdict)
    row.verdict, row.decided_by_id, row.decided_at = verdict, actor.user_id, utc_now()
    session.flush()
