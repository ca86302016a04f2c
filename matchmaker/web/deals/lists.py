"""Deals at a glance: the board, the list or the calendar, as the viewer wants them."""

from typing import Any

from flask import render_template, request

from matchmaker.domain.days import today
from matchmaker.domain.deals import DEAL_STATE_NAMES, DealState
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import can_clear_queue, can_open_by_hand
from matchmaker.services.deals.filters import SHOW_NAMES, SORT_NAMES, Show, Sort
from matchmaker.services.deals.lists import DueDeals, deal_page, due_deals, require_list
from matchmaker.services.deals.offers import offers_to
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import page_number
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint
from matchmaker.web.deals.board import board_parts
from matchmaker.web.deals.filters import filter_args, filter_choices, wanted_deals

VIEWS = ("board", "list", "calendar")


@blueprint.app_template_global("deals_due")
def deals_due() -> DueDeals:
    """Return what of the deals waits for the viewer, for `{% include "deals/_due.html" %}`."""
    return due_deals(session(), current_actor())


@blueprint.get("/deals")
@signed_in
def index() -> str:
    """The deals that the viewer may see: on the board, else as a list or in the calendar."""
    actor = current_actor()
    require_list(actor)
    view = request.args.get("view", "")
    if view not in VIEWS:
        view = "list" if "show" in request.args else "board"
    wanted = wanted_deals()
    shown, sort = request.args.get("show", ""), request.args.get("sort", "")
    shown = shown if shown in {*Show, *DealState} else Show.OPEN
    sort = sort if sort in set(Sort) else Sort.URGENT
    parts: dict[str, Any] = {}
    if view == "list":
        parts = {"page": deal_page(session(), actor, shown, page_number(), chosen=wanted, sort=sort)}
    elif view == "board":
        parts = board_parts(wanted)
    else:
        parts = {"now": today().isoformat()}
    return render_template(
        f"deals/{view}.html",
        view=view,
        wanted=wanted,
        args=filter_args(wanted),
        shown=shown,
        sort=sort,
        shows=SHOW_NAMES,
        sorts=SORT_NAMES,
        states=DEAL_STATE_NAMES,
        due=due_deals(session(), actor),
        offers=offers_to(session(), actor) if actor.role is Role.BROKER else (),
        clears=can_clear_queue(actor),
        opens=can_open_by_hand(actor),
        **filter_choices(),
        **parts,
    )
