"""The figures of a year, one of them, and its rows."""

from flask import Response, render_template, request

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.people import Role
from matchmaker.services.branches import undated_branches
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.breakdown import breakdown
from matchmaker.services.ledger.exporting import export_rows
from matchmaker.services.ledger.figures import figure, figures
from matchmaker.services.ledger.forecasting import LIGHT_NAMES, NEAR, Light
from matchmaker.services.ledger.rows import chosen_rows, narrowed, page_of
from matchmaker.services.ledger.rules.organizations import counts_branches
from matchmaker.services.ledger.subjects import subjects
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.ledger.blueprint import asked_year, blueprint
from matchmaker.web.limits import by_person, limiter


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
    page = parts = None
    if shown.error is None:
        counted = chosen_rows(session(), actor, indicator, year)
        page = page_of(narrowed(counted, branch=branch, quarter=quarter, field=field), page_number())
        parts = breakdown(session(), actor, counted, year)
    return render_template(
        "ledger/indicator.html",
        year=year,
        figure=shown,
        lights=LIGHT_NAMES,
        page=page,
        parts=parts,
        subjects=subjects(session(), actor, (*page.rows, *page.late, *page.lost)) if page else {},
        chosen={"branch": branch, "quarter": quarter, "field": field},
        branches=branches(session()),
        fields=codes.table("contract_fields"),
        undated=undated_branches(session()) if counts_branches(shown.definition) else None,
    )


@blueprint.get("/ledger/<string:indicator>/rows")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("120/hour", key_func=by_person)
def indicator_rows(indicator: str) -> Response:
    """The chosen rows of one figure as a file."""
    year, file_format = asked_year(), request.args.get("format", "xlsx")
    counted = chosen_rows(session(), current_actor(), indicator, year)
    chosen = narrowed(counted, branch=request.args.get("branch", type=int), quarter=_quarter(), field=_field())
    content = export_rows(session(), current_actor(), chosen, file_format, translate)
    response = Response(content, mimetype=MEDIA_TYPES[file_format])
    response.headers["Content-Disposition"] = f"attachment; filename={indicator}-{year}.{file_format}"
    return response


def _quarter() -> int | None:
    text = request.args.get("quarter", "")
    return int(text) if text in {"1", "2", "3", "4"} else None


def _field() -> str | None:
    code = request.args.get("field", "")
    return code if code in codes.table("contract_fields") else None
