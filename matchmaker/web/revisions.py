"""The revisions of a listing, and what differs between any two."""

from flask import Blueprint, render_template, request

from matchmaker.services.listing_revisions import compare_revisions, revisions_of
from matchmaker.services.listings import get_listing
from matchmaker.services.projection import project
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session

blueprint = Blueprint("revisions", __name__)

MOST_DIGITS = 9


@blueprint.get("/listings/<int:listing_id>/revisions")
@signed_in
def index(listing_id: int) -> str:
    """All revisions, and two of them compared: the newest two where the address names none."""
    actor = current_actor()
    listing = get_listing(session(), actor, listing_id)
    rows = revisions_of(session(), actor, listing)
    comparison = compare_revisions(session(), actor, listing, _number("before"), _number("after"))
    return render_template(
        "revisions/index.html", listing=listing, view=project(listing, actor), rows=rows, comparison=comparison
    )


def _number(name: str) -> int | None:
    text = request.args.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS else None
