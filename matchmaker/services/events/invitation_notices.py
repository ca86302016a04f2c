"""What people are told of an invitation. The invited read of their own listing and the topic, of nobody else's."""

from sqlalchemy.orm import Session

from matchmaker.domain.event_invitations import DECLINE_REASONS, EventInvitation, InvitationState
from matchmaker.domain.language import N_, Sentence, joined
from matchmaker.domain.notices import NoticeTopic
from matchmaker.domain.permissions import Actor
from matchmaker.services.enclosures import EnclosureKind, enclose
from matchmaker.services.notices import tell
from matchmaker.services.ownership import members


def tell_invited(session: Session, invitation: EventInvitation, inviter: Actor) -> None:
    """Tell every member of an organization that it is invited, with the event for his calendar."""
    event = invitation.event
    title = Sentence(N_("邀请您参加《%(title)s》"), title=event.title)
    parts: list[str] = [
        Sentence(
            N_("%(organization)s 的 %(name)s 邀请贵单位参加：\n\n《%(title)s》\n时间：%(at)s\n地点：%(place)s"),
            organization=inviter.organization_name,
            name=inviter.name,
            title=event.title,
            at=event.starts_at,
            place=event.place or N_("线上"),
        )
    ]
    if invitation.listing is not None:
        own = invitation.listing.current.title
        parts.append(Sentence(N_("\n\n邀请贵单位，是因为贵单位发布的《%(own)s》与本次活动的内容匹配。"), own=own))
    if invitation.topic:
        parts.append(Sentence(N_("\n\n主题：%(topic)s"), topic=invitation.topic))
    if invitation.message:
        parts.append(Sentence(N_("\n\n附言：\n%(message)s"), message=invitation.message))
    parts.append(N_("\n\n打开后可以接受并报名，或者谢绝。"))
    for person in members(session, invitation.organization_id):
        tell(
            session,
            person,
            topic=NoticeTopic.EVENT,
            title=title,
            body=joined(parts),
            path=f"/event-invitations/{invitation.id}",
            enclosures=[enclose(EnclosureKind.EVENT, event.id)],
        )


def tell_answered(session: Session, invitation: EventInvitation) -> None:
    """Tell who invited whether the organization comes."""
    values = {"organization": invitation.organization.name, "title": invitation.event.title}
    if invitation.state == InvitationState.ACCEPTED:
        title = Sentence(N_("%(organization)s 接受邀请，参加《%(title)s》"), **values)
        body: str = N_("参会人由对方报名。")
    else:
        title = Sentence(N_("%(organization)s 不能参加《%(title)s》"), **values)
        reason = DECLINE_REASONS.get(invitation.decline_reason or "", "")
        body = Sentence(N_("原因：%(reason)s\n\n%(note)s"), reason=reason, note=invitation.decline_note or "")
    path = f"/events/{invitation.event_id}/invitations"
    tell(session, invitation.invited_by, topic=NoticeTopic.EVENT, title=title, body=body, path=path)
