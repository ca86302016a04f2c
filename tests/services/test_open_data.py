"""Open data: no cell below the threshold, and nothing that totals or an earlier look would tell."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Invalid
from matchmaker.domain.people import Role
from matchmaker.services.open_data import FEWEST, MOST_SHARE, Cell, is_safe, open_data, suppressed
from matchmaker.services.open_data_file import export_open_data
from tests.cast import Cast, make_member, make_organization
from tests.contracts import make_registered
from tests.ledger import on_day
from tests.pairs import publish

PARTS = st.dictionaries(st.integers(1, 12), st.integers(1, 1000).map(Decimal), max_size=9)
CELLS = st.lists(st.tuples(PARTS, PARTS).map(lambda sides: _cell(*sides)), min_size=1, max_size=8)


def _cell(sellers: dict[int, Decimal], buyers: dict[int, Decimal]) -> Cell:
    # What one side is paid the other one pays: without one of them there is nothing.
    if not sellers or not buyers:
        return Cell(Decimal(0), {}, {})
    return Cell(sum(sellers.values(), Decimal(0)), dict(sellers), dict(buyers))


def _spread(parts: dict[int | None, Decimal]) -> bool:
    return len(parts) >= FEWEST and max(parts.values()) <= sum(parts.values()) * MOST_SHARE


@settings(max_examples=200, deadline=None)
@given(CELLS)
def test_no_cell_below_the_threshold_is_shown_nor_told_by_the_total(cells: list[Cell]) -> None:
    hidden = suppressed(cells)
    for cell, hide in zip(cells, hidden, strict=True):
        if not hide and cell.parts:
            assert (_spread(cell.parts), _spread(cell.others or {})) == (True, True)
    kept = [cell for cell, hide in zip(cells, hidden, strict=True) if hide]
    rest = [cell for cell, hide in zip(cells, hidden, strict=True) if not hide and cell.parts]
    # What total less shown cells comes to is more than one cell and could be shown; else nothing at all is shown.
    assert not kept or is_safe(kept) or rest == []


def test_one_large_organization_hides_a_cell() -> None:
    few = {place: Decimal(10) for place in range(1, FEWEST)}
    assert Cell(Decimal(40), dict(few)).is_open is False
    assert Cell(Decimal(50), {**few, 9: Decimal(10)}).is_open is True
    assert Cell(Decimal(90), {**few, 9: Decimal(50)}).is_open is False
    # Five sellers, one buyer: he would be read out.
    assert Cell(Decimal(50), {**few, 9: Decimal(10)}, {1: Decimal(50)}).is_open is False


def test_a_single_contract_is_never_told(session: Session, cast: Cast) -> None:
    with on_day(2025, 5, 6):
        make_registered(session, cast)
    with on_day(2026, 2, 1):
        data = open_data(session, 2025)
    assert [line.cells[2:] for line in data.quarters.lines] == [(0, 0, 0), (None, None, None), (0, 0, 0), (0, 0, 0)]
    assert data.quarters.total.cells[2:] == (None, None, None)
    assert data.fields is not None
    assert {line.cells[3] for line in data.fields.lines} == {0, None}
    assert "不公布" in export_open_data(data, "csv", str).decode("utf-8-sig")


def test_only_quarters_that_are_over_count(session: Session, cast: Cast) -> None:
    with on_day(2025, 2, 3):
        for place in range(FEWEST):
            office = make_organization(session, "enterprise", f"企业{place}")
            poster = make_member(session, office, f"p{place}", "某", Role.ENTERPRISE)
            publish(session, poster, "need", f"需求{place}")
    with on_day(2025, 3, 30):
        assert open_data(session, 2025).until == 0
    with on_day(2025, 4, 1):
        data = open_data(session, 2025)
        assert ([line.cells[0] for line in data.quarters.lines], data.quarters.total.cells[0]) == ([5], 5)
        assert data.fields is None


def test_an_unknown_format_is_refused(session: Session) -> None:
    data = open_data(session, 2025)
    with pytest.raises(Invalid):
        export_open_data(data, "exe", str)
