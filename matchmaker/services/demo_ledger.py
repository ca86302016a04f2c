"""The demonstration's ledger: targets of the year, records of what the platform cannot see itself, closed months."""

import json
from calendar import monthrange
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.closed_periods import Period, PeriodKind
from matchmaker.domain.days import today
from matchmaker.domain.people import Membership, Organization, Role
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import actor_of
from matchmaker.services.ledger.definitions import definitions
from matchmaker.services.ledger.periods import close_period
from matchmaker.services.ledger.records import RecordDraft, approve_record, dismiss_record, enter_record
from matchmaker.services.ledger.target_setting import set_targets

Act = tuple[datetime, Callable[[], None]]

# The plan's own targets are a whole city's: the demonstration has promised less, for the year and by branch.
TARGETS = {
    "published_needs": ("80", ("30", "22", "14")),
    "contract_value": ("42000000", ("16000000", "9000000", "7000000")),
    "contract_technology_value": ("34000000", ("13000000", "7000000", "6000000")),
}
BRANCHES = ("gaoxin-branch", "jingkai-branch", "midong-branch")
TARGETS_AGE, CLOSED_AFTER = timedelta(days=305), timedelta(days=45)


def ledger_acts(session: Session, organizations: dict[str, Organization], now: datetime) -> Iterator[Act]:
    """Yield when something of the ledger is done, and what does it."""
    yield now - TARGETS_AGE, partial(_set_targets, session, organizations, now.year)
    text = (files("matchmaker") / "demo" / "records.jsonl").read_text(encoding="utf-8")
    for row in map(json.loads, text.splitlines()):
        yield now - timedelta(days=row["days_ago"]), partial(_enter, session, organizations, row)
    for month in range(1, 13):
        until = datetime(now.year, month, monthrange(now.year, month)[1], 12, tzinfo=UTC)
        if until < now - CLOSED_AFTER:
            period = Period(now.year, PeriodKind.MONTH, month)
            yield until + timedelta(days=6), partial(_close, session, organizations, period)


def _set_targets(session: Session, organizations: dict[str, Organization], year: int) -> None:
    keeper, _second = _keepers(session, organizations)
    known = {definition.indicator for definition in definitions(session, year)}
    for indicator, (whole, parts) in TARGETS.items():
        if indicator in known:
            typed: dict[tuple[int | None, int], str] = {(None, 0): whole}
            typed |= {(organizations[key].id, 0): part for key, part in zip(BRANCHES, parts, strict=True)}
            set_targets(session, keeper, indicator, year, typed)


def _enter(session: Session, organizations: dict[str, Organization], row: dict[str, Any]) -> None:
    """Enter a record as the branch that it is about, or else as the bureau; a second person decides unless it waits."""
    first, second = _keepers(session, organizations)
    branch = organizations[row["branch"]] if "branch" in row else None
    draft = RecordDraft(
        indicator=row["indicator"],
        on=today().isoformat(),
        subject=row["subject"],
        amount=row["amount"],
        branch=str(branch.id) if branch is not None else "",
        reference=row["reference"],
    )
    entered = enter_record(session, first, draft)
    if row.get("waits"):
        return
    if "refused" in row:
        dismiss_record(session, second, entered, row["refused"])
        return
    approve_record(session, second, entered)
    if "corrected" in row:
        right = RecordDraft(row["indicator"], draft.on, row["subject"], row["corrected"], draft.branch, row["why"])
        approve_record(session, second, enter_record(session, first, right, corrects=entered))


def _close(session: Session, organizations: dict[str, Organization], period: Period) -> None:
    close_period(session, _keepers(session, organizations)[0], period)


def _keepers(session: Session, organizations: dict[str, Organization]) -> tuple[Actor, Actor]:
    """Return two people of the bureau: one enters, the other confirms."""
    staff = Membership.organization_id == organizations["wlmq-bureau"].id, Membership.role == Role.BUREAU
    rows = session.scalars(sa.select(Membership).where(*staff).order_by(Membership.id).limit(2)).all()
    return actor_of(session, rows[0]), actor_of(session, rows[1])
