"""The confidentiality agreement of a deal: sent, signed, void."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.deal_notes import Audience, DealFile
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.services.deals.confidentiality import (
    drop_confidentiality,
    send_confidentiality,
    sign_confidentiality,
)
from matchmaker.services.deals.files import add_deal_file, require_addable
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, to_deal
from matchmaker.web.deals.pages import shown_again
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import received_file

Answer = Response | tuple[str, int]


@blueprint.post("/deals/<int:deal_id>/confidentiality/send")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def send(deal_id: int) -> Answer:
    """Note that it was sent."""
    try:
        send_confidentiality(session(), current_actor(), deal_id, sent_on=request.form.get("sent_on", ""))
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已登记：保密协议已寄送。"), part="nda")


@blueprint.post("/deals/<int:deal_id>/confidentiality/sign")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def sign(deal_id: int) -> Answer:
    """Note that it was signed, with its scan where one was chosen."""
    form = request.form
    days = {"signed_on": form.get("signed_on", ""), "expires_on": form.get("expires_on", "")}
    try:
        file = _scan(deal_id)
        sign_confidentiality(session(), current_actor(), deal_id, file=file, **days)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已登记：保密协议已签署。到期前 30 天会提醒双方。"), part="nda")


@blueprint.post("/deals/<int:deal_id>/confidentiality/drop")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def drop(deal_id: int) -> Answer:
    """Note that it is void."""
    try:
        drop_confidentiality(session(), current_actor(), deal_id)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("已登记：保密协议作废。"), part="nda")


def _scan(deal_id: int) -> DealFile | None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    with platform().database.read() as reading:
        require_addable(reading, current_actor(), deal_id)
    return add_deal_file(session(), current_actor(), deal_id, received_file(), Audience.ALL)
