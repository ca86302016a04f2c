"""Who read what is not open to all: written before it is shown, and shown to the owner.

`project` notes what it shows while somebody collects (a request, an export); whoever collects writes it down before the
answer leaves. A reading that cannot be written is not shown: the error goes to the reader instead of the text.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.base import upsert, utc_now
from matchmaker.domain.days import today
from matchmaker.domain.disclosures import Reading, Way
from matchmaker.domain.fields import Layer
from matchmaker.domain.layers import identity_layer
from matchmaker.domain.listings import Listing, Visibility
from matchmaker.domain.permissions import Actor, can_edit_listing

KEY = ("listing_id", "user_id", "organization_id", "layer", "way", "attachment_id", "read_on")


@dataclass(frozen=True, slots=True)
class Seen:
    """One listing shown to one reader: the strictest layer of its whole page, and of what a list shows of it.

    `listed` is None where a list shows nothing that is not open to all; `attachment_id` is 0 but for a file.
    """

    listing_id: int
    user_id: int
    organization_id: int
    layer: Layer
    listed: Layer | None
    attachment_id: int = 0


_collected: ContextVar[list[Seen] | None] = ContextVar("seen", default=None)


@contextmanager
def collecting() -> Iterator[list[Seen]]:
    """Collect what is shown within the block; the caller writes it down (see `write_readings`)."""
    seen: list[Seen] = []
    token = _collected.set(seen)
    try:
        yield seen
    finally:
        _collected.reset(token)


def note_shown(actor: Actor, listing: Listing, layer: Layer, listed: Layer, attachment_id: int = 0) -> None:
    """Note that a listing is shown to `actor`, where anybody collects and it is neither his own nor open to all."""
    seen = _collected.get()
    if seen is None or actor.user_id is None or actor.organization_id is None or can_edit_listing(actor, listing):
        return
    # Of a listing for brokers only the abstract, too, was opened to a party of its own.
    is_closed = listing.visibility == Visibility.BROKERS
    if layer is Layer.ABSTRACT and not is_closed:
        return
    in_list = listed if is_closed or listed is not Layer.ABSTRACT else None
    seen.append(Seen(listing.id, actor.user_id, actor.organization_id, layer, in_list, attachment_id))


def note_titled(actor: Actor, listing: Listing, *, named: bool = True) -> None:
    """Note that a row of a list shows the title of a listing, and (`named`) whose it is, without a projection."""
    layer = identity_layer(listing.visibility) if named else Layer.ABSTRACT
    note_shown(actor, listing, layer, layer)


def write_readings(session: Session, seen: Iterable[Seen], way: Way) -> int:
    """Write down what was collected, each listing once; return how many. Repeated ones of a day are counted."""
    now, day = utc_now(), today()
    rows: dict[tuple[object, ...], dict[str, object]] = {}
    for one in seen:
        layer = one.listed if way is Way.LIST else one.layer
        if layer is None:
            continue
        actual = Way.FILE if one.attachment_id else way
        key = (one.listing_id, one.user_id, one.organization_id, layer, actual, one.attachment_id, day)
        rows[key] = dict(zip(KEY, key, strict=True)) | {"times": 1, "first_at": now, "last_at": now}
    if rows:
        insert = upsert(session, Reading).values(list(rows.values()))
        again = {"times": Reading.times + 1, "last_at": now}
        session.execute(insert.on_conflict_do_update(index_elements=list(KEY), set_=again))
    return len(rows)
