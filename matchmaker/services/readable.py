"""Which published listings a viewer may read, as SQL: the twin of `can_read_listing`."""

import sqlalchemy as sa

from matchmaker.domain.fields import Layer
from matchmaker.domain.listings import Listing, Visibility
from matchmaker.domain.permissions import Actor


def readable(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition on `Listing` that lets pass the published ones that `actor` may know of."""
    own = _own(actor)
    conditions: list[sa.ColumnElement[bool]] = []
    if not actor.reads_all:
        conditions.append(sa.or_(Listing.visibility != Visibility.BROKERS, Listing.id.in_(list(actor.opened)), own))
    if actor.avoided:
        conditions.append(sa.or_(Listing.organization_id.not_in(actor.avoided), own))
    return sa.and_(sa.true(), *conditions)


def identified(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition on `Listing` for those of which `actor` may know who posted them, and their district."""
    if actor.reads_all:
        return sa.true()
    told = [listing_id for listing_id, layer in actor.opened.items() if layer is not Layer.ABSTRACT]
    return sa.or_(Listing.visibility == Visibility.PUBLIC, Listing.id.in_(told), _own(actor))


def _own(actor: Actor) -> sa.ColumnElement[bool]:
    # A visitor has no ids, and a column compared with none would mean the listings without a broker.
    own = [Listing.organization_id == actor.organization_id] if actor.organization_id is not None else []
    posted = [Listing.broker_id == actor.user_id] if actor.user_id is not None else []
    return sa.or_(sa.false(), *own, *posted)
