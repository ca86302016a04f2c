"""The office: register a contract or return it, keep its certificate, write down changes, strike it off."""

from collections.abc import Callable

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import Role
from matchmaker.services.contracts.amending import amend_contract
from matchmaker.services.contracts.moving import add_certificate, cancel_contract, register_contract, return_contract
from matchmaker.web.access import current_actor, role_required
from matchmaker.web.contracts.blueprint import blueprint, deduction_rows, done, seen_version
from matchmaker.web.contracts.pages import again
from matchmaker.web.database import session
from matchmaker.web.kept_files import file_if_any
from matchmaker.web.stored_files import received_file


@blueprint.post("/contracts/<int:contract_id>/register")
@role_required(Role.BUREAU)
def register(contract_id: int) -> Response | tuple[str, int]:
    """Register it under its number."""
    form = request.form
    return _try(
        contract_id,
        _("已登记。"),
        lambda: register_contract(
            session(),
            current_actor(),
            contract_id,
            number=form.get("registration_number", ""),
            on=form.get("registered_on", ""),
            version=seen_version(),
            certificate=file_if_any(),
        ),
    )


@blueprint.post("/contracts/<int:contract_id>/return")
@role_required(Role.BUREAU)
def send_back(contract_id: int) -> Response | tuple[str, int]:
    """Send it back with a reason."""
    reason, note = request.form.get("reason", ""), request.form.get("note", "")
    return _try(
        contract_id,
        _("已退回，双方会收到通知。"),
        lambda: return_contract(
            session(), current_actor(), contract_id, reason=reason, note=note, version=seen_version()
        ),
    )


@blueprint.post("/contracts/<int:contract_id>/certificate")
@role_required(Role.BUREAU)
def upload_certificate(contract_id: int) -> Response | tuple[str, int]:
    """Put the scan of the certificate with it."""
    return _try(
        contract_id,
        _("登记证明已保存。"),
        lambda: add_certificate(session(), current_actor(), contract_id, received_file(), version=seen_version()),
    )


@blueprint.post("/contracts/<int:contract_id>/amend")
@role_required(Role.BUREAU)
def amend(contract_id: int) -> Response | tuple[str, int]:
    """Write down what the parties changed."""
    names = ("effective_on", "reason", "total_value", "technology_income", "ends_on")
    typed = {name: request.form.get(name, "") for name in names}
    return _try(
        contract_id,
        _("变更已登记，原来的内容仍保留。"),
        lambda: amend_contract(
            session(), current_actor(), contract_id, **typed, deductions=deduction_rows(), version=seen_version()
        ),
    )


@blueprint.post("/contracts/<int:contract_id>/cancel")
@role_required(Role.BUREAU)
def cancel(contract_id: int) -> Response | tuple[str, int]:
    """Strike it off."""
    on, reason = request.form.get("on", ""), request.form.get("reason", "")
    return _try(
        contract_id,
        _("登记已注销。"),
        lambda: cancel_contract(session(), current_actor(), contract_id, on=on, reason=reason, version=seen_version()),
    )


def _try(contract_id: int, sentence: str, act: Callable[[], object]) -> Response | tuple[str, int]:
    try:
        act()
    except (Invalid, Conflict) as error:
        return again(contract_id, error)
    return done(contract_id, sentence)
