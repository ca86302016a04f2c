"""Verification as an organization's owner deals with it: documents, handing in, taking back."""

from flask import Response, current_app, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain import codes
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.people import Organization
from matchmaker.domain.permissions import can_apply_for_verification
from matchmaker.services.organizations import get_organization
from matchmaker.services.uploads import ACCEPTED, stored_path
from matchmaker.services.verifications import (
    MOST_DOCUMENTS,
    add_document,
    open_document,
    open_verification,
    remove_document,
    require_gathering,
    submit_verification,
    verifications_of,
    withdraw_verification,
)
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.organizations.blueprint import REFUSED, blueprint, load
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import received_file


@blueprint.get("/organizations/<int:organization_id>/verification")
@signed_in
def verification(organization_id: int) -> str:
    """What is gathered, where it stands, and what came of earlier ones."""
    return _page(_own(organization_id))


@blueprint.post("/organizations/<int:organization_id>/verification/documents")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def add_proof(organization_id: int) -> BaseResponse | tuple[str, int]:
    """Take in one document. It is checked and stored before the database is locked for its row."""
    actor = current_actor()
    try:
        with platform().database.read() as reading:
            require_gathering(reading, actor, get_organization(reading, actor, organization_id))
        stored = received_file()
        add_document(session(), actor, load(organization_id), stored, request.form.get("kind", ""))
    except Invalid as error:
        return _page(_own(organization_id), error), REFUSED
    return _back(organization_id, _("材料已上传。"))


@blueprint.get("/verification-documents/<int:document_id>")
@signed_in
def proof(document_id: int) -> Response:
    """Hand a document out as a download. That it was opened is written down before it is sent."""
    with platform().database.transaction() as writing:
        document = open_document(writing, current_actor(), document_id)
        sha256, media_type, name = document.sha256, document.media_type, document.name
    path = stored_path(platform().settings.data, sha256)
    if not path.is_file():
        current_app.logger.error("verification document %d: %s is missing", document_id, path)
        raise NotFound(N_("没有找到这个文件，请联系平台管理员。"))
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, etag=False, max_age=0)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@blueprint.post("/verification-documents/<int:document_id>/delete")
@signed_in
def remove_proof(document_id: int) -> BaseResponse:
    """Take a document out again."""
    return _back(remove_document(session(), current_actor(), document_id).id, _("材料已删除。"))


@blueprint.post("/organizations/<int:organization_id>/verification/submit")
@signed_in
@limiter.limit("20/hour", key_func=by_person)
def submit_proof(organization_id: int) -> BaseResponse | tuple[str, int]:
    """Hand the documents in."""
    organization = _own(organization_id)
    try:
        submit_verification(session(), current_actor(), organization, note=request.form.get("note", ""))
    except Invalid as error:
        return _page(organization, error), REFUSED
    return _back(organization_id, _("材料已提交。科技局两位工作人员核对后，会通知您结果。"))


@blueprint.post("/organizations/<int:organization_id>/verification/withdraw")
@signed_in
def withdraw_proof(organization_id: int) -> BaseResponse:
    """Take back what was handed in."""
    withdraw_verification(session(), current_actor(), _own(organization_id))
    return _back(organization_id, _("已撤回，可以更换材料后重新提交。"))


def _own(organization_id: int) -> Organization:
    organization = load(organization_id)
    if not can_apply_for_verification(current_actor(), organization):
        raise Forbidden(N_("只有本单位的负责人可以提交核验材料。"))
    return organization


def _page(organization: Organization, error: Invalid | None = None) -> str:
    return render_template(
        "organizations/verification.html",
        organization=organization,
        standing=open_verification(session(), organization.id),
        earlier=[row for row in verifications_of(session(), current_actor(), organization) if not row.is_open],
        kinds=codes.table("document_kinds"),
        accepted=ACCEPTED,
        most_files=MOST_DOCUMENTS,
        most_bytes=platform().settings.max_upload_bytes,
        error=error,
        typed=request.form,
    )


def _back(organization_id: int, sentence: str) -> BaseResponse:
    flash(sentence, "success")
    return redirect(url_for("organizations.verification", organization_id=organization_id), 303)
