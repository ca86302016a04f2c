"""Questions about indicators: asked with one click on a pair's page, answered on a page of their own."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.services.questions import ANSWER_MOST, answer, ask, get_question
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("questions", __name__)


@blueprint.post("/matches/<int:match_id>/questions")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def put(match_id: int) -> Response:
    """Send one question to the other side."""
    key = request.form.get("key", "")[:32]
    ask(session(), current_actor(), match_id, key)
    flash(_("问题已发给成果方，答复后会通知您。"), "success")
    return redirect(url_for("matches.detail", match_id=match_id, _anchor=f"indicator-{key}"), 303)


@blueprint.get("/questions/<int:question_id>")
@signed_in
def detail(question_id: int) -> str:
    """One question, and the form to answer it for those whom it was put to."""
    return _page(question_id)


@blueprint.post("/questions/<int:question_id>/answer")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def reply(question_id: int) -> Response | tuple[str, int]:
    """Answer it, or say that one would rather not."""
    withheld = request.form.get("withheld") == "yes"
    try:
        answer(session(), current_actor(), question_id, request.form.get("answer", ""), withheld=withheld)
    except Invalid as error:
        return _page(question_id, error), 422
    flash(_("已告诉对方：不便透露。") if withheld else _("已答复。"), "success")
    return redirect(url_for(".detail", question_id=question_id), 303)


def _page(question_id: int, error: Invalid | None = None) -> str:
    page = get_question(session(), current_actor(), question_id)
    typed = request.form.get("answer", "")
    return render_template("questions/detail.html", page=page, error=error, typed=typed, most=ANSWER_MOST)
