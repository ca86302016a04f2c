"""Papers: drafts for a contract or a deal, and the templates that they are made from."""

import io

from flask import Blueprint, Response, flash, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.domain.papers import CONTRACT_PAPERS, DEAL_PAPERS, PAPER_NAMES, PaperKind
from matchmaker.domain.people import Role
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.deals import load_deal
from matchmaker.services.papers.drafting import DraftedPaper, blanks, draft_contract, draft_for_deal
from matchmaker.services.papers.placeholders import placeholders_of
from matchmaker.services.papers.tax import estimate_tax
from matchmaker.services.papers.templates import (
    current_template,
    former_template,
    templates,
    upload_template,
    use_shipped,
)
from matchmaker.services.papers.values import contract_values, deal_values
from matchmaker.web.access import current_actor, role_required, signed_in
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import received_file

blueprint = Blueprint("papers", __name__)

REFUSED, OVERTAKEN = 422, 409
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@blueprint.get("/contracts/<int:contract_id>/papers")
@signed_in
def of_contract(contract_id: int) -> str:
    """The text of a contract as it can be drafted, what it would leave blank, and the estimate of its tax."""
    contract = load_contract(session(), current_actor(), contract_id)
    values = contract_values(contract)
    kinds = [kind for kind in PaperKind if kind in CONTRACT_PAPERS]
    return render_template(
        "papers/of_contract.html",
        contract=contract,
        kinds=sorted(kinds, key=lambda kind: kind != contract.kind),
        names=PAPER_NAMES,
        blanks=blanks(session(), platform().settings.data, contract.kind or PaperKind.DEVELOPMENT, values),
        templates={each.kind: each for each in templates(session())},
        tax=estimate_tax(session(), contract),
    )


@blueprint.get("/contracts/<int:contract_id>/papers/<string:kind>")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def draft_of_contract(contract_id: int, kind: str) -> Response:
    """The draft as a Word file."""
    settings = platform().settings
    city = translate(settings.city)
    return _file(draft_contract(session(), current_actor(), settings.data, city, contract_id, kind))


@blueprint.get("/deals/<int:deal_id>/papers")
@signed_in
def of_deal(deal_id: int) -> str:
    """Agreements and minutes of a deal, and what they would leave blank."""
    deal = load_deal(session(), current_actor(), deal_id)
    values = deal_values(session(), current_actor(), deal)
    return render_template(
        "papers/of_deal.html",
        deal=deal,
        names=PAPER_NAMES,
        blanks={kind: blanks(session(), platform().settings.data, kind, values) for kind in DEAL_PAPERS},
        templates={each.kind: each for each in templates(session())},
    )


@blueprint.get("/deals/<int:deal_id>/papers/<string:kind>")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def draft_of_deal(deal_id: int, kind: str) -> Response:
    """The draft as a Word file."""
    settings = platform().settings
    city = translate(settings.city)
    return _file(draft_for_deal(session(), current_actor(), settings.data, city, deal_id, kind))


@blueprint.get("/paper-templates")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The templates, their former versions, and what they may name."""
    return _page()


@blueprint.post("/paper-templates/<string:kind>")
@role_required(Role.BUREAU)
@limiter.limit("30/hour", key_func=by_person)
def upload(kind: str) -> BaseResponse | tuple[str, int]:
    """Put an uploaded template in the place of the present one."""
    try:
        row = upload_template(
            session(), current_actor(), platform().settings.data, kind, received_file(), request.form.get("note", "")
        )
    except (Invalid, Conflict) as error:
        return _page(error, kind), REFUSED if isinstance(error, Invalid) else OVERTAKEN
    flash(_("已启用第 %(version)s 版模板。", version=row.version), "success")
    return redirect(url_for(".index", _anchor=kind), 303)


@blueprint.post("/paper-templates/<string:kind>/shipped")
@role_required(Role.BUREAU)
def shipped(kind: str) -> BaseResponse:
    """Return to the template of the package."""
    use_shipped(session(), current_actor(), kind)
    flash(_("已改回平台自带的模板，上传过的版本仍然保留。"), "success")
    return redirect(url_for(".index", _anchor=kind), 303)


@blueprint.get("/paper-templates/<string:kind>/file")
@role_required(Role.BUREAU, Role.ADMIN)
def download(kind: str) -> Response:
    """The template that counts, to be edited and uploaded again."""
    view, content = current_template(session(), platform().settings.data, kind)
    return _file(DraftedPaper(f"{_(PAPER_NAMES[view.kind])}_{translate(view.mark)}.docx", content))


@blueprint.get("/paper-templates/versions/<int:template_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def version(template_id: int) -> Response:
    """A former version."""
    row, content = former_template(session(), platform().settings.data, template_id)
    return _file(DraftedPaper(row.name, content))


def _page(error: DomainError | None = None, kind: str = "") -> str:
    return render_template(
        "papers/templates.html",
        templates=templates(session()),
        names=PAPER_NAMES,
        placeholders={each: placeholders_of(each) for each in PaperKind},
        error=error,
        wrong=kind,
    )


def _file(paper: DraftedPaper) -> Response:
    response = send_file(io.BytesIO(paper.content), mimetype=DOCX, as_attachment=True, download_name=paper.name)
    response.headers["Cache-Control"] = "private, no-store"
    return response
