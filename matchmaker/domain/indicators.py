"""Indicators: what a year's promise counts, as versioned definitions. The first version of each is shipped as data.

A definition names a counting rule (see services/ledger/rules) and its parameters; it is never changed: a later one
takes its place from a year on.
"""

import csv
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from matchmaker.domain.base import Base, utc_now

PUBLISHED_NEEDS = "published_needs"


class Measure(StrEnum):
    """How rows make a figure: their number, the sum of their amounts, or the amount of the latest one (a level)."""

    COUNT = "count"
    SUM = "sum"
    LATEST = "latest"


@dataclass(frozen=True, slots=True)
class Definition:
    """One version of an indicator.

    `action` is a code of `plan_actions` and `clause` the plan's own words there; `unit` a code of `indicator_units`;
    `once` (codes of `indicator_onces`) says what counts once a year; `owner` who answers for it.
    """

    indicator: str
    version: int
    from_year: int
    name: str
    action: str
    clause: str
    unit: str
    measure: str
    rule: str
    parameters: Mapping[str, Any]
    once: str
    owner: str

    @property
    def is_money(self) -> bool:
        """Whether its amounts are yuan."""
        return self.unit == "yuan"


@dataclass(frozen=True, slots=True)
class Promise:
    """What the plan promises of an indicator by the end of a year, and by quarters where it says so."""

    indicator: str
    year: int
    value: Decimal
    quarters: tuple[Decimal, ...] = ()


@cache
def shipped_definitions() -> tuple[Definition, ...]:
    """Return the first version of every indicator of the plan, in the order in which they are shown."""
    return tuple(
        Definition(
            indicator=row["code"],
            version=1,
            from_year=int(row["from_year"]),
            name=row["name"],
            action=row["action"],
            clause=row["clause"],
            unit=row["unit"],
            measure=row["measure"],
            rule=row["rule"],
            parameters=json.loads(row["parameters"]),
            once=row["once"],
            owner=row["owner"],
        )
        for row in _rows()
    )


@cache
def shipped_promises() -> tuple[Promise, ...]:
    """Return the targets that the plan itself states."""
    return tuple(
        Promise(
            row["code"],
            int(row["from_year"]),
            Decimal(row["target"]),
            tuple(Decimal(part) for part in row["quarters"].split(";") if part),
        )
        for row in _rows()
    )


@cache
def _rows() -> tuple[dict[str, str], ...]:
    text = resources.files("matchmaker.domain").joinpath("indicators.csv").read_text("utf-8")
    return tuple(csv.DictReader(text.splitlines()))


class IndicatorVersion(Base):
    """A later version of a definition, or the first of an indicator that the plan's data does not know. Never changed.

    It counts from the year `from_year` on, until a later one does. `reason` is why it was made.
    """

    __tablename__ = "indicator_versions"
    __table_args__ = (sa.UniqueConstraint("indicator", "version"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(sa.String(40))
    version: Mapped[int]
    from_year: Mapped[int]
    name: Mapped[str] = mapped_column(sa.String(100))
    action: Mapped[str] = mapped_column(sa.String(8))
    clause: Mapped[str] = mapped_column(sa.Text)
    unit: Mapped[str] = mapped_column(sa.String(16))
    measure: Mapped[str] = mapped_column(sa.String(8))
    rule: Mapped[str] = mapped_column(sa.String(40))
    parameters: Mapped[dict[str, Any]]
    once: Mapped[str] = mapped_column(sa.String(16))
    owner: Mapped[str] = mapped_column(sa.String(100))
    reason: Mapped[str] = mapped_column(sa.Text)
    created_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utc_now)

    @property
    def definition(self) -> Definition:
        """What it says, as plain data."""
        return Definition(**{each.name: getattr(self, each.name) for each in fields(Definition)})
