"""Where a listing comes from inside its organization: the panel that its page includes."""

from dataclasses import dataclass

from matchmaker.domain.listings import Listing, ListingKind
from matchmaker.domain.permissions import can_edit_listing, can_manage_inventors
from matchmaker.services.inventors import InventorView, list_inventors
from matchmaker.services.inventorships import inventors_of
from matchmaker.services.sub_units import sub_unit_choices
from matchmaker.web.access import current_actor
from matchmaker.web.database import session
from matchmaker.web.organizations.blueprint import blueprint


@dataclass(frozen=True, slots=True)
class OriginPanel:
    """Sub-units to choose from, inventors to choose from, and those named; `may_name` for the office itself."""

    sub_units: tuple[tuple[int, str], ...]
    inventors: tuple[InventorView, ...]
    named: frozenset[int]
    may_name: bool


@blueprint.app_template_global("origin_of")
def origin_of(listing: Listing) -> OriginPanel | None:
    """Return the panel of a listing that the viewer may edit, for `{% include "listings/_origin.html" %}`."""
    actor = current_actor()
    if not can_edit_listing(actor, listing):
        return None
    may_name = listing.kind == ListingKind.ACHIEVEMENT and can_manage_inventors(actor, listing.organization)
    return OriginPanel(
        sub_units=tuple(sub_unit_choices(session(), listing.organization_id)),
        inventors=list_inventors(session(), actor, listing.organization) if may_name else (),
        named=frozenset(row.id for row in inventors_of(session(), actor, listing)) if may_name else frozenset(),
        may_name=may_name,
    )
