"""Follow-ups: the list of what is to be asked, answering, handing over."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Invalid
from matchmaker.domain.follow_ups import ANSWER_NAMES, FollowUp
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_see_follow_ups
from matchmaker.services.follow_ups.answering import answer_follow_up, count_due, get_follow_up, my_follow_ups
from matchmaker.services.follow_ups.owning import hand_over_follow_up, heirs
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session

blueprint = Blueprint("follow_ups", __name__)
REFUSED = 422


@blueprint.get("/follow-ups")
@role_required(Role.BROKER, Role.BUREAU)
def index() -> str:
    """What waits to be asked: one's own, or all of one's organization; or what is answered."""
    return _page()


@blueprint.post("/follow-ups/<int:follow_up_id>/answer")
@role_required(Role.BROKER, Role.BUREAU)
def answer(follow_up_id: int) -> Response | tuple[str, int]:
    """Say how it stands."""
    row = get_follow_up(session(), current_actor(), follow_up_id)
    try:
        answer_follow_up(session(), current_actor(), row, request.form.get("answer", ""), request.form.get("note", ""))
    except Invalid as error:
        return _page(row, error), REFUSED
    flash(_("已记录，回访从清单中移出。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/follow-ups/<int:follow_up_id>/hand-over")
@role_required(Role.BROKER, Role.BUREAU)
def hand_over(follow_up_id: int) -> Response | tuple[str, int]:
    """Give it to a colleague."""
    row = get_follow_up(session(), current_actor(), follow_up_id)
    try:
        hand_over_follow_up(session(), current_actor(), row, number_of(request.form.get("user_id")) or 0)
    except Invalid as error:
        return _page(row, error), REFUSED
    flash(_("已转交，对方会收到通知。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.app_template_global("follow_ups_due")
def follow_ups_due() -> int:
    """Return how many follow-ups of the viewer are due, for the dashboard."""
    actor = current_actor()
    return count_due(session(), actor) if can_see_follow_ups(actor) else 0


def _page(refused: FollowUp | None = None, error: Invalid | None = None) -> str:
    show = request.args.get("show", "")
    whole, answered = show == "all", show == "answered"
    actor = current_actor()
    views = my_follow_ups(session(), actor, whole=whole or answered, answered=answered)
    events = {view.follow_up.event_id: view.follow_up for view in views}
    return render_template(
        "follow_ups/index.html",
        views=views,
        show="answered" if answered else "all" if whole else "mine",
        answers=ANSWER_NAMES,
        people={event_id: heirs(session(), actor, row) for event_id, row in events.items()},
        refused=refused,
        error=error,
        typed=request.form,
    )
