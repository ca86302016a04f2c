"""A pair with indicators, judged as the worker does it."""

from typing import Any

from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.listings import Listing, TechnicalIndicator
from matchmaker.domain.matches import Match
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.services.verdicts import judge_batch
from tests.cast import Cast, Member
from tests.pairs import pair, publish


def post_with(
    session: Session, owner: Member, kind: str, title: str, *rows: tuple[str, ...], **columns: Any
) -> Listing:
    """Add a published listing with rows (name, comparator, value, unit), as if it had been matched."""
    listing = publish(session, owner, kind, title, **columns)
    listing.current.indicators = [
        TechnicalIndicator(position=place, name=name, comparator=comparator, value=value, unit=unit or None)
        for place, (name, comparator, value, unit) in enumerate(rows)
    ]
    listing.matched_revision, listing.matched_by = 1, "test"
    session.flush()
    return listing


def judged_pair(database: Database, cast: Cast, need: dict[str, Any], achievement: dict[str, Any]) -> int:
    """Write alice's need and bob's achievement, pair and judge them; return the pair's id.

    Both are columns of the revision, with `rows` for the indicators of the form.
    """
    with database.transaction() as session:
        sides = []
        for owner, kind, title, columns in (
            (cast.alice, "need", "锅炉烟气除尘改造", dict(need)),
            (cast.bob, "achievement", "电袋复合除尘器", dict(achievement)),
        ):
            sides.append(post_with(session, owner, kind, title, *columns.pop("rows", ()), **columns))
        match_id = pair(session, sides[0], sides[1]).id
    judge(database)
    return match_id


def judge(database: Database) -> int:
    """Judge all that is behind; return how many listings that were."""
    judged = 0
    while claimed := judge_batch(database, HashingEncoder(), "test"):
        judged += claimed
    return judged


def match_of(session: Session, match_id: int) -> Match:
    """Return the row of a pair."""
    return session.get_one(Match, match_id)
