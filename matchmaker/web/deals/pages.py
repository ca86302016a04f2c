"""One deal: where it stands, what is next, who acts, what was said and written, what happened."""

from flask import render_template, request

from matchmaker.domain import codes
from matchmaker.domain.deal_notes import AUDIENCE_NAMES, NOTE_MOST
from matchmaker.domain.deals import DEAL_STATE_NAMES, SOURCE_NAMES
from matchmaker.domain.errors import DomainError, Invalid
from matchmaker.domain.permissions import can_hand_over_deal, can_move_deal, can_offer_deal
from matchmaker.services.deals import brokers_at_work, load_deal
from matchmaker.services.deals.audiences import audiences_for
from matchmaker.services.deals.confidentiality import confidentiality_of
from matchmaker.services.deals.doers import possible_doers
from matchmaker.services.deals.files import MOST_FILES, files_of
from matchmaker.services.deals.history import deal_history
from matchmaker.services.deals.meetings import meetings_of
from matchmaker.services.deals.notes import notes_of
from matchmaker.services.deals.offers import standing_offer
from matchmaker.services.deals.views import next_states, view_deals
from matchmaker.services.uploads import ACCEPTED
from matchmaker.web.access import current_actor, signed_in
from matchmaker.web.database import session
from matchmaker.web.deals.blueprint import blueprint, status_of
from matchmaker.web.platform import platform


@blueprint.get("/deals/<int:deal_id>")
@signed_in
def detail(deal_id: int) -> str:
    """One deal."""
    return deal_page_of(deal_id)


def shown_again(deal_id: int, error: DomainError) -> tuple[str, int]:
    """Show the page once more with what was typed; what the failed attempt wrote is forgotten first."""
    session().rollback()
    return deal_page_of(deal_id, error), status_of(error)


def deal_page_of(deal_id: int, error: DomainError | None = None) -> str:
    """Return the page of a deal."""
    actor = current_actor()
    row = load_deal(session(), actor, deal_id)
    (deal,) = view_deals(session(), actor, [row])
    works, hands_over, offers = can_move_deal(actor, row), can_hand_over_deal(actor, row), can_offer_deal(actor, row)
    lists_brokers = row.stands and (hands_over or offers)
    return render_template(
        "deals/detail.html",
        deal=deal,
        history=deal_history(session(), row),
        moves=next_states(row) if works else (),
        states=DEAL_STATE_NAMES,
        sources=SOURCE_NAMES,
        losses=codes.table("deal_losses").choices(),
        fields=codes.table("contract_fields").choices(),
        brokers=[each for each in brokers_at_work(session()) if each.id != row.owner_id] if lists_brokers else (),
        hands_over=hands_over and row.stands,
        may_offer=offers and row.stands,
        offer=standing_offer(session(), row),
        changes=works,
        doers=possible_doers(session(), actor, row) if works and row.is_open else (),
        notes=notes_of(session(), actor, row),
        files=files_of(session(), actor, row),
        meetings=meetings_of(session(), row) if works else (),
        nda=confidentiality_of(session(), row),
        audiences=[(each, AUDIENCE_NAMES[each]) for each in audiences_for(actor, row)],
        audience_names=AUDIENCE_NAMES,
        note_most=NOTE_MOST,
        most_files=MOST_FILES,
        accepted=ACCEPTED,
        most_bytes=platform().settings.max_upload_bytes,
        error=error,
        errors=error.errors if isinstance(error, Invalid) else {},
        typed=request.form if error is not None else {},
        tried=request.endpoint if error is not None else "",
    )
