"""A file chosen in a form that was refused stays chosen: it is stored by then, and the form carries a word for it.

The word is signed and good for whoever chose the file, for a day: a browser never fills a file field in by itself.
"""

from dataclasses import astuple, dataclass

from flask import Flask, current_app, g, request
from itsdangerous import BadSignature, URLSafeTimedSerializer

from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import Sentence
from matchmaker.services.uploads import StoredFile
from matchmaker.web.access import current_actor
from matchmaker.web.stored_files import received_file

SALT = "kept-file"
MOST_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class KeptFile:
    """What a form carries of a file: its name for the person, and the word for it."""

    name: str
    word: str


def init_kept_files(app: Flask) -> None:
    """Let forms ask for the file that was chosen in them before."""
    app.jinja_env.globals.update(kept_file=kept_file)


def file_if_any() -> StoredFile | None:
    """Store the file of the form, or return the one that was chosen when it was refused; None where there is neither.

    Raises:
        Invalid: it is too large or of a kind that is not taken (`file`).
    """
    upload = request.files.get("file")
    if upload is None or not upload.filename:
        chosen = _read(request.form.get("kept_file", ""))
    else:
        try:
            chosen = received_file()
        except Invalid as error:
            wrong: dict[str, str] = {"file": Sentence(error.sentence, **error.values)}
            raise Invalid(error.sentence, error.errors or wrong, **error.values) from error
    g.chosen_file = chosen
    return chosen


def kept_file() -> KeptFile | None:
    """Return what the form at hand has to carry, None where no file was chosen in it."""
    chosen: StoredFile | None = g.get("chosen_file")
    if chosen is None:
        return None
    return KeptFile(chosen.name, str(_serializer().dumps([current_actor().user_id, *astuple(chosen)])))


def _read(word: str) -> StoredFile | None:
    try:
        user_id, *file = _serializer().loads(word, max_age=MOST_SECONDS)
    except BadSignature:
        return None
    return StoredFile(*file) if user_id == current_actor().user_id else None


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.secret_key or "", salt=SALT)
