"""The blueprint that all modules of roadshows add their views to."""

from typing import Any

from flask import Blueprint, redirect, request, url_for
from werkzeug.wrappers.response import Response

from matchmaker.domain.events import Event
from matchmaker.domain.pitches import Pitch
from matchmaker.services.events.loading import load_event, load_run_event
from matchmaker.services.roadshows.loading import get_pitch
from matchmaker.web.access import current_actor
from matchmaker.web.database import session

REFUSED, OVERTAKEN = 422, 409

blueprint = Blueprint("roadshows", __name__)


def load(event_id: int) -> Event:
    """Return an event that whoever asks may know of; otherwise it is not found."""
    return load_event(session(), current_actor(), event_id)


def load_run(event_id: int) -> Event:
    """Return an event that whoever asks runs; 404 where he may not know of it, 403 where he may."""
    return load_run_event(session(), current_actor(), event_id)


def load_pitch(event: Event, pitch_id: int) -> Pitch:
    """Return a pitch of an event that whoever asks may know of; otherwise it is not found."""
    return get_pitch(session(), current_actor(), event, pitch_id)


def to(endpoint: str, event_id: int, **values: Any) -> Response:
    """Lead to a page of a roadshow."""
    return redirect(url_for(f"roadshows.{endpoint}", event_id=event_id, **values), 303)


def version_of() -> int:
    """Return the version that a form was made from; a form without one is stale."""
    return request.form.get("version", -1, type=int)
