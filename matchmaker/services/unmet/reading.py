"""The map as it is shown: its groups with those of their needs that may still be shown, through a visitor's eyes."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from math import sqrt

import sqlalchemy as sa
from sqlalchemy.orm import Session, selectinload

from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_, SOURCE
from matchmaker.domain.listings import Listing, on_market
from matchmaker.domain.permissions import Actor, can_read_listing, can_see_unmet_needs
from matchmaker.domain.unmet import UnmetCluster, UnmetMap, UnmetNeed
from matchmaker.services.jobs import LARGEST_ID
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project
from matchmaker.services.readable import readable
from matchmaker.services.unmet.choosing import need_options
from matchmaker.services.unmet.making import latest_map


@dataclass(frozen=True, slots=True)
class UnmetFilter:
    """What to narrow the map by: the field and the region of needs, as codes."""

    field: str | None = None
    region: str | None = None


@dataclass(frozen=True, slots=True)
class UnmetNeedView:
    """One unmet need as a visitor sees it; `best_grade` of a usable match, None without one."""

    view: ListingView
    revision_id: int
    organization: int
    best_grade: int | None


@dataclass(frozen=True, slots=True)
class ClusterView:
    """A group of unmet needs: the words that name it by language, its needs, and its circle on the map."""

    id: int
    number: int
    words: tuple[Mapping[str, str], ...]
    needs: tuple[UnmetNeedView, ...]
    x: float
    y: float

    @property
    def radius(self) -> float:
        """The circle's radius: its area stands for the number of needs."""
        return sqrt(len(self.needs))

    @property
    def enterprises(self) -> int:
        """How many organizations posted these needs."""
        return len({need.organization for need in self.needs})

    @property
    def fields(self) -> list[tuple[str, int]]:
        """(code, number of needs), the most frequent field first."""
        return _counted(need.view.field for need in self.needs)

    @property
    def regions(self) -> list[tuple[str, int]]:
        """(code, number of needs), the most frequent region first; of an anonymous need only the city."""
        return _counted(need.view.region for need in self.needs)

    def name(self, language: str = SOURCE) -> str:
        """The group's name in a language: a single need's title, the words of several; empty where none is left."""
        if len(self.needs) == 1:
            return self.needs[0].view.spoken(language)[0].title
        return " · ".join(word.get(language) or word["zh"] for word in self.words)


@dataclass(frozen=True, slots=True)
class MapView:
    """The map: its groups, the largest first; how many needs were looked at, and what one may narrow it by."""

    made_at: datetime
    made_by: str | None
    grade: int
    grain: str
    considered: int
    waiting: int
    closed: int
    is_outdated: bool
    clusters: tuple[ClusterView, ...]
    fields: tuple[tuple[str, int], ...]
    regions: tuple[tuple[str, int], ...]

    @property
    def needs(self) -> int:
        """How many needs are shown."""
        return sum(len(cluster.needs) for cluster in self.clusters)

    @property
    def groups(self) -> tuple[ClusterView, ...]:
        """The groups of several needs."""
        return tuple(cluster for cluster in self.clusters if len(cluster.needs) > 1)

    @property
    def singles(self) -> tuple[ClusterView, ...]:
        """The needs that stand alone."""
        return tuple(cluster for cluster in self.clusters if len(cluster.needs) == 1)


def read_map(session: Session, actor: Actor, chosen: UnmetFilter = UnmetFilter()) -> MapView | None:
    """Return the map that counts, narrowed; None where none was drawn yet.

    Raises:
        Forbidden: the map is not for the actor.
    """
    _require(actor)
    latest = latest_map(session)
    if latest is None:
        return None
    clusters = session.scalars(
        sa.select(UnmetCluster)
        .where(UnmetCluster.map_id == latest.id)
        .order_by(UnmetCluster.number)
        .options(selectinload(UnmetCluster.needs))
    ).all()
    shown = _shown(session, actor, (need for cluster in clusters for need in cluster.needs))
    views = [view for cluster in clusters if (view := _cluster(cluster, shown, chosen)) is not None]
    return MapView(
        made_at=latest.made_at,
        made_by=latest.made_by.name if latest.made_by else None,
        grade=latest.grade,
        grain=latest.grain,
        considered=latest.considered,
        waiting=latest.waiting,
        closed=latest.closed,
        is_outdated=_changed_since(session, latest),
        clusters=tuple(sorted(views, key=lambda view: (-len(view.needs), view.number))),
        fields=tuple(_counted(need.view.field for need in shown.values())),
        regions=tuple(_counted(need.view.region for need in shown.values())),
    )


def read_cluster(session: Session, actor: Actor, cluster_id: int) -> ClusterView:
    """Return one group with its needs.

    Raises:
        Forbidden: the map is not for the actor.
        NotFound: there is none on the map that counts, or nothing of it may be shown any more.
    """
    _require(actor)
    cluster = session.get(UnmetCluster, cluster_id) if 0 < cluster_id <= LARGEST_ID else None
    view = _cluster(cluster, _shown(session, actor, cluster.needs), UnmetFilter()) if cluster else None
    if view is None:
        raise NotFound(N_("没有找到这一组需求，缺口图可能已经重新绘制。"))
    return view


def _shown(session: Session, actor: Actor, needs: Iterable[UnmetNeed]) -> dict[int, UnmetNeedView]:
    """Return those needs that a visitor may read now, by listing."""
    visitor = replace(Actor.anonymous(), avoided=actor.avoided, language=actor.language)
    rows = {need.listing_id: need for need in needs}
    listings = session.scalars(
        sa.select(Listing).where(Listing.id.in_(rows), on_market(), readable(visitor)).options(*need_options())
    )
    return {
        listing.id: UnmetNeedView(
            view=project(listing, visitor),
            revision_id=listing.current.id,
            organization=listing.organization_id,
            best_grade=rows[listing.id].best_grade,
        )
        for listing in listings
        if can_read_listing(visitor, listing)
    }


def _cluster(cluster: UnmetCluster, shown: Mapping[int, UnmetNeedView], chosen: UnmetFilter) -> ClusterView | None:
    rows = [row for row in cluster.needs if row.listing_id in shown]
    needs = tuple(view for row in rows if _fits(view := shown[row.listing_id], chosen))
    if not needs:
        return None
    return ClusterView(cluster.id, cluster.number, _words(cluster, rows, shown), needs, cluster.x, cluster.y)


def _words(
    cluster: UnmetCluster, rows: Iterable[UnmetNeed], shown: Mapping[int, UnmetNeedView]
) -> tuple[Mapping[str, str], ...]:
    """Return the words of the name that some need still says: one that was withdrawn, closed or edited since no longer
    names the group."""
    said = {word for row in rows if shown[row.listing_id].revision_id == row.revision_id for word in row.words}
    return tuple(word for place, word in enumerate(cluster.words) if place in said)


def _fits(need: UnmetNeedView, chosen: UnmetFilter) -> bool:
    return chosen.field in (None, need.view.field) and chosen.region in (None, need.view.region)


def _counted(codes: Iterable[str | None]) -> list[tuple[str, int]]:
    counted = Counter(code for code in codes if code)
    return sorted(counted.items(), key=lambda each: (-each[1], each[0]))


def _changed_since(session: Session, latest: UnmetMap) -> bool:
    return session.scalar(sa.select(IndexChange.id).where(IndexChange.at > latest.made_at).limit(1)) is not None


def _require(actor: Actor) -> None:
    if not can_see_unmet_needs(actor):
        raise Forbidden(N_("需求缺口图只对技术经纪人和科技主管部门开放。"))
