"""The demonstration's deals: pairs that both sides took interest in, followed up through the months by two brokers."""

import json
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache, partial
from importlib.resources import files
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.days import today
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.people import Organization, User
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import load_member
from matchmaker.services.deals import move_deal, open_for_match, plan_deal
from matchmaker.services.decisions import decide
from matchmaker.services.demo_matches import propose_pair

Act = tuple[datetime, Callable[[], None]]

FIRST_STEP_DAYS = 7
INTEREST_BEFORE, POSTED_BEFORE = timedelta(days=3), timedelta(days=14)


@cache
def deal_rows() -> tuple[dict[str, Any], ...]:
    """Return what is told of each deal; days count back from now."""
    text = (files("matchmaker") / "demo" / "deals.jsonl").read_text(encoding="utf-8")
    return tuple(map(json.loads, text.splitlines()))


def posted_by(now: datetime) -> dict[str, datetime]:
    """Return by when the listings of deals must stand on the market, by their external ids."""
    return {
        row[side]: now - timedelta(days=row["opened"]) - POSTED_BEFORE
        for row in deal_rows()
        for side in ("need", "achievement")
    }


def deal_acts(
    session: Session, organizations: dict[str, Organization], owners: dict[int, User], now: datetime
) -> Iterator[Act]:
    """Yield when something becomes of a deal, and what does it."""
    for row in deal_rows():
        broker = organizations[row["broker"]]
        who = partial(member_of, session, owners, broker.id)
        opened = now - timedelta(days=row["opened"])
        yield opened - INTEREST_BEFORE, partial(_find_interest, session, owners, row, who)
        yield opened, partial(_open, session, row, who)
        for days, to, *reason in row["steps"]:
            yield now - timedelta(days=days), partial(_move, session, row, who, to, *reason)
        if "next" in row:
            # What is late by now was planned before it was.
            at = now - timedelta(days=max(1, 1 - row["next_in"]))
            yield at, partial(_plan, session, row, who, now + timedelta(days=row["next_in"]))


def deal_of(session: Session, row: dict[str, Any]) -> Deal:
    """Return the deal of a row."""
    return session.scalars(sa.select(Deal).where(Deal.match_id == _match(session, row).id)).one()


def _find_interest(session: Session, owners: dict[int, User], row: dict[str, Any], who: Callable[[], Actor]) -> None:
    """Propose the pair, which the worker scores like any other, and let both owners be interested."""
    broker, need, achievement = who(), _listing(session, row["need"]), _listing(session, row["achievement"])
    match = propose_pair(session, broker, need, achievement, grade=2)
    for listing in (need, achievement):
        owner = member_of(session, owners, listing.organization_id)
        decide(session, owner, match.id, Decision.INTERESTED, agreed=True)


def _open(session: Session, row: dict[str, Any], who: Callable[[], Actor]) -> None:
    on = (today() + timedelta(days=FIRST_STEP_DAYS)).isoformat()
    open_for_match(session, who(), _match(session, row).id, next_step=row["first"], next_step_on=on)


def _move(session: Session, row: dict[str, Any], who: Callable[[], Actor], to: str, reason: str = "") -> None:
    deal = deal_of(session, row)
    note = row.get("note", "") if to == DealState.LOST else ""
    move_deal(session, who(), deal.id, to, version=deal.version, reason=reason, note=note)


def _plan(session: Session, row: dict[str, Any], who: Callable[[], Actor], on: datetime) -> None:
    deal = deal_of(session, row)
    plan_deal(session, who(), deal.id, next_step=row["next"], next_step_on=on.date().isoformat(), version=deal.version)


def member_of(session: Session, owners: dict[int, User], organization_id: int) -> Actor:
    """Return the actor that whoever answers for an organization is now."""
    actor = load_member(session, owners[organization_id].id, organization_id)
    assert actor is not None  # noqa: S101 - whoever is named here was written before
    return actor


def _listing(session: Session, external_id: str) -> Listing:
    return session.scalars(sa.select(Listing).where(Listing.external_id == external_id)).one()


def _match(session: Session, row: dict[str, Any]) -> Match:
    need, achievement = _listing(session, row["need"]), _listing(session, row["achievement"])
    pair = Match.need_id == need.id, Match.achievement_id == achievement.id
    return session.scalars(sa.select(Match).where(*pair)).one()
