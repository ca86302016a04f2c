"""The confidentiality agreement of a pair: reading it, proposing it, answering it."""

from flask import Blueprint, Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.services.agreements import (
    OPEN,
    agreement_text,
    agreements_of,
    answer_agreement,
    get_agreement,
    propose_agreement,
    require_proposable,
    take_back_agreement,
)
from matchmaker.services.match_views import view_match
from matchmaker.services.matches import load_match
from matchmaker.services.uploads import ACCEPTED, StoredFile, store_upload, stored_path
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("agreements", __name__)


@blueprint.get("/matches/<int:match_id>/agreement")
@signed_in
def detail(match_id: int) -> str:
    """The text in full, who has signed, and what can be done."""
    return _page(match_id, None)


@blueprint.post("/matches/<int:match_id>/agreement")
@signed_in
@limiter.limit("30/hour", key_func=by_person)
def propose(match_id: int) -> BaseResponse | tuple[str, int]:
    """Sign for one's own side. A signed file is checked and stored before the database is locked for its row."""
    actor = current_actor()
    with platform().database.read() as reading:
        require_proposable(reading, actor, match_id)
    try:
        stored = _stored()
        propose_agreement(session(), actor, match_id, remark=request.form.get("remark", ""), file=stored)
    except Invalid as error:
        return _page(match_id, error), 422
    flash(_("已签署并发给对方，等待对方负责人签署。"), "success")
    return redirect(url_for(".detail", match_id=match_id), 303)


@blueprint.post("/agreements/<int:agreement_id>/answer")
@signed_in
def answer(agreement_id: int) -> BaseResponse:
    """Sign for the other side, or refuse."""
    accepted = request.form.get("answer") == "accept"
    row = answer_agreement(session(), current_actor(), agreement_id, accepted=accepted)
    flash(_("已签署，双方可以看到彼此约定保密的内容。") if accepted else _("已答复对方：不同意。"), "success")
    return redirect(url_for(".detail", match_id=row.match_id), 303)


@blueprint.post("/agreements/<int:agreement_id>/take-back")
@signed_in
def take_back(agreement_id: int) -> BaseResponse:
    """Withdraw a proposal that waits."""
    row = take_back_agreement(session(), current_actor(), agreement_id)
    flash(_("已收回。"), "success")
    return redirect(url_for(".detail", match_id=row.match_id), 303)


@blueprint.get("/agreements/<int:agreement_id>/file")
@signed_in
def file(agreement_id: int) -> Response:
    """Hand out the signed copy as a download."""
    row = get_agreement(session(), current_actor(), agreement_id)
    missing = NotFound(N_("没有找到这个文件，请联系平台管理员。"))
    if row.file_sha256 is None:
        raise missing
    path = stored_path(platform().settings.data, row.file_sha256)
    if not path.is_file():
        current_app.logger.error("agreement %d: %s is missing", row.id, path)
        raise missing
    response = send_file(path, mimetype=row.file_media_type, as_attachment=True, download_name=row.file_name)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _stored() -> StoredFile | None:
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return None
    settings = platform().settings
    return store_upload(settings.data, upload.filename, upload.stream, settings.max_upload_bytes)


def _page(match_id: int, error: Invalid | None) -> str:
    actor = current_actor()
    row = load_match(session(), actor, match_id)
    match = view_match(row, actor)
    if not match.is_mutual:
        raise NotFound(N_("双方都表示感兴趣之后，才有保密协议。"))
    found = agreements_of(session(), actor, row)
    current = found[0] if found and found[0].state in OPEN else None
    return render_template(
        "agreements/detail.html",
        match=match,
        current=current,
        former=[one for one in found if one is not current],
        text=current.text if current else agreement_text(row),
        may_propose=current is None and _may_propose(match_id),
        accepted=ACCEPTED,
        error=error,
        typed=request.form,
    )


def _may_propose(match_id: int) -> bool:
    try:
        require_proposable(session(), current_actor(), match_id)
    except (Conflict, Forbidden):
        return False
    return True
