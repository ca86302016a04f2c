"""Notes of a contract: by audience, as those of its deal, and read on the contract's page only."""

from sqlalchemy.orm import Session

from matchmaker.domain.contracts import Contract
from matchmaker.domain.deal_notes import DealNote
from matchmaker.domain.errors import Forbidden
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor, can_move_deal
from matchmaker.services.contracts import notices
from matchmaker.services.contracts.loading import load_contract
from matchmaker.services.deals.notes import NoteView, append_note, notes_of


def write_contract_note(session: Session, actor: Actor, contract_id: int, text: str, audience: str) -> DealNote:
    """Write a note about a contract for `audience`; who reads it is told that there is one, not what it says.

    Raises:
        NotFound: he may not know of the contract. Forbidden: he looks on only.
        Invalid: nothing, too much (field `text`), or no audience (field `audience`).
    """
    contract = load_contract(session, actor, contract_id)
    if not can_move_deal(actor, contract.deal):
        raise Forbidden(N_("您可以查看这份合同，但不能写备注。"))
    note = append_note(session, actor, contract.deal, text, audience, contract_id=contract.id)
    notices.tell_note(session, actor, contract, note.audience)
    return note


def contract_notes(session: Session, actor: Actor, contract: Contract) -> tuple[NoteView, ...]:
    """Return the notes about a contract, which the caller has loaded for `actor`, that he reads, the newest first."""
    return notes_of(session, actor, contract.deal, contract.id)
