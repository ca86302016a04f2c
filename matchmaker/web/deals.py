"""Deals: the list, one deal with its history, moving it on."""

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response

from matchmaker.domain import codes
from matchmaker.domain.deals import DEAL_STATE_NAMES, DealState
from matchmaker.domain.errors import Conflict, DomainError, Invalid
from matchmaker.domain.permissions import can_hand_over_deal, can_move_deal
from matchmaker.services.deals import (
    brokers_at_work,
    hand_over_deal,
    load_deal,
    move_deal,
    open_for_match,
    plan_deal,
    require_openable,
)
from matchmaker.services.deals.filters import Show
from matchmaker.services.deals.history import deal_history
from matchmaker.services.deals.lists import DueDeals, deal_page, due_deals
from matchmaker.services.deals.views import next_states, view_deals
from matchmaker.services.match_views import view_match
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of, page_number
from matchmaker.web.database import session
from matchmaker.web.limits import by_person, limiter

blueprint = Blueprint("deals", __name__)

REFUSED, OVERTAKEN = 422, 409


@blueprint.app_template_global("deals_due")
def deals_due() -> DueDeals:
    """Return what of the deals waits for the viewer, for `{% include "deals/_due.html" %}`."""
    return due_deals(session(), current_actor())


@blueprint.get("/deals")
@signed_in
def index() -> str:
    """The deals that the viewer may see."""
    shown = request.args.get("show", "")
    shown = shown if shown in {*Show, *DealState} else Show.OPEN
    page = deal_page(session(), current_actor(), shown, page_number())
    return render_template("deals/index.html", page=page, shown=shown, states=DEAL_STATE_NAMES)


@blueprint.get("/deals/<int:deal_id>")
@signed_in
def detail(deal_id: int) -> str:
    """One deal: where it stands, what is next, where it came from, what happened."""
    return _page(deal_id)


@blueprint.post("/deals/<int:deal_id>/move")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def move(deal_id: int) -> Response | tuple[str, int]:
    """Take it to another state."""
    form = request.form
    to = form.get("to", "")
    try:
        move_deal(
            session(),
            current_actor(),
            deal_id,
            to,
            version=number_of(form.get("version")) or 0,
            reason=form.get("reason", ""),
            note=form.get("note", ""),
        )
    except (Invalid, Conflict) as error:
        return _again(deal_id, error)
    return _done(deal_id, _("已更新进展。"))


@blueprint.post("/deals/<int:deal_id>/plan")
@signed_in
@limiter.limit("120/hour", key_func=by_person)
def plan(deal_id: int) -> Response | tuple[str, int]:
    """Say what comes next."""
    form = request.form
    try:
        plan_deal(
            session(),
            current_actor(),
            deal_id,
            next_step=form.get("next_step", ""),
            next_step_on=form.get("next_step_on", ""),
            version=number_of(form.get("version")) or 0,
        )
    except (Invalid, Conflict) as error:
        return _again(deal_id, error)
    return _done(deal_id, _("已记下下一步。"))


@blueprint.post("/deals/<int:deal_id>/owner")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def hand_over(deal_id: int) -> Response | tuple[str, int]:
    """Give it to another broker."""
    form = request.form
    to = number_of(form.get("to_user_id")) or 0
    try:
        hand_over_deal(session(), current_actor(), deal_id, to, version=number_of(form.get("version")) or 0)
    except (Invalid, Conflict) as error:
        return _again(deal_id, error)
    flash(_("已移交。"), "success")
    return redirect(url_for(".index"), 303)


@blueprint.get("/matches/<int:match_id>/deal")
@signed_in
def open_form(match_id: int) -> str:
    """Say what comes first in a deal about a pair."""
    return _opening(match_id)


@blueprint.post("/matches/<int:match_id>/deal")
@signed_in
@limiter.limit("60/hour", key_func=by_person)
def open_from_match(match_id: int) -> Response | tuple[str, int]:
    """Open a deal about a pair whose sides are interested or have met."""
    form = request.form
    step, day = form.get("deal_step", ""), form.get("deal_step_on", "")
    try:
        deal = open_for_match(session(), current_actor(), match_id, next_step=step, next_step_on=day)
    except (Invalid, Conflict) as error:
        session().rollback()
        return _opening(match_id, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED
    flash(_("已建立跟进项目。"), "success")
    return redirect(url_for(".detail", deal_id=deal.id), 303)


def _opening(match_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    match = require_openable(session(), actor, match_id)
    return render_template(
        "deals/open.html",
        match=view_match(match, actor),
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form,
    )


def _page(deal_id: int, error: DomainError | None = None) -> str:
    actor = current_actor()
    row = load_deal(session(), actor, deal_id)
    (deal,) = view_deals(session(), actor, [row])
    hands_over = can_hand_over_deal(actor, row) and row.is_open
    return render_template(
        "deals/detail.html",
        deal=deal,
        history=deal_history(session(), row),
        moves=next_states(row) if can_move_deal(actor, row) else (),
        states=DEAL_STATE_NAMES,
        losses=codes.table("deal_losses").choices(),
        brokers=[each for each in brokers_at_work(session()) if each.id != row.owner_id] if hands_over else (),
        changes=can_move_deal(actor, row),
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form if error is not None else {},
    )


def _again(deal_id: int, error: DomainError) -> tuple[str, int]:
    """Show the page once more with what was typed; what the failed attempt wrote is forgotten first."""
    session().rollback()
    return _page(deal_id, error), OVERTAKEN if isinstance(error, Conflict) else REFUSED


def _done(deal_id: int, sentence: str) -> Response:
    flash(sentence, "success")
    return redirect(url_for(".detail", deal_id=deal_id), 303)
