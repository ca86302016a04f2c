"""Charts of the platform's records: the page, each chart's data, and the rows behind a cell."""

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify, render_template, request, url_for

from matchmaker.domain import codes
from matchmaker.domain.days import today
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.listings import ListingKind
from matchmaker.domain.people import Role
from matchmaker.services import charts as service
from matchmaker.services.charts.districts import inhabited
from matchmaker.services.charts.exporting import export_chart
from matchmaker.services.charts.rows import limited
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.funnel import NO_DISTRICT, NO_FIELD, Cohort, branches
from matchmaker.services.ledger.subjects import subjects
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.ledger.amounts import amount
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("charts", __name__)

YEARS = 6
"""How many years can be chosen with one click, the present one among them."""


@blueprint.get("/charts")
@role_required(Role.BUREAU, Role.ADMIN)
def index() -> str:
    """All charts of a span, each with its table."""
    cohort, actor = asked_cohort(), current_actor()
    shown = limited(actor, cohort)
    return render_template(
        "charts/index.html",
        charts=service.charts(session(), actor, cohort),
        args=arguments(shown),
        years=[today().year - place for place in range(YEARS)],
        fields=codes.table("contract_fields"),
        branches=branches(session()),
        districts=inhabited(session()),
        cell_text=cell_text,
        rows_href=rows_href,
    )


@blueprint.get("/charts/<string:name>/data")
@role_required(Role.BUREAU, Role.ADMIN)
def data(name: str) -> Response:
    """What one chart draws; each cell with its text and the list behind it."""
    actor, cohort = current_actor(), asked_cohort()
    chart = service.chart(session(), actor, cohort, name)
    args = arguments(limited(actor, cohort))
    return jsonify(
        columns=[
            {"label": translate(column.label), "unit": column.unit, "drawn": column.drawn} for column in chart.columns
        ],
        lines=[
            {
                "label": translate(line.label),
                "cells": [
                    {
                        "value": None if value is None else float(value),
                        "text": cell_text(value, column.unit),
                        "href": rows_href(line, column, args),
                    }
                    for value, column in zip(line.cells, chart.columns, strict=True)
                ],
            }
            for line in chart.lines
        ],
    )


@blueprint.get("/charts/<string:name>/file")
@role_required(Role.BUREAU, Role.ADMIN)
@limiter.limit("120/hour", key_func=by_person)
def download(name: str) -> Response:
    """One chart's data as a file."""
    file_format = request.args.get("format", "xlsx")
    chart = service.chart(session(), current_actor(), asked_cohort(), name)
    response = Response(export_chart(chart, file_format, translate), mimetype=MEDIA_TYPES[file_format])
    response.headers["Content-Disposition"] = f"attachment; filename={name}.{file_format}"
    return response


@blueprint.get("/charts/rows/<string:name>")
@role_required(Role.BUREAU, Role.ADMIN)
def rows(name: str) -> str:
    """The records behind one cell of a chart."""
    actor, cohort = current_actor(), asked_cohort()
    page = service.chart_rows(session(), actor, cohort, name, page_number())
    shown = limited(actor, cohort)
    return render_template(
        "charts/rows.html",
        name=name,
        page=page,
        args=arguments(shown),
        subjects=subjects(session(), actor, page.rows),
        branch_name=dict(branches(session())).get(shown.branch or 0, ""),
    )


def asked_cohort() -> Cohort:
    """Read the address: `year`, or `since` and `until`; whatever is unknown narrows nothing.

    Raises:
        Invalid: the last day lies before the first.
    """
    kind, field, district = (request.args.get(name) for name in ("kind", "field", "district"))
    since, until = _day("since"), _day("until")
    year = request.args.get("year", "")
    if year.isascii() and year.isdigit() and len(year) == 4 and int(year) >= 2000:
        since, until = date(int(year), 1, 1), min(date(int(year), 12, 31), max(today(), date(int(year), 1, 1)))
    if since and until and until < since:
        raise Invalid(N_("结束日期不能早于开始日期。"))
    return Cohort(
        kind=kind if kind in set(ListingKind) else None,
        field=field if field == NO_FIELD or field in codes.table("contract_fields") else None,
        branch=request.args.get("branch", type=int),
        since=since,
        until=until,
        district=district if district == NO_DISTRICT or district in codes.table("regions") else None,
    )


def arguments(cohort: Cohort) -> dict[str, Any]:
    """Return what an address carries of a cohort."""
    shown = {name: getattr(cohort, name) for name in ("kind", "field", "branch", "district", "since", "until")}
    return {name: value for name, value in shown.items() if value is not None}


def cell_text(value: Any, unit: str) -> str:
    """Write a cell: 214, 86%, 12.5, 2.6 亿元."""
    if value is None:
        return "—"
    if unit == "share":
        return f"{value * 100:.0f}%"
    if unit == "days":
        return f"{value:g}"
    return amount(value, "yuan") if unit == "yuan" else f"{int(value):,}"


def rows_href(line: service.ChartLine, column: service.ChartColumn, args: dict[str, Any]) -> str | None:
    """Return the address of the rows behind a cell, None where there are none."""
    name = (line.rows if column.unit == "count" else None) if line.rows else column.rows
    if name is None:
        return None
    return url_for("charts.rows", name=name, **{**args, **line.narrows})


def _day(name: str) -> date | None:
    try:
        return date.fromisoformat(request.args.get(name, ""))
    except ValueError:
        return None
