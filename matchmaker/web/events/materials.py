"""Materials of an event: taking them in and handing them out."""

from flask import Response as FileResponse
from flask import flash, render_template, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.events.loading import load_run_event
from matchmaker.services.events.materials import add_file, event_files, get_file, remove_file, require_file_place
from matchmaker.services.uploads import ACCEPTED
from matchmaker.web.access import current_actor, public, role_required
from matchmaker.web.database import session
from matchmaker.web.events.blueprint import PLANNERS, blueprint, load_run, to
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.stored_files import handed_out, received_file


@blueprint.get("/events/<int:event_id>/files")
@role_required(*PLANNERS)
def files(event_id: int) -> str:
    """The files, and the form for another one."""
    event = load_run(event_id)
    found = event_files(session(), current_actor(), event)
    return render_template("events/files.html", event=event, files=found, accepted=ACCEPTED)


@blueprint.post("/events/<int:event_id>/files")
@role_required(*PLANNERS)
@limiter.limit("60/hour", key_func=by_person)
def attach(event_id: int) -> Response:
    """Take in a file. It is checked and stored before the database is locked for its row."""
    actor = current_actor()
    with platform().database.read() as reading:
        require_file_place(reading, actor, load_run_event(reading, actor, event_id))
    stored = received_file()
    add_file(session(), actor, load_run(event_id), stored, public=request.form.get("readers") != "attendees")
    flash(_("附件已上传。"), "success")
    return to("files", event_id)


@blueprint.get("/event-files/<int:event_file_id>")
@public
def download(event_file_id: int) -> FileResponse:
    """Hand out a file as a download."""
    file = get_file(session(), current_actor(), event_file_id)
    return handed_out(file.sha256, file.media_type, file.name)


@blueprint.post("/event-files/<int:event_file_id>/remove")
@role_required(*PLANNERS)
def detach(event_file_id: int) -> Response:
    """Take a file away."""
    event = remove_file(session(), current_actor(), event_file_id)
    flash(_("已删除。"), "success")
    return to("files", event.id)
