"""The blueprint that all modules of organizations add their views to."""

from flask import Blueprint

from matchmaker.domain.people import Organization
from matchmaker.services.organizations import get_organization
from matchmaker.web.access import current_actor
from matchmaker.web.database import session

REFUSED = 422

blueprint = Blueprint("organizations", __name__)


def load(organization_id: int) -> Organization:
    """Return an organization that whoever asks may know of; otherwise it is not found."""
    return get_organization(session(), current_actor(), organization_id)
