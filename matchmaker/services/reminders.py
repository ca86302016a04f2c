"""Telling people that what they published ends soon (once each time, however often the worker starts) or has ended."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import pairwise

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import upsert
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing, ListingState
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.people import User
from matchmaker.domain.validity import REMINDER_DAYS, ValidityReminder
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members
from matchmaker.services.renewal import renewal_path

BATCH = 500
TITLES = 10

Ending = tuple[User, date]


def remind_due(session: Session, secret: bytes, today: date, limit: int = BATCH) -> int:
    """Remind of up to `limit` listings that end soon; return of how many.

    A person is told once of all that end on one day. Whoever was not there for an earlier reminder gets the later one
    only; a listing that is published a few days before its end is reminded of at once.
    """
    due = list(_due(session, today, limit))
    for (person, valid_until), listings in _by_person(session, due).items():
        _remind(session, secret, person, listings, valid_until, (valid_until - today).days)
    return len(due)


def tell_expired(session: Session, listings: Sequence[Listing]) -> None:
    """Tell each person once what has just ended, and how it comes back."""
    body = N_("有效期已过，不再参与匹配和搜索。六周之内可以一键续期，内容不变，不需要重新审核。\n\n%(titles)s")
    for (person, _), ended in _by_person(session, listings).items():
        title = Sentence(N_("%(count)s 条发布内容已到期"), count=len(ended))
        path = "/listings?state=closed"
        if len(ended) == 1:
            title = Sentence(N_("《%(title)s》已到期"), title=ended[0].current.title)
            path = f"/{ended[0].kind}s/{ended[0].id}"
        tell(
            session,
            person,
            topic=NoticeTopic.EXPIRY,
            title=title,
            body=Sentence(body, titles=_titles(ended)),
            path=path,
        )


def _due(session: Session, today: date, limit: int) -> Iterator[Listing]:
    """Yield each listing whose reminder of this time has not been given, and note that it is given now."""
    for nearer, days in pairwise((-1, *sorted(REMINDER_DAYS))):
        given = sa.exists().where(
            ValidityReminder.listing_id == Listing.id,
            ValidityReminder.valid_until == Listing.valid_until,
            ValidityReminder.days == days,
        )
        listings = session.scalars(
            sa.select(Listing)
            .where(
                Listing.state == ListingState.PUBLISHED,
                Listing.valid_until > today + timedelta(days=nearer),
                Listing.valid_until <= today + timedelta(days=days),
                ~given,
            )
            .options(joinedload(Listing.owner), joinedload(Listing.broker), joinedload(Listing.published_revision))
            .order_by(Listing.id)
            .limit(limit)
        ).all()
        yield from (listing for listing in listings if _note(session, listing, days))


def _note(session: Session, listing: Listing, days: int) -> bool:
    """Write down that a reminder is given; False where another worker was quicker."""
    row = upsert(session, ValidityReminder).values(listing_id=listing.id, valid_until=listing.valid_until, days=days)
    # PostgreSQL's driver does not count the rows of such an INSERT: what it returns tells.
    return session.scalar(row.on_conflict_do_nothing().returning(ValidityReminder.listing_id)) is not None


def _by_person(session: Session, listings: Sequence[Listing]) -> dict[Ending, list[Listing]]:
    found: dict[Ending, list[Listing]] = defaultdict(list)
    for listing in listings:
        assert listing.valid_until is not None, "only what ends is due"  # noqa: S101
        for person in _answerable(session, listing):
            found[person, listing.valid_until].append(listing)
    return found


def _answerable(session: Session, listing: Listing) -> list[User]:
    """Its owner and its broker; where nobody is left, the first of the organization."""
    named = [person for person in (listing.owner, listing.broker) if person is not None and person.disabled_at is None]
    return named or members(session, listing.organization_id)[:1]


def _remind(
    session: Session, secret: bytes, person: User, listings: list[Listing], valid_until: date, days: int
) -> None:
    day = valid_until.isoformat()
    if len(listings) == 1:
        title = Sentence(N_("《%(title)s》将于 %(day)s 到期"), title=listings[0].current.title, day=day)
        path = renewal_path(secret, listings[0])
    else:
        title = Sentence(N_("%(count)s 条发布内容将于 %(day)s 到期"), count=len(listings), day=day)
        path = "/listings?state=ending"
    tell(session, person, topic=NoticeTopic.EXPIRY, title=title, body=_body(listings, days), path=path)


def _body(listings: list[Listing], days: int) -> Sentence:
    if len(listings) == 1:
        return Sentence(
            N_("还有 %(days)s 天到期，到期后不再参与匹配和搜索。打开后一键续期可延长一年，内容不变，不需要重新审核。"),
            days=days,
        )
    return Sentence(
        N_(
            "还有 %(days)s 天到期，到期后不再参与匹配和搜索。打开后可逐条或全部续期一年，内容不变，不需要重新审核。"
            "\n\n%(titles)s"
        ),
        days=days,
        titles=_titles(listings),
    )


def _titles(listings: Sequence[Listing]) -> str:
    return "\n".join(f"《{listing.current.title}》" for listing in listings[:TITLES])
