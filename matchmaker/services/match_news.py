"""New good matches: noted with the pair, and told of in one notice per person, not one per pair."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, aliased, joinedload

from matchmaker.domain.base import Database, upsert, utc_now
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.listings import Listing, ListingKind, ListingState
from matchmaker.domain.match_news import MatchNews
from matchmaker.domain.matches import Decision
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.domain.showings import ListKind
from matchmaker.services import match_queries as queries
from matchmaker.services.actors import party
from matchmaker.services.desks import Reader, desk_of
from matchmaker.services.match_views import MatchView, view_match
from matchmaker.services.notices import tell
from matchmaker.services.shaping.sinking import sinks
from matchmaker.services.showings.lists import Seen, Sight, list_shown
from matchmaker.services.showings.writing import write_sights
from matchmaker.services.webhooks import announce

GOOD = 2
# A listing just published meets its matches one after the other: they are told of together.
SETTLING = timedelta(minutes=1)
# While an import runs, new matches come all the time: no organization is told more often than this.
GAP = timedelta(hours=1)
BATCH = 200
MOST_LINES = 5


Found = list[tuple[Listing, list[MatchView]]]


def note_news(session: Session, entered: Iterable[tuple[int, int]]) -> None:
    """Note good pairs as (listing, the other one) that stand in a listing's list; a pair noted before is no news."""
    rows = [
        {"listing_id": listing_id, "other_id": other_id, "created_at": utc_now()} for listing_id, other_id in entered
    ]
    if rows:
        session.execute(upsert(session, MatchNews).values(rows).on_conflict_do_nothing())


def tell_news(database: Database, now: datetime | None = None) -> int:
    """Tell of what has settled; return how many notices were written."""
    now = now or utc_now()
    with database.read() as session:
        if session.scalar(_due(now).limit(1)) is None:
            return 0
    with database.transaction() as session:
        return _tell_all(session, _take(session, now))


def _tell_all(session: Session, news: dict[int, list[int]]) -> int:
    people: dict[int, tuple[Reader, Found]] = {}
    organizations: dict[int, Found] = {}
    for listing in _listings(session, news):
        for reader in desk_of(session, listing):
            if views := _seen(session, reader.actor, listing, news[listing.id]):
                people.setdefault(reader.user.id, (reader, []))[1].append((listing, views))
        if views := _seen(session, party(session, listing.organization_id), listing, news[listing.id]):
            organizations.setdefault(listing.organization_id, []).append((listing, views))
    for reader, found in people.values():
        tell(session, reader.user, topic=NoticeTopic.MATCH, title=_title(found), body=_body(found), path=_path(found))
    _remember(session, people.values())
    for organization_id, found in organizations.items():
        title, body, path = _title(found), _body(found), _path(found)
        announce(session, organization_id, topic=NoticeTopic.MATCH, title=title, body=body, path=path)
    return len(people)


def _remember(session: Session, told: Iterable[tuple[Reader, Found]]) -> None:
    """Keep which pairs the notices name, for whoever learns from what was shown."""
    sights: dict[Sight, Seen] = {}
    for reader, found in told:
        views = [view for _, views in found for view in views][:MOST_LINES]
        listing_id = found[0][0].id if len(found) == 1 else None
        shown = list_shown(reader.actor, ListKind.NEWS, views, listing_id=listing_id)
        if shown is not None:
            sights[shown] = sights[shown].and_later(Seen.now()) if shown in sights else Seen.now()
    write_sights(session, sights)


def _due(now: datetime) -> sa.Select[int]:
    """Listings with news that has settled, of organizations that were told of none within the gap."""
    told, of_same = aliased(MatchNews), aliased(Listing)
    lately = (
        sa.exists()
        .where(told.told_at > now - GAP, told.listing_id == of_same.id)
        .where(of_same.organization_id == Listing.organization_id)
    )
    return (
        sa.select(MatchNews.listing_id)
        .join(Listing, Listing.id == MatchNews.listing_id)
        .where(MatchNews.told_at.is_(None), MatchNews.created_at <= now - SETTLING, ~lately)
        .distinct()
    )


def _take(session: Session, now: datetime) -> dict[int, list[int]]:
    """Mark the news of some listings as told, and return it as other listings by listing."""
    ids = session.scalars(_due(now).order_by(MatchNews.listing_id).limit(BATCH)).all()
    waiting = MatchNews.listing_id.in_(ids), MatchNews.told_at.is_(None)
    news: dict[int, list[int]] = {}
    for row in session.execute(
        sa.update(MatchNews).where(*waiting).values(told_at=now).returning(MatchNews.listing_id, MatchNews.other_id)
    ):
        news.setdefault(row.listing_id, []).append(row.other_id)
    return news


def _listings(session: Session, news: dict[int, list[int]]) -> Iterable[Listing]:
    return session.scalars(
        sa.select(Listing)
        .where(Listing.id.in_(news), Listing.state == ListingState.PUBLISHED)
        .options(joinedload(Listing.owner), joinedload(Listing.broker), joinedload(Listing.published_revision))
        .order_by(Listing.id)
    ).unique()


def _seen(session: Session, actor: Actor, listing: Listing, others: Sequence[int]) -> list[MatchView]:
    """The pairs that the actor may see and that are good as he sees them, unless he has called them unsuitable; those
    of fields that he keeps declining last."""
    side = ListingKind(listing.kind)
    query = queries.live_matches().where(
        queries.side_id(side) == listing.id,
        queries.side_id(side.other).in_(others),
        queries.seen_from(actor, side),
    )
    rows = session.execute(query.add_columns(sinks(actor, side))).unique()
    views = [(is_sunk, view_match(row, actor)) for row, is_sunk in rows]
    good = [(is_sunk, view) for is_sunk, view in views if view.grade >= GOOD and not _is_unsuitable(view)]
    return [view for _, view in sorted(good, key=lambda one: (one[0], -one[1].score, one[1].id))]


def _is_unsuitable(view: MatchView) -> bool:
    return view.mine is not None and view.mine.decision == Decision.UNSUITABLE


def _title(found: Found) -> Sentence:
    count = sum(len(views) for _, views in found)
    if len(found) == 1:
        return Sentence(N_("《%(title)s》有 %(count)s 项新的匹配"), title=found[0][0].current.title, count=count)
    return Sentence(N_("您的 %(listings)s 项内容有 %(count)s 项新的匹配"), listings=len(found), count=count)


def _path(found: Found) -> str:
    return f"/listings/{found[0][0].id}/matches" if len(found) == 1 else "/matches"


def _body(found: Found) -> Sentence:
    lines = [
        Sentence(
            N_("%(grade)s：%(other)s（与《%(own)s》）"),
            grade=GRADE_NAMES[view.grade],
            other=view.other(listing.kind).title,
            own=listing.current.title,
        )
        for listing, views in found
        for view in views
    ]
    if len(lines) > MOST_LINES:
        lines[MOST_LINES:] = [Sentence(N_("等共 %(count)s 项。"), count=len(lines))]
    return joined(lines, "\n")


GRADE_NAMES = {2: N_("较强"), 3: N_("强")}
