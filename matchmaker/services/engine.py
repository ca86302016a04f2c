"""Search and matching for one process: encoder, ranker, and the two indexes that follow the database."""

import logging
import threading
from collections.abc import Iterable, Sequence

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.embeddings import Scope
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.search.document import Document
from matchmaker.search.encoder import Encoder, load_encoder
from matchmaker.search.keywords import KeywordIndex, KeywordIndexError
from matchmaker.search.prepared import Prepared
from matchmaker.search.ranker import PairScore, Ranker
from matchmaker.search.rankers import keep_gauge, ranker_of
from matchmaker.search.recall import ROLE, dense_leg, fused, keyword_leg, telling_words, union
from matchmaker.search.statistics import load_statistics
from matchmaker.search.terms import TermList
from matchmaker.search.text import tokenize
from matchmaker.services.embedding_models import active_model
from matchmaker.services.indexing import Vector, vectors_of
from matchmaker.services.keyword_writer import KEYWORDS, KeywordFollower
from matchmaker.services.partitions import VectorPartitions
from matchmaker.services.prepared_listings import Key, PreparedListings
from matchmaker.services.projection import document, full_scope, public_scope, scopes
from matchmaker.services.rankers.serving import Serving, serving_ranker
from matchmaker.services.rankers.stored_readings import readings_of
from matchmaker.services.terms import TermFollower

LOG = logging.getLogger(__name__)

INSIDE = (Scope.OPEN, Scope.INSIDE)
OUTSIDE = (Scope.OPEN, Scope.OUTSIDE)
SEARCH_EACH_LEG = 60
GAUGES = "gauges"
SNAPSHOT_CHANGES = 2000
# Below this chance of a 较强 grade a typed search shows only what holds one of the words.
LEAST_PROBABILITY = 0.01


class Engine:
    """One per process. Reading calls may come from several threads; indexes are guarded by one lock."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = threading.RLock()
        self._loading = threading.Lock()
        self._encoder: Encoder | None = None
        self._partitions = VectorPartitions(settings.indexes)
        self._keywords: KeywordIndex | None = None
        self._follower = KeywordFollower(settings.indexes / KEYWORDS)
        self._prepared = PreparedListings()
        self._terms = TermFollower()

    def serving(self, session: Session) -> Serving:
        """Return which ranker serves now."""
        return serving_ranker(session, self._settings)

    def ranker(self, session: Session, model_id: str) -> Ranker:
        """Return the ranker that serves now, for a model's vectors."""
        model = self.serving(session).model
        return ranker_of(model_id, self._settings.indexes / GAUGES, model.trained.weights if model else None)

    def readings(self, session: Session, listing: Listing) -> dict[str, float]:
        """Return what the serving ranker's reader said of a listing's pairs, by the key of their texts."""
        serving = self.serving(session)
        if serving.model is None or not serving.reads:
            return {}
        found = readings_of(session, listing.id, serving.model.mark)
        return {key: value for (*_, key), value in found.items()}

    def keep_gauge(self) -> None:
        """Worker only: let other processes rank by the configured model, whichever it is."""
        keep_gauge(self.encoder, self._settings.indexes / GAUGES)

    @property
    def encoder(self) -> Encoder:
        """The configured encoder, loaded at first use (seconds)."""
        with self._loading:
            if self._encoder is None:
                chosen = self._settings
                self._encoder = load_encoder(
                    chosen.model, chosen.indexes / "model", chosen.runtime, chosen.query_prompt, chosen.document_prompt
                )
            return self._encoder

    def load_in_background(self) -> None:
        """Start loading what a typed search needs; until it is there, keywords alone answer."""
        threading.Thread(target=self._load, name="load-encoder", daemon=True).start()

    def follow(self, session: Session) -> None:
        """Bring both indexes up to what `session` sees."""
        model = active_model(session)
        self._terms.follow(session)
        with self._lock:
            if model is not None:
                self._partitions.follow(session, model)
            self._reload_keywords()

    def candidates(self, session: Session, listing: Listing, model_id: str) -> set[int]:
        """Return the ids of the other side worth scoring with `listing`, from both legs and every readable scope."""
        other = ListingKind(listing.kind).other
        vectors = vectors_of(session, [listing.id], model_id)
        found: set[int] = set()
        for scope in scopes(listing.current):
            shown = document(listing, listing.current, scope)
            # The full text meets what brokers see of the other side and what everybody sees; the public text meets all.
            for audience in (INSIDE, OUTSIDE) if scope is not Scope.OUTSIDE else (INSIDE,):
                found.update(self._recall(other, audience, shown, vectors.get((listing.id, scope))))
        return found

    def prepare(self, session: Session, listings: Sequence[Listing], model_id: str) -> dict[Key, Prepared]:
        """Return what scoring needs of each listing that has vectors, by (listing id, scope)."""
        serving = self.serving(session)
        mark = serving.model.mark if serving.model and serving.tunes else ""
        return self._prepared.of(session, listings, model_id, mark)

    def search(
        self, session: Session, text: str, *, inside: bool, kind: str | None = None
    ) -> tuple[dict[int, PairScore], bool]:
        """Score listings against typed words as if they were a listing of the other side.

        Returns the scores by listing id, and whether meaning took part (not while the model is still loading or while
        another model's vectors still serve).
        """
        self.follow(session)
        model = active_model(session)
        vector = self._encode(text, model.model_id) if model else None
        typed = Document(0, text)
        kinds = [ListingKind(kind)] if kind in set(ListingKind) else list(ListingKind)
        scores: dict[int, PairScore] = {}
        for each in kinds:
            scores |= self._search_kind(session, each, typed, vector, inside, model.model_id if model else "")
        return scores, vector is not None

    def score(self, session: Session, text: str, listings: Sequence[Listing], *, inside: bool) -> dict[int, PairScore]:
        """Score just these published listings against typed words, whatever else there is, as `search` does."""
        model = active_model(session)
        model_id = model.model_id if model else ""
        vector = self._encode(text, model_id) if model else None
        scores: dict[int, PairScore] = {}
        for kind in ListingKind:
            rows = [listing for listing in listings if listing.kind == kind]
            scores |= self._score_kind(session, kind, rows, Document(0, text), vector, inside, model_id)
        return scores

    def recall(self, session: Session, text: str, *, inside: bool, kind: str) -> list[int]:
        """Return ids of published listings of `kind` that may be near a text, from both legs and unscored."""
        self.follow(session)
        model = active_model(session)
        vector = self._encode(text, model.model_id) if model else None
        pair = None if vector is None else (vector, vector)
        return self._recall(kind, INSIDE if inside else OUTSIDE, Document(0, text), pair, SEARCH_EACH_LEG)

    def terms(self, session: Session) -> TermList:
        """Return the list of terms that widens recall, as `session` sees it."""
        return self._terms.follow(session)

    def write_indexes(self, database: Database) -> None:
        """Worker only: bring the keyword index up to date and save vector snapshots when they lag far behind."""
        self._follower.write(database)
        with database.read() as session:
            self.follow(session)
        if self._partitions.unsaved > SNAPSHOT_CHANGES:
            self.save()

    def save(self) -> None:
        """Worker only: save the vector snapshots now."""
        with self._lock:
            if self._partitions.unsaved:
                self._partitions.save()

    def close(self) -> None:
        """Let go of the keyword writer, where this process held it."""
        self._follower.close()

    def _load(self) -> None:
        try:
            load_statistics()
            tokenize("预热")  # or the first pair that somebody opens waits for the dictionary of words
            self.encoder.encode_queries(["预热", "разогрев"])  # the second one measures the alignment
        except Exception:
            LOG.exception("the model cannot be loaded: searches use keywords only")

    def _encode(self, text: str, model_id: str) -> Vector | None:
        encoder = self._encoder
        if encoder is None or encoder.model_id != model_id:
            return None
        encode = encoder.encode_queries if ROLE == "query" else encoder.encode_documents
        row: Vector = encode([text])[0]
        return row

    def _recall(
        self,
        kind: str,
        audience: Iterable[Scope],
        shown: Document,
        vectors: tuple[Vector, Vector] | None,
        each: int | None = None,
    ) -> list[int]:
        limit = {} if each is None else {"k": each}
        with self._lock:
            dense = []
            if vectors is not None:
                dense = dense_leg(self._partitions.of(kind, audience), fused(*vectors), **limit)
            return union(dense, self._worded(kind, audience, shown, **limit))

    def _worded(self, kind: str, audience: Iterable[Scope], shown: Document, **limit: int) -> list[int]:
        """Return the ids that hold the words of a document, or what its terms are called in another language."""
        if self._keywords is None:
            return []
        words = telling_words(shown, load_statistics())
        expansions = self._terms.present.expand(f"{shown.title}\n{shown.body}")
        partitions = [f"{kind}/{scope}" for scope in audience]
        try:
            return keyword_leg(self._keywords, words, partitions, expansions=expansions, **limit)
        except KeywordIndexError as error:
            LOG.warning("keyword index: %s", error)
            self._keywords = None
            return []

    def _reload_keywords(self) -> None:
        folder = self._settings.indexes / KEYWORDS
        try:
            if self._keywords is None:
                self._keywords = KeywordIndex(folder) if folder.exists() else None
            else:
                self._keywords.reload()
        except (KeywordIndexError, ValueError) as error:
            LOG.warning("keyword index: %s", error)
            self._keywords = None

    def _search_kind(
        self,
        session: Session,
        kind: ListingKind,
        typed: Document,
        vector: Vector | None,
        inside: bool,
        model_id: str,
    ) -> dict[int, PairScore]:
        pair = None if vector is None else (vector, vector)
        audience = INSIDE if inside else OUTSIDE
        found = self._recall(kind, audience, typed, pair, SEARCH_EACH_LEG)
        scores = self._score_kind(session, kind, _live(session, found), typed, vector, inside, model_id)
        with self._lock:
            worded = set(self._worded(kind, audience, typed, k=SEARCH_EACH_LEG))
        return {found_id: score for found_id, score in scores.items() if found_id in worded or _worth_showing(score)}

    def _score_kind(
        self,
        session: Session,
        kind: ListingKind,
        listings: Sequence[Listing],
        typed: Document,
        vector: Vector | None,
        inside: bool,
        model_id: str,
    ) -> dict[int, PairScore]:
        pair = None if vector is None else (vector, vector)
        prepared = self.prepare(session, listings, model_id)
        scope_of = full_scope if inside else public_scope
        ready = [(row.id, prepared.get((row.id, str(scope_of(row.current))))) for row in listings]
        sides = [(found_id, side) for found_id, side in ready if side is not None]
        blank = np.full(sides[0][1].title_vector.shape, np.nan, dtype=np.float32) if sides else np.empty(0, np.float32)
        ranker = self.ranker(session, model_id)
        query = ranker.prepare(typed, *(pair or (blank, blank)))
        if kind is ListingKind.ACHIEVEMENT:
            scores = ranker.score(query, [side for _, side in sides])
        else:
            scores = ranker.score_needs([side for _, side in sides], query)
        return {found_id: score for (found_id, _), score in zip(sides, scores, strict=True)}


def _live(session: Session, ids: Sequence[int]) -> Sequence[Listing]:
    return session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(ids), on_market())
        .options(selectinload(Listing.published_revision).selectinload(Revision.indicators))
    ).all()


def _worth_showing(score: PairScore) -> bool:
    worded = any(term.name.startswith("words_") and (term.value or 0) > 0 for term in score.terms)
    return worded or score.probability >= LEAST_PROBABILITY
