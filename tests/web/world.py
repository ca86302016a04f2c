"""A small market in which alice hides something, for tests that try to reach it from outside."""

from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Base, Database
from matchmaker.domain.people import Role
from tests.cast import Cast, make_member, make_organization
from tests.web.hidden.campaigns import make_campaign
from tests.web.hidden.deals import make_deal
from tests.web.hidden.events import make_event
from tests.web.hidden.ledger import make_ledger
from tests.web.hidden.listings import make_attachment, make_listing
from tests.web.hidden.organizations import make_inside, make_kept
from tests.web.hidden.pairs import make_cluster, make_drawn_pair, make_match, make_said
from tests.web.hidden.rows import Ids

# No row has it; an address with it looks like one with an id that is hidden.
MISSING = 10**9


@dataclass(frozen=True, slots=True)
class World:
    """What alice hides, by the name of the argument with which an address names it; the newest row of a kind last."""

    hidden: dict[str, tuple[int, ...]]

    def ids(self, argument: str) -> tuple[int, ...]:
        """Return ids of hidden things; for an argument that this world does not know yet, any small number."""
        return self.hidden.get(argument, (1,))


def make_world(session: Session, cast: Cast) -> World:
    """Write a draft and a published need of alice that only brokers see, and what hangs on them; the caller commits."""
    hermit = make_organization(session, "university", "深山大学")
    recluse = make_member(session, hermit, "recluse", "隐士", Role.UNIVERSITY, is_owner=True)
    draft = make_listing(session, cast.alice, "need", "draft")
    published = make_listing(session, cast.alice, "need", "published")
    achievement = make_listing(session, recluse, "achievement", "published")
    match = make_match(session, published, achievement)
    hidden: Ids = {
        "listing_id": (draft.id, published.id),
        "revision_id": tuple(row.revisions[0].id for row in (draft, published)),
        "attachment_id": tuple(make_attachment(session, listing).id for listing in (draft, published)),
        "match_id": (match.id,),
        "pair_id": (make_drawn_pair(session, cast, published, achievement),),
        "cluster_id": (make_cluster(session, published),),
        "membership_id": (cast.alice.membership_id,),
        "organization_id": (cast.alice.organization_id,),
        "user_id": (cast.alice.user_id,),
    }
    hidden |= make_said(session, match, cast.alice, recluse) | make_kept(session, cast.alice)
    hidden |= make_campaign(session, cast, draft, recluse) | make_inside(session, cast.alice, recluse)
    hidden |= make_event(session, cast)
    hidden |= make_deal(session, recluse, match, hidden) | make_ledger(session)
    return World(hidden)


def everything(database: Database) -> dict[str, list[str]]:
    """Return every row of every table as text, but for the counts of rate limits, which refusals may change."""
    with database.read() as session:
        return {
            table.name: [str(row) for row in session.execute(sa.select(table))]
            for table in Base.metadata.sorted_tables
            if table.name != "rate_counts"
        }
