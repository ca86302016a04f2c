"""Handing mails to an SMTP server, one after the other over one connection. Knows nothing of the database."""

import smtplib
import ssl
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from matchmaker.config import Settings
from matchmaker.services.enclosures import Enclosure
from matchmaker.services.mail_html import html_of

# The worker waits no longer for a server that does not answer; the mail is tried again later.
TIMEOUT_SECONDS = 10
IMPLICIT_TLS_PORT = 465
ERROR_LONGEST = 500


@dataclass(frozen=True, slots=True)
class Delivery:
    """One mail to send. `sender` is the name beside the address, `unsubscribe` the address that ends mails of its kind
    (RFC 8058), where it may be left.
    """

    mail_id: int
    message_id: str
    sender: str
    recipient: str
    subject: str
    body: str
    language: str
    at: datetime
    unsubscribe: str | None = None
    enclosures: tuple[Enclosure, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mail: sent, or `error`; `final` where the server will never take it (an SMTP 5xx answer)."""

    error: str | None = None
    final: bool = False

    @property
    def sent(self) -> bool:
        """Whether the server has taken the mail."""
        return self.error is None


class Outgoing:
    """A connection to the server, opened by the first mail and kept for the next ones. `is_down` after it failed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._server: smtplib.SMTP | None = None
        self.is_down = False

    def __enter__(self) -> "Outgoing":
        """Connect later, when there is something to send."""
        return self

    def __exit__(self, *_error: object) -> None:
        """Say goodbye; a server that is gone already need not hear it."""
        if self._server is not None:
            try:
                self._server.quit()
            except (OSError, smtplib.SMTPException):
                self._server.close()

    def send(self, delivery: Delivery) -> Outcome:
        """Send one mail; whatever happens becomes its outcome."""
        try:
            if self._server is None:
                self._server = _connect(self._settings)
            return _send(self._server, self._settings, delivery)
        except (OSError, smtplib.SMTPException) as error:
            self.is_down = True
            return Outcome(_text(error))


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
        return Outcome(f"{code} {answer!r}"[:ERROR_LONGEST], final=code >= 500)
    except smtplib.SMTPResponseException as error:
        if error.smtp_code == 421:  # the server is closing the connection: try the rest later
            raise
        # A refused sender is a matter of settings, which somebody will mend; refused content stays refused.
        refused = isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= 500
        return Outcome(_text(error), final=refused)
    except ValueError as error:  # a header that cannot be written, most often a wrong sender in the settings
        return Outcome(_text(error))
    return Outcome()


def _message(settings: Settings, delivery: Delivery) -> EmailMessage:
    message = EmailMessage()
    message["From"] = Address(delivery.sender, addr_spec=settings.mail_from)
    message["To"] = delivery.recipient
    message["Subject"] = delivery.subject
    message["Message-ID"] = delivery.message_id
    message["Date"] = format_datetime(delivery.at)
    message["Auto-Submitted"] = "auto-generated"
    if delivery.unsubscribe is not None:
        message["List-Unsubscribe"] = f"<{delivery.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(delivery.body)
    message.add_alternative(
        html_of(delivery.subject, delivery.body, delivery.sender, delivery.language), subtype="html"
    )
    for enclosure in delivery.enclosures:
        _enclose(message, enclosure)
    return message


def _enclose(message: EmailMessage, enclosure: Enclosure) -> None:
    """Add a file; one for calendars goes as a part of its own as well, which is where mail programs look for it."""
    main, _, sub = enclosure.media_type.partition("/")
    if enclosure.method is not None:
        body = message.get_payload(0) if message.get_content_type() == "multipart/mixed" else message
        assert isinstance(body, EmailMessage), "the text was written before"  # noqa: S101
        body.add_alternative(enclosure.content.decode(), subtype="calendar", params={"method": enclosure.method})
        main, sub = "application", "ics"
    # Our files of text are UTF-8, which nobody can tell from the bytes of an attachment.
    params = {"charset": "utf-8"} if main == "text" else {}
    message.add_attachment(enclosure.content, maintype=main, subtype=sub, filename=enclosure.name, params=params)


def _text(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"[:ERROR_LONGEST]
