"""Reading a university's reports: the quarters there are, and one of them in the order of a page."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain import codes
from matchmaker.domain.closed_periods import Period
from matchmaker.domain.days import today
from matchmaker.domain.decline_reports import DeclineReport
from matchmaker.domain.errors import Forbidden, NotFound
from matchmaker.domain.language import N_
from matchmaker.domain.people import ROLE_OF_KIND, Organization, Role
from matchmaker.domain.permissions import Actor, can_read_decline_reports
from matchmaker.services.decline_reports.advice import ADVICE
from matchmaker.services.decline_reports.counting import Cut
from matchmaker.services.decline_reports.making import last_quarter

QUARTERS = 8
LARGEST_ID = 2**63 - 1


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """One reason, how often it was given, and what an office can do about it."""

    code: str
    name: str
    count: int
    advice: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PartCount:
    """One field, sub-unit or achievement: how often it was declined (None: not told), and the reasons told of it."""

    key: str
    name: str
    count: int | None
    reasons: tuple[tuple[str, int], ...] = ()


@dataclass(frozen=True, slots=True)
class QuarterReport:
    """What may be said of one quarter; `rest` are the declines whose reasons are not told one by one."""

    organization_id: int
    organization_name: str
    period: Period
    total: int = 0
    reasons: tuple[ReasonCount, ...] = ()
    fields: tuple[PartCount, ...] = ()
    sub_units: tuple[PartCount, ...] = ()
    achievements: tuple[PartCount, ...] = ()
    made_at: datetime | None = None

    @property
    def rest(self) -> int:
        """Declines without a reason that may be told."""
        return self.total - sum(each.count for each in self.reasons)


@dataclass(frozen=True, slots=True)
class University:
    """A university that the bureau may look at; `is_told`: there is something to read of the quarter."""

    id: int
    name: str
    is_told: bool


def quarters() -> tuple[Period, ...]:
    """Return the quarters that are over, the latest first."""
    found = [last_quarter(today())]
    while len(found) < QUARTERS:
        found.append(last_quarter(found[-1].since))
    return tuple(found)


def universities(session: Session, actor: Actor, period: Period) -> tuple[University, ...]:
    """Return those among which the bureau chooses, by name; a member of a university has no choice.

    Raises:
        Forbidden: the actor reads no such reports.
    """
    _require(actor)
    if actor.role is Role.UNIVERSITY:
        return ()
    kinds = [kind for kind, role in ROLE_OF_KIND.items() if role is Role.UNIVERSITY]
    of_quarter = sa.and_(
        DeclineReport.organization_id == Organization.id,
        DeclineReport.year == period.year,
        DeclineReport.quarter == period.number,
    )
    query = sa.select(Organization.id, Organization.name, DeclineReport.content).outerjoin(DeclineReport, of_quarter)
    query = query.where(Organization.kind.in_(kinds), Organization.merged_into_id.is_(None))
    rows = session.execute(query.order_by(Organization.name, Organization.id))
    return tuple(University(each, name, bool(content and content["counts"])) for each, name, content in rows)


def quarter_report(session: Session, actor: Actor, organization_id: int, period: Period) -> QuarterReport:
    """Return what may be said of a quarter; an empty one where nothing may, whatever the reason.

    Raises:
        Forbidden: the actor reads no such reports.
        NotFound: there is no such university, or it is another's.
    """
    _require(actor)
    is_own = actor.organization_id == organization_id
    found = session.get(Organization, organization_id) if 0 < organization_id <= LARGEST_ID else None
    if (
        found is None
        or ROLE_OF_KIND[found.kind] is not Role.UNIVERSITY
        or (actor.role is Role.UNIVERSITY and not is_own)
    ):
        raise NotFound(N_("没有找到这个单位的报告。"))
    row = session.scalar(
        sa.select(DeclineReport).where(
            DeclineReport.organization_id == organization_id,
            DeclineReport.year == period.year,
            DeclineReport.quarter == period.number,
        )
    )
    return _report(found, period, row)


def read_period(key: str) -> Period:
    """Return the quarter that an address names, 2026-quarter-3; the latest where it names none of those offered."""
    offered = quarters()
    return next((period for period in offered if period.key == key), offered[0])


def _require(actor: Actor) -> None:
    if not can_read_decline_reports(actor):
        raise Forbidden(N_("谢绝原因报告给高校院所和科技局看。"))


def _report(organization: Organization, period: Period, row: DeclineReport | None) -> QuarterReport:
    counts = [(Cut(cut), keys, count) for cut, keys, count in row.content["counts"]] if row is not None else []
    total = next((count for cut, _, count in counts if cut is Cut.TOTAL), 0)
    if row is None or not total:
        return QuarterReport(organization.id, organization.name, period)
    fields = dict(codes.table("contract_fields").choices())
    return QuarterReport(
        organization.id,
        organization.name,
        period,
        total,
        tuple(_reason(keys[0], count) for cut, keys, count in counts if cut is Cut.REASON),
        _parts(counts, Cut.FIELD, Cut.FIELD_REASON, fields),
        _parts(counts, Cut.SUB_UNIT, None, row.content["sub_units"]),
        _parts(counts, Cut.ACHIEVEMENT, Cut.ACHIEVEMENT_REASON, row.content["achievements"]),
        row.made_at,
    )


def _reason(code: str, count: int) -> ReasonCount:
    return ReasonCount(code, codes.table("decline_reasons").name(code), count, ADVICE[code])


def _parts(
    counts: list[tuple[Cut, list[str], int]], cut: Cut, with_reason: Cut | None, names: dict[str, str]
) -> tuple[PartCount, ...]:
    """The parts of one cut, the largest first; one of which only a reason is told comes after those."""
    sizes = {keys[0]: count for each, keys, count in counts if each is cut}
    reasons: dict[str, list[tuple[str, int]]] = {key: [] for key in sizes}
    for each, keys, count in counts:
        if each is with_reason:
            reasons.setdefault(keys[0], []).append((codes.table("decline_reasons").name(keys[1]), count))
    return tuple(PartCount(key, names.get(key, ""), sizes.get(key), tuple(told)) for key, told in reasons.items())
