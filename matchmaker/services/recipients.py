"""Whom something is forwarded to: an inventor of the organization, or anybody with a name and an address."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.orm import Session, joinedload

from matchmaker.domain.errors import Invalid
from matchmaker.domain.forwardings import Forwarding
from matchmaker.domain.inventors import Inventor, Inventorship
from matchmaker.domain.language import N_
from matchmaker.domain.permissions import Actor
from matchmaker.services.identifiers import read_email, read_person_name
from matchmaker.services.inventors import get_inventor
from matchmaker.services.reading.text import Unreadable

KEPT = timedelta(days=180)
"""How long after its link has expired the recipient's address is kept."""


@dataclass(frozen=True, slots=True)
class Recipient:
    """Whom a form names: one of the organization's inventors, or a name and an address."""

    name: str = ""
    email: str = ""
    inventor_id: int | None = None


@dataclass(frozen=True, slots=True)
class RecipientOption:
    """An inventor to whom something can be forwarded; `is_of_listing` where he is named in the listing itself."""

    inventor_id: int
    name: str
    email: str
    sub_unit: str
    is_of_listing: bool


def recipients(session: Session, actor: Actor, listing_id: int) -> tuple[RecipientOption, ...]:
    """Return the organization's inventors with an address, those of one of its listings first."""
    named = sa.exists().where(Inventorship.inventor_id == Inventor.id, Inventorship.listing_id == listing_id)
    rows = session.execute(
        sa.select(Inventor, named)
        .where(
            Inventor.organization_id == actor.organization_id,
            Inventor.deleted_at.is_(None),
            Inventor.email.is_not(None),
        )
        .options(joinedload(Inventor.sub_unit))
        .order_by(named.desc(), Inventor.name, Inventor.id)
    )
    return tuple(
        RecipientOption(row.id, row.name, row.email or "", row.sub_unit.name if row.sub_unit else "", bool(is_named))
        for row, is_named in rows
    )


def addressed(session: Session, actor: Actor, recipient: Recipient) -> tuple[str, str]:
    """Return (name, address) of whom a form names.

    Raises:
        NotFound: the actor knows no such inventor.
        Invalid: by field; the inventor has no address, or a name or an address cannot be read.
    """
    if recipient.inventor_id is not None:
        inventor = get_inventor(session, actor, recipient.inventor_id)
        if inventor.email is None:
            sentence = N_("这位发明人没有登记邮箱。")
            raise Invalid(sentence, {"inventor_id": sentence})
        return inventor.name, inventor.email
    errors: dict[str, str] = {}
    values: list[str] = []
    for field, read, typed in (("name", read_person_name, recipient.name), ("email", read_email, recipient.email)):
        try:
            values.append(read(typed))
        except Unreadable as error:
            errors[field] = error.sentence
    if errors:
        raise Invalid(N_("请填写收件人的姓名和邮箱。"), errors)
    return values[0], values[1]


def forget_recipients(session: Session, now: datetime) -> int:
    """Forget whom expired links had been sent to; return of how many. What was answered stays."""
    old = Forwarding.expires_at < now - KEPT, Forwarding.recipient_email != ""
    done = session.execute(sa.update(Forwarding).where(*old).values(recipient_email="", recipient_name=""))
    return int(done.rowcount)  # type: ignore[attr-defined]
