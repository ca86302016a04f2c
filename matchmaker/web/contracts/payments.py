"""Payments of a contract: planned, received, dropped."""

from flask import request
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.services.contracts.payments import drop_payment, plan_payment, receive_payment
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.contracts.blueprint import blueprint, done, seen_version
from matchmaker.web.contracts.pages import again
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter


@blueprint.post("/contracts/<int:contract_id>/payments")
@signed_in
@limiter.limit("300/hour", key_func=by_person)
def plan_pay(contract_id: int) -> Response | tuple[str, int]:
    """Write down a payment that was agreed."""
    form = request.form
    try:
        plan_payment(
            session(),
            current_actor(),
            contract_id,
            on=form.get("planned_on", ""),
            amount=form.get("planned_amount", ""),
            note=form.get("note", ""),
            version=seen_version(),
        )
    except (Invalid, Conflict) as error:
        return again(contract_id, error)
    return done(contract_id, _("已记下约定的付款。"))


@blueprint.post("/contracts/<int:contract_id>/payments/<int:payment_id>")
@signed_in
@limiter.limit("300/hour", key_func=by_person)
def receive_pay(contract_id: int, payment_id: int) -> Response | tuple[str, int]:
    """Write down what came; what is still missing becomes a payment of its own."""
    form = request.form
    try:
        receive_payment(
            session(),
            current_actor(),
            contract_id,
            payment_id,
            on=form.get("received_on", ""),
            amount=form.get("received_amount", ""),
            income=form.get("technology_income", ""),
            version=seen_version(),
        )
    except (Invalid, Conflict) as error:
        return again(contract_id, error)
    return done(contract_id, _("已登记到账。"))


@blueprint.post("/contracts/<int:contract_id>/payments/<int:payment_id>/drop")
@signed_in
def drop_pay(contract_id: int, payment_id: int) -> Response | tuple[str, int]:
    """Take away a payment that has not come."""
    try:
        drop_payment(session(), current_actor(), contract_id, payment_id, version=seen_version())
    except Conflict as error:
        return again(contract_id, error)
    return done(contract_id, _("已删除这笔约定的付款。"))
