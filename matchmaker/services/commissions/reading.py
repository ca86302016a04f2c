"""What somebody typed into a commission agreement, read and checked."""

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from sqlalchemy.orm import Session

from matchmaker.domain.commissions import MOST_SHARES, NOTE_MOST, WHOLE
from matchmaker.domain.deals import Deal
from matchmaker.domain.errors import Invalid
from matchmaker.domain.language import N_
from matchmaker.services.deals.brokers import brokers_at_work
from matchmaker.services.reading.text import line

FEE_MOST = Decimal(10) ** 12
SIDES = ("one", "other")


@dataclass(frozen=True, slots=True)
class ShareRow:
    """A broker's share as typed."""

    broker: str
    percent: str


def read_payer(deal: Deal, side: str) -> int:
    """Return the organization of a side ("one" or "other") of a deal.

    Raises:
        Invalid: it is neither (`payer`).
    """
    if side not in SIDES:
        raise Invalid(N_("请选择由哪一方支付。"), errors={"payer": N_("请选择。")})
    return deal.one_organization_id if side == "one" else deal.other_organization_id


def read_fee(text: str) -> Decimal:
    """Return a fee in yuan.

    Raises:
        Invalid: no amount, negative, or absurd (`fee`).
    """
    fee = _decimal(text)
    if fee is None or not 0 <= fee <= FEE_MOST:
        raise Invalid(N_("请填写佣金总额，单位为元，例如 50000。"), errors={"fee": N_("请填写金额。")})
    return fee


def read_note(text: str) -> str:
    """Return a note on one line.

    Raises:
        Invalid: it is too long (`note`).
    """
    note = line(text)
    if len(note) > NOTE_MOST:
        raise Invalid(N_("说明太长。"), errors={"note": N_("说明太长。")})
    return note


def read_shares(session: Session, rows: Sequence[ShareRow]) -> list[tuple[int, Decimal]]:
    """Read the rows that say anything: brokers at work, each once, shares above 0 that are no more than the whole."""
    filled = [row for row in rows[: MOST_SHARES + 1] if row.broker.strip() or row.percent.strip()]
    errors = {"shares": N_("请检查分成。")}
    if not filled or len(filled) > MOST_SHARES:
        raise Invalid(N_("请填写一至六位技术经纪人的分成。"), errors=errors)
    known = {str(person.id): person.id for person in brokers_at_work(session)}
    read: dict[int, Decimal] = {}
    for row in filled:
        broker, percent = known.get(row.broker.strip()), _decimal(row.percent.replace("%", ""))
        if broker is None or broker in read:
            raise Invalid(N_("每一行请选择一位在岗的技术经纪人，每人一行。"), errors=errors)
        if percent is None or not 0 < percent <= WHOLE:
            raise Invalid(N_("分成请填写 0.01 至 100 之间的百分数，至多两位小数。"), errors=errors)
        read[broker] = percent
    if sum(read.values(), Decimal(0)) > WHOLE:
        raise Invalid(N_("各人的分成加起来超过了 100%%。"), errors=errors)
    return list(read.items())


def _decimal(text: str) -> Decimal | None:
    """Read a plain number with two places at most."""
    try:
        read = Decimal(text.strip().replace(",", "").replace("，", ""))
    except InvalidOperation:
        return None
    if not read.is_finite() or abs(read) > FEE_MOST:
        return None
    return read if read == read.quantize(Decimal("0.01")) else None
