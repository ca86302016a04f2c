"""Handing mails to an SMTP server, one connection for a batch. Knows nothing of the database."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from matchmaker.config import Settings

# The worker waits no longer for a server that does not answer; the mail is tried again later.
TIMEOUT_SECONDS = 10
IMPLICIT_TLS_PORT = 465
ERROR_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail to send; `mail_id` comes back in its outcome, `sender` is the name beside the address."""

    mail_id: int
    message_id: str
    sender: str
    recipient: str
    subject: str
    body: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: sent, or `error`; `final` where the server will never take it (an SMTP 5xx answer)."""

    mail_id: int
    error: str | None = None
    final: bool = False

    @property
    def sent(self) -> bool:
        """Whether the server has taken the mail."""
        return self.error is None


def send_all(settings: Settings, deliveries: Sequence[Delivery]) -> list[Outcome]:
    """Send a batch; return one outcome for each mail, whatever happens on the way."""
    outcomes: list[Outcome] = []
    try:
        with _connect(settings) as server:
            for delivery in deliveries:
                outcomes.append(_send(server, settings, delivery))
    except (OSError, smtplib.SMTPException) as error:
        unsent = deliveries[len(outcomes) :]
        outcomes.extend(Outcome(delivery.mail_id, _text(error)) for delivery in unsent)
    return outcomes


def _connect(settings: Settings) -> smtplib.SMTP:
    assert settings.smtp_host is not None, "the caller has checked"  # noqa: S101
    context = ssl.create_default_context()
    host, port = settings.smtp_host, settings.smtp_port
    if settings.smtp_tls and port == IMPLICIT_TLS_PORT:
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_SECONDS, context=context)
    else:
        server = smtplib.SMTP(host, port, timeout=TIMEOUT_SECONDS)
    try:
        if settings.smtp_tls and port != IMPLICIT_TLS_PORT:
            server.starttls(context=context)
        if settings.smtp_user is not None:
            server.login(settings.smtp_user, settings.smtp_password or "")
    except BaseException:
        server.close()
        raise
    return server


def _send(server: smtplib.SMTP, settings: Settings, delivery: Delivery) -> Outcome:
    try:
        server.send_message(_message(settings, delivery))
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        return Outcome(delivery.mail_id, f"{code} {answer!r}"[:ERROR_LONGEST], final=code >= 500)
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:  # the server is closing the connection: try the rest later
            raise
        # A refused sender is a matter of settings, which somebody will mend; refused content stays refused.
        refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return Outcome(delivery.mail_id, _text(error), final=refused)
    except ValueError as error:  # a header that cannot be written, most often a wrong sender in the settings
        return Outcome(delivery.mail_id, _text(error))
    return Outcome(delivery.mail_id)


def _message(settings: Settings, delivery: Delivery) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(delivery.sender, addr_spec=settings.mail_from)
    message["To"] = delivery.recipient
    message["Subject"] = delivery.subject
    message["Message-ID"] = delivery.message_id
    message["Date"] = format_datetime(delivery.at)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(delivery.body)
    return message


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_LONGEST]
