"""Calendars: files of events and appointments, the public and the personal feed, and where to subscribe to them."""

from http import HTTPStatus

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.services.calendars.feeds import (
    CalendarFile,
    appointment_file,
    event_file,
    public_feed,
)
from matchmaker.services.calendars.links import feed_owner, feed_path, own_feed, renew_feed
from matchmaker.services.calendars.personal import personal_feed
from matchmaker.web.access import current_actor, public, signed_in
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform
from matchmaker.web.security import secret_key

blueprint = Blueprint("calendars", __name__)

MEDIA_TYPE = "text/calendar; charset=utf-8"


@blueprint.get("/calendars")
@public
def index() -> str:
    """Where to subscribe: everybody to all events, a person to his own."""
    feed = own_feed(session(), current_actor())
    base_url = platform().settings.base_url
    return render_template(
        "calendars/index.html",
        public_link=base_url + url_for(".everything"),
        own_link=base_url + feed_path(secret_key(), feed) if feed else None,
        made_at=feed.made_at if feed else None,
        phone_link=_phone_link,
    )


@blueprint.post("/calendars/renew")
@signed_in
@limiter.limit("20/hour", key_func=by_person)
def renew() -> BaseResponse:
    """Make the personal link, or a new one in place of the old."""
    actor = current_actor()
    is_first = own_feed(session(), actor) is None
    renew_feed(session(), actor)
    flash(_("个人日历链接已生成。") if is_first else _("已换成新的链接，旧链接不能再用。"), "success")
    return redirect(url_for(".index", _anchor="own"), 303)


@blueprint.get("/calendars/public.ics")
@public
@limiter.limit("120 per minute")
def everything() -> Response:
    """All events that were announced, of one field where the address says so."""
    settings = platform().settings
    found = public_feed(
        session(), field=request.args.get("field") or None, base_url=settings.base_url, city=settings.city
    )
    return _answer(found, "events.ics")


@blueprint.get("/calendars/<token>.ics")
@public
@limiter.limit("120 per minute")
def own(token: str) -> Response:
    """Somebody's events and appointments: whoever holds the link may read them."""
    owner = feed_owner(session(), secret_key(), token)
    found = personal_feed(session(), owner, base_url=platform().settings.base_url)
    return _private(_answer(found, "my-events.ics"))


@blueprint.get("/events/<int:event_id>.ics")
@public
@limiter.limit("120 per minute")
def event(event_id: int) -> Response:
    """One event, to be put into a calendar."""
    found = event_file(session(), current_actor(), event_id, base_url=platform().settings.base_url)
    return _private(_answer(found, f"event-{event_id}.ics"))


@blueprint.get("/appointments/<int:appointment_id>.ics")
@signed_in
def appointment(appointment_id: int) -> Response:
    """One's own appointment, to be put into a calendar."""
    found = appointment_file(session(), current_actor(), appointment_id, base_url=platform().settings.base_url)
    return _private(_answer(found, f"appointment-{appointment_id}.ics"))


def _answer(found: CalendarFile, name: str) -> Response:
    """Answer with the file, or that the reader has it already: its tag tells, else the moment of the last change."""
    response = Response(content_type=MEDIA_TYPE)
    response.headers["Content-Disposition"] = f"inline; filename={name}"
    response.cache_control.no_cache = True
    response.set_etag(found.tag)
    response.last_modified = found.changed_at
    response.make_conditional(request)
    if response.status_code == HTTPStatus.OK:
        response.set_data(found.content)
    return response


def _private(response: Response) -> Response:
    """Let nothing on the way keep what is for one reader, and no search find it."""
    response.cache_control.private = True
    response.vary.add("Cookie")
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response


def _phone_link(link: str) -> str:
    """Return a link that calendars of phones and computers subscribe to when it is opened."""
    return "webcal://" + link.partition("://")[2]
