"""Targets of a year, decomposed to branches and quarters."""

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_keep_ledger
from matchmaker.services.funnel import branches
from matchmaker.services.ledger.amounts import plain_number
from matchmaker.services.ledger.definitions import definition_of, definitions
from matchmaker.services.ledger.figures import own_branch
from matchmaker.services.ledger.target_setting import set_targets
from matchmaker.services.ledger.targets import Share, targets
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.ledger.blueprint import REFUSED, asked_year, blueprint

QUARTERS = (0, 1, 2, 3, 4)


@blueprint.get("/ledger/targets")
@role_required(Role.BUREAU, Role.ADMIN)
def targets_of_year() -> str:
    """All targets of a year, and which decompositions do not add up."""
    year = asked_year()
    return render_template(
        "ledger/targets.html",
        year=year,
        definitions=definitions(session(), year),
        targets=targets(session(), year),
        branch=own_branch(current_actor()),
    )


@blueprint.get("/ledger/<string:indicator>/targets")
@role_required(Role.BUREAU)
def edit_targets(indicator: str) -> str:
    """The decomposition of one indicator."""
    _require_keeper()
    return _form(indicator, {})


@blueprint.post("/ledger/<string:indicator>/targets")
@role_required(Role.BUREAU)
def save_targets(indicator: str) -> Response | tuple[str, int]:
    """Set the decomposition; what was typed is shown again where it is refused."""
    _require_keeper()
    year = asked_year()
    try:
        set_targets(session(), current_actor(), indicator, year, _typed())
    except Invalid as error:
        return _form(indicator, {**error.errors, "": error.sentence}), REFUSED
    flash(_("目标已保存。"), "success")
    return redirect(url_for(".targets_of_year", year=year), 303)


def _require_keeper() -> None:
    if not can_keep_ledger(current_actor()):
        raise Forbidden(N_("台账由科技局维护，分中心可以查看自己的部分。"))


def _typed() -> dict[Share, str]:
    """Read the fields `branch-quarter`, the city being 0."""
    places = [None, *(branch_id for branch_id, _name in branches(session()))]
    return {
        (branch_id, quarter): request.form.get(f"{branch_id or 0}-{quarter}", "")
        for branch_id in places
        for quarter in QUARTERS
    }


def _form(indicator: str, faults: dict[str, str]) -> str:
    year = asked_year()
    standing = targets(session(), year).get(indicator)
    shares = standing.shares if standing else {}
    stored = {f"{branch or 0}-{quarter}": plain_number(value) for (branch, quarter), value in shares.items()}
    return render_template(
        "ledger/target_form.html",
        year=year,
        definition=definition_of(session(), indicator, year),
        standing=standing,
        branches=branches(session()),
        values=request.form if request.method == "POST" else stored,
        faults={name: translate(sentence) for name, sentence in faults.items()},
    )
