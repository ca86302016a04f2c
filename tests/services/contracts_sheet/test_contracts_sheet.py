"""Registration form data out and in: equal both ways, all or nothing, faults by the address of their cell."""

import io
from datetime import date

import pytest
from openpyxl import Workbook, load_workbook

from matchmaker.domain.errors import Invalid
from matchmaker.services.contracts_sheet import reading
from matchmaker.services.contracts_sheet.columns import COLUMNS, address
from matchmaker.services.contracts_sheet.faults import SheetFaults
from matchmaker.services.contracts_sheet.opening import open_sheet
from matchmaker.services.contracts_sheet.reading import take_sheet
from matchmaker.services.contracts_sheet.writing import write_sheet
from tests.contracts import make_contract, make_deal, make_registered
from tests.counting import counted_queries


def read_sheet(session, actor, content):
    return take_sheet(session, actor, open_sheet(content))


def changed(content, **cells):
    """The sheet with other values in row 2, by the name of the column."""
    book = load_workbook(io.BytesIO(content))
    for name, value in cells.items():
        book.active[address(name, 2)] = value
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def cells(content, row=2):
    values = [cell.value for cell in load_workbook(io.BytesIO(content)).active[row]]
    return dict(zip((column.name for column in COLUMNS), values, strict=True))


def faults(session, actor, content):
    with pytest.raises(SheetFaults) as caught:
        read_sheet(session, actor, content)
    return [(fault.address, str(fault.sentence)) for fault in caught.value.faults]


def test_sheet_states_both_amounts_and_their_difference(session, cast):
    make_contract(session, cast)
    row = cells(write_sheet(session, cast.bob.actor))
    assert (row["total_value"], row["transaction_value"], row["kind"]) == (1200000, 900000, "委托开发")
    assert row["deductions"].count("|") == 4


def test_reading_in_what_was_written_out_changes_nothing(session, cast):
    contract = make_contract(session, cast, number="=SUM(1)", summary="'=甲", buyer_contact="@乙")
    version = contract.version
    content = write_sheet(session, cast.bob.actor)
    assert (read_sheet(session, cast.bob.actor, content), contract.version) == (0, version)
    assert cells(write_sheet(session, cast.bob.actor)) == cells(content)
    assert (cells(content)["number"], cells(content)["summary"]) == ("'=SUM(1)", "''=甲")


def test_changes_are_written_and_survive_another_round(session, cast):
    contract = make_contract(session, cast)
    content = changed(
        write_sheet(session, cast.bob.actor),
        name="新名称",
        total_value=1300000.10,
        transaction_value=None,
        ends_on=date(2099, 1, 1),
        is_related_party="是",
        kind="专利权转让",
    )
    assert read_sheet(session, cast.bob.actor, content) == 1
    assert (contract.name, str(contract.total_value), str(contract.transaction_value)) == (
        "新名称",
        "1300000.10",
        "1000000.10",
    )
    assert (contract.kind, contract.sub_kind, contract.is_related_party) == ("transfer", "patent_transfer", True)
    again = write_sheet(session, cast.bob.actor)
    assert read_sheet(session, cast.bob.actor, again) == 0


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("total_value", "一大笔"),
        ("total_value", -5),
        ("total_value", 100),
        ("transaction_value", 1200000),
        ("ends_on", "1999-01-01"),
        ("kind", "不存在的类型"),
        ("technology_income", 900000.01),
        ("deductions", "材料费"),
        ("version", 99),
        ("id", None),
        ("id", 10**9),
        ("name", "=1+1"),
    ],
)
def test_a_wrong_cell_is_named_by_its_address_and_nothing_is_written(session, cast, cell, value):
    contract = make_contract(session, cast)
    before = cells(write_sheet(session, cast.bob.actor))
    extra = {} if cell in {"name", "transaction_value"} else {"name": "不该写入"}
    if cell == "transaction_value":
        extra = {"number": "不该写入"}
    found = faults(session, cast.bob.actor, changed(write_sheet(session, cast.bob.actor), **{cell: value}, **extra))
    told = {"total_value": {"total_value", "deductions", "technology_income"}}.get(cell, {cell})
    assert {where for where, _ in found} <= {address(name, 2) for name in told}
    assert found != []
    session.refresh(contract)
    assert cells(write_sheet(session, cast.bob.actor)) == before


def test_amounts_are_never_equal_without_a_reason(session, cast):
    make_contract(session, cast)
    content = changed(write_sheet(session, cast.bob.actor), deductions=None, transaction_value=1200000)
    assert [where for where, _ in faults(session, cast.bob.actor, content)] == [address("equal_reason", 2)]
    content = changed(content, equal_reason="合同不含设备和材料费用")
    assert read_sheet(session, cast.bob.actor, content) == 1


def test_one_wrong_row_keeps_all_others_out(session, cast):
    deal = make_deal(session, cast)
    first, second = (make_contract(session, cast, deal) for _ in range(2))
    book = load_workbook(io.BytesIO(write_sheet(session, cast.bob.actor)))
    book.active[address("name", 2)], book.active[address("total_value", 3)] = "好的", "坏的"
    written = io.BytesIO()
    book.save(written)
    assert [where for where, _ in faults(session, cast.bob.actor, written.getvalue())] == [address("total_value", 3)]
    session.refresh(second)
    assert (first.name, second.name) == ("风机叶片电热除冰涂层开发合同",) * 2


def test_registered_contracts_and_those_of_others_are_not_changed(session, cast):
    make_registered(session, cast)
    content = changed(write_sheet(session, cast.bob.actor), name="改了")
    assert [where for where, _ in faults(session, cast.bob.actor, content)] == [address("name", 2)]
    assert [where for where, _ in faults(session, cast.mallory.actor, content)] == [address("id", 2)]


def test_nothing_to_export_and_files_that_are_no_sheet_are_told(session, cast):
    with pytest.raises(Invalid):
        write_sheet(session, cast.mallory.actor)
    book, written = Workbook(), io.BytesIO()
    book.save(written)
    assert faults(session, cast.bob.actor, written.getvalue())[0][0] == "A1"
    for content in (b"", b"PK\x03\x04", b"a" * 10):
        with pytest.raises(Invalid):
            read_sheet(session, cast.bob.actor, content)


def test_sheet_that_changes_too_many_contracts_is_refused_whole(session, cast, monkeypatch):
    monkeypatch.setattr(reading, "MOST_CHANGED", 1)
    deal = make_deal(session, cast)
    first, second = (make_contract(session, cast, deal) for _ in range(2))
    book = load_workbook(io.BytesIO(write_sheet(session, cast.bob.actor)))
    book.active[address("name", 2)], book.active[address("name", 3)] = "一", "二"
    written = io.BytesIO()
    book.save(written)
    with pytest.raises(Invalid, match="一次最多修改 1 份合同"):
        read_sheet(session, cast.bob.actor, written.getvalue())
    session.refresh(first)
    session.refresh(second)
    assert (first.name, second.name) == ("风机叶片电热除冰涂层开发合同",) * 2


def test_reading_asks_the_database_as_often_for_three_rows_as_for_one(session, cast):
    deal, counts = make_deal(session, cast), []
    for number in range(3):
        make_contract(session, cast, deal, name=f"合同{number}")
        content = write_sheet(session, cast.bob.actor)
        session.expunge_all()
        with counted_queries(session.get_bind()) as queries:
            read_sheet(session, cast.bob.actor, content)
        counts.append(len(queries))
    assert counts[0] == counts[2]
