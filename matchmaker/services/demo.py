"""Demonstration data: invented organizations, people and listings, for an empty database in demo mode only."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from functools import partial
from importlib.resources import files
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.clock import StoryClock, clock_is
from matchmaker.domain.fields import FieldSpec, FieldType, fields_of
from matchmaker.domain.language import N_
from matchmaker.domain.listings import REVISION_CLASSES, Listing, ListingState, Revision, TechnicalIndicator
from matchmaker.domain.people import ROLE_OF_KIND, Membership, MembershipState, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from matchmaker.services.demo_campaigns import load_demo_campaign
from matchmaker.services.demo_contracts import contract_acts
from matchmaker.services.demo_deals import deal_acts, member_of, posted_by
from matchmaker.services.demo_declines import decline_acts, declined_by
from matchmaker.services.demo_events import load_demo_events, past_event_acts
from matchmaker.services.demo_grading import graded_by, grading_acts
from matchmaker.services.demo_invitations import load_demo_invitations
from matchmaker.services.demo_ledger import ledger_acts
from matchmaker.services.demo_meetings import load_demo_meetings
from matchmaker.services.demo_organizations import load_demo_organizations
from matchmaker.services.demo_roadshows import load_demo_roadshow
from matchmaker.services.demo_timetables import load_demo_timetable
from matchmaker.services.identifiers import read_login
from matchmaker.services.indexing import note_change
from matchmaker.services.passwords import hash_password
from matchmaker.services.privacy import NOTICE_VERSION

PASSWORD = "matchmaker-demo"  # noqa: S105 - shown on the log-in page; exists in demo mode only
DOMAIN = "@demo.example"
SOURCE = N_("演示数据")
# Every so many of a kind stay unpublished, so that the review desk has something to do from the start.
KEEP_SUBMITTED = {"need": 20, "achievement": 40}
NEWEST_AGE, OLDEST_AGE = timedelta(hours=2), timedelta(days=320)
LEANING = 1.6
"""How much more of the listings are new ones: 1 would spread them evenly over the months."""
WRITING, WAITING = timedelta(days=2), timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class DemoLogin:
    """A log-in that exists in demo mode only."""

    key: str
    role: Role
    role_name: str
    name: str
    email: str
    password: str = PASSWORD


_LOGINS = (
    ("wind-1", Role.ENTERPRISE, N_("企业"), N_("周海峰"), "enterprise@demo.example"),
    ("tianshan-ut", Role.UNIVERSITY, N_("高校"), N_("林晓梅"), "university@demo.example"),
    ("tianshan-broker", Role.BROKER, N_("技术经纪人"), N_("陈立"), "broker@demo.example"),
    ("wlmq-bureau", Role.BUREAU, N_("科技局"), N_("马丽"), "bureau@demo.example"),
    ("gaoxin-branch", Role.BUREAU, N_("分中心"), N_("热依拉"), "branch@demo.example"),
    ("wlmq-bureau", Role.ADMIN, N_("管理员"), N_("管理员"), "admin@demo.example"),
)


def demo_logins() -> tuple[DemoLogin, ...]:
    """Return the demonstration log-ins, one for each role."""
    return tuple(DemoLogin(*row) for row in _LOGINS)


def is_demo_account(login: str) -> bool:
    """Whether somebody logs in as one of the demonstration's people, whose password everybody knows."""
    return read_login(login).endswith(DOMAIN)


def is_empty(session: Session) -> bool:
    """Whether the database holds no organization and no user yet."""
    return not any(session.scalar(sa.select(table.id).limit(1)) for table in (Organization, User))


def load_demo(session: Session, data: Path) -> int:
    """Write all demonstration data, its files into the data folder; return the number of listings.

    What lies back is written as of its day, in order, so that journal and trends have the months that they tell of.
    """
    now = utc_now()
    clock = StoryClock(now - OLDEST_AGE - WRITING)
    with clock_is(clock):
        organizations = _organizations(session)
        owners = _people(session, organizations)
        listings = list(_listing_acts(session, organizations, owners, now))
        past = past_event_acts(session, organizations, owners, now)
        deals = deal_acts(session, organizations, owners, now)
        who = {key: partial(member_of, session, owners, office.id) for key, office in organizations.items()}
        contracts = contract_acts(session, who, who["wlmq-bureau"], data, now)
        declines = decline_acts(session, owners, who["tianshan-broker"], now)
        grading = grading_acts(session, now)
        others = (*past, *deals, *contracts, *declines, *grading, *ledger_acts(session, organizations, now))
        for at, act in sorted((*listings, *others), key=lambda act: act[0]):
            clock.move_to(at)
            act()
    load_demo_campaign(session)
    load_demo_organizations(session, organizations["tianshan-ut"], organizations["wind-1"])
    events = load_demo_events(session, organizations, owners)
    load_demo_invitations(session, events, owners)
    load_demo_meetings(session, events)
    load_demo_timetable(session, events["session"], owners)
    load_demo_roadshow(session, events["roadshow"], organizations, owners)
    return len(listings)


def _listing_acts(
    session: Session, organizations: dict[str, Organization], owners: dict[int, User], now: datetime
) -> Iterator[tuple[datetime, Callable[[], None]]]:
    """Yield when each listing is published, or waits since, and what writes it."""
    told = (graded_by(now), posted_by(now), declined_by(now))
    needed = {key: min(each.get(key, now) for each in told) for key in set().union(*told)}
    for kind in REVISION_CLASSES:
        rows = list(_rows(f"{kind}s"))
        for number, row in enumerate(rows):
            stays_submitted = number % KEEP_SUBMITTED[kind] == KEEP_SUBMITTED[kind] - 1
            stays_submitted &= row["external_id"] not in needed
            owner = owners[organizations[row["organization"]].id]
            age = WAITING * number if stays_submitted else (OLDEST_AGE - NEWEST_AGE) * (number / len(rows)) ** LEANING
            at = min(now - NEWEST_AGE - age, needed.get(row["external_id"], now))
            yield at, partial(_listing, session, kind, row, owner, at, publish=not stays_submitted)


def _rows(prefix: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of every file of a kind; the industries take turns, so that the newest are not all of one."""
    folder = files("matchmaker") / "demo"
    names = sorted(path.name for path in folder.iterdir() if path.name.startswith((f"{prefix}-", f"{prefix}.")))
    tables = [(folder / name).read_text(encoding="utf-8").splitlines() for name in names]
    for place in range(max(map(len, tables), default=0)):
        for table in tables:
            if place < len(table):
                yield json.loads(table[place])


def _organizations(session: Session) -> dict[str, Organization]:
    found: dict[str, Organization] = {}
    for prefix in ("organizations", "enterprises"):
        for row in _rows(prefix):
            key = row.pop("key")
            found[key] = Organization(external_id=f"demo:{key}", verified_at=utc_now(), **row)
    session.add_all(found.values())
    session.flush()
    return found


def _people(session: Session, organizations: dict[str, Organization]) -> dict[int, User]:
    """Make the log-ins, and an owner without one for every other organization; return owners by organization id."""
    now, password_hash = utc_now(), hash_password(PASSWORD)
    owners: dict[int, User] = {}
    for login in demo_logins():
        user = User(name=login.name, email=login.email, email_verified_at=utc_now(), password_hash=password_hash)
        user.consent_version, user.consented_at = NOTICE_VERSION, now
        organization = organizations[login.key]
        first = owners.setdefault(organization.id, user) is user
        session.add(Membership(user=user, organization=organization, role=login.role, is_owner=first))
    for row in _rows("colleagues"):
        # Without log-ins: those whose second pair of eyes the demonstration needs.
        colleague = User(name=row["name"], email=f"colleague-{row['organization']}{DOMAIN}")
        session.add(Membership(user=colleague, organization=organizations[row["organization"]], role=row["role"]))
    for organization in organizations.values():
        if organization.id not in owners:
            owners[organization.id] = _owner_without_login(session, organization)
    session.flush()
    return owners


def _owner_without_login(session: Session, organization: Organization) -> User:
    user = User(name=N_("联系人"), email=f"contact-{organization.id}@demo.example")
    role = ROLE_OF_KIND[organization.kind]
    session.add(
        Membership(user=user, organization=organization, role=role, is_owner=True, state=MembershipState.ACTIVE)
    )
    return user


def _listing(session: Session, kind: str, row: dict[str, Any], owner: User, at: datetime, *, publish: bool) -> None:
    organization_id = session.scalars(sa.select(Membership.organization_id).where(Membership.user == owner)).first()
    listing = Listing(
        kind=kind,
        organization_id=organization_id,
        owner_id=owner.id,
        external_id=row["external_id"],
        created_at=at - WRITING,
    )
    revision = REVISION_CLASSES[kind](listing=listing, author_id=owner.id, source=SOURCE)
    for spec in fields_of(kind):
        if row.get(spec.name) is not None:
            setattr(revision, spec.name, _value(spec, row[spec.name]))
    listing.visibility, listing.working_revision = revision.visibility, revision
    session.add_all((listing, revision))
    session.flush()
    _submit(session, listing, revision, at)
    if publish:
        _publish(session, listing, revision, at)


def _value(spec: FieldSpec, value: Any) -> Any:
    match spec.type:
        case FieldType.MONEY:
            return Decimal(value)
        case FieldType.DAY:
            return date.fromisoformat(value)
        case FieldType.INDICATORS:
            return [TechnicalIndicator(position=place, **indicator) for place, indicator in enumerate(value)]
        case _:
            return value


def _submit(session: Session, listing: Listing, revision: Revision, at: datetime) -> None:
    for subject in (revision, listing):
        move(session, subject, ListingState.SUBMITTED, Actor.system())
    revision.submitted_at = revision.declared_at = at - timedelta(days=1)


def _publish(session: Session, listing: Listing, revision: Revision, at: datetime) -> None:
    for subject in (revision, listing):
        move(session, subject, ListingState.PUBLISHED, Actor.system())
    revision.reviewed_at = listing.published_at = at
    listing.published_revision, listing.working_revision = revision, None
    listing.valid_until = revision.valid_until
    listing.text_revision = listing.pair_revision = 1
    note_change(session, listing.id)
