"""Static files: addresses that change with their content, kept by browsers for a year, sent compressed."""

import gzip
import hashlib
from functools import cache
from pathlib import Path

from flask import Flask, Response, request

YEAR_SECONDS = 31_536_000
HASH_LENGTH = 10
COMPRESSED = frozenset({".css", ".js", ".svg"})


def init_assets(app: Flask) -> None:
    """Stamp the addresses that `url_for("static", ...)` makes, and serve stamped ones well."""
    folder = Path(app.static_folder or "")

    def stamp(endpoint: str, values: dict[str, str]) -> None:
        if endpoint == "static" and "filename" in values:
            values.setdefault("v", content_hash(folder / values["filename"]))

    def serve(response: Response) -> Response:
        if request.endpoint == "static" and response.status_code == 200:
            _improve(response, folder / (request.view_args or {})["filename"])
        return response

    app.url_defaults(stamp)
    app.after_request(serve)


def content_hash(path: Path) -> str:
    """Return a short hash of a file's content, read once for each time that it changes.

    Raises:
        FileNotFoundError: a template names a file that is not there.
    """
    return _hash(path, path.stat().st_mtime_ns)


@cache
def _hash(path: Path, _changed: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:HASH_LENGTH]


def _improve(response: Response, path: Path) -> None:
    if request.args.get("v") == content_hash(path):
        response.headers["Cache-Control"] = f"public, max-age={YEAR_SECONDS}, immutable"
    if path.suffix in COMPRESSED and request.accept_encodings.quality("gzip"):
        response.direct_passthrough = False
        getattr(response.response, "close", lambda: None)()  # the open file that is not sent after all
        response.set_data(_compressed(path, content_hash(path)))
        response.headers["Content-Encoding"] = "gzip"
    if path.suffix in COMPRESSED:
        response.vary.add("Accept-Encoding")


@cache
def _compressed(path: Path, _version: str) -> bytes:
    return gzip.compress(path.read_bytes(), mtime=0)
