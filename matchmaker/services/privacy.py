"""One's personal data: the notice that is consented to, export of everything stored, and deletion of the account."""

from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.orm import Session

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.calendar_feeds import CalendarFeed
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing, Revision
from matchmaker.domain.mails import Mail
from matchmaker.domain.notices import Notice, NoticePreference
from matchmaker.domain.people import Membership, MembershipState, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.ratings import Rating
from matchmaker.domain.saved_searches import SavedSearch, SavedSearchHit
from matchmaker.services.accounts import own_user, require_password
from matchmaker.services.deals import release_deals
from matchmaker.services.duties import hand_over_events, hand_over_listings, require_dispensable
from matchmaker.services.events.forgetting import forget_person
from matchmaker.services.follow_ups.owning import hand_over_leaving
from matchmaker.services.passwords import HASHER
from matchmaker.services.roadshows.forgetting import forget_speaker

NOTICE_VERSION = "2026-11"
DELETED_NAME = N_("已注销用户")

# Tables whose rows are about the person as a whole. Of all others, which belong to organizations, the export names
# the row and what the person is in it, because its text may be somebody else's secret.
WHOLE = frozenset({"memberships", "journal", "mails", "notices", "notice_preferences", "ratings", "saved_searches"})
# Rows about the person where this column names him; in another column he only had a hand in them.
OWN = {"registrations": "user_id", "event_staff": "user_id"}
NEVER = frozenset({"password_hash"})


def export_personal_data(session: Session, actor: Actor) -> dict[str, Any]:
    """Return everything stored about the actor as plain JSON: the account, and each row that refers to it.

    The tables are found by their references to `users`, so that a new one cannot be forgotten.
    """
    user = own_user(session, actor)
    account = sa.select(User.__table__).where(User.id == user.id)
    return {
        "exported_at": utc_now().isoformat(),
        "account": _plain(session.execute(account).mappings().one()),
        **{name: rows for name, rows in _references(session, user.id) if rows},
    }


def delete_account(session: Session, actor: Actor, *, password: str, hasher: PasswordHasher = HASHER) -> None:
    """Anonymise the account: name, address, number, password, mails, notices, searches go; memberships end.

    So do the notes that he made of meetings. The row itself stays without personal data, so that journal and reviews
    keep somebody who did them. Listings belong to the organization: another owner takes them over, and the person is
    no longer named as their contact. Places that he held at events to come are free again, and nothing stays of what he
    wrote to come to any.

    Raises:
        Invalid: the password is wrong (field `password`).
        Conflict: an organization cannot do without him; the sentence says what to do first.
    """
    user = own_user(session, actor)
    require_password(user, password, hasher)
    memberships = session.scalars(sa.select(Membership).where(Membership.user_id == user.id)).all()
    for membership in memberships:
        require_dispensable(session, membership)
    for membership in memberships:
        hand_over_listings(session, membership)
        hand_over_events(session, membership)
        release_deals(session, membership)
        hand_over_leaving(session, membership)
        membership.state, membership.is_owner = MembershipState.ENDED, False
    forget_speaker(session, user)
    _forget_as_contact(session, user, [membership.organization_id for membership in memberships])
    for table in (Mail, Notice, NoticePreference, SavedSearchHit, SavedSearch, CalendarFeed):
        session.execute(sa.delete(table).where(table.user_id == user.id))
    forget_person(session, user, DELETED_NAME)
    session.execute(sa.update(Rating).where(Rating.said_by_id == user.id, Rating.by_itself).values(note=""))
    user.name, user.email, user.mobile, user.password_hash, user.locale = DELETED_NAME, None, None, None, None
    user.deleted_at = user.disabled_at = utc_now()
    user.credentials_version += 1
    session.flush()
    record(session, actor, "delete_account", "user", user.id)


def _forget_as_contact(session: Session, user: User, organization_ids: list[int]) -> None:
    """Take name and number out of the contact fields of the organizations' listings, drafts and old texts included."""
    listings = sa.select(Listing.id).where(Listing.organization_id.in_(organization_ids))
    revisions = session.scalars(sa.select(Revision).where(Revision.listing_id.in_(listings)))
    for revision in revisions:
        for field, value in (("contact_name", user.name), ("contact_phone", user.mobile)):
            if value is not None and getattr(revision, field) == value:
                setattr(revision, field, None)
            if value is not None and value in str((revision.raw or {}).get(field)):
                revision.raw = {name: text for name, text in (revision.raw or {}).items() if name != field}


def _references(session: Session, user_id: int) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    for table in Base.metadata.sorted_tables:
        rows: list[dict[str, Any]] = []
        for column in table.columns:
            if any(key.column is User.__table__.c.id for key in column.foreign_keys):
                query = sa.select(*_exported(table, column.name)).where(column == user_id)
                rows += [{"as": column.name, **_plain(row)} for row in session.execute(query).mappings()]
        yield table.name, rows


def _exported(table: sa.Table, name: str) -> list[sa.Column[Any]]:
    if table.name in WHOLE or OWN.get(table.name) == name:
        return list(table.columns)
    return [column for column in table.columns if column.primary_key or column.name.endswith("_at")]


def _plain(row: Any) -> dict[str, Any]:
    return {name: _json(value) for name, value in row.items() if name not in NEVER}


def _json(value: Any) -> Any:
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value
