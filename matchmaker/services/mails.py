"""The outbox: mails are written with what causes them, and sent afterwards by the worker, at least once."""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database, utc_now
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_, SOURCE, Language, Sentence, read_language, translate
from matchmaker.domain.mails import Mail
from matchmaker.domain.people import User
from matchmaker.domain.permissions import Actor, can_administer
from matchmaker.services import mail_texts
from matchmaker.services.enclosures import Enclosure, Named, make_enclosures
from matchmaker.services.smtp import Delivery, Outcome, Outgoing
from matchmaker.services.unsubscribing import UnsubscribeLinks, unsubscribe_links

MAILS_AT_ONCE = 20
# A claimed mail is left alone by other workers for this long; a worker killed while sending loses no more than that.
CLAIM = timedelta(minutes=5)
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(hours=6)
# With doubling waits this is a little more than two days, after which the administrator decides.
MOST_ATTEMPTS = 16


def enqueue(
    session: Session,
    to: User,
    subject: str,
    body: str,
    *,
    path: str | None = None,
    scope: str | None = None,
    enclosures: Sequence[Named] = (),
) -> Mail | None:
    """Write a mail to a user; return None for one who has no address. It is sent after the commit, by the worker.

    Marked text and sentences are put into the user's language.
    `path` is what on the site it is about, `scope` what the person may unsubscribe from: both become links.
    `enclosures` are named by `enclose`.
    """
    if to.email is None:
        return None
    mail = _write(session, to.email, subject, body, path, read_language(to.locale))
    mail.user_id, mail.scope, mail.enclosures = to.id, scope, list(enclosures) or None
    session.flush()
    return mail


def enqueue_to(session: Session, address: str, subject: str, body: str, *, path: str | None = None) -> Mail:
    """Write a mail to somebody without account, in the site's own language."""
    return _write(session, address, subject, body, path, read_language(None))


def _write(
    session: Session, address: str, subject: str, body: str, path: str | None, language: Language | None
) -> Mail:
    mail = Mail(
        message_id=f"<{uuid.uuid4().hex}@matchmaker>",
        recipient=address,
        subject=" ".join(translate(subject, language).replace("\x00", "").split())[:300],
        body=translate(body, language).replace("\x00", ""),
        path=path,
    )
    session.add(mail)
    session.flush()
    return mail


def deliver_due(database: Database, settings: Settings, now: datetime | None = None) -> int:
    """Send what is due by SMTP, a few at a time; return how many were sent. Without an SMTP host everything waits.

    Each mail is claimed, sent and marked before the next one is touched, with no lock held while it is sent: a worker
    that is killed repeats at most the mail in flight, and that one under the same Message-ID.
    """
    if settings.smtp_host is None:
        return 0
    now = now or utc_now()
    links = unsubscribe_links(settings)
    sent = 0
    with Outgoing(settings) as outgoing:
        for _ in range(MAILS_AT_ONCE):
            with database.transaction() as session:
                delivery = _claim(session, settings, links, now)
            if delivery is None:
                break
            outcome = outgoing.send(delivery)
            with database.transaction() as session:
                _mark(session.get_one(Mail, delivery.mail_id), outcome, now)
            sent += outcome.sent
            if outgoing.is_down:  # the others need not learn one by one that nobody answers
                break
    return sent


def outbox(session: Session, actor: Actor, most: int = 50) -> list[Mail]:
    """Return the newest mails that have not been sent, waiting or given up, for the administrator."""
    _require_admin(actor)
    waiting = sa.select(Mail).where(Mail.sent_at.is_(None)).order_by(Mail.id.desc()).limit(most)
    return list(session.scalars(waiting))


def retry(session: Session, actor: Actor, mail_id: int) -> None:
    """Try a mail again at once that was given up or waits for its next attempt."""
    _require_admin(actor)
    mail = session.get(Mail, mail_id)
    if mail is None or mail.sent_at is not None:
        raise NotFound(N_("没有这封待发邮件，可能已经发出。"))
    mail.attempts, mail.failed_at, mail.next_attempt_at = 0, None, utc_now()
    record(session, actor, "retry", "mail", mail.id)


def _require_admin(actor: Actor) -> None:
    if not can_administer(actor):
        raise Forbidden(N_("只有管理员可以查看待发邮件。"))


def _claim(session: Session, settings: Settings, links: UnsubscribeLinks, now: datetime) -> Delivery | None:
    due = (
        sa.select(Mail, User.locale)
        .outerjoin(User, User.id == Mail.user_id)
        .where(Mail.sent_at.is_(None), Mail.failed_at.is_(None), Mail.next_attempt_at <= now)
        .order_by(Mail.next_attempt_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True, of=Mail)
    )
    found = session.execute(due).first()
    if found is None:
        return None
    mail, locale = found
    mail.attempts += 1
    mail.next_attempt_at = now + CLAIM
    language = read_language(locale) or SOURCE
    enclosures = make_enclosures(session, mail, settings, language) if mail.enclosures else ()
    return _delivery(mail, language, settings, links, now, enclosures)


def _delivery(
    mail: Mail,
    language: Language,
    settings: Settings,
    links: UnsubscribeLinks,
    now: datetime,
    enclosures: tuple[Enclosure, ...],
) -> Delivery:
    link = None if mail.path is None else settings.base_url + mail.path
    leave = None if mail.scope is None or mail.user_id is None else links.make(mail.user_id, mail.scope)
    body = mail.body
    if link is not None or leave is not None:
        body = translate(mail_texts.with_links(body.strip(), link, leave), language)
    sender = translate(Sentence(N_("%(city)s科技成果对接平台"), city=settings.city), language)
    return Delivery(
        mail.id, mail.message_id, sender, mail.recipient, mail.subject, body, language, now, leave, enclosures
    )


def _mark(mail: Mail, outcome: Outcome, now: datetime) -> None:
    mail.last_error = outcome.error
    if outcome.sent:
        mail.sent_at = now
        # What was sent is not kept: links in it are as good as a password.
        mail.body, mail.path, mail.enclosures = "", None, None
    elif outcome.final or mail.attempts >= MOST_ATTEMPTS:
        mail.failed_at = now
    else:
        mail.next_attempt_at = now + min(FIRST_WAIT * 2 ** (mail.attempts - 1), LONGEST_WAIT)
