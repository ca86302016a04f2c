"""The review desk."""

from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.errors import Invalid
from matchmaker.domain.listings import Listing, ListingKind, ListingState
from matchmaker.domain.people import Role
from matchmaker.services.differences import differences
from matchmaker.services.duplicates import (
    call_different,
    count_flagged,
    count_open,
    duplicates_of,
    open_pairs,
    settle,
    suggested_advice,
)
from matchmaker.services.health import check_health
from matchmaker.services.history import history
from matchmaker.services.identity import identity_findings
from matchmaker.services.listing_actions import actions
from matchmaker.services.listing_pages import next_to_review, review_queue
from matchmaker.services.listings import get_listing
from matchmaker.services.offers import labels_by_layer
from matchmaker.services.projection import project
from matchmaker.services.reading import missing_for_submission
from matchmaker.services.review import publish as publish_revision
from matchmaker.services.review import return_with_advice
from matchmaker.services.revisions import StaleRevision
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.forms.listings import labels_of
from matchmaker.web.timelines import timeline_of

blueprint = Blueprint("review", __name__)

IS_UPDATE = {"new": False, "update": True}


@blueprint.get("/review")
@role_required(Role.BROKER, Role.BUREAU)
def index() -> str:
    """What waits, the longest waiting first."""
    kind, field, sort = (request.args.get(name) for name in ("kind", "field", "sort"))
    kind = kind if kind in set(ListingKind) else None
    field = field if field in codes.table("contract_fields") else None
    sort = sort if sort in IS_UPDATE else None
    page = review_queue(
        session(),
        current_actor(),
        kind=kind,
        field=field,
        is_update=IS_UPDATE.get(sort or ""),
        page=page_number(),
    )
    args = {"kind": kind, "field": field, "sort": sort}
    flagged = count_flagged(session(), current_actor(), [row.id for row in page.rows])
    return render_template(
        "review/index.html",
        page=page,
        args=args,
        fields=codes.table("contract_fields"),
        flagged=flagged,
        open_pairs=count_open(session(), current_actor()),
    )


@blueprint.get("/review/<int:listing_id>")
@role_required(Role.BROKER, Role.BUREAU)
def detail(listing_id: int) -> str | Response:
    """One submission: what is new, what would be published, and the decision."""
    listing = get_listing(session(), current_actor(), listing_id)
    if not _is_waiting(listing):
        flash(_("这条内容已经处理，不在待审核之列。"), "info")
        return redirect(url_for(".index"), 303)
    return _detail(listing)


@blueprint.post("/review/<int:listing_id>/publish")
@role_required(Role.BROKER, Role.BUREAU)
def publish(listing_id: int) -> Response | tuple[str, int]:
    """Publish it."""
    listing = get_listing(session(), current_actor(), listing_id)
    try:
        publish_revision(session(), current_actor(), listing, _version())
    except StaleRevision as error:
        return _detail(listing, error), 409
    flash(_("已发布《%(title)s》。", title=listing.current.title), "success")
    return _to_next(listing_id)


@blueprint.post("/review/<int:listing_id>/return")
@role_required(Role.BROKER, Role.BUREAU)
def send_back(listing_id: int) -> Response | tuple[str, int]:
    """Return it with reasons and advice."""
    listing = get_listing(session(), current_actor(), listing_id)
    reasons, advice = request.form.getlist("reasons"), request.form.get("advice", "")
    original = request.form.get("original", type=int)
    try:
        return_with_advice(
            session(), current_actor(), listing, _version(), reasons=reasons, advice=advice, original_id=original
        )
    except Invalid as error:
        return _detail(listing, error), 422
    except StaleRevision as error:
        return _detail(listing, error), 409
    flash(_("已退回，对方会收到修改建议。"), "success")
    return _to_next(listing_id)


@blueprint.get("/review/duplicates")
@role_required(Role.BROKER, Role.BUREAU)
def pairs() -> str:
    """All near-duplicates that nobody has judged, those among published listings too."""
    return render_template("duplicates/index.html", page=open_pairs(session(), current_actor(), page_number()))


@blueprint.post("/review/duplicates/<int:duplicate_id>/different")
@role_required(Role.BROKER, Role.BUREAU)
def settle_pair(duplicate_id: int) -> Response:
    """Say that a pair are two things."""
    settle(session(), current_actor(), duplicate_id)
    flash(_("已记下：这两条不是重复。"), "success")
    return redirect(url_for(".pairs"), 303)


@blueprint.post("/review/<int:listing_id>/duplicates/<int:other_id>/different")
@role_required(Role.BROKER, Role.BUREAU)
def different(listing_id: int, other_id: int) -> Response:
    """Say that a near-duplicate is none."""
    listing = get_listing(session(), current_actor(), listing_id)
    call_different(session(), current_actor(), listing, other_id)
    flash(_("已记下：这两条不是重复。"), "success")
    return redirect(url_for(".detail", listing_id=listing_id), 303)


def _version() -> int:
    return request.form.get("version", 0, type=int)


def _original_id() -> int | None:
    """The near-duplicate that the return form points to."""
    return request.values.get("original", type=int)


def _is_waiting(listing: Listing) -> bool:
    revision = listing.working_revision
    return revision is not None and revision.state == ListingState.SUBMITTED and listing.state != ListingState.CLOSED


def _to_next(listing_id: int) -> Response:
    following = next_to_review(session(), current_actor(), after=listing_id)
    return redirect(url_for(".index") if following is None else url_for(".detail", listing_id=following), 303)


def _detail(listing: Listing, error: Invalid | StaleRevision | None = None) -> str:
    actor, revision = current_actor(), listing.working_revision
    assert revision is not None  # noqa: S101 - only what waits is shown here
    former = listing.published_revision
    duplicates = duplicates_of(session(), actor, listing)
    original = next((found for found in duplicates if found.other.id == _original_id()), None)
    shown: dict[str, Any] = {
        "view": project(listing, actor, revision),
        "differences": differences(former, revision) if former is not None else None,
        "missing": missing_for_submission(revision),
        "health": check_health(revision),
        "duplicates": duplicates,
        "original": original,
        "suggested": suggested_advice(session(), listing, original.other.id) if original else None,
        "findings": identity_findings(session(), listing, revision),
        "labels": labels_of(listing.kind),
        "by_layer": labels_by_layer(revision),
        "timeline": timeline_of(history(session(), actor, listing)),
    }
    return render_template(
        "review/detail.html",
        listing=listing,
        revision=revision,
        may_review="review" in actions(actor, listing),
        reasons=codes.table("return_reasons"),
        error=error,
        typed=request.form,
        **shown,
    )
