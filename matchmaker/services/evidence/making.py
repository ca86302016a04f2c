"""The worker's part: compare the sentences of the best pairs of each list, and of those that somebody looks at.

A listing is behind where its list was written anew; only the head of a list is compared, a fraction of a second at a
time, with no lock held, and written only if both revisions still stand.
"""

import time
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.evidence import Evidence
from matchmaker.domain.layers import up_to
from matchmaker.search.evidence import ANSWERS, Answering, Sentences
from matchmaker.services.engine import Engine
from matchmaker.services.evidence.behind import LEASE, behind, mark_of, outdated, upsert_mark
from matchmaker.services.evidence.pairs import Pair, Side, load_pairs, still_stands
from matchmaker.services.leases import claim, release_leases

SECONDS = 0.4
"""After so long a batch ends, so that what people have just posted need not wait."""

WANTED_AT_ONCE = 10
CACHE = 400


class EvidenceMaker:
    """One per worker; keeps the sentences of the listings that it has met last."""

    def __init__(self, database: Database, engine: Engine, holder: str) -> None:
        self._database = database
        self._engine = engine
        self._holder = holder
        self._made: Answering | None = None
        self._cache: OrderedDict[int, Sentences] = OrderedDict()

    def step(self) -> bool:
        """Do one batch: pairs that somebody waits for, else part of a list; return whether there was anything to do."""
        return self._make_wanted() or self._complete_list()

    @property
    def _answering(self) -> Answering:
        if self._made is None:
            self._made = Answering(self._engine.encoder)
        return self._made

    def _make_wanted(self) -> bool:
        with self._database.read() as session:
            wanted = session.scalars(sa.select(Evidence.match_id).where(Evidence.is_wanted).limit(WANTED_AT_ONCE)).all()
            pairs = load_pairs(session, wanted, self._answering.model_id)
        if not wanted:
            return False
        made = self._make(pairs)
        # What is no longer on the market is not waited for any more.
        gone = set(wanted) - {pair.match_id for pair in pairs}
        with self._database.transaction() as session:
            self._write(session, made)
            session.execute(sa.update(Evidence).where(Evidence.match_id.in_(gone)).values(is_wanted=False))
        return True

    def _complete_list(self) -> bool:
        method = self._answering.method
        with self._database.read() as session:
            found = behind(session, method, self._holder)
        for listing_id in claim(self._database, LEASE, found, self._holder):
            with self._database.read() as session:
                mark = mark_of(session, listing_id, method)
                pairs = load_pairs(session, outdated(session, listing_id, method), self._answering.model_id)
            made = self._make(pairs)
            with self._database.transaction() as session:
                self._write(session, made)
                if mark is not None and len(made) == len(pairs):
                    session.execute(upsert_mark(session, mark))
                release_leases(session, [f"{LEASE}:{listing_id}"], self._holder)
        return bool(found)

    def _make(self, pairs: Sequence[Pair]) -> list[tuple[Pair, dict[str, Any]]]:
        """Compare pairs until the time is over, at least one."""
        end = time.monotonic() + SECONDS
        made: list[tuple[Pair, dict[str, Any]]] = []
        for pair in pairs:
            made.append((pair, self._content(pair)))
            if time.monotonic() > end:
                break
        return made

    def _content(self, pair: Pair) -> dict[str, Any]:
        need, achievement = pair.need.sentences, pair.achievement.sentences
        likelihoods = self._answering.likelihoods(self._prepared(pair.need), self._prepared(pair.achievement))
        layers = {sentence.layer for sentence in achievement}
        answers = set()
        for row in range(len(need)):
            # The best that each reader of the achievement may see.
            for layer in layers:
                seen = [column for column, other in enumerate(achievement) if other.layer in up_to(layer)]
                best = max(seen, key=lambda column: (likelihoods[row, column], -column))
                if likelihoods[row, best] >= ANSWERS:
                    answers.add((row, best, round(float(likelihoods[row, best]), 4)))
        return {
            "need": [sentence.place for sentence in need],
            "achievement": [sentence.place for sentence in achievement],
            "answers": sorted(answers),
        }

    def _prepared(self, side: Side) -> Sentences:
        prepared = self._cache.get(side.revision_id)
        if prepared is None:
            prepared = self._answering.prepare([sentence.text for sentence in side.sentences], side.known)
            self._cache[side.revision_id] = prepared
            if len(self._cache) > CACHE:
                self._cache.popitem(last=False)
        self._cache.move_to_end(side.revision_id)
        return prepared

    def _write(self, session: Session, made: Iterable[tuple[Pair, dict[str, Any]]]) -> None:
        for pair, content in made:
            if not still_stands(session, pair):
                continue  # edited or withdrawn meanwhile: the next round sees it again
            values = {
                "need_revision_id": pair.need.revision_id,
                "achievement_revision_id": pair.achievement.revision_id,
                "made_by": self._answering.method,
                "content": content,
                "is_wanted": False,
                "made_at": utc_now(),
            }
            insert = upsert(session, Evidence).values(match_id=pair.match_id, **values)
            session.execute(insert.on_conflict_do_update(index_elements=["match_id"], set_=values))
