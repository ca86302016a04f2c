"""Notes and files of a deal."""

from flask import flash, redirect, request, url_for
from flask.wrappers import Response as FileResponse
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.services.deals.audiences import read_audience
from matchmaker.services.deals.files import add_deal_file, get_deal_file, remove_deal_file, require_addable
from matchmaker.services.deals.notes import take_back_note, write_note
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, to_deal
from matchmaker.web.deals.pages import shown_again
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import handed_out, received_file

Answer = Response | tuple[str, int]


@blueprint.post("/deals/<int:deal_id>/notes")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def add_note(deal_id: int) -> Answer:
    """Write a note for those who are to read it."""
    form = request.form
    try:
        write_note(session(), current_actor(), deal_id, form.get("text", ""), form.get("audience", ""))
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("备注已保存。"), part="notes")


@blueprint.post("/deals/notes/<int:note_id>/take-back")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def remove_note(note_id: int) -> Response:
    """Take one's own note back."""
    note = take_back_note(session(), current_actor(), note_id)
    if note.contract_id is not None:
        flash(_("备注已撤回。"), "success")
        return redirect(url_for("contracts.detail", contract_id=note.contract_id, _anchor="notes"), 303)
    return to_deal(note.deal_id, _("备注已撤回。"), part="notes")


@blueprint.post("/deals/<int:deal_id>/files")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def add_file(deal_id: int) -> Answer:
    """Take in one file. It is checked and stored before the database is locked for its row."""
    actor, audience = current_actor(), request.form.get("audience", "")
    with platform().database.read() as reading:
        deal = require_addable(reading, actor, deal_id)
        try:
            read_audience(actor, deal, audience)
        except Invalid as error:
            return shown_again(deal_id, error)
    try:
        add_deal_file(session(), actor, deal_id, received_file(), audience)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return to_deal(deal_id, _("文件已上传。"), part="files")


@blueprint.get("/deals/files/<int:deal_file_id>")
@signed_in
def download(deal_file_id: int) -> FileResponse:
    """Hand out a file as a download, never as a page of this site."""
    row = get_deal_file(session(), current_actor(), deal_file_id)
    return handed_out(row.sha256, row.media_type, row.name)


@blueprint.post("/deals/files/<int:deal_file_id>/remove")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def remove_file(deal_file_id: int) -> Response:
    """Take one's own file away."""
    deal = remove_deal_file(session(), current_actor(), deal_file_id)
    return to_deal(deal.id, _("文件已删除。"), part="files")
