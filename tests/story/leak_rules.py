"""Who may read what of the market of leaks.py, said by layers; and the moves by which its owners open more."""

from contextlib import suppress

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import NotFound
from matchmaker.domain.fields import Layer
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.services.agreements import answer_agreement, propose_agreement
from matchmaker.services.decisions import decide
from tests.story.leaks import PARTIES, PLANS, READERS_OF_ALL, Market, actor, readable_layers

Part = tuple[str, str]
OWNERS = ("alice", "anna", "amir")


def owners_say(database: Database, market: Market, decision: str, names: tuple[str, ...] = OWNERS) -> None:
    with database.transaction() as session:
        for name in names:
            for match in pairs_of(session, market, name):
                reason = "price" if decision == "unsuitable" else None
                note = market.tokens["alice", "note"] if name == "alice" else None
                with suppress(NotFound):  # of what somebody cannot see he says nothing
                    decide(
                        session, actor(session, market, name), match, decision, reason=reason, note=note, agreed=True
                    )


def pairs_of(session: Session, market: Market, name: str) -> list[int]:
    own = sa.select(Listing.id).where(Listing.organization_id == market.members[name].organization_id)
    of_side = Match.achievement_id if name == "bob" else Match.need_id
    return list(session.scalars(sa.select(Match.id).where(of_side.in_(own), Match.id.in_(market.ids["match_id"]))))


def sign(database: Database, market: Market) -> None:
    with database.transaction() as session:
        for name in OWNERS:
            for match in pairs_of(session, market, name):
                row = propose_agreement(session, actor(session, market, name), match)
                answer_agreement(session, actor(session, market, "bob"), row.id, accepted=True)


def may_read(viewer: str | None, opened: dict[str, Layer]) -> set[Part]:
    """The parts that a viewer may read, and so must find; `opened` by the owner of the listing."""
    found = set()
    for plan in PLANS:
        layers = readable_layers(viewer, plan, opened.get(plan.owner))
        found |= {
            (plan.owner, part)
            for part, layer in (plan.layers | {"indicators": Layer.MATCHED}).items()
            if layer in layers
        }
    return found


def own_notes(viewer: str | None) -> set[Part]:
    if viewer in READERS_OF_ALL:
        return {("alice", "note"), ("carol", "note"), *((name, "person") for name in PARTIES)}
    return {(str(viewer), "note"), (str(viewer), "person")}


def opened_to(viewer: str | None, layer: Layer | None) -> dict[str, Layer]:
    """What mutual interest up to a layer has opened: to bob the three needs, to each of their owners his listing."""
    if layer is None or viewer not in PARTIES:
        return {}
    return dict.fromkeys(OWNERS, layer) if viewer == "bob" else {"bob": layer}


def names_learnt(viewer: str | None) -> set[Part]:
    """Names that parties of a mutual pair learn of one another for good: in notices, in the log of readings."""
    others = OWNERS if viewer == "bob" else ("bob",) if viewer in OWNERS else ()
    return {(name, part) for name in others for part in ("organization", "person")}
