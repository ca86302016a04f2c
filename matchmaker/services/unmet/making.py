"""Drawing the map: a job of the bureau, or of the worker's own accord once a day."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.jobs import ENDED, Job, JobKind
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, ListingKind, Visibility, on_market
from matchmaker.domain.permissions import Actor, can_draw_unmet_needs
from matchmaker.domain.unmet import Grain, UnmetCluster, UnmetMap, UnmetNeed
from matchmaker.search.clusters import Labels, Places, Vectors, centred, group, spread
from matchmaker.search.naming import NamedText, NameWord, name_groups
from matchmaker.search.terms import TermList
from matchmaker.services import jobs
from matchmaker.services.embedding_models import active_model
from matchmaker.services.indexing import vectors_of
from matchmaker.services.job_runner import JobContext, Steps
from matchmaker.services.projection import document, public_scope
from matchmaker.services.terms import all_terms
from matchmaker.services.unmet.choosing import GOOD, GRADES, UnmetChoice, choose_unmet

DISTANCES = {Grain.COARSE: 0.88, Grain.MEDIUM: 0.8, Grain.FINE: 0.72}
"""Mean cosine distance up to which needs are joined, of vectors without their common direction."""
MOST_NEEDS = 4000
EVERY = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class _Drawn:
    labels: Labels
    names: list[tuple[NameWord, ...]]
    middles: Places


@dataclass(frozen=True, slots=True)
class _Ground:
    """What a map is drawn from: unmet needs that have vectors, and texts and vectors that anybody may read of."""

    model_id: str
    choice: UnmetChoice
    revisions: tuple[int, ...]
    needs: tuple[Listing, ...]
    texts: tuple[NamedText, ...]
    vectors: Vectors
    terms: TermList


def order_map(session: Session, actor: Actor, *, grade: int, grain: str) -> Job:
    """Have the map drawn anew; one that is already being drawn is not ordered twice.

    Raises:
        Forbidden: the actor may not choose.
        Invalid: no such grade or grain.
    """
    _require(actor)
    if grade not in GRADES or grain not in set(Grain):
        raise Invalid(N_("请选择匹配等级和归类粗细。"))
    return running_map(session) or jobs.order(session, actor, JobKind.MAP_UNMET, grade=grade, grain=grain)


def running_map(session: Session) -> Job | None:
    """Return the job that draws the map at this moment, or waits to; None where there is none."""
    query = sa.select(Job).where(Job.kind == JobKind.MAP_UNMET, Job.state.not_in(ENDED)).order_by(Job.id).limit(1)
    return session.scalar(query)


def map_as_job(context: JobContext) -> Steps:
    """Draw it in the worker; one that was cut off is begun anew."""
    _require(context.actor)
    drawn = draw_map(
        context.database, context.actor, grade=context.arguments["grade"], grain=context.arguments["grain"]
    )
    with context.database.transaction() as session:
        context.advance(session, 1, 1, {"map": drawn})
    yield


def draw_when_due(database: Database) -> bool:
    """Draw the map where there is none, or one older than a day that something has changed since; return whether.

    What counts as unmet stays as it was chosen last.
    """
    with database.read() as session:
        latest = latest_map(session)
        if not _is_due(session, latest):
            return False
    grade, grain = (latest.grade, latest.grain) if latest else (GOOD, Grain.MEDIUM)
    draw_map(database, Actor.system(), grade=grade, grain=grain)
    return True


def draw_map(database: Database, actor: Actor, *, grade: int, grain: str) -> int:
    """Draw the map and put it in the place of the former one; return its id. 500 needs take some seconds.

    Raises:
        Invalid: no embedding model serves yet, or there are more than MOST_NEEDS.
    """
    with database.read() as session:
        ground = _ground(session, grade)
    drawn = _draw(ground, Grain(grain))
    with database.transaction() as session:
        return _write(session, actor, ground, drawn, grade=grade, grain=grain)


def latest_map(session: Session) -> UnmetMap | None:
    """Return the map that counts."""
    return session.scalar(sa.select(UnmetMap).order_by(UnmetMap.id.desc()).limit(1))


def _is_due(session: Session, latest: UnmetMap | None) -> bool:
    if active_model(session) is None:
        return False
    if latest is not None:
        changed = session.scalar(sa.select(IndexChange.id).where(IndexChange.at > latest.made_at).limit(1))
        return latest.made_at < utc_now() - EVERY and changed is not None
    # The very first one once everything is matched: before, it would call needs unmet that nobody has looked at.
    needs = sa.select(Listing.id).where(on_market(), Listing.kind == ListingKind.NEED)
    behind = needs.where(sa.or_(Listing.matched_by.is_(None), Listing.matched_revision < Listing.pair_revision))
    return session.scalar(needs.limit(1)) is not None and session.scalar(behind.limit(1)) is None


def _ground(session: Session, grade: int) -> _Ground:
    model = active_model(session)
    if model is None:
        raise Invalid(N_("语义模型还没有准备好，请等后台进程运行之后再绘制。"))
    choice = choose_unmet(session, grade)
    if len(choice.needs) > MOST_NEEDS:
        raise Invalid(N_("最多归类 %(most)s 项需求，现在有 %(count)s 项。"), most=MOST_NEEDS, count=len(choice.needs))
    stored = public_vectors(session, model.model_id)
    needs = tuple(need for need in choice.needs if need.id in stored)
    documents = [document(need, need.current, public_scope(need.current)) for need in needs]
    return _Ground(
        model_id=model.model_id,
        choice=choice,
        revisions=tuple(need.current.id for need in needs),
        needs=needs,
        texts=tuple(NamedText(each.title, each.body) for each in documents),
        vectors=_centred(stored, [need.id for need in needs]),
        terms=TermList(row.term for row in all_terms(session)),
    )


def public_vectors(session: Session, model_id: str) -> dict[int, tuple[Any, Any]]:
    """Return the vectors of title and text of every need on the market that anybody may read of, made from what
    anybody may read."""
    listed = session.scalars(
        sa.select(Listing)
        .where(on_market(), Listing.kind == ListingKind.NEED, Listing.visibility != Visibility.BROKERS)
        .order_by(Listing.id)
        .options(joinedload(Listing.published_revision))
    ).all()
    found = vectors_of(session, [need.id for need in listed], model_id)
    keys = ((need.id, str(public_scope(need.current))) for need in listed)
    return {key[0]: found[key] for key in keys if key in found}


def _centred(stored: dict[int, tuple[Any, Any]], ids: list[int]) -> Vectors:
    if not ids:
        return np.zeros((0, 1), dtype=np.float32)
    every_title, every_text = (np.stack(part) for part in zip(*stored.values(), strict=True))
    titles, texts = (np.stack(part) for part in zip(*(stored[each] for each in ids), strict=True))
    return centred(titles, texts, every_title, every_text)


def _draw(ground: _Ground, grain: Grain) -> _Drawn:
    labels = group(ground.vectors, DISTANCES[grain])
    if not len(labels):
        return _Drawn(labels, [], np.zeros((0, 2)))
    names = name_groups(ground.texts, labels.tolist(), ground.terms)
    return _Drawn(labels, names, spread(ground.vectors, labels, np.sqrt(np.bincount(labels))))


def _write(session: Session, actor: Actor, ground: _Ground, drawn: _Drawn, *, grade: int, grain: str) -> int:
    for former in session.scalars(sa.select(UnmetMap)):
        session.delete(former)
    choice = ground.choice
    made = UnmetMap(
        made_by_id=actor.user_id,
        grade=grade,
        grain=grain,
        model=ground.model_id,
        considered=choice.considered,
        waiting=choice.waiting + len(choice.needs) - len(ground.needs),
        closed=choice.closed,
        clusters=list(_clusters(ground, drawn)),
    )
    session.add(made)
    session.flush()
    if actor.signed_in:
        record(
            session, actor, "draw", UnmetMap.subject_kind, made.id, grade=grade, grain=grain, needs=len(ground.needs)
        )
    return made.id


def _clusters(ground: _Ground, drawn: _Drawn) -> list[UnmetCluster]:
    """Return the groups, the largest first."""
    clusters: list[UnmetCluster] = []
    sizes = np.bincount(drawn.labels, minlength=len(drawn.names))
    for number, label in enumerate(sorted(range(len(drawn.names)), key=lambda each: (-sizes[each], each)), start=1):
        words, (x, y) = drawn.names[label], drawn.middles[label]
        needs = [
            UnmetNeed(
                listing_id=ground.needs[place].id,
                revision_id=ground.revisions[place],
                words=[nth for nth, word in enumerate(words) if place in word.holders],
                best_grade=ground.choice.best_grades.get(ground.needs[place].id),
            )
            for place in np.flatnonzero(drawn.labels == label).tolist()
        ]
        wordings = [dict(word.wordings) for word in words]
        clusters.append(UnmetCluster(number=number, words=wordings, x=float(x), y=float(y), needs=needs))
    return clusters


def _require(actor: Actor) -> None:
    if not can_draw_unmet_needs(actor):
        raise Forbidden(N_("只有科技局可以重新绘制需求缺口图。"))
