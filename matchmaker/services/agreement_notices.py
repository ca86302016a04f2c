"""What the parties of a pair are told of a confidentiality agreement; both know one another by then."""

from sqlalchemy.orm import Session

from matchmaker.domain.language import N_, Sentence
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.services.desks import desk_of
from matchmaker.services.notices import tell


def tell_proposed(session: Session, actor: Actor, match: Match, other: Listing) -> None:
    """Tell the other side's owner that a signature is asked of him."""
    title = Sentence(N_("%(organization)s 请您签署保密协议"), organization=actor.organization_name)
    body = Sentence(
        N_("关于《%(title)s》。签署后，双方才会看到彼此设为“签署保密协议后可见”的内容。由贵单位负责人签署或谢绝。"),
        title=other.current.title,
    )
    _tell(session, match, other, title, body)


def tell_answered(session: Session, actor: Actor, match: Match, other: Listing, *, accepted: bool) -> None:
    """Tell the side that proposed what the other has answered."""
    template = N_("%(organization)s 已签署保密协议") if accepted else N_("%(organization)s 没有同意保密协议")
    body = N_("关于《%(title)s》。双方现在可以看到彼此约定保密的内容。") if accepted else N_("关于《%(title)s》。")
    _tell(
        session,
        match,
        other,
        Sentence(template, organization=actor.organization_name),
        Sentence(body, title=other.current.title),
    )


def _tell(session: Session, match: Match, listing: Listing, title: str, body: str) -> None:
    path = f"/matches/{match.id}/agreement"
    for reader in desk_of(session, listing):
        tell(session, reader.user, topic=NoticeTopic.INTEREST, title=title, body=body, path=path)
