"""The dashboard: for each role what waits and what is new."""

from flask import Blueprint, render_template

from matchmaker.domain.people import Role
from matchmaker.services.dashboard import broker_dashboard, bureau_dashboard, party_dashboard
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/dashboard")
@signed_in
def index() -> str:
    """Choose the dashboard of the role that the viewer acts in."""
    actor = current_actor()
    match actor.role:
        case Role.ENTERPRISE | Role.UNIVERSITY:
            return render_template("dashboard/party.html", board=party_dashboard(session(), actor))
        case Role.BROKER:
            return render_template("dashboard/broker.html", board=broker_dashboard(session(), actor))
        case Role.BUREAU | Role.ADMIN:
            return render_template("dashboard/bureau.html", board=bureau_dashboard(session(), actor))
        case _:
            return render_template("dashboard/newcomer.html")
