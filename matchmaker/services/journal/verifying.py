"""Walking the journal's chain from its beginning: does every entry stand as it was written, and is none missing?"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.journal_chain import GENESIS, Head, JournalLink, canonical, head, link_hash, stored_columns
from matchmaker.domain.language import N_, Sentence

BATCH = 5_000
"""Entries in memory at once."""


class Fault(StrEnum):
    """What can be wrong."""

    CHANGED = "changed"
    REMOVED = "removed"
    INSERTED = "inserted"
    CUT = "cut"
    REWRITTEN = "rewritten"


_SENTENCES = {
    Fault.CHANGED: N_("第 %(position)s 条（编号 %(entry)s）的内容与写入时不符：被修改过，或与别的记录调换过。"),
    Fault.REMOVED: N_("第 %(position)s 条被删除，后面的记录与它接不上。"),
    Fault.INSERTED: N_("编号为 %(entry)s 的记录不在链中：不是由平台写入的。"),
    Fault.CUT: N_("此前留存的末端（第 %(position)s 条）已不在链中：末尾的记录被截去，或恢复了较早的备份。"),
    Fault.REWRITTEN: N_("第 %(position)s 条与此前留存的末端不同：到这一条为止的链被重新写过。"),
}
_UNKNOWN_HEAD = N_("给出的末端不在链中：末尾的记录被截去，或链被重新写过，或抄写有误。")


@dataclass(frozen=True, slots=True)
class Break:
    """The first thing that is wrong; `position` in the chain and id of the entry as far as they are known."""

    fault: Fault
    position: int | None = None
    entry_id: int | None = None

    @property
    def sentence(self) -> Sentence:
        """What is wrong, in words."""
        if self.fault is Fault.CUT and self.position is None:
            return Sentence(_UNKNOWN_HEAD)
        return Sentence(_SENTENCES[self.fault], position=self.position or 0, entry=self.entry_id or 0)


@dataclass(frozen=True, slots=True)
class Verification:
    """What a walk found: how many entries stand, the chain's end, how many kept heads it met, and the first break."""

    checked: int
    head: Head
    kept_heads: int
    broken: Break | None


Walk = Generator[tuple[int, int], None, Verification]


def verify(database: Database, *, kept: Iterable[Head] = (), wanted: str | None = None) -> Verification:
    """Walk the whole chain; `kept` are heads that were noted earlier, `wanted` the hash of one that must be there."""
    steps = walk(database, kept=kept, wanted=wanted)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value  # type: ignore[no-any-return]


def walk(database: Database, *, kept: Iterable[Head] = (), wanted: str | None = None) -> Walk:
    """Walk the chain batch by batch, no transaction held between them; yields (entries done, entries in all).

    What is appended meanwhile belongs to the walk. An entry is looked for in the chain only where the chain itself
    stands: one that is not in it was inserted behind the application's back.
    """
    by_position = {each.position: each.hash for each in kept}
    state = _Walking(by_position, wanted)
    while True:
        with database.read() as session:
            rows = _batch(session, state.position)
            total = head(session).position
        if not rows:
            break
        broken = next(filter(None, map(state.follow, rows)), None)
        if broken is not None:
            return Verification(state.position, state.head, state.met, broken)
        yield state.position, max(total, state.position)
    with database.read() as session:
        inserted = _unlinked(session)
    return Verification(state.position, state.head, state.met, inserted or state.missing())


@dataclass(slots=True)
class _Walking:
    kept: dict[int, str]
    wanted: str | None
    position: int = 0
    hash: str = GENESIS
    met: int = 0
    found: bool = False

    @property
    def head(self) -> Head:
        return Head(self.position, self.hash)

    def follow(self, row: Sequence[Any]) -> Break | None:
        """Go one link further; a break where it does not follow from what was before."""
        position, entry_id, stored, *content = row
        if position != self.position + 1:
            return Break(Fault.REMOVED, self.position + 1)
        if content[0] is None:
            return Break(Fault.REMOVED, position, entry_id)
        if stored != hash_of(self.hash, position, content):
            return Break(Fault.CHANGED, position, entry_id)
        self.position, self.hash = position, stored
        self.found = self.found or stored == self.wanted
        if position in self.kept:
            if self.kept[position] != stored:
                return Break(Fault.REWRITTEN, position, entry_id)
            self.met += 1
        return None

    def missing(self) -> Break | None:
        """A kept head that lies beyond the end, or the wanted one that was never met."""
        beyond = sorted(position for position in self.kept if position > self.position)
        if beyond:
            return Break(Fault.CUT, beyond[0])
        empty = self.position == 0 and self.wanted == GENESIS
        return Break(Fault.CUT) if self.wanted is not None and not self.found and not empty else None


def hash_of(previous: str, position: int, content: Sequence[Any]) -> str | None:
    """Return the hash that an entry should have; None where it holds what the application cannot have written."""
    try:
        return link_hash(previous, position, canonical(content))
    except (ValueError, TypeError):
        return None


def _batch(session: Session, after: int) -> Sequence[Sequence[Any]]:
    query = (
        sa.select(JournalLink.position, JournalLink.entry_id, JournalLink.hash, *stored_columns(JournalEntry))
        .outerjoin(JournalEntry, JournalEntry.id == JournalLink.entry_id)
        .where(JournalLink.position > after)
        .order_by(JournalLink.position)
        .limit(BATCH)
    )
    return session.execute(query).all()


def _unlinked(session: Session) -> Break | None:
    linked = sa.exists().where(JournalLink.entry_id == JournalEntry.id)
    found = session.scalar(sa.select(sa.func.min(JournalEntry.id)).where(~linked))
    return Break(Fault.INSERTED, entry_id=found) if found is not None else None
