"""What scoring needs of listings, made once for each of their revisions and kept for one process."""

import threading
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import replace

from sqlalchemy.orm import Session

from matchmaker.domain.embeddings import Scope
from matchmaker.domain.listings import Listing
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import default_ranker
from matchmaker.services.indexing import Vector, vectors_of
from matchmaker.services.projection import document, scopes
from matchmaker.services.rankers.tuned_vectors import tuned_vectors_of

KEPT = 20_000

Key = tuple[int, str]
CacheKey = tuple[int, str, int, str, str]
"""Listing, scope, its pair revision, the embedding model, and the tuned model where the ranker has one."""


class PreparedListings:
    """The last 20,000 that were asked for; calls may come from several threads."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept: OrderedDict[CacheKey, Prepared] = OrderedDict()

    def of(self, session: Session, listings: Sequence[Listing], model_id: str, mark: str) -> dict[Key, Prepared]:
        """Return those of `listings` that have vectors of the model, by (listing id, scope).

        `mark` names the tuned model, empty where there is none.
        """
        found = self._ready(listings, model_id, mark)
        missing = [row for row in listings if any((row.id, scope) not in found for scope in scopes(row.current))]
        ids = [listing.id for listing in missing]
        vectors = vectors_of(session, ids, model_id) if missing else {}
        tuned = tuned_vectors_of(session, ids, mark) if missing and mark else {}
        for listing in missing:
            for scope in scopes(listing.current):
                key = listing.id, scope
                if key in vectors:
                    found[key] = replace(_prepared(listing, scope, vectors[key]), tuned_vector=tuned.get(key))
                    # One that still lacks its tuned vector is asked for again next time.
                    if not mark or key in tuned:
                        self._keep((*key, listing.pair_revision, model_id, mark), found[key])
        return found

    def _ready(self, listings: Sequence[Listing], model_id: str, mark: str) -> dict[Key, Prepared]:
        with self._lock:
            kept = {
                (listing.id, str(scope)): self._kept.get((listing.id, scope, listing.pair_revision, model_id, mark))
                for listing in listings
                for scope in scopes(listing.current)
            }
        return {key: found for key, found in kept.items() if found is not None}

    def _keep(self, key: CacheKey, made: Prepared) -> None:
        with self._lock:
            self._kept[key] = made
            while len(self._kept) > KEPT:
                self._kept.popitem(last=False)


def _prepared(listing: Listing, scope: Scope, vectors: tuple[Vector, Vector]) -> Prepared:
    return default_ranker().prepare(document(listing, listing.current, scope), *vectors)
