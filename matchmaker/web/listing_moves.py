"""What is done to a listing from its own page: confirming, narrowing, handing over."""

from collections.abc import Sequence

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.listings import Listing
from matchmaker.services.closing import narrow_visibility
from matchmaker.services.identity import ListingFinding, findings_of_narrowing, identity_findings
from matchmaker.services.listing_actions import require
from matchmaker.services.listings import get_listing
from matchmaker.services.ownership import hand_over as hand_over_listing
from matchmaker.services.projection import preview, project
from matchmaker.services.revisions import StaleRevision
from matchmaker.services.submission import confirm as confirm_revision
from matchmaker.services.submission import send_back as send_back_revision
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.listings import detail_context

blueprint = Blueprint("moves", __name__)


@blueprint.get("/listings/<int:listing_id>/confirm")
@signed_in
def confirmation(listing_id: int) -> str:
    """What a broker wrote, for the client to confirm or send back."""
    listing = get_listing(session(), current_actor(), listing_id)
    require(current_actor(), "confirm", listing)
    return _confirmation(listing, None)


@blueprint.post("/listings/<int:listing_id>/confirm")
@signed_in
def confirm(listing_id: int) -> Response | tuple[str, int]:
    """Agree to what the broker wrote."""
    listing = get_listing(session(), current_actor(), listing_id)
    try:
        confirm_revision(session(), current_actor(), listing, _version())
    except StaleRevision as error:
        return _confirmation(listing, error), 409
    flash(_("已确认并提交审核。"), "success")
    return _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/send-back")
@signed_in
def send_back(listing_id: int) -> Response | tuple[str, int]:
    """Ask the broker to change something."""
    listing = get_listing(session(), current_actor(), listing_id)
    try:
        send_back_revision(session(), current_actor(), listing, _version(), request.form.get("note", ""))
    except StaleRevision as error:
        return _confirmation(listing, error), 409
    except Invalid as error:
        return _confirmation(listing, error), 422
    flash(_("已退回给技术经纪人修改。"), "success")
    return _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/narrow")
@signed_in
def narrow(listing_id: int) -> Response | tuple[str, int]:
    """Show the listing to fewer people."""
    listing = get_listing(session(), current_actor(), listing_id)
    try:
        to, confirmed = request.form.get("to", ""), request.form.get("identity_confirmed") == "yes"
        narrow_visibility(session(), current_actor(), listing, to, identity_confirmed=confirmed)
    except Invalid as error:
        findings = findings_of_narrowing(session(), listing) if "identity" in error.errors else ()
        return _detail(listing, error, findings)
    flash(_("公开范围已缩小，立即生效。"), "success")
    return _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/hand-over")
@signed_in
def hand_over(listing_id: int) -> Response | tuple[str, int]:
    """Make a colleague the owner."""
    listing = get_listing(session(), current_actor(), listing_id)
    try:
        hand_over_listing(session(), current_actor(), listing, request.form.get("user_id", 0, type=int))
    except Invalid as error:
        return _detail(listing, error)
    flash(_("负责人已更换。"), "success")
    return _to_detail(listing)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _to_detail(listing: Listing) -> Response:
    return redirect(url_for("listings.detail", kind=listing.kind, listing_id=listing.id), 303)


def _detail(listing: Listing, error: Invalid, findings: Sequence[ListingFinding] = ()) -> tuple[str, int]:
    return render_template("listings/detail.html", **detail_context(listing, error, findings)), 422


def _confirmation(listing: Listing, error: Invalid | StaleRevision | None) -> str:
    revision = listing.working_revision
    assert revision is not None  # noqa: S101 - `confirm` is possible only with a working revision
    return render_template(
        "listings/confirm.html",
        listing=listing,
        revision=revision,
        view=project(listing, current_actor(), revision),
        outside=preview(listing, revision),
        findings=identity_findings(session(), listing, revision),
        note=request.form.get("note", ""),
        error=error,
    )
