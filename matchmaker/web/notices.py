"""The inbox: what a person was told, with the number of unopened notices at the top of every page."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.notices import TOPIC_NAMES
from matchmaker.services.notices import count_unread, inbox, mark_all_read, open_notice
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.platform import platform

blueprint = Blueprint("notices", __name__)


@blueprint.get("/notices")
@signed_in
def index() -> str:
    """What I was told, the newest first."""
    topic = request.args.get("topic")
    topic = topic if topic in TOPIC_NAMES else None
    unread_only = request.args.get("unread") == "1"
    page = inbox(session(), current_actor(), topic=topic, unread_only=unread_only, page=page_number())
    args = {"topic": topic, "unread": "1" if unread_only else None}
    return render_template("notices/index.html", page=page, args=args, topics=TOPIC_NAMES)


@blueprint.get("/notices/<int:notice_id>")
@signed_in
def follow(notice_id: int) -> Response:
    """Mark a notice as read and lead to what it is about.

    A link, because mails lead here too; opening it twice changes nothing more, so it need not be a form.
    """
    with platform().database.transaction() as writing:
        path = open_notice(writing, current_actor(), notice_id).path
    return redirect(path, 303)


@blueprint.post("/notices/read")
@signed_in
def read_all() -> Response:
    """Mark everything as read."""
    mark_all_read(session(), current_actor())
    flash(_("全部通知已标为已读。"), "success")
    return redirect(url_for(".index"), 303)


def init_notices(app: Flask) -> None:
    """Let the top of every page ask how many notices wait; a page without it does not ask."""
    app.jinja_env.globals["unread_notices"] = _unread


def _unread() -> int:
    actor = current_actor()
    if actor.user_id is None:
        return 0
    # A session of its own: the page may be that of an error, after the request's session was rolled back.
    with platform().database.read() as reading:
        return count_unread(reading, actor.user_id)
