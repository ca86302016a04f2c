"""What the parties of a pair are told of one another's interest; each reads only what his side may read by then."""

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Decision, Match
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor, can_read_listing, owns
from matchmaker.services.actors import party
from matchmaker.services.desks import desk_of
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.notices import tell
from matchmaker.services.projection import project
from matchmaker.services.webhooks import announce_listing


def tell_interest(session: Session, actor: Actor, match: Match) -> None:
    """Tell the other side's desk that the actor's side is interested, or both once both are; of a broker nobody.

    Asked after the decision. Who changes his mind to and fro is told of once.
    """
    if _said_before(session, actor, match):
        return
    sides = ((match.need, match.achievement), (match.achievement, match.need))
    mutual = is_mutual(match)
    for listing, other in sides:
        if mutual:
            _tell_mutual(session, match, listing, other)
        elif owns(actor, other):
            _tell_wanted(session, match, listing, other)


def _tell_mutual(session: Session, match: Match, listing: Listing, other: Listing) -> None:
    seen = project(other, party(session, listing.organization_id))
    title = Sentence(N_("双方都感兴趣：《%(title)s》"), title=listing.current.title)
    body = Sentence(
        N_("%(organization)s 也对您的《%(own)s》感兴趣。双方可以看到彼此的联系人和约定公开的内容，请尽快联系。"),
        organization=seen.organization_name,
        own=listing.current.title,
    )
    _tell(session, match, listing, title, body)


def _tell_wanted(session: Session, match: Match, listing: Listing, other: Listing) -> None:
    viewer = party(session, listing.organization_id)
    if not can_read_listing(viewer, other):
        return
    seen = project(other, viewer)
    title = Sentence(N_("有一方对您的《%(title)s》感兴趣"), title=listing.current.title)
    body = Sentence(
        N_("《%(other)s》的发布方希望与您对接。您也表示感兴趣后，双方才会看到彼此的联系人。"), other=seen.title
    )
    _tell(session, match, listing, title, body)


def _tell(session: Session, match: Match, listing: Listing, title: str, body: str) -> None:
    path = f"/matches/{match.id}"
    for reader in desk_of(session, listing):
        tell(session, reader.user, topic=NoticeTopic.INTEREST, title=title, body=body, path=path)
    announce_listing(session, listing, topic=NoticeTopic.INTEREST, title=title, body=body, path=path)


def _said_before(session: Session, actor: Actor, match: Match) -> bool:
    said = sa.select(sa.func.count()).where(
        JournalEntry.subject_kind == "match",
        JournalEntry.subject_id == match.id,
        JournalEntry.organization_id == actor.organization_id,
        JournalEntry.action == "decide",
        JournalEntry.after == Decision.INTERESTED,
    )
    return (session.scalar(said) or 0) > 1
