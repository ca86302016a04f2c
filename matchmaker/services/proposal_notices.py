"""What the parties are told of a pair that a broker has made by hand: each from what he may read of the other side."""

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import NoticeTopic
from matchmaker.services.desks import Reader, desk_of
from matchmaker.services.matches import get_match
from matchmaker.services.notices import tell


def tell_proposal(session: Session, match: Match) -> None:
    """Tell both parties, and nobody who may not see the pair."""
    for own in (match.need, match.achievement):
        for reader in desk_of(session, own):
            _tell(session, match, own, reader)


def _tell(session: Session, match: Match, own: Listing, reader: Reader) -> None:
    try:
        other = get_match(session, reader.actor, match.id).other(own.kind)
    except NotFound:
        return
    title = Sentence(N_("经纪人向您推荐：《%(other)s》"), other=other.title)
    body = Sentence(
        N_("技术经纪人认为《%(other)s》（%(organization)s）适合您的《%(own)s》，请看看是否感兴趣。"),
        other=other.title,
        organization=other.organization_name,
        own=own.current.title,
    )
    tell(session, reader.user, topic=NoticeTopic.MATCH, title=title, body=body, path=f"/matches/{match.id}")
