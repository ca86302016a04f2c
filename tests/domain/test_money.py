"""Money never floats: no column, no annotation and no conversion where amounts are reckoned."""

import ast
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.dialects import sqlite

from matchmaker.domain.base import Money
from matchmaker.domain.tables import metadata

PACKAGE = Path(__file__).parents[2] / "matchmaker"
# Similarities, shares and measures of search: nothing that anybody pays.
MEASURES = {
    *("language_measures.recall_1", "language_measures.recall_10", "events.match_threshold", "duplicates.share"),
    *("matches.score", "matches.probability", "matches.need_side_score", "matches.achievement_side_score"),
    *("pair_readings.value", "unmet_clusters.x", "unmet_clusters.y"),
}
NAMES = ("amount", "value_", "_value", "income", "budget", "price", "fee", "cost", "deduction")
# Where amounts are reckoned; a chart's geometry and a median of days are not amounts.
FLOORS = (
    *("domain/contracts.py", "domain/deals.py", "domain/commissions.py", "domain/indicators.py", "domain/rules.py"),
    *("domain/evidence_records.py", "domain/indicator_targets.py", "domain/closed_periods.py"),
    *("services/contracts", "services/contracts_sheet", "services/rules", "services/ledger", "services/deals"),
    *("services/commissions", "services/papers", "services/reports"),
)


def _columns() -> Iterator[tuple[str, sa.Column[object]]]:
    for table in metadata.sorted_tables:
        for column in table.columns:
            yield f"{table.name}.{column.name}", column


def test_columns_that_float_are_measures_of_search() -> None:
    assert {name for name, column in _columns() if isinstance(column.type, sa.Float)} == MEASURES


def test_columns_named_for_money_hold_whole_fen() -> None:
    named = {
        name: column
        for name, column in _columns()
        if any(word in name.split(".")[1] for word in NAMES) and name not in MEASURES and not name.endswith("_id")
    }
    numbers = {name for name, column in named.items() if isinstance(column.type, sa.Numeric | sa.Integer)}
    assert numbers == set()
    assert {name for name, column in named.items() if isinstance(column.type, Money)} >= {
        "revisions.budget",
        "revisions.price",
    }


def _sources() -> Iterator[Path]:
    for name in FLOORS:
        place = PACKAGE / name
        yield from sorted(place.rglob("*.py")) if place.is_dir() else [place] if place.exists() else []


@pytest.mark.parametrize("path", list(_sources()), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_nothing_floats_where_amounts_are_reckoned(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    floats = [node.lineno for node in ast.walk(tree) if isinstance(node, ast.Name) and node.id == "float"]
    fractions = [
        node.lineno for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)
    ]
    assert (floats, fractions) == ([], [])


@given(st.decimals(min_value=0, max_value=Decimal("9e13"), places=2))
def test_money_comes_back_as_it_went(amount: Decimal) -> None:
    dialect, money = sqlite.dialect(), Money()
    stored = money.process_bind_param(amount, dialect)
    assert isinstance(stored, int)
    assert money.process_result_value(stored, dialect) == amount
