"""Slides of a pitch: adding, opening, taking away."""

from flask import Response as FileResponse
from flask import current_app, flash, request, send_file
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.services.events.loading import load_event
from matchmaker.services.roadshows.loading import get_pitch
from matchmaker.services.roadshows.slides import add_slides, get_slides, remove_slides, require_slides_place
from matchmaker.services.uploads import store_upload, stored_path
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.roadshows.blueprint import blueprint, load, load_pitch, to


@blueprint.post("/events/<int:event_id>/programme/<int:pitch_id>/slides")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def upload(event_id: int, pitch_id: int) -> Response:
    """Take in one file. It is checked and stored before the database is locked for its row."""
    actor, settings = current_actor(), platform().settings
    with platform().database.read() as reading:
        event = load_event(reading, actor, event_id)
        require_slides_place(reading, actor, event, get_pitch(reading, actor, event, pitch_id))
    sent = request.files.get("file")
    if sent is None or not sent.filename:
        raise Invalid(N_("请先选择要上传的文件。"))
    stored = store_upload(settings.data, sent.filename, sent.stream, settings.max_upload_bytes)
    event = load(event_id)
    add_slides(session(), actor, event, load_pitch(event, pitch_id), stored, shared="shared" in request.form)
    flash(_("演示文件已上传。"), "success")
    return to("pitch", event_id, pitch_id=pitch_id)


@blueprint.get("/events/<int:event_id>/slides/<int:pitch_file_id>")
@signed_in
def download(event_id: int, pitch_file_id: int) -> FileResponse:
    """Hand out a file as a download, never as a page of this site."""
    row = get_slides(session(), current_actor(), load(event_id), pitch_file_id)
    path = stored_path(platform().settings.data, row.sha256)
    if not path.is_file():
        current_app.logger.error("slides %d: %s is missing", row.id, path)
        raise NotFound(N_("没有找到这个文件，请联系平台管理员。"))
    response = send_file(path, mimetype=row.media_type, as_attachment=True, download_name=row.name, etag=row.sha256)
    # Who may open it can change.
    response.headers["Cache-Control"] = "private, no-cache"
    return response


@blueprint.post("/events/<int:event_id>/slides/<int:pitch_file_id>/delete")
@signed_in
def delete(event_id: int, pitch_file_id: int) -> Response:
    """Take a file away."""
    pitch = remove_slides(session(), current_actor(), load(event_id), pitch_file_id)
    flash(_("演示文件已删除。"), "success")
    return to("pitch", event_id, pitch_id=pitch.id)
