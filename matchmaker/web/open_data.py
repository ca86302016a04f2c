"""Open data: figures for anybody, with what each means and what is hidden; as a page and as files."""

from flask import Blueprint, Response, render_template, request

from matchmaker.domain.days import today
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.open_data import COLUMNS, FEWEST, MOST_SHARE, OpenData, default_year, open_data
from matchmaker.services.open_data_file import export_open_data
from matchmaker.web.access import public
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import limiter

blueprint = Blueprint("open_data", __name__)

YEARS = 6
"""How many years back anybody may look."""


@blueprint.get("/open-data")
@public
def index() -> str:
    """The figures of a year."""
    return render_template(
        "open_data/index.html",
        data=_asked(),
        columns=COLUMNS,
        years=list(_years()),
        fewest=FEWEST,
        most_share=MOST_SHARE,
    )


@blueprint.get("/open-data/file")
@public
@limiter.limit("60/hour")
def download() -> Response:
    """The same as a file."""
    file_format = request.args.get("format", "csv")
    data = _asked()
    response = Response(export_open_data(data, file_format, translate), mimetype=MEDIA_TYPES[file_format])
    response.headers["Content-Disposition"] = f"attachment; filename=open-data-{data.year}.{file_format}"
    return response


def _asked() -> OpenData:
    text = request.args.get("year", "")
    year = int(text) if text.isascii() and text.isdigit() and len(text) == 4 else default_year()
    return open_data(session(), year if year in _years() else default_year())


def _years() -> range:
    return range(default_year(), today().year - YEARS, -1)
