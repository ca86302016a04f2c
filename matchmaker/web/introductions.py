"""Who brought a deal's sides together: shown on the deal's page, and stated there."""

from flask import Blueprint, Flask, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.deals import SOURCE_NAMES
from matchmaker.domain.errors import Invalid
from matchmaker.domain.introductions import SAID, STANCE_NAMES
from matchmaker.services.introductions.stating import IntroductionLine, introductions_of, state_introduction
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("introductions", __name__)


def init_introductions(app: Flask) -> None:
    """Let the page of a deal ask for its statements."""
    app.jinja_env.globals.update(
        introductions_of=_of_deal, stances=SAID, stance_names=STANCE_NAMES, introduction_ways=SOURCE_NAMES
    )


@blueprint.post("/deals/<int:deal_id>/introductions")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def state(deal_id: int) -> Response:
    """Add a statement; what is refused is said, and nothing is written."""
    form = request.form
    try:
        state_introduction(
            session(), current_actor(), deal_id, stance=form.get("stance", ""), statement=form.get("statement", "")
        )
        flash(_("已记下，双方、技术经纪人和科技局都能看到。"), "success")
    except Invalid as error:
        flash(translate(error), "danger")
    return redirect(url_for("deals.detail", deal_id=deal_id, _anchor="introductions"), 303)


def _of_deal(deal_id: int) -> tuple[IntroductionLine, ...]:
    return introductions_of(session(), current_actor(), deal_id)
