"""Forwarding: the other side of a pair, sent by mail to a person without account.

Whoever holds the link sees what a visitor would see of that listing, and why it fits: never what was opened to the
organization that forwards it.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

import sqlalchemy as sa
from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.listings import Listing
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_read_listing, owns
from matchmaker.services import mail_texts
from matchmaker.services.actors import party
from matchmaker.services.mails import enqueue_to
from matchmaker.services.matches import load_match
from matchmaker.services.recipients import Recipient, addressed

LIFETIME = timedelta(days=30)
MESSAGE_MOST = 500
SALT = "forwarding"


@dataclass(frozen=True, slots=True)
class ForwardingView:
    """One forwarding as the organization that sent it sees it. `failed` is why its mail could not be delivered."""

    id: int
    match_id: int
    recipient_name: str
    recipient_email: str
    sender_name: str
    sent_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    answer: str | None
    answer_note: str | None
    answered_at: datetime | None
    failed: bool

    @property
    def is_open(self) -> bool:
        """Whether its link still opens."""
        return self.revoked_at is None and self.expires_at > utc_now()


def can_forward(actor: Actor, match: Match) -> bool:
    """Members of an organization that owns one side, where everybody may read the abstract of the other."""
    shown = _shown(match, actor.organization_id)
    return shown is not None and actor.role is not None and can_read_listing(Actor.anonymous(), shown)


def forward(
    session: Session, actor: Actor, match_id: int, recipient: Recipient, message: str, secret: bytes
) -> Forwarding:
    """Send the other side of a pair to a person, with a link that opens for 30 days, by mail after the commit.

    Raises:
        NotFound: the actor may not see the pair, or knows no such inventor.
        Forbidden: neither side is his organization's, or the other side shows itself to chosen parties only.
        Invalid: the name, the address or the message is wrong.
        Conflict: this person has an open link to this pair already.
    """
    match = load_match(session, actor, match_id)
    if not can_forward(actor, match):
        raise Forbidden(N_("这条内容没有对所有人公开，不能转发给没有账号的人。"))
    name, email = addressed(session, actor, recipient)
    message = message.replace("\x00", "").strip()
    if len(message) > MESSAGE_MOST:
        raise Invalid(N_("附言过长。"), {"message": N_("最多 500 字。")})
    if any(
        view.is_open and view.recipient_email == email for view in forwardings_of(session, actor, [match.id])[match.id]
    ):
        raise Conflict(N_("已经转发给这个邮箱，链接仍然有效。如需重发，请先撤销。"))
    row = Forwarding(
        match=match,
        organization_id=actor.organization_id,
        sender_id=actor.user_id,
        inventor_id=recipient.inventor_id,
        recipient_name=name,
        recipient_email=email,
        message=message or None,
        expires_at=utc_now() + LIFETIME,
    )
    session.add(row)
    session.flush()
    row.mail = _send(session, actor, match, row, secret)
    record(session, actor, "forward", "forwarding", row.id, match_id=match.id)
    session.flush()
    return row


def revoke(session: Session, actor: Actor, forwarding_id: int) -> Forwarding:
    """Make the link of a forwarding void at once; doing so twice changes nothing more.

    Raises:
        NotFound: the actor's organization has sent no such one.
    """
    row = session.get(Forwarding, forwarding_id)
    if row is None or not owns(actor, row):
        raise NotFound(N_("没有找到这次转发。"))
    if row.revoked_at is None:
        row.revoked_at = utc_now()
        if row.mail is not None and row.mail.sent_at is None:
            session.delete(row.mail)
            row.mail = None
        record(session, actor, "revoke", "forwarding", row.id, match_id=row.match_id)
        session.flush()
    return row


def forwardings_of(session: Session, actor: Actor, match_ids: Sequence[int]) -> dict[int, tuple[ForwardingView, ...]]:
    """Return what the actor's organization has forwarded of some pairs, by pair, the newest first."""
    found: dict[int, list[ForwardingView]] = defaultdict(list)
    if actor.organization_id is not None and match_ids:
        rows = session.scalars(
            sa.select(Forwarding)
            .where(Forwarding.match_id.in_(match_ids), Forwarding.organization_id == actor.organization_id)
            .options(joinedload(Forwarding.sender), joinedload(Forwarding.mail))
            .order_by(Forwarding.id.desc())
        )
        for row in rows:
            found[row.match_id].append(_view(row))
    return {match_id: tuple(found[match_id]) for match_id in match_ids}


def forwarding_path(secret: bytes, forwarding_id: int) -> str:
    """Return the path that a mail leads to."""
    return f"/forwarded/{_serializer(secret).dumps(forwarding_id)}"


def load_forwarding(session: Session, secret: bytes, token: str, apart: frozenset[int] = frozenset()) -> Forwarding:
    """Return the forwarding that a link stands for, as long as it may be opened.

    `apart` are organizations that whoever opens it in his log-in is kept apart from.

    Raises:
        NotFound: the link is wrong, has expired or was revoked, or what it showed is not for everybody any more.
    """
    try:
        forwarding_id = _serializer(secret).loads(token)
    except BadSignature as error:
        raise _void() from error
    row = session.get(Forwarding, forwarding_id)
    if row is None or row.revoked_at is not None or row.expires_at <= utc_now():
        raise _void()
    shown, own = shown_of(row), own_of(row)
    sender = party(session, row.organization_id)
    visitor = replace(Actor.anonymous(), avoided=apart)
    readable = can_read_listing(visitor, shown) and can_read_listing(sender, shown)
    if (
        not readable
        or row.organization_id in apart
        or row.organization.suspended_at is not None
        or not (shown.is_live and own.is_live)
    ):
        raise _void()
    return row


def shown_of(row: Forwarding) -> Listing:
    """The listing that a forwarding shows."""
    shown = _shown(row.match, row.organization_id)
    assert shown is not None, "only a side's owner forwards"  # noqa: S101
    return shown


def own_of(row: Forwarding) -> Listing:
    """The listing of the organization that forwards."""
    return row.match.need if shown_of(row) is row.match.achievement else row.match.achievement


def _shown(match: Match, organization_id: int | None) -> Listing | None:
    for own, other in ((match.need, match.achievement), (match.achievement, match.need)):
        if organization_id is not None and own.organization_id == organization_id:
            return other
    return None


def _send(session: Session, actor: Actor, match: Match, row: Forwarding, secret: bytes) -> Mail:
    subject, body = mail_texts.forwarded(
        recipient=row.recipient_name,
        sender=actor.name,
        organization=actor.organization_name,
        title=shown_of(row).current.title,
        message=row.message or "",
        days=LIFETIME.days,
    )
    return enqueue_to(session, row.recipient_email, subject, body, path=forwarding_path(secret, row.id))


def _view(row: Forwarding) -> ForwardingView:
    return ForwardingView(
        id=row.id,
        match_id=row.match_id,
        recipient_name=row.recipient_name,
        recipient_email=row.recipient_email,
        sender_name=row.sender.name if row.sender else "",
        sent_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        answer=row.answer,
        answer_note=row.answer_note,
        answered_at=row.answered_at,
        failed=row.mail is not None and row.mail.failed_at is not None,
    )


def _serializer(secret: bytes) -> URLSafeSerializer:
    return URLSafeSerializer(secret, salt=SALT)


def _void() -> NotFound:
    return NotFound(N_("链接已失效：可能已过期、已被撤销，或者内容已经撤下。请联系转发给您的人。"))
