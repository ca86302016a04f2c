"""The blueprint that all modules of campaigns add their views to."""

from typing import Any

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers.response import Response

from matchmaker.domain.campaigns import Campaign
from matchmaker.services.campaigns.finding import get_campaign
from matchmaker.web.access import current_actor
from matchmaker.web.database import session

REFUSED = 422

blueprint = Blueprint("campaigns", __name__)


def load(campaign_id: int) -> Campaign:
    """Return a campaign that whoever asks may know of; otherwise it is not found."""
    return get_campaign(session(), current_actor(), campaign_id)


def to(endpoint: str, campaign_id: int, **values: Any) -> Response:
    """Lead to a page of a campaign."""
    return redirect(url_for(f"campaigns.{endpoint}", campaign_id=campaign_id, **values), 303)
