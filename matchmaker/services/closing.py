"""The end of a listing, and making one less visible: both take effect at once."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Invalid
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingState, Visibility
from matchmaker.domain.permissions import Actor, can_edit_listing
from matchmaker.domain.states import move
from matchmaker.services import listing_notices as notices
from matchmaker.services.identity import findings_of_narrowing, narrowed_texts
from matchmaker.services.indexing import note_change
from matchmaker.services.listing_actions import lock, require
from matchmaker.services.outcomes import NO_PARTNER, Partner, find_partner
from matchmaker.services.reading.completeness import faults_of_anonymity
from matchmaker.services.reminders import tell_expired
from matchmaker.services.submission import confirm_identity

SOLVED_HERE, SOLVED_ELSEWHERE = "solved_here", "solved_elsewhere"
WITHDRAWN, EXPIRED = "withdrawn", "expired"
OWN_REASONS = (SOLVED_HERE, SOLVED_ELSEWHERE, WITHDRAWN)
"""How those who posted a listing may end it while it is published."""

NOTE_MOST = 2000
OPENNESS = (Visibility.BROKERS, Visibility.ANONYMOUS, Visibility.PUBLIC)


@dataclass(frozen=True, slots=True)
class Ending:
    """How a listing ends: one of the codes of `close_reasons`, a note, and with whom where the platform helped.

    `match_id` is one of its pairs; `organization` the name of an organization on the platform, where there is no pair.
    """

    reason: str
    note: str = ""
    match_id: int | None = None
    organization: str = ""


def close(session: Session, actor: Actor, listing: Listing, ending: Ending) -> None:
    """End a listing; search and matching drop it at once. "expired" is the platform's own reason.

    A draft can only be withdrawn. The bureau may withdraw what others published, with a note that says why.

    Raises:
        Invalid: no such reason here, nobody named who solved it through the platform, or the bureau gave no note.
    """
    lock(session, listing)
    require(actor, "close", listing)
    reason, note = ending.reason, ending.note.strip()[:NOTE_MOST]
    _check_reason(actor, listing, reason, note)
    partner = find_partner(session, actor, listing, ending.match_id, ending.organization, needed=reason == SOLVED_HERE)
    was_live = listing.is_live
    if listing.working_revision is not None:
        move(session, listing.working_revision, ListingState.DISCARDED, actor, reason)
        if was_live:
            listing.working_revision = None
    move(session, listing, ListingState.CLOSED, actor, reason, **_journaled(partner))
    listing.close_reason, listing.close_note, listing.closed_at = reason, note or None, utc_now()
    listing.outcome_listing_id, listing.outcome_organization_id = partner.listing_id, partner.organization_id
    listing.taken_down = not (actor.is_system or can_edit_listing(actor, listing))
    if was_live:
        note_change(session, listing.id)
    if listing.taken_down:
        notices.tell_closed(session, listing)
    session.flush()


def expire_due(session: Session, today: date, limit: int = 100) -> int:
    """Close up to `limit` published listings whose last valid day is before `today`; return how many (0: none left)."""
    due = session.scalars(
        sa.select(Listing)
        .where(Listing.state == ListingState.PUBLISHED, Listing.valid_until < today)
        .order_by(Listing.id)
        .limit(limit)
    ).all()
    for listing in due:
        close(session, Actor.system(), listing, Ending(EXPIRED))
    tell_expired(session, due)
    return len(due)


def narrow_visibility(
    session: Session, actor: Actor, listing: Listing, to: str, *, identity_confirmed: bool = False
) -> None:
    """Show a published listing to fewer people, at once and without review; showing it to more takes a new revision.

    `identity_confirmed`: the person has seen what in its public text tells who posted it, as when it is submitted.

    Raises:
        Invalid: `to` is no narrower visibility, the public text names the poster and so cannot become anonymous, or
            the confirmation is missing.
    """
    revision = lock(session, listing)
    require(actor, "narrow", listing)
    if to not in narrower(listing.visibility):
        raise Invalid(N_("只能改为更小的公开范围；扩大范围请修改后重新提交审核。"), {"to": N_("请选择更小的范围。")})
    if to == Visibility.ANONYMOUS:
        _check_anonymity(session, actor, listing, identity_confirmed)
    record(session, actor, "narrow", "listing", listing.id, before=listing.visibility, after=to)
    listing.visibility = listing.current.visibility = to
    if revision is not None and to in narrower(revision.visibility):
        revision.visibility = to
        revision.version += 1
    listing.text_revision += 1
    listing.pair_revision += 1
    note_change(session, listing.id)
    session.flush()


def narrower(visibility: str) -> tuple[Visibility, ...]:
    """Return the visibilities that show less than the given one, the narrowest first."""
    return OPENNESS[: OPENNESS.index(Visibility(visibility))]


def _check_anonymity(session: Session, actor: Actor, listing: Listing, identity_confirmed: bool) -> None:
    if any(fault for text in narrowed_texts(listing) for fault in faults_of_anonymity(text)):
        sentence = N_("公开部分写有单位或联系人信息，不能直接转为匿名。请改为仅技术经纪人可见，或修改后重新提交审核。")
        raise Invalid(sentence, {"to": sentence})
    if findings := findings_of_narrowing(session, listing):
        confirm_identity(session, actor, listing.current, findings, confirmed=identity_confirmed)


def _check_reason(actor: Actor, listing: Listing, reason: str, note: str) -> None:
    if actor.is_system and reason == EXPIRED:
        return
    own = can_edit_listing(actor, listing) or actor.is_system
    allowed = OWN_REASONS if own and listing.is_live else (WITHDRAWN,)
    if reason not in allowed:
        raise Invalid(N_("请选择结束的原因。"), {"reason": N_("请从列表中选择。")})
    if not own and not note:
        raise Invalid(N_("撤下他人发布的内容必须说明原因。"), {"note": N_("请写明撤下的原因。")})


def _journaled(partner: Partner) -> dict[str, Any]:
    if partner == NO_PARTNER:
        return {}
    return {"outcome_listing_id": partner.listing_id, "outcome_organization_id": partner.organization_id}
