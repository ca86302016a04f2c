"""The search page: typed words against everything that the viewer may read, by meaning and by keyword."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Revision, on_market
from matchmaker.domain.permissions import Actor, can_read_listing
from matchmaker.search.explain import Fragment, matched_words, snippet
from matchmaker.search.ranker import PairScore
from matchmaker.search.statistics import load_statistics
from matchmaker.search.terms import TermList
from matchmaker.services.engine import Engine
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import facets_of, project
from matchmaker.services.readable import identified, readable
from matchmaker.services.reasons import Reason, reasons_of

PAGE = 10
MAX_TEXT = 2000
MAX_PAGE = 1000
# What a typed search tells of: judged by eye on queries against the demonstration's listings, where what is above is
# about the words and what is below mostly is not.
TOLD_PROBABILITY = 0.12
TOLD_WORDS = 0.1
# Scoring takes two or three thousandths of a second each: more are left to recall, which costs the same for any number.
MOST_SCORED = 40
FACETS = ("kind", "field", "industry", "region", "stage")


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """What was asked: words (may be empty: then the newest come first) and one value per facet, or None for all."""

    text: str = ""
    kind: str | None = None
    field: str | None = None
    industry: str | None = None
    region: str | None = None
    stage: str | None = None
    page: int = 1

    def chosen(self) -> dict[str, str]:
        """The facets that narrow the search."""
        return {name: value for name in FACETS if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class SearchHit:
    """One found listing. The last four are None or empty where nothing was typed."""

    listing: ListingView
    probability: float | None
    grade: int | None
    reasons: tuple[Reason, ...]
    snippet: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class FacetCount:
    """One value of a facet and how many results have it, with all other facets as chosen."""

    value: str
    name: str
    count: int


@dataclass(frozen=True, slots=True)
class SearchPage:
    """One page. `by_meaning` is False while the model is still loading: then keywords alone answered."""

    request: SearchRequest
    hits: tuple[SearchHit, ...]
    total: int
    facets: dict[str, tuple[FacetCount, ...]]
    by_meaning: bool

    @property
    def pages(self) -> int:
        """Number of pages, at least 1."""
        return max(1, -(-self.total // PAGE))


@dataclass(frozen=True, slots=True)
class _Found:
    """A listing with its facets and score, before paging."""

    listing: Listing
    facets: dict[str, str | None]
    score: Any = None


def search(session: Session, actor: Actor, engine: Engine, request: SearchRequest) -> SearchPage:
    """Search what `actor` may read; reads only."""
    request = replace(request, text=request.text.strip()[:MAX_TEXT], page=min(max(1, request.page), MAX_PAGE))
    if not request.text:
        return _browse(session, actor, request)
    found, by_meaning = _ranked(session, actor, engine, request)
    facets = {name: _count(found, request, name) for name in FACETS}
    kept = [item for item in found if _fits(item, request.chosen())]
    shown = kept[(request.page - 1) * PAGE : request.page * PAGE]
    terms = engine.terms(session)
    hits = tuple(_hit(item, actor, request.text, terms) for item in shown)
    return SearchPage(request, hits, len(kept), facets, by_meaning)


def newest(session: Session, actor: Actor, request: SearchRequest, most: int) -> list[Listing]:
    """Return the newest listings with the facets that `request` chose, as far as `actor` may read them."""
    return list(session.scalars(_narrowed(actor, request).limit(most)).unique())


def fitting(
    session: Session, actor: Actor, engine: Engine, request: SearchRequest, listing_ids: Sequence[int]
) -> list[Listing]:
    """Return those of some listings that `actor` may read and that are what `request` is about, the newest first.

    Typed words are met more strictly here than on the search page, where the best come first whatever they are: nobody
    asked to be told of the least bad. A few listings are all scored; of very many, as after an import, those that the
    search itself would find.
    """
    scores: dict[int, PairScore] | None = None
    if request.text and len(listing_ids) > MOST_SCORED:
        scores, _by_meaning = engine.search(session, request.text, inside=actor.reads_all, kind=request.kind)
        listing_ids = [found for found in listing_ids if found in scores]
    rows = session.scalars(_narrowed(actor, request).where(Listing.id.in_(listing_ids))).unique()
    readable_rows = [row for row in rows if can_read_listing(actor, row)]
    if not request.text or not readable_rows:
        return readable_rows
    if scores is None:
        scores = engine.score(session, request.text, readable_rows, inside=actor.reads_all)
    return [row for row in readable_rows if row.id in scores and _is_about(scores[row.id])]


def _narrowed(actor: Actor, request: SearchRequest) -> sa.Select[Listing]:
    query, columns = _readable(actor), _facet_columns(actor)
    for name, value in request.chosen().items():
        query = query.where(_matches_column(actor, name, columns[name], value))
    return query.order_by(Listing.published_at.desc(), Listing.id.desc())


def _is_about(score: PairScore) -> bool:
    words = max((term.value or 0 for term in score.terms if term.name.startswith("words_")), default=0)
    return score.probability >= TOLD_PROBABILITY or words >= TOLD_WORDS


def _ranked(session: Session, actor: Actor, engine: Engine, request: SearchRequest) -> tuple[list[_Found], bool]:
    scores, by_meaning = engine.search(session, request.text, inside=actor.reads_all, kind=request.kind)
    listings = session.scalars(_readable(actor).where(Listing.id.in_(scores))).unique()
    found = [_Found(row, facets_of(row, actor), scores[row.id]) for row in listings if can_read_listing(actor, row)]
    return sorted(found, key=lambda item: (-item.score.score, item.listing.id)), by_meaning


def _browse(session: Session, actor: Actor, request: SearchRequest) -> SearchPage:
    page = _narrowed(actor, request)
    counted = page.with_only_columns(sa.func.count(), maintain_column_froms=True).order_by(None)
    total = session.scalar(counted) or 0
    rows = session.scalars(page.limit(PAGE).offset((request.page - 1) * PAGE)).unique().all()
    facets = {name: _count_column(session, actor, request, name) for name in FACETS}
    hits = tuple(SearchHit(project(row, actor), None, None, (), ()) for row in rows)
    return SearchPage(request, hits, total, facets, True)


def _readable(actor: Actor) -> sa.Select[Listing]:
    return (
        sa.select(Listing)
        .join(Revision, Listing.published_revision_id == Revision.id)
        .where(on_market(), readable(actor))
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
        )
    )


def _facet_columns(actor: Actor) -> dict[str, Any]:
    columns = Revision.__table__.c
    return {
        "kind": Listing.kind,
        "field": Revision.field,
        "industry": _as_seen(actor, "industry", columns.industry),
        "region": _as_seen(actor, "region", columns.region),
        "stage": sa.func.coalesce(
            _as_seen(actor, "stage", columns.stage), _as_seen(actor, "stage_wanted", columns.stage_wanted)
        ),
    }


def _as_seen(actor: Actor, name: str, column: Any) -> Any:
    """A column of the revision, NULL where the poster has closed it to the viewer."""
    if actor.reads_all:
        return column
    is_open = Revision.layers[name].as_string().is_(None)
    return sa.case((sa.or_(is_open, Listing.organization_id == actor.organization_id), column))


def _matches_column(actor: Actor, name: str, column: Any, value: str) -> sa.ColumnElement[bool]:
    if name == "region":
        return _in_region(actor, column, value)
    return sa.cast(column == value, sa.Boolean)


def _in_region(actor: Actor, column: Any, value: str) -> sa.ColumnElement[bool]:
    # Districts of a chosen city and prefectures of a chosen region count as inside it.
    inside = [value, *(code.code for code in codes.table("regions") if codes.region_covers(value, code.code))]
    if codes.coarse_region(value) == value:
        return sa.cast(column.in_(inside), sa.Boolean)
    # Of an anonymous listing only the city is known, so a district must not find it.
    return sa.and_(column.in_(inside), identified(actor))


def _count_column(session: Session, actor: Actor, request: SearchRequest, name: str) -> tuple[FacetCount, ...]:
    query, columns = _readable(actor), _facet_columns(actor)
    for other, value in request.chosen().items():
        if other != name:
            query = query.where(_matches_column(actor, other, columns[other], value))
    value = columns[name].label("value")
    counted = query.options().with_only_columns(value, sa.func.count(), maintain_column_froms=True).group_by(value)
    return _facet_counts(name, {row[0]: row[1] for row in session.execute(counted) if row[0]})


def _count(found: Sequence[_Found], request: SearchRequest, name: str) -> tuple[FacetCount, ...]:
    others = {key: value for key, value in request.chosen().items() if key != name}
    values = (item.facets[name] for item in found if _fits(item, others))
    return _facet_counts(name, Counter(value for value in values if value))


def _facet_counts(name: str, counts: dict[str, int]) -> tuple[FacetCount, ...]:
    if name == "region":
        counts = _coarse(counts.items())
    named = _FACET_NAMES[name]
    rows = [FacetCount(value, named(value), count) for value, count in counts.items()]
    return tuple(sorted(rows, key=lambda row: (-row.count, row.value)))


def _coarse(counts: Iterable[tuple[str, int]]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for code, count in counts:
        summed[codes.coarse_region(code) or code] += count
    return dict(summed)


def _fits(item: _Found, chosen: dict[str, str]) -> bool:
    for name, value in chosen.items():
        own = item.facets[name]
        if own != value and not (name == "region" and own and codes.region_covers(value, own)):
            return False
    return True


def _hit(item: _Found, actor: Actor, text: str, known: TermList) -> SearchHit:
    view = project(item.listing, actor)
    terms = [[term.name, term.value, term.contribution] for term in item.score.terms]
    words = matched_words(text, view.text, load_statistics()) + known.counterparts(text, view.text)
    shown = tuple(snippet(view.text.removeprefix(view.title), words))
    return SearchHit(view, item.score.probability, item.score.grade, reasons_of(terms), shown)


def _kind_name(kind: str) -> str:
    return {ListingKind.NEED: N_("技术需求"), ListingKind.ACHIEVEMENT: N_("科技成果")}.get(ListingKind(kind), kind)


def _table_name(table: str) -> Callable[[str], str]:
    return lambda code: codes.table(table).name(code)


_FACET_NAMES: dict[str, Callable[[str], str]] = {
    "kind": _kind_name,
    "field": _table_name("contract_fields"),
    "industry": _table_name("industries"),
    "region": _table_name("regions"),
    "stage": _table_name("achievement_stages"),
}
