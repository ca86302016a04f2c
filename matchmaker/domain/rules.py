"""Rules that change (规则): a limit, a rate, a number of days, each from a day on, with the text that it comes from.

What is shipped stands in rules.csv; the bureau writes later values as rows of `rules`. A value that was in force on a
day stays in force for that day, whatever is written later about later days.
"""

import csv
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from matchmaker.domain.base import Base, utc_now
from matchmaker.domain.language import N_
from matchmaker.domain.people import User


class RuleCode(StrEnum):
    """What is ruled."""

    DECISION_DAYS = "contract_decision_days"
    EXPERT_DAYS = "contract_expert_days"
    EXPERT_LIMIT = "contract_expert_limit"
    FORM_VERSION = "contract_form_version"
    TRANSFER_EXEMPT = "tax_transfer_exempt"
    TRANSFER_REST_RATE = "tax_transfer_rest_rate"
    ENTERPRISE_RATE = "tax_enterprise_rate"


RULE_NAMES: dict[str, str] = {
    RuleCode.DECISION_DAYS: N_("合同登记期限（工作日）"),
    RuleCode.EXPERT_DAYS: N_("专家评审期限（日）"),
    RuleCode.EXPERT_LIMIT: N_("需要专家评审的合同总额（元）"),
    RuleCode.FORM_VERSION: N_("登记表版本"),
    RuleCode.TRANSFER_EXEMPT: N_("技术转让所得免征额（元/年）"),
    RuleCode.TRANSFER_REST_RATE: N_("超出部分的征收比例"),
    RuleCode.ENTERPRISE_RATE: N_("企业所得税税率"),
}


@dataclass(frozen=True, slots=True)
class RuleValue:
    """One value of a rule and the days on which it holds, both ends included; `source` is the text it comes from."""

    code: str
    value: Decimal
    valid_from: date
    valid_until: date | None
    source: str
    is_verified: bool
    id: int | None = None
    written_by: str = ""

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on a day."""
        return self.valid_from <= day and (self.valid_until is None or day <= self.valid_until)


class Rule(Base):
    """A value that the bureau has written; it takes the place of what was shipped from `valid_from` on."""

    __tablename__ = "rules"
    __table_args__ = (sa.UniqueConstraint("code", "valid_from"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(sa.String(32))
    # As written: a rate has more places than money.
    value: Mapped[str] = mapped_column(sa.String(24))
    valid_from: Mapped[date]
    source: Mapped[str] = mapped_column(sa.Text)
    is_verified: Mapped[bool] = mapped_column(default=False)
    written_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    written_at: Mapped[datetime] = mapped_column(default=utc_now)

    written_by: Mapped[User | None] = relationship()


class DayException(Base):
    """A day that is other than the calendar package says, as the bureau has entered it."""

    __tablename__ = "day_exceptions"
    __table_args__ = ()

    on: Mapped[date] = mapped_column(primary_key=True)
    is_working: Mapped[bool]
    note: Mapped[str] = mapped_column(sa.String(200), default="")


@cache
def shipped_rules() -> tuple[RuleValue, ...]:
    """Return what the file says, in its order."""
    text = resources.files("matchmaker.domain").joinpath("rules.csv").read_text("utf-8")
    return tuple(
        RuleValue(
            RuleCode(row["code"]),
            Decimal(row["value"]),
            date.fromisoformat(row["valid_from"]),
            date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
            row["source"],
            row["verified"] == "yes",
        )
        for row in csv.DictReader(text.splitlines())
    )
