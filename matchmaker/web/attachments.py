"""Attachments: adding, opening, taking away; and the panel that pages of a listing include."""

from dataclasses import dataclass

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.listings import Listing
from matchmaker.services.attachments import (
    AS_TEXT,
    LAYER_NAMES,
    MOST_FILES,
    AttachmentView,
    add_attachment,
    attachments,
    can_attach,
    can_detach,
    get_attachment,
    remove_attachment,
    require_attachable,
)
from matchmaker.services.listings import get_own_listing
from matchmaker.services.uploads import ACCEPTED
from matchmaker.web.access import current_actor, is_htmx, public, safe_next, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import handed_out, received_file

blueprint = Blueprint("attachments", __name__)


@dataclass(frozen=True, slots=True)
class AttachmentPanel:
    """What `attachments/_list.html` shows: the files that the viewer may open, and what he may do."""

    files: tuple[AttachmentView, ...]
    may_add: bool
    may_remove: bool
    layers: dict[str, str]
    accepted: tuple[str, ...]
    most_files: int
    most_bytes: int


@blueprint.app_template_global("attachments_of")
def attachments_of(listing: Listing) -> AttachmentPanel:
    """Return the panel of a listing that the viewer may read, for `{% include "attachments/_list.html" %}`."""
    actor = current_actor()
    return AttachmentPanel(
        files=attachments(session(), actor, listing),
        may_add=can_attach(actor, listing),
        may_remove=can_detach(actor, listing),
        layers={str(layer): name for layer, name in LAYER_NAMES.items()},
        accepted=ACCEPTED,
        most_files=MOST_FILES,
        most_bytes=platform().settings.max_upload_bytes,
    )


@blueprint.post("/listings/<int:listing_id>/attachments")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def add(listing_id: int) -> str | BaseResponse:
    """Take in one file. It is checked and stored before the database is locked for its row."""
    actor = current_actor()
    with platform().database.read() as reading:
        require_attachable(reading, actor, get_own_listing(reading, actor, listing_id))
    stored = received_file()
    listing = get_own_listing(session(), actor, listing_id)
    add_attachment(session(), actor, listing, stored, request.form.get("layer", AS_TEXT))
    return _answer(listing, _("附件已上传。"))


@blueprint.get("/attachments/<int:attachment_id>")
@public
def download(attachment_id: int) -> Response:
    """Hand out a file as a download, never as a page of this site."""
    attachment = get_attachment(session(), current_actor(), attachment_id)
    return handed_out(attachment.sha256, attachment.media_type, attachment.name)


@blueprint.post("/attachments/<int:attachment_id>/delete")
@signed_in
def delete(attachment_id: int) -> str | BaseResponse:
    """Take a file away."""
    listing = remove_attachment(session(), current_actor(), attachment_id)
    return _answer(listing, _("附件已删除。"))


def _answer(listing: Listing, sentence: str) -> str | BaseResponse:
    if is_htmx():
        return render_template("attachments/_list.html", listing=listing, said=sentence)
    flash(sentence, "success")
    return redirect(safe_next(url_for("listings.detail", kind=listing.kind, listing_id=listing.id)), 303)
