"""Published listings and stored pairs, written directly: what tests of reading and deciding begin with."""

from datetime import timedelta
from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.listings import REVISION_CLASSES, Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.domain.states import move
from tests.cast import Member

TERMS = [["base", None, -2.0], ["meaning_full", 0.8, 2.5], ["keywords", 0.4, 1.0], ["region", 0.0, -0.5]]


def post(session: Session, owner: Member, kind: str, title: str, **columns: Any) -> Listing:
    """Add a listing with a submitted revision; further columns are the revision's."""
    values = {
        "abstract": f"{title}的公开摘要",
        "field": "energy",
        "cooperation": ["joint"],
        "region": "650104",
        **columns,
    }
    if kind == "need":
        values.setdefault("problem", f"{title}要解决的问题")
    else:
        values.setdefault("description", f"{title}的原理和结果")
        values.setdefault("stage", "pilot")
    listing = Listing(kind=kind, organization_id=owner.organization_id, owner_id=owner.user_id)
    revision = REVISION_CLASSES[kind](listing=listing, author_id=owner.user_id, title=title, **values)
    session.add_all((listing, revision))
    session.flush()
    listing.visibility, listing.working_revision = revision.visibility, revision
    for subject in (revision, listing):
        move(session, subject, ListingState.SUBMITTED, owner.actor)
    revision.submitted_at = utc_now()
    session.flush()
    return listing


def publish(session: Session, owner: Member, kind: str, title: str, **columns: Any) -> Listing:
    """Add a published listing; further columns are the revision's."""
    listing = post(session, owner, kind, title, **columns)
    revision = listing.current
    for subject in (revision, listing):
        move(session, subject, ListingState.PUBLISHED, Actor.system())
    revision.reviewed_at = listing.published_at = utc_now() - timedelta(hours=1)
    listing.published_revision, listing.working_revision = revision, None
    listing.text_revision = listing.pair_revision = 1
    session.flush()
    return listing


def pair(session: Session, need: Listing, achievement: Listing, **columns: Any) -> Match:
    """Store a pair of grade 3 that both owners see as brokers do; other columns by name."""
    values: dict[str, Any] = {
        "score": 1.0,
        "probability": 0.86,
        "grade": 3,
        "terms": TERMS,
        "need_side_score": 1.0,
        "achievement_side_score": 1.0,
        "in_need_list": True,
        "in_achievement_list": True,
        "ranker": "test-1",
        "model": "hashing",
        "need_revision": 1,
        "achievement_revision": 1,
        **columns,
    }
    match = Match(need_id=need.id, achievement_id=achievement.id, **values)
    session.add(match)
    session.flush()
    return match
