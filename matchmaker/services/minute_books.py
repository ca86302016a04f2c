"""The revisions of one meeting's minutes, whatever kind of meeting it was: each is kept, none overwritten unseen.

Who may read and write them is for the caller to ask (see minutes.py and deals/meetings.py).
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import InstrumentedAttribute, Session, joinedload

from matchmaker.domain.errors import Conflict, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.minutes import Minutes
from matchmaker.domain.permissions import Actor
from matchmaker.services.appointments.typed import read_text
from matchmaker.services.differences import Segment, compare_texts

TEXT_MOST = 20_000


@dataclass(frozen=True, slots=True)
class Book:
    """All revisions of one meeting: those whose column `of` is `id`. `kind` is the meeting's subject in the journal."""

    of: InstrumentedAttribute[Any]
    id: int
    kind: str


@dataclass(frozen=True, slots=True)
class RevisionView:
    """One saved revision."""

    number: int
    text: str
    author: str
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two texts with what the other does not have marked in each: the stored or earlier one, and the later one."""

    before: tuple[Segment, ...]
    after: tuple[Segment, ...]


class StaleMinutes(Conflict):
    """Somebody saved meanwhile. Both texts are here: `theirs` as stored, `mine` as sent; nothing was overwritten."""

    def __init__(self, theirs: RevisionView, mine: str) -> None:
        self.theirs = theirs
        self.mine = mine
        super().__init__(
            N_("%(name)s 刚刚修改并保存了这份纪要。您写的内容仍在这里，请对照后再保存。"),
            name=theirs.author or N_("另一位参会者"),
        )

    @property
    def comparison(self) -> Comparison:
        """What differs between the stored text and the one that was sent."""
        return Comparison(*compare_texts(self.theirs.text, self.mine))


def all_revisions(session: Session, book: Book) -> tuple[RevisionView, ...]:
    """Return all revisions, the newest first; empty where none were written."""
    query = sa.select(Minutes).where(book.of == book.id).options(joinedload(Minutes.author))
    return tuple(_view(row) for row in session.scalars(query.order_by(Minutes.number.desc())))


def compare_in(session: Session, book: Book, number: int) -> Comparison:
    """Return what a revision changed against the one before it, the empty text before the first.

    Raises:
        NotFound: there is no such revision.
    """
    found = {row.number: row for row in all_revisions(session, book)}
    if number not in found:
        raise NotFound(N_("没有找到纪要的这一版。"))
    return Comparison(*compare_texts(found[number - 1].text if number - 1 in found else "", found[number].text))


def save_revision(session: Session, actor: Actor, book: Book, text: str, *, seen: int) -> RevisionView:
    """Save a new revision; the same text again is no new one. `seen` is the number that was begun with.

    Raises:
        Invalid: nothing, or too much (field `text`). StaleMinutes: somebody saved another text meanwhile.
    """
    written = read_text(text, "text", TEXT_MOST, needed=N_("请先写下纪要内容。"))
    latest = next(iter(all_revisions(session, book)), None)
    if latest is not None and latest.text == written:
        return latest
    if latest is not None and latest.number != seen:
        raise StaleMinutes(latest, written)
    number = latest.number + 1 if latest else 1
    row = Minutes(number=number, text=written, author_id=actor.user_id, **{book.of.key: book.id})
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise StaleMinutes(all_revisions(session, book)[0], written) from None
    record(session, actor, "minute", book.kind, book.id, number=row.number)
    session.flush()
    return _view(row)


def _view(row: Minutes) -> RevisionView:
    return RevisionView(row.number, row.text, row.author.name if row.author else "", row.saved_at)
