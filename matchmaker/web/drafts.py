"""Writing a listing: the form, saving as one types, the preview, and handing it in."""

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.fields import fields_of
from matchmaker.domain.listings import Listing, ListingState, Revision
from matchmaker.services.health import check_health
from matchmaker.services.identity import identity_findings
from matchmaker.services.listing_actions import actions, require
from matchmaker.services.listings import get_own_listing
from matchmaker.services.offers import labels_by_layer
from matchmaker.services.projection import preview
from matchmaker.services.reading import form_values, missing_for_submission, read_values
from matchmaker.services.revisions import StaleRevision, discard_revision, save_draft, start_revision
from matchmaker.services.similar import similar_listings
from matchmaker.services.submission import recall as recall_submission
from matchmaker.services.submission import submit as submit_revision
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.database import session
from matchmaker.web.forms.listings import form_sections, labels_of, layer_fields, layers_from, raw_of, visible_to_all
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("drafts", __name__)


@blueprint.get("/listings/<int:listing_id>/edit")
@signed_in
def edit(listing_id: int) -> str | Response:
    """The form. `?check=1` also marks what is missing for submission."""
    listing = _own(listing_id)
    revision = listing.working_revision
    if revision is None or "edit" not in actions(current_actor(), listing):
        flash(_("当前状态不能修改。如需修改，请先撤回或开始新的修改。"), "info")
        return _to_detail(listing)
    errors = read_values(listing.kind, revision.raw or {}).errors
    if request.args.get("check"):
        errors = missing_for_submission(revision)
    return _form(listing, revision, form_values(revision), errors)


@blueprint.post("/listings/<int:listing_id>/edit")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def save(listing_id: int) -> Response | tuple[str, int]:
    """Save the form; on any error it is shown again with everything that was typed."""
    listing = _own(listing_id)
    raw = raw_of(listing.kind, request.form)
    try:
        save_draft(session(), current_actor(), listing, raw, _version(), layers=layers_from(request.form))
    except StaleRevision as error:
        return _conflict(listing, raw, error), 409
    except (Conflict, Invalid) as error:
        return _refused(listing, raw, error), 409 if isinstance(error, Conflict) else 422
    if request.form.get("then") == "submit":
        return redirect(url_for(".check", listing_id=listing_id), 303)
    if request.form.get("then") == "row":
        return redirect(url_for(".edit", listing_id=listing_id, _anchor="indicators"), 303)
    flash(_("草稿已保存。"), "success")
    return redirect(url_for(".edit", listing_id=listing_id), 303)


@blueprint.post("/listings/<int:listing_id>/autosave")
@signed_in
@limiter.limit("120/minute", key_func=by_person)
def autosave(listing_id: int) -> tuple[str, int] | tuple[str, dict[str, str]]:
    """Save what is being typed; answer with fragments for the form's status line and beside its fields."""
    listing = _own(listing_id)
    raw = raw_of(listing.kind, request.form)
    shown: dict[str, Any] = {"listing": listing, "specs": fields_of(listing.kind), "version": _version()}
    try:
        layers = layers_from(request.form)
        revision, reading = save_draft(session(), current_actor(), listing, raw, _version(), layers=layers)
    except (Conflict, Invalid) as error:
        stale = isinstance(error, StaleRevision)
        status = 422 if isinstance(error, Invalid) else 409
        return render_template("listings/_saved.html", error=error, stale=stale, **shown), status
    shown |= {"version": revision.version, "reading": reading, "saved_at": utc_now(), **_checked(listing, revision)}
    # What is like it already is looked for after the save, in a request of its own: it reads the indexes.
    return render_template("listings/_saved.html", **shown), {"HX-Trigger": "draft-saved"}


@blueprint.get("/listings/<int:listing_id>/similar")
@signed_in
@limiter.limit("120/minute", key_func=by_person)
def similar(listing_id: int) -> str | Response:
    """What is published already and much like the draft, for beside the form; no page of its own."""
    listing = _own(listing_id)
    if not is_htmx():
        return redirect(url_for(".edit", listing_id=listing_id), 303)
    found = similar_listings(session(), current_actor(), platform().engine, listing)
    return render_template("similar/_list.html", listing=listing, found=found)


@blueprint.get("/listings/<int:listing_id>/submit")
@signed_in
def check(listing_id: int) -> str:
    """Look at what others will see, at what is missing, and hand it in."""
    listing = _own(listing_id)
    require(current_actor(), "submit", listing)
    return _check_page(listing, None)


@blueprint.post("/listings/<int:listing_id>/submit")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def submit(listing_id: int) -> Response | tuple[str, int]:
    """Hand the draft in for review, or to the client for confirmation."""
    listing = _own(listing_id)
    said = {name: request.form.get(name) == "yes" for name in ("declared", "identity_confirmed")}
    try:
        revision = submit_revision(session(), current_actor(), listing, _version(), **said)
    except StaleRevision as error:
        flash(_("内容在您预览之后又有修改，请再看一遍再提交。"), "warning")
        return _check_page(listing, error), 409
    except Invalid as error:
        return _check_page(listing, error), 422
    if revision.state == ListingState.CONFIRMING:
        flash(_("已发给客户确认。客户确认后会自动提交审核。"), "success")
    else:
        flash(_("已提交审核。审核结果会通过邮件通知您，也可在“我的发布”中查看。"), "success")
    return _to_detail(listing)


@blueprint.post("/listings/<int:listing_id>/recall")
@signed_in
def recall(listing_id: int) -> Response:
    """Take a submission back."""
    listing = _own(listing_id)
    recall_submission(session(), current_actor(), listing)
    flash(_("已撤回，可以继续修改。"), "success")
    return redirect(url_for(".edit", listing_id=listing_id), 303)


@blueprint.post("/listings/<int:listing_id>/revise")
@signed_in
def revise(listing_id: int) -> Response:
    """Begin a new revision of what is published."""
    start_revision(session(), current_actor(), _own(listing_id))
    return redirect(url_for(".edit", listing_id=listing_id), 303)


@blueprint.post("/listings/<int:listing_id>/discard")
@signed_in
def discard(listing_id: int) -> Response:
    """Give the new revision up."""
    listing = _own(listing_id)
    discard_revision(session(), current_actor(), listing)
    flash(_("已放弃修改，已发布的版本不变。"), "success")
    return _to_detail(listing)


def _own(listing_id: int) -> Listing:
    return get_own_listing(session(), current_actor(), listing_id)


def _version() -> int:
    # Without a version nothing is overwritten: 0 is never the stored one.
    return request.form.get("version", 0, type=int)


def _to_detail(listing: Listing) -> Response:
    return redirect(url_for("listings.detail", kind=listing.kind, listing_id=listing.id), 303)


def _form(
    listing: Listing,
    revision: Revision | None,
    values: Mapping[str, object],
    errors: Mapping[str, str],
    **shown: Any,
) -> str:
    return render_template(
        "listings/edit.html",
        listing=listing,
        revision=revision,
        version=shown.pop("version", revision.version if revision else 0),
        sections=form_sections(listing.kind, values, errors, shown.pop("stored", {})),
        visible=visible_to_all(listing.kind),
        **(_checked(listing, revision) if revision else {}),
        layer_fields=layer_fields(listing.kind, _layers(revision)),
        **{"conflict": None, "refusal": None, **shown},
    )


def _checked(listing: Listing, revision: Revision) -> dict[str, Any]:
    """The health check, and what of the public text tells who posted it."""
    return {
        "health": check_health(revision),
        "findings": identity_findings(session(), listing, revision),
        "labels": labels_of(listing.kind),
    }


def _layers(revision: Revision | None) -> Mapping[str, str]:
    """The choices as sent, where the form is shown again, else as stored."""
    typed = layers_from(request.form)
    return typed if typed is not None else revision.layers if revision else {}


def _conflict(listing: Listing, raw: Mapping[str, object], error: StaleRevision) -> str:
    """The form with what was typed, beside it what is stored; saving again then overwrites it knowingly."""
    mine, theirs = read_values(listing.kind, raw), read_values(listing.kind, error.theirs)
    # Compared as read: a browser writes line ends otherwise than the database.
    differing = {
        name
        for name in raw
        if (mine.values.get(name), mine.unread.get(name)) != (theirs.values.get(name), theirs.unread.get(name))
    }
    return _form(
        listing,
        listing.working_revision,
        {**error.theirs, **raw},
        mine.errors,
        stored={name: error.theirs[name] for name in differing},
        version=error.version,
        conflict=error,
    )


def _refused(listing: Listing, raw: Mapping[str, object], error: Conflict | Invalid) -> str:
    errors = error.errors if isinstance(error, Invalid) else {}
    stored = form_values(listing.working_revision) if listing.working_revision else {}
    return _form(listing, listing.working_revision, {**stored, **raw}, errors, version=_version(), refusal=error)


def _check_page(listing: Listing, error: Conflict | Invalid | None) -> str:
    revision = listing.working_revision
    assert revision is not None  # noqa: S101 - `submit` is possible only with a working revision
    return render_template(
        "listings/submit.html",
        listing=listing,
        revision=revision,
        view=preview(listing, revision),
        missing=missing_for_submission(revision),
        **_checked(listing, revision),
        by_layer=labels_by_layer(revision),
        error=error,
    )
