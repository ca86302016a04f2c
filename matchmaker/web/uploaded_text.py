"""The text of a file that somebody sends with a form."""

import tempfile
from pathlib import Path

from flask import request

from matchmaker.services.imports.tables import Source
from matchmaker.services.imports.text_files import read_text
from matchmaker.web.platform import platform


def uploaded_text() -> str:
    """Return the text of the file in the field `file`; empty where none was chosen.

    Raises:
        Invalid: it cannot be read as text.
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        return ""
    aside = platform().settings.data / "tmp"
    aside.mkdir(exist_ok=True)
    with tempfile.NamedTemporaryFile(dir=aside, suffix=".csv") as file:
        upload.save(file)
        file.flush()
        return read_text(Source(Path(file.name), upload.filename))
