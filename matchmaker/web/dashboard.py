"""The dashboard: for each role what waits and what is new; for the bureau also how far everything has come."""

from datetime import date
from typing import Any

from flask import Blueprint, render_template, request
from flask_babel import gettext as _

from matchmaker.domain import codes
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Role
from matchmaker.domain.showings import ListKind
from matchmaker.services.dashboard import broker_dashboard, bureau_dashboard, party_dashboard
from matchmaker.services.dashboard_views import MatchTeaser
from matchmaker.services.funnel import NO_BRANCH, NO_FIELD, Cohort, Grouping, Stage, branches
from matchmaker.services.funnel import funnel as count_funnel
from matchmaker.services.funnel import funnel_listings as list_funnel
from matchmaker.services.suspensions import suspended_dashboard
from matchmaker.web.access import current_actor, role_required, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.showings import note_list

blueprint = Blueprint("dashboard", __name__)


@blueprint.get("/dashboard")
@signed_in
def index() -> str:
    """Choose the dashboard of the role that the viewer acts in."""
    actor = current_actor()
    match actor.role:
        case Role.ENTERPRISE | Role.UNIVERSITY:
            own = party_dashboard(session(), actor)
            _note(own.wanted, own.new, own.mutual)
            return render_template("dashboard/party.html", board=own)
        case Role.BROKER:
            board = broker_dashboard(session(), actor)
            _note(board.undecided, board.mutual)
            return render_template("dashboard/broker.html", board=board)
        case Role.BUREAU | Role.ADMIN:
            return render_template("dashboard/bureau.html", board=bureau_dashboard(session(), actor))
        case _ if actor.suspended_organization_id is not None:
            return render_template("dashboard/suspended.html", board=suspended_dashboard(session(), actor))
        case _:
            return render_template("dashboard/newcomer.html")


@blueprint.get("/dashboard/funnel")
@role_required(Role.BUREAU, Role.ADMIN)
def funnel() -> str:
    """How far what was collected has come, and why it was returned."""
    cohort, by = _cohort(), request.args.get("by")
    grouping = Grouping(by) if by in set(Grouping) else Grouping.FIELD
    page = count_funnel(session(), current_actor(), cohort, grouping)
    return render_template(
        "dashboard/funnel.html",
        page=page,
        by=grouping,
        args=_arguments(cohort) | {"by": by},
        fields=codes.table("contract_fields"),
        branches=branches(session()),
    )


@blueprint.get("/dashboard/funnel/listings")
@role_required(Role.BUREAU, Role.ADMIN)
def funnel_listings() -> str:
    """The listings behind one number of the funnel."""
    cohort, stage, reason = _cohort(), request.args.get("stage"), request.args.get("reason")
    stage = Stage(stage) if stage in set(Stage) else Stage.COLLECTED
    reason = reason if reason in codes.table("return_reasons") else None
    page = list_funnel(session(), current_actor(), cohort, stage, reason, page_number())
    names: dict[int | None, str] = {NO_BRANCH: _("不属于任何分中心"), **dict(branches(session()))}
    return render_template(
        "dashboard/funnel_listings.html",
        page=page,
        stage=stage,
        reason=reason,
        args=_arguments(cohort),
        branch_name=names.get(cohort.branch, ""),
    )


def _note(*teasers: MatchTeaser) -> None:
    for teaser in teasers:
        note_list(ListKind.WORKBENCH, teaser.matches)


def _cohort() -> Cohort:
    """Read the address; whatever is unknown narrows nothing."""
    kind, field = request.args.get("kind"), request.args.get("field")
    return Cohort(
        kind=kind if kind in set(ListingKind) else None,
        field=field if field == NO_FIELD or field in codes.table("contract_fields") else None,
        branch=request.args.get("branch", type=int),
        since=_day("since"),
        until=_day("until"),
    )


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None


def _arguments(cohort: Cohort) -> dict[str, Any]:
    return {name: getattr(cohort, name) for name in ("kind", "field", "branch", "since", "until")}
