"""Looking at what has been published since for everybody who saved a search or follows a field.

The log of the index says what is new: a search has looked as far as `seen_change`. Looking, telling and moving on are
one transaction, so a worker that is killed looks again, and tells once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.embeddings import IndexChange
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.listings import Listing
from matchmaker.domain.notices import PATH_LONGEST, NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, owns
from matchmaker.domain.saved_searches import SavedSearch, SavedSearchHit
from matchmaker.services.actors import load_actor, party
from matchmaker.services.changes import SETTLED
from matchmaker.services.engine import Engine
from matchmaker.services.notices import tell
from matchmaker.services.projection import project
from matchmaker.services.saved_searches import request_of
from matchmaker.services.searching import SearchRequest, fitting
from matchmaker.services.webhooks import announce

# A few at a time: the worker has other things to do in between.
BATCH = 4
MOST_CHANGES = 1000
MOST_LINES = 8


@dataclass(frozen=True, slots=True)
class _Look:
    """What one look found: listings to tell of (id, title), titles for the organization's robots, how far it looked."""

    search_id: int
    asked: SearchRequest
    found: tuple[tuple[int, str], ...]
    seen_change: int
    organization_id: int | None = None
    shared: tuple[str, ...] = ()


def look_for_news(database: Database, engine: Engine, now: datetime | None = None) -> int:
    """Look for some of the searches that are behind; return how many looked (0: none is behind).

    Scoring holds no lock: what was found is written only if the search is still the one that looked.
    """
    now = now or utc_now()
    with database.read() as session:
        # What is younger may still have a change below it that is not committed yet.
        newest = session.scalar(sa.select(sa.func.max(IndexChange.id)).where(IndexChange.at < now - SETTLED)) or 0
        behind = sa.select(SavedSearch).where(SavedSearch.seen_change < newest)
        searches = session.scalars(behind.order_by(SavedSearch.seen_change, SavedSearch.id).limit(BATCH)).all()
        looks = [_look(session, engine, search, newest) for search in searches]
    for look in looks:
        with database.transaction() as session:
            _write(session, look, now)
    return len(looks)


def _look(session: Session, engine: Engine, search: SavedSearch, newest: int) -> _Look:
    changed = session.execute(
        sa.select(IndexChange.id, IndexChange.listing_id)
        .where(IndexChange.id > search.seen_change, IndexChange.id <= newest)
        .order_by(IndexChange.id)
        .limit(MOST_CHANGES)
    ).all()
    reached = changed[-1].id if len(changed) == MOST_CHANGES else newest
    actor, asked = _actor(session, search), request_of(search)
    ids = _news(session, search, {row.listing_id for row in changed})
    if actor is None or not ids:
        return _Look(search.id, asked, (), reached)
    rows = [row for row in fitting(session, actor, engine, asked, ids) if not owns(actor, row)]
    found = tuple((row.id, project(row, actor).title) for row in rows)
    shared = _shared(session, engine, search, actor, [row.id for row in rows])
    return _Look(search.id, asked, found, reached, actor.organization_id, shared)


def _shared(
    session: Session, engine: Engine, search: SavedSearch, actor: Actor, listing_ids: Sequence[int]
) -> tuple[str, ...]:
    """The titles that go to the organization's robots: of what every member may find and read."""
    if not search.shared or actor.organization_id is None or not listing_ids:
        return ()
    everybody = party(session, actor.organization_id)
    rows = fitting(session, everybody, engine, request_of(search), listing_ids)
    return tuple(project(row, everybody).title for row in rows)


def _actor(session: Session, search: SavedSearch) -> Actor | None:
    """The person as he reads now: in the organization in which he saved the search, or as a mere account."""
    user = session.get_one(User, search.user_id)
    return load_actor(session, user.id, user.credentials_version, search.membership_id)


def _news(session: Session, search: SavedSearch, listing_ids: set[int]) -> Sequence[int]:
    """Those published since the search was saved that its person has not been told of."""
    told = sa.select(SavedSearchHit.listing_id).where(SavedSearchHit.user_id == search.user_id)
    return session.scalars(
        sa.select(Listing.id).where(
            Listing.id.in_(listing_ids), Listing.published_at >= search.created_at, Listing.id.not_in(told)
        )
    ).all()


def _write(session: Session, look: _Look, now: datetime) -> None:
    search = session.scalars(sa.select(SavedSearch).where(SavedSearch.id == look.search_id).with_for_update()).first()
    if search is None or request_of(search) != look.asked or search.seen_change >= look.seen_change:
        return  # changed, deleted, or looked at by another worker meanwhile
    search.seen_change, search.looked_at = look.seen_change, now
    new = _remember(session, search, [listing_id for listing_id, _title in look.found], now)
    titles = [title for listing_id, title in look.found if listing_id in new]
    if titles:
        title = Sentence(N_("“%(name)s”有 %(count)s 项新内容"), name=search.name, count=len(titles))
        user = session.get_one(User, search.user_id)
        path = f"/saved-searches/{search.id}"
        tell(session, user, topic=NoticeTopic.SEARCH, title=title, body=_body(titles), path=path)
    if look.shared and look.organization_id is not None:
        title = Sentence(N_("“%(name)s”有 %(count)s 项新内容"), name=search.name, count=len(look.shared))
        body, path = _body(look.shared), _address(look.asked)
        announce(session, look.organization_id, topic=NoticeTopic.SEARCH, title=title, body=body, path=path)


def _remember(session: Session, search: SavedSearch, listing_ids: Sequence[int], now: datetime) -> set[int]:
    """Note the listings as told of; return those that were not yet, for another of the person's searches may have."""
    if not listing_ids:
        return set()
    rows = [
        {"user_id": search.user_id, "listing_id": found, "search_id": search.id, "found_at": now}
        for found in listing_ids
    ]
    insert = upsert(session, SavedSearchHit).values(rows).on_conflict_do_nothing()
    return set(session.scalars(insert.returning(SavedSearchHit.listing_id)))


def _address(asked: SearchRequest) -> str:
    """Where everybody can search for the same: the saved search itself is its owner's."""
    path = "/search?" + urlencode({"q": asked.text, **asked.chosen()})
    return path if len(path) <= PATH_LONGEST else "/search"


def _body(titles: Sequence[str]) -> Sentence:
    lines: list[str] = [f"《{title}》" for title in titles[:MOST_LINES]]
    if len(titles) > MOST_LINES:
        lines.append(Sentence(N_("等共 %(count)s 项。"), count=len(titles)))
    return joined(lines, "\n")
