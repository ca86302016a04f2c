"""Files that people send in and load again: kept under the hash of their content, handed out as downloads only."""

from flask import Response, current_app, request, send_file

from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.services.uploads import StoredFile, store_upload, stored_path
from matchmaker.web.platform import platform


def received_file() -> StoredFile:
    """Store the file in the field `file` and return what is known of it.

    Raises:
        Invalid: none was chosen, or it is too large or of a kind that is not taken.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        raise Invalid(N_("请先选择要上传的文件。"), {"file": N_("请选择文件。")})
    settings = platform().settings
    return store_upload(settings.data, upload.filename, upload.stream, settings.max_upload_bytes)


def handed_out(sha256: str, media_type: str, name: str) -> Response:
    """Return a stored file as a download, never as a page of this site.

    Raises:
        NotFound: it has gone from the disk, which is logged.
    """
    path = stored_path(platform().settings.data, sha256)
    if not path.is_file():
        current_app.logger.error("the stored file %s is missing", path)
        raise NotFound(N_("没有找到这个文件，请联系平台管理员。"))
    response = send_file(path, mimetype=media_type, as_attachment=True, download_name=name, etag=sha256)
    # Kept by the person's own browser only, and asked for again each time: who may open it can change.
    response.headers["Cache-Control"] = "private, no-cache"
    return response
