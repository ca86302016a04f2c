"""The administrator's page of what feedback has changed: last night, charts, the history of refits, and the switch."""

from typing import Any

from flask import Blueprint, Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain.people import Role
from matchmaker.services.charts.exporting import export_chart
from matchmaker.services.exports.writers import MEDIA_TYPES
from matchmaker.services.refits.charts import SCORE, learning_chart
from matchmaker.services.refits.switch import order_refit, turn
from matchmaker.services.refits.views import learning_page
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter
from matchmaker.web.platform import platform

blueprint = Blueprint("learning", __name__)


@blueprint.get("/admin/learning")
@role_required(Role.ADMIN)
def index() -> str:
    """What happened last and why, what it changed, and every refit before."""
    page = learning_page(session(), platform().settings, current_actor())
    return render_template("learning/index.html", page=page, cell_text=cell_text)


@blueprint.get("/admin/learning/charts/<string:name>/data")
@role_required(Role.ADMIN)
def data(name: str) -> Response:
    """What one chart draws."""
    chart = learning_chart(session(), current_actor(), name)
    units = [column.unit for column in chart.columns]
    return jsonify(
        columns=[{"label": translate(each.label), "unit": each.unit, "drawn": each.drawn} for each in chart.columns],
        lines=[
            {
                "label": translate(line.label),
                "cells": [
                    {"value": None if value is None else float(value), "text": cell_text(value, unit), "href": None}
                    for value, unit in zip(line.cells, units, strict=True)
                ],
            }
            for line in chart.lines
        ],
    )


@blueprint.get("/admin/learning/charts/<string:name>/file")
@role_required(Role.ADMIN)
@limiter.limit("120/hour", key_func=by_person)
def download(name: str) -> Response:
    """One chart's data as a file."""
    file_format = request.args.get("format", "xlsx")
    chart = learning_chart(session(), current_actor(), name)
    response = Response(export_chart(chart, file_format, translate), mimetype=MEDIA_TYPES[file_format])
    response.headers["Content-Disposition"] = f"attachment; filename=learning-{name}.{file_format}"
    return response


@blueprint.post("/admin/learning/refit")
@role_required(Role.ADMIN)
def refit() -> BaseResponse:
    """Have the ranker fitted anew now."""
    order_refit(session(), platform().settings, current_actor())
    flash(_("已排入后台。学完之前，原来的排序继续使用。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/admin/learning/switch")
@role_required(Role.ADMIN)
def switch() -> BaseResponse:
    """Let the nights learn, or stop them."""
    turn(session(), current_actor(), is_on=request.form.get("on") == "1")
    return redirect(url_for(".index"), 303)


def cell_text(value: Any, unit: str) -> str:
    """Write a cell: 0.713, 214."""
    if value is None:
        return "—"
    return f"{value:.3f}".rstrip("0").rstrip(".") if unit == SCORE else f"{int(value):,}"
