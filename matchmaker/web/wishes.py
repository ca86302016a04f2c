"""Whom a participant wishes to meet: the page of who is there, and saying it with one click."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.services.events.loading import load_event
from matchmaker.services.timetables.people_page import people_page
from matchmaker.services.timetables.wishes import say_wish, takes_wishes
from matchmaker.web.access import current_actor, is_htmx, signed_in
from matchmaker.web.database import session

SEARCH_MOST = 60

blueprint = Blueprint("wishes", __name__)
blueprint.add_app_template_global(takes_wishes)


@blueprint.get("/events/<int:event_id>/wishes")
@signed_in
def index(event_id: int) -> str:
    """Who is there, the platform's proposals first."""
    event = load_event(session(), current_actor(), event_id)
    page = people_page(session(), current_actor(), event, request.args.get("q", "")[:SEARCH_MOST])
    return render_template("wishes/index.html", page=page, event=event)


@blueprint.post("/events/<int:event_id>/wishes/<int:registration_id>")
@signed_in
def say(event_id: int, registration_id: int) -> Response | str:
    """Say what one thinks of meeting somebody."""
    event = load_event(session(), current_actor(), event_id)
    with_broker = request.form.get("with_broker") == "yes"
    # A box that is ticked sends the form without any button: what was said stays.
    kind = request.form.get("kind", request.form.get("standing", ""))[:16]
    say_wish(session(), current_actor(), event, registration_id, kind, with_broker=with_broker)
    if not is_htmx():
        flash(_("已保存。"), "success")
        return redirect(url_for(".index", event_id=event_id, _anchor=f"person-{registration_id}"), 303)
    page = people_page(session(), current_actor(), event)
    view = next(view for view in page.others if view.person.id == registration_id)
    return render_template("wishes/_said.html", page=page, view=view, event=event)
