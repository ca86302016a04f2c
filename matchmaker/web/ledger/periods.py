"""Closing periods, opening them again, and what was frozen."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.closed_periods import MONTHS, Period, PeriodKind
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.services.charts.stages import STAGE_NAMES
from matchmaker.services.ledger.figures import own_branch
from matchmaker.services.ledger.freezing import frozen_stages
from matchmaker.services.ledger.frozen import definition_from
from matchmaker.services.ledger.periods import (
    closable,
    close_period,
    closings,
    get_period,
    reopen_period,
    verify_periods,
)
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.ledger.blueprint import asked_year, blueprint


@blueprint.get("/ledger/periods")
@role_required(Role.BUREAU, Role.ADMIN)
def periods() -> str:
    """What of a year is closed and what can be, each closing checked against its hash."""
    year = asked_year()
    return render_template(
        "ledger/periods.html",
        year=year,
        closings=closings(session(), current_actor(), year),
        closable=closable(session(), year),
        checks=verify_periods(session(), year),
    )


@blueprint.post("/ledger/periods")
@role_required(Role.BUREAU)
def close() -> Response:
    """Freeze a period."""
    period = _period(request.form.get("period", ""))
    close_period(session(), current_actor(), period)
    flash(_("已封账，数字和明细从此固定。"), "success")
    return redirect(url_for(".periods", year=period.year), 303)


@blueprint.get("/ledger/periods/<int:period_id>")
@role_required(Role.BUREAU, Role.ADMIN)
def period(period_id: int) -> str:
    """What one closing froze."""
    closed = get_period(session(), current_actor(), period_id)
    shown = [(row, definition_from(row)) for row in closed.figures]
    branch = own_branch(current_actor())
    stages = frozen_stages(closed, branch)
    return render_template("ledger/period.html", closed=closed, figures=shown, stages=stages, names=STAGE_NAMES)


@blueprint.post("/ledger/periods/<int:period_id>/reopen")
@role_required(Role.BUREAU)
def reopen(period_id: int) -> Response:
    """Count a period anew, with a reason."""
    closed = get_period(session(), current_actor(), period_id)
    reopen_period(session(), current_actor(), closed, request.form.get("reason", ""))
    flash(_("已重新打开，这段时间的数字按现有记录重新统计。"), "success")
    return redirect(url_for(".periods", year=closed.year), 303)


def _period(text: str) -> Period:
    """Read a period's key, 2025-quarter-1."""
    year, _dash, rest = text.partition("-")
    kind, _dash, number = rest.partition("-")
    known = kind in set(PeriodKind) and all(
        part.isascii() and part.isdigit() and len(part) < 5 for part in (year, number)
    )
    if not known or not 2000 <= int(year) <= 2100 or not 1 <= int(number) <= 12 // MONTHS[PeriodKind(kind)]:
        raise Invalid(N_("请选择要封账的时段。"))
    return Period(int(year), PeriodKind(kind), int(number))
