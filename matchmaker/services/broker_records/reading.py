"""Reading a broker's record from deals, introductions, meetings, contracts and agreed shares; nothing is typed in."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.commissions import Commission, CommissionShare, CommissionState
from matchmaker.domain.contracts import Contract, ContractState
from matchmaker.domain.days import CITY_ZONE
from matchmaker.domain.deals import Deal, DealState
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.introductions import Introduction, Stance
from matchmaker.domain.journal_chain import Head, head
from matchmaker.domain.language import N_
from matchmaker.domain.people import Membership, Role, User
from matchmaker.domain.permissions import Actor, can_read_broker_record, can_see_deal
from matchmaker.services.broker_records.meetings import deals_minuted, meetings_held
from matchmaker.services.deals.loading import deal_options
from matchmaker.services.deals.views import view_deals

LARGEST_ID = 2**63 - 1
COHORT_RULE = N_(
    "比例的口径：分母是当年建立、由本人促成的项目；其中有这一对的面谈记录，或项目建立之后有双方参加的洽谈纪要的，计为面谈；"
    "已签约或已登记的，计为签约；面谈和签约不论发生在哪一年。双方就别的事情见过面不算。合同和金额按登记的年度计。"
)
SIGNED = frozenset({DealState.CONTRACT, DealState.REGISTERED})


@dataclass(frozen=True, slots=True)
class RecordContract:
    """A registered contract with both amounts in yuan, which are never the same by themselves."""

    id: int
    name: str
    registration_number: str
    registered_on: date
    total_value: Decimal
    transaction_value: Decimal


@dataclass(frozen=True, slots=True)
class RecordRow:
    """One deal and the broker's part in it; `sides` is empty where its reader may not see whose it is.

    `meetings` and `is_minuted` say how its sides are known to have met (see meetings.py).
    """

    deal_id: int
    opened_on: date
    sides: str
    field: str | None
    state: str
    introduced: bool
    disputed: bool
    follows_up: bool
    share: Decimal | None
    meetings: int
    is_minuted: bool
    signed: bool
    contracts: tuple[RecordContract, ...]

    @property
    def met(self) -> bool:
        """Whether a meeting of the pair, or a minute with both sides, is on record."""
        return self.meetings > 0 or self.is_minuted


@dataclass(frozen=True, slots=True)
class YearLine:
    """A year: deals by the day they were opened, contracts and amounts by the day of registration.

    The rates are of a cohort: the deals opened in the year that he introduced, by record. Of these `met` counts those
    whose sides have met since, in whatever year: a meeting of the pair took place, or a minute of both sides is on
    record; what the two organizations met about before, or otherwise, is not counted. `signed` counts those that came
    to a contract since, in whatever year.
    """

    year: int
    deals: int
    introduced: int
    met: int
    signed: int
    contracts: int
    total_value: Decimal
    transaction_value: Decimal

    @property
    def met_share(self) -> float | None:
        """How many of the introduced ones met, from 0 to 1; None where none was introduced."""
        return self.met / self.introduced if self.introduced else None

    @property
    def signed_share(self) -> float | None:
        """How many of the introduced ones came to a contract."""
        return self.signed / self.introduced if self.introduced else None


@dataclass(frozen=True, slots=True)
class BrokerRecord:
    """All of it, the newest deal first, as of a moment and an end of the journal's chain."""

    broker_id: int
    name: str
    office: str
    made_at: datetime
    head: Head
    rows: tuple[RecordRow, ...]
    years: tuple[YearLine, ...]


def broker_record(session: Session, actor: Actor, broker_id: int) -> BrokerRecord:
    """Return a broker's record, in a fixed number of queries; a deal that is not the reader's to see names no side.

    Raises:
        Forbidden: it is his own and the bureau's only. NotFound: there is no such broker.
    """
    if not can_read_broker_record(actor, broker_id):
        raise Forbidden(N_("业绩档案只对本人和科技局开放。"))
    person, office = _broker(session, broker_id)
    deals = _deals(session, broker_id)
    rows = _rows(session, actor, broker_id, deals)
    return BrokerRecord(
        broker_id=broker_id,
        name=person.name,
        office=office,
        made_at=utc_now(),
        head=head(session),
        rows=rows,
        years=_years(rows),
    )


def _broker(session: Session, broker_id: int) -> tuple[User, str]:
    query = sa.select(Membership).where(Membership.user_id == broker_id, Membership.role == Role.BROKER)
    found = session.scalars(query.order_by(Membership.id).limit(1)).first() if 0 < broker_id <= LARGEST_ID else None
    if found is None:
        raise NotFound(N_("没有找到这位技术经纪人。"))
    return found.user, found.organization.name


def _deals(session: Session, broker_id: int) -> Sequence[Deal]:
    """Those that he follows up, introduced, brokered the contract of, or has an agreed share of."""
    introduced = sa.select(Introduction.deal_id).where(Introduction.introducer_id == broker_id)
    brokered = sa.select(Contract.deal_id).where(Contract.broker_id == broker_id)
    shared = (
        sa.select(Commission.deal_id)
        .join(Commission.shares)
        .where(Commission.state == CommissionState.AGREED, CommissionShare.broker_id == broker_id)
    )
    his = Deal.owner_id == broker_id
    any_of = sa.or_(his, Deal.id.in_(introduced), Deal.id.in_(brokered), Deal.id.in_(shared))
    return session.scalars(sa.select(Deal).where(any_of).options(*deal_options()).order_by(Deal.id.desc())).all()


def _rows(session: Session, actor: Actor, broker_id: int, deals: Sequence[Deal]) -> tuple[RecordRow, ...]:
    ids = [deal.id for deal in deals]
    visible = [deal for deal in deals if can_see_deal(actor, deal)]
    sides = {view.id: f"{view.one} × {view.other}" for view in view_deals(session, actor, visible)}
    introduced, disputed = _introductions(session, broker_id, ids)
    shares, contracts = _shares(session, broker_id, ids), _contracts(session, ids)
    meetings, minuted = meetings_held(session, deals), deals_minuted(session, deals)
    return tuple(
        RecordRow(
            deal_id=deal.id,
            opened_on=deal.opened_at.astimezone(CITY_ZONE).date(),
            sides=sides.get(deal.id, ""),
            field=deal.field,
            state=deal.state,
            introduced=deal.id in introduced,
            disputed=deal.id in disputed,
            follows_up=deal.owner_id == broker_id,
            share=shares.get(deal.id),
            meetings=meetings[deal.id],
            is_minuted=deal.id in minuted,
            signed=deal.state in SIGNED or bool(contracts.get(deal.id)),
            contracts=tuple(contracts.get(deal.id, ())),
        )
        for deal in deals
    )


def _introductions(session: Session, broker_id: int, ids: Iterable[int]) -> tuple[set[int], set[int]]:
    """Deals that he introduced by record, and those where somebody disputes who did."""
    query = sa.select(Introduction.deal_id, Introduction.stance, Introduction.introducer_id)
    rows = session.execute(query.where(Introduction.deal_id.in_(ids))).all()
    return {row.deal_id for row in rows if row.introducer_id == broker_id}, {
        row.deal_id for row in rows if row.stance == Stance.DISPUTED
    }


def _shares(session: Session, broker_id: int, ids: Iterable[int]) -> dict[int, Decimal]:
    query = (
        sa.select(Commission.deal_id, CommissionShare.percent)
        .join(CommissionShare.commission)
        .where(Commission.state == CommissionState.AGREED, CommissionShare.broker_id == broker_id)
        .where(Commission.deal_id.in_(ids))
    )
    return {row.deal_id: row.percent for row in session.execute(query)}


def _contracts(session: Session, ids: Iterable[int]) -> Mapping[int, list[RecordContract]]:
    query = (
        sa.select(Contract)
        .where(Contract.deal_id.in_(ids), Contract.state == ContractState.REGISTERED)
        .order_by(Contract.registered_on, Contract.id)
    )
    found: dict[int, list[RecordContract]] = {}
    for row in session.scalars(query):
        if row.registered_on is not None:
            found.setdefault(row.deal_id, []).append(
                RecordContract(
                    id=row.id,
                    name=row.name,
                    registration_number=row.registration_number or "",
                    registered_on=row.registered_on,
                    total_value=row.total_value or Decimal(0),
                    transaction_value=row.transaction_value or Decimal(0),
                )
            )
    return found


def _years(rows: Sequence[RecordRow]) -> tuple[YearLine, ...]:
    contracts = [contract for row in rows for contract in row.contracts]
    years = {row.opened_on.year for row in rows} | {contract.registered_on.year for contract in contracts}
    return tuple(_year(year, rows, contracts) for year in sorted(years, reverse=True))


def _year(year: int, rows: Sequence[RecordRow], contracts: Sequence[RecordContract]) -> YearLine:
    opened = [row for row in rows if row.opened_on.year == year]
    introduced = [row for row in opened if row.introduced]
    registered = [contract for contract in contracts if contract.registered_on.year == year]
    return YearLine(
        year=year,
        deals=len(opened),
        introduced=len(introduced),
        met=sum(row.met for row in introduced),
        signed=sum(row.signed for row in introduced),
        contracts=len(registered),
        total_value=sum((each.total_value for each in registered), Decimal(0)),
        transaction_value=sum((each.transaction_value for each in registered), Decimal(0)),
    )
