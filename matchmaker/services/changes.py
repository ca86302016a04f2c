"""Reading the change log: which listings an index must read again."""

from dataclasses import dataclass, field
from datetime import timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.embeddings import IndexChange

# PostgreSQL hands out ids before it commits, so a change may appear below one already read: this long one looks back.
SETTLED = timedelta(seconds=10)
BATCH = 2000


@dataclass(slots=True)
class ChangeReader:
    """A place in the log. `settled` is the change up to which nothing can appear any more."""

    settled: int = 0
    _seen: set[int] = field(default_factory=set)

    def read(self, session: Session) -> list[int]:
        """Return the ids of listings changed since the last call, each once, oldest change first; a batch at most."""
        rows = session.execute(
            sa.select(IndexChange.id, IndexChange.listing_id, IndexChange.at)
            .where(IndexChange.id > self.settled, IndexChange.id.not_in(self._seen))
            .order_by(IndexChange.id)
            .limit(BATCH)
        ).all()
        horizon = utc_now() - SETTLED
        self._seen.update(row.id for row in rows)
        old = [row.id for row in rows if row.at < horizon]
        if old:
            self.settled = max(self.settled, *old)
            self._seen = {found for found in self._seen if found > self.settled}
        return list(dict.fromkeys(row.listing_id for row in rows))

    @property
    def newest(self) -> int:
        """The newest change read."""
        return max(self._seen, default=self.settled)


def last_change(session: Session) -> int:
    """Return the newest change of the log, 0 where there is none."""
    return session.scalar(sa.select(sa.func.max(IndexChange.id))) or 0
