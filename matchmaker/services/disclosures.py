"""Opening layers of a listing to the other party of a pair, and closing them again; each step is in the journal."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.disclosures import Disclosure
from matchmaker.domain.fields import Layer
from matchmaker.domain.journal import record
from matchmaker.domain.layers import stricter
from matchmaker.domain.listings import Listing, Visibility
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.permissions import Actor


def opened_to(session: Session, organization_id: int) -> dict[int, Layer]:
    """Return the strictest layer opened to an organization now, by the id of the listing."""
    rows = session.execute(
        sa.select(Disclosure.listing_id, Disclosure.layer).where(
            Disclosure.organization_id == organization_id, Disclosure.ended_at.is_(None)
        )
    )
    opened: dict[int, Layer] = {}
    for listing_id, layer in rows:
        opened[listing_id] = stricter(opened.get(listing_id, Layer.ABSTRACT), Layer(layer))
    return opened


def is_mutual(match: Match) -> bool:
    """Whether the organizations of both listings have said that they are interested; nobody else's word counts."""
    return all(_interested(match, listing) for listing in (match.need, match.achievement))


def settle(session: Session, actor: Actor, match: Match) -> None:
    """Open and close what the two parties' standing decisions call for, and nothing beyond; ask after each decision.

    Both interested: MATCHED of either listing to the other organization. Only the owner of a listing for brokers only:
    its ABSTRACT, so that the other side can answer at all.
    """
    mutual = is_mutual(match)
    for listing, other in ((match.need, match.achievement), (match.achievement, match.need)):
        wanted: set[Layer] = set()
        if listing.visibility == Visibility.BROKERS and _interested(match, listing):
            wanted.add(Layer.ABSTRACT)
        if mutual:
            wanted.add(Layer.MATCHED)
        _settle(session, actor, match, listing, other.organization_id, wanted, keep=mutual)
    session.flush()


def open_layer(
    session: Session, actor: Actor, match: Match, listing: Listing, organization_id: int, layer: Layer
) -> Disclosure:
    """Open one layer of a listing to an organization; the caller has made sure that it is due."""
    row = Disclosure(listing_id=listing.id, organization_id=organization_id, layer=layer, match_id=match.id)
    session.add(row)
    session.flush()
    record(session, actor, "disclose", "listing", listing.id, after=layer, **_about(row))
    return row


def close_layer(session: Session, actor: Actor, row: Disclosure) -> None:
    """End what was opened; what has been read stays read."""
    row.ended_at = utc_now()
    record(session, actor, "conceal", "listing", row.listing_id, before=row.layer, **_about(row))


def standing(session: Session, match_ids: Sequence[int]) -> list[Disclosure]:
    """Return what is open now because of these pairs."""
    return list(
        session.scalars(sa.select(Disclosure).where(Disclosure.match_id.in_(match_ids), Disclosure.ended_at.is_(None)))
    )


def _settle(
    session: Session,
    actor: Actor,
    match: Match,
    listing: Listing,
    organization_id: int,
    wanted: set[Layer],
    *,
    keep: bool,
) -> None:
    rows = [row for row in standing(session, [match.id]) if row.listing_id == listing.id]
    for row in rows:
        if row.layer not in wanted and not (keep and row.layer == Layer.CONFIDENTIAL):
            close_layer(session, actor, row)
    for layer in sorted(wanted - {Layer(row.layer) for row in rows}):
        open_layer(session, actor, match, listing, organization_id, layer)


def _interested(match: Match, listing: Listing) -> bool:
    return any(
        row.organization_id == listing.organization_id and row.decision == Decision.INTERESTED
        for row in match.decisions
    )


def _about(row: Disclosure) -> dict[str, Any]:
    return {"organization_id": row.organization_id, "match_id": row.match_id, "disclosure_id": row.id}
