"""The blueprint that all modules of events add their views to."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers.response import Response

from matchmaker.domain.events import Event
from matchmaker.domain.people import Role
from matchmaker.services.events.loading import load_event, load_run_event
from matchmaker.web.access import current_actor
from matchmaker.web.database import session

REFUSED, OVERTAKEN = 422, 409
PLANNERS = (Role.BROKER, Role.BUREAU)
"""Roles of those who plan events; whose event it is decides the service."""

blueprint = Blueprint("events", __name__)


def load(event_id: int) -> Event:
    """Return an event that whoever asks may know of; otherwise it is not found."""
    return load_event(session(), current_actor(), event_id)


def load_run(event_id: int) -> Event:
    """Return an event that whoever asks runs; 404 where he may not know of it, 403 where he may."""
    return load_run_event(session(), current_actor(), event_id)


def to(endpoint: str, event_id: int, **values: Any) -> Response:
    """Lead to a page of an event."""
    return redirect(url_for(f"events.{endpoint}", event_id=event_id, **values), 303)
