"""What a refit learns from, read once: graded and weighted pairs, the texts of their listings, and what was shown."""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.config import Settings
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision
from matchmaker.search.beir import TextRow
from matchmaker.search.evaluate import Texts
from matchmaker.search.history import need_key
from matchmaker.search.pair_reader import reading_key
from matchmaker.search.prepared import Prepared
from matchmaker.search.training.judgements import Grades, families
from matchmaker.services.embedding_models import active_model
from matchmaker.services.engine import Engine
from matchmaker.services.projection import document, full_scope, public_scope
from matchmaker.services.rankers.serving import Serving, serving_ranker
from matchmaker.services.teaching.exposure import Exposure
from matchmaker.services.teaching.pairs import TaughtPair, read_exposure, taught_pairs

MOST = 5000
"""Pairs that are learned from, the latest ones."""
AT_ONCE = 200
"""Listings that are prepared in one step."""
MEASURED_FROM = 0.2
"""Pairs of less belief are learned from but measure nothing: silence, and graders who are hardly relied on."""

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Ground:
    """Pairs, and once prepared the texts by the ids of their listings, written as rankings know them. `keys` are what
    needs may be known again by (see `history_key`)."""

    model_id: str
    serving: Serving
    pairs: tuple[TaughtPair, ...]
    exposure: Exposure
    listings: tuple[Listing, ...]
    sides: dict[str, Prepared] = field(default_factory=dict)
    readings: dict[Pair, float] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)

    @property
    def texts(self) -> Texts:
        """Everything that is ready to be compared."""
        return Texts(self.sides, self.sides, self.readings)

    @property
    def ready(self) -> tuple[TaughtPair, ...]:
        """The pairs of which both texts are."""
        return tuple(p for p in self.pairs if {str(p.need_id), str(p.achievement_id)} <= self.sides.keys())

    @property
    def importance(self) -> dict[Pair, float]:
        """How much each pair counts."""
        return {(str(p.need_id), str(p.achievement_id)): p.weight for p in self.ready}

    @property
    def family(self) -> dict[str, str]:
        """The family of each need (see `families`)."""
        needs = sorted({str(pair.need_id) for pair in self.ready})
        documents = {need: self.sides[need].document for need in needs}
        return families({need: TextRow(need, each.title, each.body) for need, each in documents.items()})

    def grades(self, least: float = 0.0) -> Grades:
        """The grades of pairs that are believed that much at least."""
        found: Grades = {}
        for pair in self.ready:
            if pair.belief >= least:
                found.setdefault(str(pair.need_id), {})[str(pair.achievement_id)] = pair.grade
        return found

    @property
    def learned(self) -> list[str]:
        """The keys of all needs that are learned from, so that none of them measures a model that did."""
        return sorted({need_key(self.sides[str(pair.need_id)].document) for pair in self.ready})

    @property
    def fingerprint(self) -> str:
        """Tells what is learned from: the pairs, their grades and weights, and the texts."""
        rows = [(p.need_id, p.achievement_id, p.grade, round(p.weight, 3)) for p in self.pairs]
        texts = sorted((row.id, row.pair_revision) for row in self.listings)
        return hashlib.sha256(repr((self.model_id, rows, texts)).encode()).hexdigest()


def history_key(need: Listing) -> str | None:
    """Return what a need is known again by, from its full text; None where something of it is hidden and the public
    text is known by the same: a public view must not carry what only the full text's readers decided."""
    full, public = full_scope(need.current), public_scope(need.current)
    key = need_key(document(need, need.current, full))
    return None if full is not public and need_key(document(need, need.current, public)) == key else key


def read_ground(session: Session, settings: Settings) -> Ground:
    """Read everything but the texts.

    Raises:
        Invalid: no embedding model serves yet.
    """
    embedding = active_model(session)
    if embedding is None:
        raise Invalid(N_("语义模型还没有准备好，请等后台进程运行之后再学习。"))
    exposure = read_exposure(session)
    latest = sorted(taught_pairs(session, exposure), key=lambda pair: pair.at, reverse=True)[:MOST]
    pairs = tuple(sorted(latest, key=lambda pair: (pair.need_id, pair.achievement_id)))
    listings = _listings(session, {found for pair in pairs for found in (pair.need_id, pair.achievement_id)})
    return Ground(embedding.model_id, serving_ranker(session, settings), pairs, exposure, tuple(listings))


def prepare_ground(session: Session, settings: Settings, ground: Ground) -> Iterator[int]:
    """Prepare the texts, as brokers read them; yields how many listings are done."""
    engine = Engine(settings)
    for start in range(0, len(ground.listings), AT_ONCE):
        batch = ground.listings[start : start + AT_ONCE]
        prepared = engine.prepare(session, batch, ground.model_id)
        for row in batch:
            if (key := (row.id, full_scope(row.current))) in prepared:
                ground.sides[str(row.id)] = prepared[key]
                if row.kind == ListingKind.NEED and (known := history_key(row)) is not None:
                    ground.keys[str(row.id)] = known
        yield start + len(batch)
    if ground.serving.reads:
        _read(session, engine, ground)


def _read(session: Session, engine: Engine, ground: Ground) -> None:
    """Take over what the serving ranker's reader has said of the pairs."""
    needs = {row.id: engine.readings(session, row) for row in ground.listings if row.kind == ListingKind.NEED}
    for pair in ground.ready:
        need, other = str(pair.need_id), str(pair.achievement_id)
        key = reading_key(ground.sides[need].document, ground.sides[other].document)
        if (value := needs[pair.need_id].get(key)) is not None:
            ground.readings[need, other] = value


def _listings(session: Session, ids: set[int]) -> Sequence[Listing]:
    query = sa.select(Listing).where(Listing.id.in_(ids), Listing.published_revision_id.is_not(None))
    whole = selectinload(Listing.published_revision).selectinload(Revision.indicators)
    return session.scalars(query.options(whole).order_by(Listing.id)).all()
