"""How a listing ends and goes on: closing with an outcome, restoring, renewing."""

from datetime import date

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.listings import Listing
from matchmaker.domain.permissions import can_edit_listing
from matchmaker.domain.validity import renewed
from matchmaker.services.closing import OWN_REASONS, Ending
from matchmaker.services.closing import close as close_listing
from matchmaker.services.listing_actions import actions, require
from matchmaker.services.listings import get_listing, get_own_listing
from matchmaker.services.outcomes import partners_offered
from matchmaker.services.projection import project
from matchmaker.services.renewal import read_renewal, renew_ending
from matchmaker.services.renewal import renew as renew_listing
from matchmaker.services.restoring import restore as restore_listing
from matchmaker.web.access import current_actor, safe_next, signed_in
from matchmaker.web.database import session
from matchmaker.web.formatting import day
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.listings import detail_context
from matchmaker.web.security import secret_key

blueprint = Blueprint("endings", __name__)

LONGEST_DAY = 10


@blueprint.get("/listings/<int:listing_id>/close")
@signed_in
def closing(listing_id: int) -> str | Response:
    """Choose how a published listing of one's own ends; a draft is just deleted, on its own page."""
    listing = get_own_listing(session(), current_actor(), listing_id)
    require(current_actor(), "close", listing)
    return _closing(listing, None) if listing.is_live else _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/close")
@signed_in
def close(listing_id: int) -> Response | tuple[str, int]:
    """End the listing."""
    listing = get_listing(session(), current_actor(), listing_id)
    was_live = listing.is_live
    try:
        close_listing(session(), current_actor(), listing, _ending())
    except Invalid as error:
        if was_live and can_edit_listing(current_actor(), listing):
            return _closing(listing, error), 422
        return render_template("listings/detail.html", **detail_context(listing, error)), 422
    flash(_("已结束，不再参与匹配和搜索。") if was_live else _("已删除草稿。"), "success")
    return _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/restore")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def restore(listing_id: int) -> Response:
    """Take a closed listing up again."""
    listing = get_listing(session(), current_actor(), listing_id)
    restore_listing(session(), current_actor(), listing)
    if listing.is_live:
        flash(_("已恢复发布，几秒钟内重新参与匹配。"), "success")
    else:
        flash(_("已恢复为草稿。检查内容后重新提交审核即可发布。"), "success")
    return _to_detail(listing)


@blueprint.get("/renew/<token>")
@signed_in
def renewal(token: str) -> str:
    """Where the link of a reminder leads: one listing, its present and its next last valid day, one button."""
    listing_id, until = read_renewal(secret_key(), token)
    listing = get_own_listing(session(), current_actor(), listing_id)
    offered = "renew" in actions(current_actor(), listing) and listing.valid_until == until
    return render_template(
        "listings/renew.html",
        listing=listing,
        view=project(listing, current_actor()),
        offered=offered,
        after=renewed(listing.valid_until, today()),
    )


@blueprint.post("/listings/<int:listing_id>/renew")
@signed_in
@limiter.limit("300/hour", key_func=by_person)
def renew(listing_id: int) -> Response:
    """Let a listing stand for another year."""
    listing = get_own_listing(session(), current_actor(), listing_id)
    until = renew_listing(session(), current_actor(), listing, _day(request.form.get("until", "")))
    flash(_("已续期至 %(day)s。", day=day(until)), "success")
    return redirect(safe_next(url_for("listings.detail", kind=listing.kind, listing_id=listing.id)), 303)


@blueprint.post("/listings/renew")
@signed_in
@limiter.limit("30/hour", key_func=by_person)
def renew_all() -> Response:
    """Renew everything of one's organization that ends soon."""
    count = renew_ending(session(), current_actor())
    flash(_("已续期 %(count)s 条，各延长一年。", count=count), "success")
    return redirect(url_for("listings.mine"), 303)


def _ending() -> Ending:
    form = request.form
    pair = form.get("match_id", "")
    return Ending(
        reason=form.get("reason", ""),
        note=form.get("note", ""),
        match_id=int(pair) if pair.isascii() and pair.isdigit() and len(pair) < 19 else None,
        organization=form.get("organization", ""),
    )


def _closing(listing: Listing, error: Invalid | None) -> str:
    actor = current_actor()
    return render_template(
        "listings/close.html",
        listing=listing,
        view=project(listing, actor),
        reasons=OWN_REASONS,
        offered=partners_offered(session(), actor, listing),
        error=error,
        typed=request.form,
    )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:LONGEST_DAY])
    except ValueError:
        return None


def _to_detail(listing: Listing) -> Response:
    return redirect(url_for("listings.detail", kind=listing.kind, listing_id=listing.id), 303)
