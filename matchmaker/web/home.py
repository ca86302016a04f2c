"""The pages that everybody sees first, and the health check."""

import sqlalchemy as sa
from flask import Blueprint, Response, jsonify, render_template
from sqlalchemy.exc import SQLAlchemyError

from matchmaker import __version__
from matchmaker.services.home import home_view
from matchmaker.services.privacy import NOTICE_VERSION
from matchmaker.web.access import current_actor, public
from matchmaker.web.database import session
from matchmaker.web.platform import platform

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@public
def index() -> str:
    """What this is, what is on it now, and how to join."""
    return render_template("home/index.html", home=home_view(session(), current_actor()))


@blueprint.get("/about")
@public
def about() -> str:
    """How matching works, who runs the platform."""
    return render_template("home/about.html")


@blueprint.get("/privacy")
@public
def privacy() -> str:
    """What is stored about a person, and that person's rights."""
    return render_template("home/privacy.html", version=NOTICE_VERSION, showings_days=platform().settings.showings_days)


@blueprint.get("/healthz")
@public
def health() -> tuple[Response, int]:
    """Whether this process can serve: it must reach its database."""
    try:
        with platform().database.read() as reading:
            reading.execute(sa.text("SELECT 1 FROM organizations LIMIT 1"))
    except SQLAlchemyError:
        return jsonify(status="database unreachable"), 503
    return jsonify(status="ok", version=__version__), 200
