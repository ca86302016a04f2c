"""Commission agreements: proposed on a deal's page, agreed to there or from one's own list."""

from flask import Blueprint, Flask, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain.commissions import COMMISSION_NAMES, MOST_SHARES
from matchmaker.domain.errors import Conflict, Invalid
from matchmaker.domain.people import User
from matchmaker.services.commissions import (
    DealCommissions,
    ShareRow,
    agree_commission,
    deal_commissions,
    my_commissions,
    object_to_commission,
    propose_commission,
)
from matchmaker.services.deals.brokers import brokers_at_work
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.deals.views import view_deals
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("commissions", __name__)


def init_commissions(app: Flask) -> None:
    """Let the page of a deal ask for its agreements."""
    app.jinja_env.globals.update(
        commissions_of=_of_deal, commission_brokers=_brokers, commission_names=COMMISSION_NAMES, most_shares=MOST_SHARES
    )


@blueprint.get("/commissions")
@signed_in
def index() -> str:
    """The agreements in which the viewer has a part."""
    return render_template("commissions/index.html", rows=my_commissions(session(), current_actor()))


@blueprint.get("/deals/<int:deal_id>/commission")
@signed_in
def propose_form(deal_id: int) -> str:
    """The form of a proposal."""
    return _form(deal_id)


@blueprint.post("/deals/<int:deal_id>/commission")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def propose(deal_id: int) -> Response | tuple[str, int]:
    """Propose; what is refused is shown again as it was typed."""
    form = request.form
    rows = [ShareRow(*row) for row in zip(form.getlist("broker"), form.getlist("percent"), strict=False)]
    try:
        propose_commission(
            session(),
            current_actor(),
            deal_id,
            number=number_of(form.get("number")) or 0,
            fee=form.get("fee", ""),
            payer=form.get("payer", ""),
            shares=rows,
            note=form.get("note", ""),
        )
    except (Invalid, Conflict) as error:
        session().rollback()
        return _form(deal_id, translate(error)), 409 if isinstance(error, Conflict) else 422
    flash(_("已提出，各方都同意后生效。"), "success")
    return redirect(url_for("deals.detail", deal_id=deal_id, _anchor="commission"), 303)


@blueprint.post("/commissions/<int:commission_id>/agree")
@signed_in
def agree(commission_id: int) -> Response:
    """Agree to what of it is one's own."""
    agree_commission(session(), current_actor(), commission_id)
    flash(_("已同意，并记入日志。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.post("/commissions/<int:commission_id>/object")
@signed_in
def refuse(commission_id: int) -> Response:
    """Refuse it, with a reason."""
    try:
        object_to_commission(session(), current_actor(), commission_id, reason=request.form.get("reason", ""))
        flash(_("已记下您不同意。"), "success")
    except Invalid as error:
        flash(translate(error), "danger")
    return redirect(url_for(".index"), 303)


def _form(deal_id: int, error: str = "") -> str:
    form, commissions = request.form, _of_deal(deal_id)
    (deal,) = view_deals(session(), current_actor(), [load_deal(session(), current_actor(), deal_id)])
    typed = list(zip(form.getlist("broker"), form.getlist("percent"), strict=False))
    return render_template(
        "commissions/form.html",
        deal_id=deal_id,
        commissions=commissions,
        sides=(deal.other, deal.one) if commissions.viewer_is_other else (deal.one, deal.other),
        brokers=_brokers(),
        typed=form,
        rows=typed,
        error=error,
    )


def _of_deal(deal_id: int) -> DealCommissions:
    return deal_commissions(session(), current_actor(), deal_id)


def _brokers() -> list[User]:
    return brokers_at_work(session())
