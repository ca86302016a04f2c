"""Notes of a deal: written by whoever works on it, each for those who are to read it and nobody else."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.deal_notes import NOTE_MOST, DealNote
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.deals import notices
from matchmaker.services.deals.audiences import read_audience, readable, side_of
from matchmaker.services.deals.loading import load_deal, load_working_deal
from matchmaker.services.reading.text import prose

SHOWN = 100


@dataclass(frozen=True, slots=True)
class NoteView:
    """One note that its reader may read; `is_own`: he wrote it himself and may take it back."""

    id: int
    text: str
    audience: str
    author: str
    written_at: datetime
    is_own: bool


def write_note(session: Session, actor: Actor, deal_id: int, text: str, audience: str) -> DealNote:
    """Write a note about a deal for `audience`; who reads it is told that there is one, not what it says.

    Raises:
        NotFound: he may not know of the deal. Forbidden: he looks on only.
        Invalid: nothing, too much (field `text`), or no audience (field `audience`).
    """
    deal = load_working_deal(session, actor, deal_id)
    note = append_note(session, actor, deal, text, audience)
    notices.tell_paper(session, actor, deal, note.audience, is_file=False)
    return note


def append_note(
    session: Session, actor: Actor, deal: Deal, text: str, audience: str, *, contract_id: int | None = None
) -> DealNote:
    """Add a note about a deal, or a contract of it, on which `actor` works.

    Raises:
        Invalid: see `write_note`.
    """
    written = prose(text)
    if not written:
        raise Invalid(N_("请先写下备注内容。"), {"text": N_("请先写下备注内容。")})
    if len(written) > NOTE_MOST:
        raise Invalid(N_("内容太长，请精简。"), {"text": N_("最多 4000 字。")})
    chosen = read_audience(actor, deal, audience)
    note = DealNote(
        deal_id=deal.id,
        contract_id=contract_id,
        audience=chosen,
        organization_id=side_of(actor, deal),
        text=written,
        author_id=actor.user_id,
    )
    session.add(note)
    session.flush()
    # The journal is read by everybody who sees the deal: not even that there is a note may be told there.
    record(session, actor, "write", "deal_note", note.id, deal_id=deal.id, audience=chosen)
    session.flush()
    return note


def take_back_note(session: Session, actor: Actor, note_id: int) -> DealNote:
    """Take one's own note away from its readers; its row stays.

    Raises:
        NotFound: no such note of his own.
    """
    note = session.get(DealNote, note_id)
    if note is None or note.deleted_at is not None or actor.user_id is None or note.author_id != actor.user_id:
        raise NotFound(N_("没有找到这条备注。"))
    load_deal(session, actor, note.deal_id)
    note.deleted_at = utc_now()
    record(session, actor, "take_back", "deal_note", note.id, deal_id=note.deal_id)
    session.flush()
    return note


def notes_of(session: Session, actor: Actor, deal: Deal, contract_id: int | None = None) -> tuple[NoteView, ...]:
    """Return the notes about a deal, or about a contract of it, that `actor`, who may see it, reads: the newest first,
    `SHOWN` at most."""
    read = readable(DealNote, actor, deal), DealNote.contract_id == contract_id
    query = sa.select(DealNote).where(*read).options(joinedload(DealNote.author))
    return tuple(
        NoteView(
            id=row.id,
            text=row.text,
            audience=row.audience,
            author=row.author.name if row.author else "",
            written_at=row.written_at,
            is_own=row.author_id is not None and row.author_id == actor.user_id,
        )
        for row in session.scalars(query.order_by(DealNote.id.desc()).limit(SHOWN))
    )
