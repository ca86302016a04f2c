"""Saved searches and followed fields: what a person wants to be told of, kept by himself and seen by nobody else."""

from dataclasses import dataclass, replace
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain import codes
from matchmaker.domain.errors import Forbidden, Invalid, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.people import Membership, Organization
from matchmaker.domain.permissions import Actor, can_manage_webhooks, can_read_listing
from matchmaker.domain.saved_searches import NAME_LONGEST, SavedSearch, SavedSearchHit
from matchmaker.services.changes import last_change
from matchmaker.services.listing_views import ListingView
from matchmaker.services.projection import project
from matchmaker.services.searching import FACETS, SearchRequest

MOST = 30
TEXT_LONGEST = 500
HITS = 30


@dataclass(frozen=True, slots=True)
class SavedHit:
    """A listing that a person was told of, as he may read it now."""

    listing: ListingView
    found_at: datetime


@dataclass(frozen=True, slots=True)
class SavedRow:
    """A saved search in the list: how many listings it has found so far, and the last time."""

    search: SavedSearch
    count: int
    last_found_at: datetime | None


def save_search(session: Session, actor: Actor, request: SearchRequest, name: str = "") -> SavedSearch:
    """Save words and facets under a name (made from them where none is given); what is published later is told of.

    The same search saved again is the one that is there.

    Raises:
        Forbidden: nobody is signed in. Invalid: nothing to search for, too long a name, or too many searches.
    """
    user_id = _user(actor)
    request = _checked(request)
    own = list_rows(session, actor)
    same = next((row.search for row in own if request_of(row.search) == request), None)
    if same is not None:
        return same
    if len(own) >= MOST:
        raise Invalid(N_("最多保存 30 个搜索，请先删除不再需要的。"))
    search = SavedSearch(
        user_id=user_id,
        membership_id=_membership(session, actor),
        name=_name(name, request),
        seen_change=last_change(session),
        **_columns(request),
    )
    session.add(search)
    session.flush()
    return search


def follow_field(session: Session, actor: Actor, field: str, kind: str | None = None) -> SavedSearch:
    """Follow a field of technology: a saved search without words.

    Raises:
        Invalid: there is no such field; and as `save_search`.
    """
    if field not in codes.table("contract_fields"):
        raise Invalid(N_("没有这个技术领域。"))
    return save_search(session, actor, SearchRequest(kind=kind, field=field))


def change_search(
    session: Session, actor: Actor, search_id: int, request: SearchRequest, name: str, *, shared: bool | None = None
) -> SavedSearch:
    """Change a search; where it asks for something else, it tells of what is published from now on.

    `shared` (None leaves it): whether its hits also go to the robots of the actor's organization.

    Raises:
        NotFound: there is none of this id, or it is somebody else's. Invalid: as `save_search`.
    """
    search = get_search(session, actor, search_id)
    if shared is not None and shared != search.shared:
        _share(session, actor, search, shared)
    request = _checked(request)
    name = _name(name, request)
    if request_of(search) != request:
        search.seen_change = last_change(session)
    for column, value in {"name": name, **_columns(request)}.items():
        setattr(search, column, value)
    session.flush()
    return search


def can_share(session: Session, actor: Actor) -> bool:
    """Whether the actor may send what his searches find to the robots of his organization."""
    organization = session.get(Organization, actor.organization_id) if actor.organization_id is not None else None
    return organization is not None and can_manage_webhooks(actor, organization)


def _share(session: Session, actor: Actor, search: SavedSearch, shared: bool) -> None:
    if shared and not can_share(session, actor):
        raise Forbidden(N_("只有本单位的负责人和技术经纪人可以管理机器人推送。"))
    search.shared = shared
    search.membership_id = _membership(session, actor)


def delete_search(session: Session, actor: Actor, search_id: int) -> None:
    """Delete a search; that its listings were told of stays known, so that they are not told of again.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
    """
    session.delete(get_search(session, actor, search_id))
    session.flush()


def get_search(session: Session, actor: Actor, search_id: int) -> SavedSearch:
    """Return one of the actor's own searches.

    Raises:
        NotFound: there is none of this id, or it is somebody else's.
    """
    own = SavedSearch.id == search_id, SavedSearch.user_id == _user(actor)
    search = session.scalar(sa.select(SavedSearch).where(*own))
    if search is None:
        raise NotFound(N_("没有找到这个搜索，可能已经删除。"))
    return search


def list_rows(session: Session, actor: Actor) -> list[SavedRow]:
    """Return the actor's searches, the newest first."""
    found = sa.func.count(SavedSearchHit.id), sa.func.max(SavedSearchHit.found_at)
    rows = session.execute(
        sa.select(SavedSearch, *found)
        .outerjoin(SavedSearchHit, SavedSearchHit.search_id == SavedSearch.id)
        .where(SavedSearch.user_id == _user(actor))
        .group_by(SavedSearch.id)
        .order_by(SavedSearch.id.desc())
    )
    return [SavedRow(search, count, last) for search, count, last in rows]


def hits_of(session: Session, actor: Actor, search: SavedSearch) -> tuple[SavedHit, ...]:
    """Return the last listings that a search found, as far as the actor may read them now."""
    rows = session.execute(
        sa.select(Listing, SavedSearchHit.found_at)
        .join(SavedSearchHit, SavedSearchHit.listing_id == Listing.id)
        .where(SavedSearchHit.search_id == search.id)
        .order_by(SavedSearchHit.id.desc())
        .limit(HITS)
        .options(
            joinedload(Listing.organization),
            joinedload(Listing.published_revision).selectinload(Revision.indicators),
        )
    ).unique()
    return tuple(
        SavedHit(project(listing, actor), found_at)
        for listing, found_at in rows
        if listing.is_live and can_read_listing(actor, listing)
    )


def request_of(search: SavedSearch) -> SearchRequest:
    """Return what a saved search asks for."""
    return SearchRequest(search.text, **{name: getattr(search, name) for name in FACETS})


def default_name(request: SearchRequest) -> str:
    """Make a name from words and facets, such as 除冰 · 新能源与高效节能."""
    tables = {"field": "contract_fields", "industry": "industries", "region": "regions", "stage": "achievement_stages"}
    names = [codes.table(table).name(value) for name, table in tables.items() if (value := getattr(request, name))]
    return " · ".join(filter(None, (request.text, *names)))[:NAME_LONGEST]


def _checked(request: SearchRequest) -> SearchRequest:
    request = replace(request, text=" ".join(request.text.replace("\x00", "").split())[:TEXT_LONGEST], page=1)
    if not request.text and not {*request.chosen()} - {"kind"}:
        raise Invalid(N_("请填写搜索内容，或至少选择一个筛选条件。"), {"text": N_("没有内容可以订阅。")})
    return request


def _name(name: str, request: SearchRequest) -> str:
    name = " ".join(name.replace("\x00", "").split()) or default_name(request)
    if len(name) > NAME_LONGEST:
        raise Invalid(N_("名称太长，最多 60 个字。"), {"name": N_("最多 60 个字。")})
    return name


def _columns(request: SearchRequest) -> dict[str, str | None]:
    return {"text": request.text, **{name: getattr(request, name) for name in FACETS}}


def _user(actor: Actor) -> int:
    if actor.user_id is None:
        raise Forbidden(N_("请先登录。"))
    return actor.user_id


def _membership(session: Session, actor: Actor) -> int | None:
    own = Membership.user_id == actor.user_id, Membership.organization_id == actor.organization_id
    return session.scalar(sa.select(Membership.id).where(*own))
