"""The figures of a year, one of them, and its rows."""

from flask import render_template, request

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.people import Role
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.figures import figure, figures
from matchmaker.services.ledger.forecasting import LIGHT_NAMES, NEAR, Light
from matchmaker.services.ledger.rows import rows
from matchmaker.services.ledger.subjects import subjects
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.ledger.blueprint import asked_year, blueprint


@blueprint.get("/ledger")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """The figures of a year, those in danger first."""
    year = asked_year()
    return render_template(
        "ledger/index.html",
        year=year,
        this_year=today().year,
        figures=figures(session(), current_actor(), year),
        lights=LIGHT_NAMES,
        urgent=(Light.ERROR, Light.FAR_BEHIND, Light.BEHIND),
        near=NEAR,
    )


@blueprint.get("/ledger/<string:indicator>")
@role_required(Role.BUREAU, Role.ADMIN)
def indicator(indicator: str) -> str:
    """One figure: what it counts, how far it is, and its rows."""
    year, actor = asked_year(), current_actor()
    shown = figure(session(), actor, indicator, year)
    branch, quarter, field = request.args.get("branch", type=int), _quarter(), _field()
    page = None
    if shown.error is None:
        narrowed = {"branch": branch, "quarter": quarter}
        page = rows(session(), actor, indicator, year, **narrowed, field=field, page=page_number())
    return render_template(
        "ledger/indicator.html",
        year=year,
        figure=shown,
        lights=LIGHT_NAMES,
        page=page,
        subjects=subjects(session(), actor, page.rows) if page else {},
        chosen={"branch": branch, "quarter": quarter, "field": field},
        branches=branches(session()),
        fields=codes.table("contract_fields"),
    )


def _quarter() -> int | None:
    text = request.args.get("quarter", "")
    return int(text) if text in {"1", "2", "3", "4"} else None


def _field() -> str | None:
    code = request.args.get("field", "")
    return code if code in codes.table("contract_fields") else None
