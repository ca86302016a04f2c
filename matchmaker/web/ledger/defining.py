"""Definitions: their versions, and writing a new one."""

from flask import flash, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.days import today
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_keep_ledger
from matchmaker.services.ledger.defining import add_version, versions
from matchmaker.services.ledger.definitions import definition_of
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.database import session
from matchmaker.web.forms.base import attach_errors
from matchmaker.web.forms.ledger import DefinitionForm
from matchmaker.web.ledger.blueprint import REFUSED, asked_year, blueprint


@blueprint.get("/ledger/new-indicator")
@role_required(Role.BUREAU)
def new_indicator() -> str:
    """The form of an indicator that the plan's data does not know."""
    _require_keeper()
    return _form(DefinitionForm(formdata=None, from_year=str(today().year), rule="evidence", measure="sum"), None)


@blueprint.post("/ledger/new-indicator")
@role_required(Role.BUREAU)
def add_indicator() -> Response | tuple[str, int]:
    """Write the first version of a new indicator."""
    return _save(None)


@blueprint.get("/ledger/<string:indicator>/definition")
@role_required(Role.BUREAU)
def edit_definition(indicator: str) -> str:
    """The form of the next version, and the versions so far."""
    _require_keeper()
    definition = definition_of(session(), indicator, asked_year())
    return _form(DefinitionForm.of(definition, today().year), indicator)


@blueprint.post("/ledger/<string:indicator>/definition")
@role_required(Role.BUREAU)
def save_definition(indicator: str) -> Response | tuple[str, int]:
    """Write the next version; what was typed is shown again where it is refused."""
    return _save(indicator)


def _require_keeper() -> None:
    if not can_keep_ledger(current_actor()):
        raise Forbidden(N_("台账由科技局维护，分中心可以查看自己的部分。"))


def _save(indicator: str | None) -> Response | tuple[str, int]:
    _require_keeper()
    if indicator is not None:
        definition_of(session(), indicator, asked_year())
    form = DefinitionForm()
    try:
        made = add_version(session(), current_actor(), indicator, form.draft())
    except Invalid as error:
        attach_errors(form, error)
        return _form(form, indicator), REFUSED
    flash(_("第 %(version)s 版已生效，自 %(year)s 年起适用。", version=made.version, year=made.from_year), "success")
    return redirect(url_for(".indicator", indicator=made.indicator, year=max(made.from_year, today().year)), 303)


def _form(form: DefinitionForm, indicator: str | None) -> str:
    return render_template(
        "ledger/definition_form.html",
        form=form,
        indicator=indicator,
        versions=versions(session(), indicator) if indicator else [],
    )
