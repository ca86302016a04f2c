"""What the parties are told of a pair that a broker has made by hand: each from what he may read of the other side."""

from sqlalchemy.orm import Session

from matchmaker.domain.errors import NotFound
from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.services.actors import party
from matchmaker.services.desks import desk_of
from matchmaker.services.matches import get_match
from matchmaker.services.notices import tell
from matchmaker.services.webhooks import announce


def tell_proposal(session: Session, match: Match) -> None:
    """Tell both parties and their robots, and nobody who may not see the pair."""
    topic, path = NoticeTopic.MATCH, f"/matches/{match.id}"
    for own in (match.need, match.achievement):
        for reader in desk_of(session, own):
            if (text := _text(session, match, own, reader.actor)) is not None:
                tell(session, reader.user, topic=topic, title=text[0], body=text[1], path=path)
        if (text := _text(session, match, own, party(session, own.organization_id))) is not None:
            announce(session, own.organization_id, topic=topic, title=text[0], body=text[1], path=path)


def _text(session: Session, match: Match, own: Listing, actor: Actor) -> tuple[str, str] | None:
    """Title and body from what `actor` may read, None where he may not see the pair."""
    try:
        other = get_match(session, actor, match.id).other(own.kind)
    except NotFound:
        return None
    title = Sentence(N_("经纪人向您推荐：《%(other)s》"), other=other.title)
    body = Sentence(
        N_("技术经纪人认为《%(other)s》（%(organization)s）适合您的《%(own)s》，请看看是否感兴趣。"),
        other=other.title,
        organization=other.organization_name,
        own=own.current.title,
    )
    return title, body
