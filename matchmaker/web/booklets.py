"""Booklets of needs and achievements: choosing what is in one, and the file."""

import io
from typing import Any

from flask import Blueprint, Response, render_template, request, send_file
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.campaigns import Campaign
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind
from matchmaker.services.booklets import (
    EDITION_NAMES,
    MOST_ENTRIES,
    Edition,
    Selection,
    count_booklet,
    editions,
    make_booklet,
)
from matchmaker.services.campaigns.finding import get_campaign
from matchmaker.services.documents import booklet_docx, booklet_pdf
from matchmaker.services.reading.days import read_day
from matchmaker.services.reading.text import Unreadable
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("booklets", __name__)

FORMATS = {
    "pdf": (booklet_pdf, "application/pdf"),
    "docx": (booklet_docx, "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
}


@blueprint.get("/booklets")
@signed_in
def index() -> str:
    """What is to be in the booklet, how much that is, and the files."""
    return _page(None)


@blueprint.post("/booklets")
@signed_in
@limiter.limit("30/hour", key_func=by_person)
def make() -> Response | tuple[str, int]:
    """Make the file. It is read apart from the request's own session, which would hold the lock while typesetting."""
    edition, extension = request.form.get("edition", ""), request.form.get("format", "")
    actor = current_actor()
    try:
        if extension not in FORMATS or edition not in set(Edition):
            raise Invalid(N_("请选择版本和文件格式。"))
        with platform().database.read() as reading:
            selection = _selection(reading)
            booklet = make_booklet(reading, actor, selection, edition, platform().settings.city)
    except Invalid as error:
        return _page(error), 422
    write, media_type = FORMATS[extension]
    name = f"{booklet.title}_{_(EDITION_NAMES[Edition(edition)])}_{today():%Y%m%d}.{extension}"
    response = send_file(io.BytesIO(write(booklet)), mimetype=media_type, as_attachment=True, download_name=name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _page(error: Invalid | None) -> str:
    actor = current_actor()
    counts: dict[str, int] = {}
    try:
        selection = _selection(session())
        counts = {edition: count_booklet(session(), actor, selection, edition) for edition in editions(actor)}
    except Invalid as unread:
        error = error or unread
        selection = Selection()
    return render_template(
        "booklets/index.html",
        selection=selection,
        counts=counts,
        names=EDITION_NAMES,
        most=MOST_ENTRIES,
        fields=codes.table("contract_fields"),
        typed=request.values,
        error=error,
    )


def _selection(reading: Session) -> Selection:
    values = request.values
    campaign = _campaign(reading, number_of(values.get("campaign")) or 0)
    kind = campaign.kind if campaign else values.get("kind", ListingKind.NEED)
    chosen: dict[str, Any] = {"kind": kind if kind in set(ListingKind) else ListingKind.NEED, "campaign": campaign}
    field = values.get("field") or None
    chosen["field"] = field if field in codes.table("contract_fields") else None
    errors: dict[str, str] = {}
    for name in ("since", "until"):
        try:
            chosen[name] = read_day(values.get(name, ""))
        except Unreadable as fault:
            errors[name] = fault.sentence
    if errors:
        raise Invalid(N_("请检查日期。"), errors)
    return Selection(**chosen)


def _campaign(reading: Session, campaign_id: int) -> Campaign | None:
    try:
        return get_campaign(reading, current_actor(), campaign_id) if campaign_id else None
    except NotFound:
        return None
