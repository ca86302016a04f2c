"""The list of technical terms: searched, changed, taken out and brought back, exported and imported."""

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BareResponse

from matchmaker.domain import codes
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import Role
from matchmaker.services.term_files import MOST_ROWS, TermImport, export_terms, import_terms
from matchmaker.services.terms import find_terms, get_term, remove_term, restore_term, save_term
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.terms import TermForm
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.uploaded_text import uploaded_text

blueprint = Blueprint("terms", __name__)

REFUSED = 422


@blueprint.get("/admin/terms")
@role_required(Role.ADMIN)
def index() -> str:
    """The list, searched in any language and by industry."""
    return _list_page()


@blueprint.get("/admin/terms/edit")
@role_required(Role.ADMIN)
def edit() -> str:
    """The form of the entry that `?key=` names, or of a new one."""
    key = request.args.get("key", "")
    if not key:
        return _form_page(TermForm(formdata=None))
    return _form_page(TermForm.of(get_term(session(), current_actor(), key)))


@blueprint.post("/admin/terms/edit")
@role_required(Role.ADMIN)
@limiter.limit("600/hour", key_func=by_person)
def save() -> BareResponse | tuple[str, int]:
    """Save an entry; on any error the form is shown again with everything that was typed."""
    form = TermForm()
    try:
        row = save_term(session(), current_actor(), form.key.data or "", form.raw(), number_of(form.version.data) or 0)
    except Invalid as error:
        attach_errors(form, error)
        return _form_page(form), REFUSED
    except Conflict as error:
        form.form_errors.append(translate(error))
        return _form_page(form), 409
    flash(_("“%(term)s”已保存，搜索马上按新的术语表查找。", term=row.term.zh[0]), "success")
    return redirect(url_for(".index", q=row.term.zh[0]), 303)


@blueprint.post("/admin/terms/remove")
@role_required(Role.ADMIN)
def remove() -> BareResponse:
    """Take an entry out."""
    key = request.form.get("key", "")
    remove_term(session(), current_actor(), key)
    flash(_("“%(term)s”已停用，可以随时恢复。", term=key), "success")
    return redirect(url_for(".index", q=key), 303)


@blueprint.post("/admin/terms/restore")
@role_required(Role.ADMIN)
def restore() -> BareResponse:
    """Bring an entry back."""
    key = request.form.get("key", "")
    restore_term(session(), current_actor(), key)
    flash(_("“%(term)s”已恢复。", term=key), "success")
    return redirect(url_for(".index", q=key), 303)


@blueprint.get("/admin/terms/file")
@role_required(Role.ADMIN)
def export() -> Response:
    """The whole list as a file; the mark at its beginning lets spreadsheets see that it is UTF-8."""
    content = "\ufeff" + export_terms(session(), current_actor())
    response = Response(content, mimetype="text/csv")
    response.headers["Content-Disposition"] = "attachment; filename=terms.csv"
    return response


@blueprint.post("/admin/terms/import")
@role_required(Role.ADMIN)
@limiter.limit("60/hour", key_func=by_person)
def take_in() -> str | tuple[str, int]:
    """Add and change what a file says, and tell of every row that was not taken."""
    try:
        return _list_page(import_terms(session(), current_actor(), uploaded_text()))
    except Invalid as error:
        return _list_page(error=translate(error)), REFUSED


def _list_page(done: TermImport | None = None, error: str = "") -> str:
    text, industry = request.args.get("q", ""), request.args.get("industry", "")
    found = find_terms(session(), current_actor(), text=text, industry=industry, page=page_number())
    return render_template(
        "terms/index.html",
        found=found,
        text=text,
        industry=industry,
        industries=codes.table("term_industries").choices(),
        done=done,
        error=error,
        most_rows=MOST_ROWS,
    )


def _form_page(form: TermForm) -> str:
    return render_template("terms/edit.html", form=form)
