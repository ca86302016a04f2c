"""How fast an office with hundreds works: 200 achievements with 50 pairs each, the screen and its steps.

    python scripts/bench_triage.py [LISTINGS] [PAIRS_EACH]

Times are medians of several runs in one process, in milliseconds, with the number of statements sent to the database.
"""

import random
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.listings import REVISION_CLASSES, Listing, ListingState
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Membership, Organization, Role, User
from matchmaker.domain.permissions import Actor
from matchmaker.domain.tables import metadata
from matchmaker.services.decisions import decide
from matchmaker.services.match_export import export_matches
from matchmaker.services.triage import TriageFilter, next_after, own_listings, progress, triage_page

RUNS = 7
TERMS = [["base", None, -2.0], ["meaning_full_full", 0.8, 2.5], ["field", 1.0, 0.5]]


def main(listings: int, each: int) -> None:
    """Fill a database, measure, print a table."""
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder) / 'bench.db'}")
        metadata.create_all(database.engine)
        actor = fill(database, listings, each)
        print(f"{listings} listings, {listings * each} pairs")
        for name, work in steps(actor).items():
            milliseconds, statements = measure(database, work)
            print(f"{name:<34} {milliseconds:>8.0f} ms  {statements:>3} statements")
        database.dispose()


def steps(actor: Actor) -> dict[str, Callable[[Session], object]]:
    """Return what is measured, by name."""
    chosen = TriageFilter()
    return {
        "page of the queue": lambda session: triage_page(session, actor, chosen),
        "page, grade and field narrowed": lambda session: triage_page(session, actor, TriageFilter(None, "energy", 2)),
        "own listings with open pairs": lambda session: own_listings(session, actor),
        "one decision": lambda session: decide(session, actor, random.randint(1, 1000), "shortlisted"),
        "progress": lambda session: progress(session, actor, chosen),
        "next pair (without scripts)": lambda session: next_after(session, actor, chosen, 5),
        "export of everything": lambda session: export_matches(
            session, actor, TriageFilter(grade=0, decided=None), str
        ),
    }


def measure(database: Database, work: Callable[[Session], object]) -> tuple[float, int]:
    """Return the median time in milliseconds and the number of statements of the last run."""
    times, statements = [], 0

    def count(*_: object) -> None:
        nonlocal statements
        statements += 1

    event.listen(database.engine, "before_cursor_execute", count)
    for _ in range(RUNS):
        statements = 0
        with database.write() as session:
            begun = time.perf_counter()
            work(session)
            times.append((time.perf_counter() - begun) * 1000)
            session.rollback()
    event.remove(database.engine, "before_cursor_execute", count)
    return statistics.median(times), statements


def fill(database: Database, listings: int, each: int) -> Actor:
    """Write a university with its achievements, an enterprise with as many needs, and the pairs between them."""
    choose = random.Random(7)
    with database.transaction() as session:
        office, company = (Organization(kind=kind, name=kind, region="650104") for kind in ("university", "enterprise"))
        user = User(name="office")
        session.add_all((office, company, user, Membership(user=user, organization=office, role=Role.UNIVERSITY)))
        session.flush()
        achievements = [
            post(session, office, "achievement", f"耐候疏冰复合涂料 {number}") for number in range(listings)
        ]
        needs = [post(session, company, "need", f"风电叶片低温除冰 {number}") for number in range(max(listings, each))]
        rows = [row(need, achievement, choose) for achievement in achievements for need in choose.sample(needs, k=each)]
        session.execute(sa.insert(Match), rows)
        return Actor(user_id=user.id, organization_id=office.id, role=Role.UNIVERSITY, name="office")


def post(session: Session, organization: Organization, kind: str, title: str) -> int:
    """Add a published listing and return its id."""
    published = ListingState.PUBLISHED
    listing = Listing(kind=kind, organization_id=organization.id, state=published, published_at=utc_now())
    revision = REVISION_CLASSES[kind](
        listing=listing, state=published, title=title, abstract=f"{title}的摘要", field="energy", region="650104"
    )
    session.add_all((listing, revision))
    session.flush()
    listing.published_revision = revision
    return listing.id


def row(need: int, achievement: int, choose: random.Random) -> dict[str, object]:
    """Return the columns of one pair."""
    score = choose.random() * 4 - 2
    return {
        "need_id": need,
        "achievement_id": achievement,
        "score": score,
        "probability": 0.5,
        "grade": choose.choice((1, 2, 3)),
        "terms": TERMS,
        "need_side_score": score,
        "achievement_side_score": score,
        "in_need_list": True,
        "in_achievement_list": True,
        "ranker": "bench",
        "model": "bench",
        "need_revision": 1,
        "achievement_revision": 1,
    }


if __name__ == "__main__":
    main(*(int(text) for text in sys.argv[1:3]) if len(sys.argv) > 2 else (200, 50))
