"""The board: its columns, more of one, and a card that was moved, with script or without."""

from typing import Any

from flask import Response, flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers.response import Response as BaseResponse

from matchmaker.domain import codes
from matchmaker.domain.deals import DealState
from matchmaker.domain.errors import DomainError
from matchmaker.domain.permissions import can_move_deal
from matchmaker.services.deals.board import board, column_page, column_sums
from matchmaker.services.deals.cards import move_card
from matchmaker.services.deals.filters import DealFilter
from matchmaker.services.deals.loading import load_deal
from matchmaker.services.deals.views import view_deals
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.addresses import number_of
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint
from matchmaker.web.deals.filters import filter_args, wanted_deals
from matchmaker.web.errors import STATUS_OF
from matchmaker.web.formatting import money, state_name
from matchmaker.web.language import translate
from matchmaker.web.limits import by_person, limiter


def board_parts(wanted: DealFilter) -> dict[str, Any]:
    """Return what `deals/board.html` shows beside the filter."""
    return {"columns": board(session(), current_actor(), wanted), "losses": codes.table("deal_losses").choices()}


@blueprint.get("/deals/board")
@signed_in
def column() -> str:
    """More cards of one column."""
    wanted = wanted_deals()
    offset = number_of(request.args.get("offset")) or 0
    found = column_page(session(), current_actor(), wanted, request.args.get("state", ""), min(offset, 100_000))
    return render_template("deals/_cards.html", column=found, args=filter_args(wanted))


@blueprint.post("/deals/<int:deal_id>/card")
@signed_in
@limiter.limit("600/hour", key_func=by_person)
def move_on_board(deal_id: int) -> BaseResponse | tuple[Response, int]:
    """Take a card to another column at once; a script gets the card as it is now, a browser the board."""
    form, actor = request.form, current_actor()
    is_script = request.accept_mimetypes.best == "application/json"
    try:
        before = move_card(
            session(),
            actor,
            deal_id,
            form.get("to", ""),
            version=number_of(form.get("version")) or 0,
            reason=form.get("reason", ""),
            wakes_on=form.get("wakes_on", ""),
            note=form.get("note", ""),
        )
    except DomainError as error:
        if not is_script:
            raise
        session().rollback()
        status = next((code for kind, code in STATUS_OF.items() if isinstance(error, kind)), 422)
        return jsonify(_refused(deal_id, error)), status
    row = load_deal(session(), actor, deal_id)
    sentence = _("已移到“%(state)s”。", state=state_name(row.state))
    if not is_script:
        flash(sentence, "success")
        return redirect(url_for(".index"), 303)
    return jsonify({"sentence": sentence, "undo": before, **_card(deal_id), "heads": _heads()})


def _refused(deal_id: int, error: DomainError) -> dict[str, Any]:
    """Return the sentence, and the card as it is now where the viewer may see it."""
    try:
        return {"sentence": translate(error), **_card(deal_id), "heads": _heads()}
    except DomainError:
        return {"sentence": translate(error)}


def _card(deal_id: int) -> dict[str, Any]:
    actor = current_actor()
    row = load_deal(session(), actor, deal_id)
    (deal,) = view_deals(session(), actor, [row])
    html = render_template("deals/_card.html", deal=deal, moves=can_move_deal(actor, row))
    return {"state": deal.state, "version": deal.version, "card": html}


def _heads() -> dict[str, dict[str, str]]:
    sums = column_sums(session(), current_actor(), wanted_deals())
    return {
        state: {"count": str(head.count), "value": money(head.value) if head.valued else ""}
        for state, head in sums.items()
        if state in set(DealState)
    }
