"""Meetings of a deal and their minutes, with every revision."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.services.deals.meetings import (
    compare_meeting_revisions,
    load_deal_meeting,
    meeting_revisions,
    record_meeting,
    save_meeting_minutes,
)
from matchmaker.services.deals.views import view_deals
from matchmaker.services.minute_books import TEXT_MOST, StaleMinutes
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, status_of
from matchmaker.web.deals.pages import shown_again
from matchmaker.web.limits import by_person, limiter

Answer = Response | tuple[str, int]


@blueprint.post("/deals/<int:deal_id>/meetings")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def add_meeting(deal_id: int) -> Answer:
    """Note that a meeting took place, and go on to its minutes."""
    form = request.form
    words = {"held_on": form.get("held_on", ""), "title": form.get("title", "")}
    try:
        meeting = record_meeting(session(), current_actor(), deal_id, **words)
    except (Invalid, Conflict) as error:
        return shown_again(deal_id, error)
    return redirect(url_for(".meeting", meeting_id=meeting.id), 303)


@blueprint.get("/deals/meetings/<int:meeting_id>")
@signed_in
def meeting(meeting_id: int) -> str:
    """The minutes of a meeting as they are now, or an earlier revision and what it changed."""
    return _page(meeting_id)


@blueprint.post("/deals/meetings/<int:meeting_id>")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def save_minutes(meeting_id: int) -> Answer:
    """Save them; over a newer revision both texts are shown."""
    text, seen = request.form.get("text", ""), number_of(request.form.get("seen")) or 0
    try:
        save_meeting_minutes(session(), current_actor(), meeting_id, text, seen=seen)
    except (Invalid, Conflict) as error:
        session().rollback()
        return _page(meeting_id, error), status_of(error)
    flash(_("纪要已保存。"), "success")
    return redirect(url_for(".meeting", meeting_id=meeting_id), 303)


def _page(meeting_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    row = load_deal_meeting(session(), actor, meeting_id)
    (deal,) = view_deals(session(), actor, [row.deal])
    revisions = meeting_revisions(session(), row)
    number = number_of(request.args.get("revision")) if error is None else None
    return render_template(
        "deals/meeting.html",
        deal=deal,
        meeting=row,
        revisions=revisions,
        shown=next((each for each in revisions if each.number == number), None),
        comparison=compare_meeting_revisions(session(), row, number) if number is not None else None,
        stale=error if isinstance(error, StaleMinutes) else None,
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        text=request.form.get("text", "") if error is not None else revisions[0].text if revisions else "",
        most=TEXT_MOST,
    )
