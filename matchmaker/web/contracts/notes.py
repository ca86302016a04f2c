"""Notes of a contract."""

from flask import flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.services.contracts.notes import write_contract_note
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.contracts.blueprint import blueprint
from matchmaker.web.contracts.pages import again
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter


@blueprint.post("/contracts/<int:contract_id>/notes")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def add_note(contract_id: int) -> Response | tuple[str, int]:
    """Write a note for those who are to read it."""
    form = request.form
    try:
        write_contract_note(session(), current_actor(), contract_id, form.get("text", ""), form.get("audience", ""))
    except Invalid as error:
        return again(contract_id, error)
    flash(_("备注已保存。"), "success")
    return redirect(url_for(".detail", contract_id=contract_id, _anchor="notes"), 303)
