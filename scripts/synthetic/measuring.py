"""One page of a played site, measured as the first request of the process that this runs in."""

import time
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy import event

from matchmaker.config import Settings, load_settings
from matchmaker.domain.base import Database
from matchmaker.domain.people import Membership, MembershipState, Organization, OrganizationKind, Role, User

if TYPE_CHECKING:
    from matchmaker.web.login import SessionUser


@dataclass(frozen=True, slots=True)
class PageTimes:
    """Milliseconds of the first request, its processor time, milliseconds of the one after it, and its statements.

    On a machine that does other work as well, processor time says what the page costs.
    """

    status: int
    first: float
    processor: float
    again: float
    statements: int


TIMES = tuple(field.name for field in fields(PageTimes))


def settings_of(folder: Path) -> Settings:
    """Return the settings of a played site."""
    return load_settings(
        {
            "MATCHMAKER_DATA": str(folder),
            "MATCHMAKER_INDEXES": str(folder / "indexes"),
            "MATCHMAKER_MODEL": "hashing",
        }
    )


def measure_page(folder: Path, address: str) -> PageTimes:
    """Ask for a page as one of the bureau's staff, twice. What importing and making the site takes does not count.

    It is made as a server process makes it; templates that a process before it has compiled are compiled already.
    """
    from flask_login import FlaskLoginClient

    from matchmaker.web import create_app
    from matchmaker.web.app import settle

    app = create_app(settings_of(folder))
    app.test_client_class = FlaskLoginClient
    database = app.extensions["matchmaker"].database
    user = _of_bureau(database)
    # Its connections are opened by the page, as in a process that has just begun.
    database.dispose()
    settle()
    statements = 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    client = app.test_client(user=user)
    event.listen(database.engine, "before_cursor_execute", count)
    times, processor = [], []
    for _ in range(2):
        statements, begun, used = 0, time.perf_counter(), time.process_time()
        answer = client.get(address)
        times.append((time.perf_counter() - begun) * 1000)
        processor.append((time.process_time() - used) * 1000)
    return PageTimes(answer.status_code, times[0], processor[0], times[1], statements)


def _of_bureau(database: Database) -> "SessionUser":
    from matchmaker.web.login import SessionUser

    with database.read() as session:
        staff = Membership.role == Role.BUREAU, Membership.state == MembershipState.ACTIVE
        membership = session.scalars(
            sa.select(Membership)
            .join(Organization, Organization.id == Membership.organization_id)
            .where(*staff, Organization.kind == OrganizationKind.BUREAU)
            .order_by(Membership.id)
        ).first()
        assert membership is not None, "nobody of the bureau"
        version = session.get_one(User, membership.user_id).credentials_version
        return SessionUser(membership.user_id, version, membership.id)
