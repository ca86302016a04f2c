"""Slides of a pitch: adding, opening, taking away."""

from flask import Response as FileResponse
from flask import flash, request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.events.loading import load_event
from matchmaker.services.roadshows.loading import get_pitch
from matchmaker.services.roadshows.slides import add_slides, get_slides, remove_slides, require_slides_place
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.roadshows.blueprint import blueprint, load, load_pitch, to
from matchmaker.web.stored_files import handed_out, received_file


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/slides")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def upload(event_id: int, pitch_id: int) -> Response:
    """Take in one file. It is checked and stored before the database is locked for its row."""
    actor = current_actor()
    with platform().database.read() as reading:
        event = load_event(reading, actor, event_id)
        require_slides_place(reading, actor, event, get_pitch(reading, actor, event, pitch_id))
    stored = received_file()
    event = load(event_id)
    add_slides(session(), actor, event, load_pitch(event, pitch_id), stored, shared="shared" in request.form)
    flash(_("演示文件已上传。"), "success")
    return to("pitch", event_id, pitch_id=pitch_id)


@blueprint.get("/events/<int:event_id>/slides/<int:pitch_file_id>")
@signed_in
def download(event_id: int, pitch_file_id: int) -> FileResponse:
    """Hand out a file as a download, never as a page of this site."""
    row = get_slides(session(), current_actor(), load(event_id), pitch_file_id)
    return handed_out(row.sha256, row.media_type, row.name)


@blueprint.post("/events/<int:event_id>/slides/<int:pitch_file_id>/delete")
@signed_in
def delete(event_id: int, pitch_file_id: int) -> Response:
    """Take a file away."""
    pitch = remove_slides(session(), current_actor(), load(event_id), pitch_file_id)
    flash(_("演示文件已删除。"), "success")
    return to("pitch", event_id, pitch_id=pitch.id)
