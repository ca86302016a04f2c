"""Many inventors at once."""

import pytest
from sqlalchemy.orm import Session

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.domain.people import Organization, Role
from matchmaker.services.inventors import list_inventors
from matchmaker.services.rosters import MOST_LINES, RosterReport, add_roster
from matchmaker.services.sub_units import SubUnitDetails, add_sub_unit, list_sub_units
from tests.cast import Cast, make_member


def _university(session: Session, cast: Cast) -> Organization:
    return session.get_one(Organization, cast.bob.organization_id)


def _add(session: Session, cast: Cast, text: str, **choices: bool) -> RosterReport:
    return add_roster(session, cast.bob.actor, _university(session, cast), text, **choices)


def _rows(session: Session, cast: Cast) -> list[tuple[object, ...]]:
    rows = list_inventors(session, cast.bob.actor, _university(session, cast))
    return [(row.name, row.title, row.sub_unit, row.research, row.email) for row in rows]


def test_lines_pasted_from_a_sheet_are_added(session: Session, cast: Cast) -> None:
    text = "姓名\t研究方向\t邮箱\t院系\t备注\r\n李明\t疏冰涂层\tli@kunlun.example\t材料学院\tx\r\n\r\n王芳\t\t\t\t\r\n"
    report = _add(session, cast, text, create_sub_units=True, consented=True)
    assert (report.added, report.known, report.sub_units, report.bad) == (2, 0, ("材料学院",), ())
    assert _rows(session, cast) == [
        ("李明", None, "材料学院", "疏冰涂层", "li@kunlun.example"),
        ("王芳", None, None, None, None),
    ]


@pytest.mark.parametrize(
    "row",
    [
        '李明,教授,材料学院,"涂层, 防冰",li@kunlun.example',
        "李明，教授，材料学院，涂层, 防冰，li@kunlun.example",
        "李明；教授；材料学院；涂层, 防冰；li@kunlun.example",
        "李明\t教授\t材料学院\t涂层, 防冰\tli@kunlun.example",
    ],
)
def test_lines_without_a_heading_have_a_fixed_order(session: Session, cast: Cast, row: str) -> None:
    _add(session, cast, row, create_sub_units=True)
    assert _rows(session, cast) == [("李明", "教授", "材料学院", "涂层, 防冰", "li@kunlun.example")]


def test_the_same_roster_twice_adds_nobody_twice(session: Session, cast: Cast) -> None:
    text = "李明,教授,,,li@kunlun.example\n王芳"
    assert [(report.added, report.known) for report in (_add(session, cast, text), _add(session, cast, text))] == [
        (2, 0),
        (0, 2),
    ]


def test_bad_lines_are_told_with_their_number_and_keep_nobody_out(session: Session, cast: Cast) -> None:
    report = _add(session, cast, "李明,,神秘学院\n,教授\n王芳,,,,nobody\n赵强\n=cmd|' /C calc'!A0")
    assert report.added == 2
    assert [(row.number, row.sentence) for row in report.bad] == [
        (1, "没有部门“神秘学院”，请先登记这个部门。"),
        (2, "请填写姓名。"),
        (3, "请填写有效的邮箱地址，例如 name@example.com。"),
    ]


def test_sub_units_are_found_by_name_and_by_path(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    ids = [
        add_sub_unit(session, cast.bob.actor, university, SubUnitDetails(name)).id for name in ("材料学院", "信息学院")
    ]
    for parent in ids:
        add_sub_unit(session, cast.bob.actor, university, SubUnitDetails("实验室", parent))
    _add(session, cast, "甲,,材料学院\n乙,,信息学院 / 实验室")
    assert [(row.path, row.inventors) for row in list_sub_units(session, university.id)] == [
        ("材料学院", 1),
        ("材料学院 / 实验室", 0),
        ("信息学院", 0),
        ("信息学院 / 实验室", 1),
    ]


def test_plain_members_add_people_but_no_sub_units(session: Session, cast: Cast) -> None:
    university = _university(session, cast)
    colleague = make_member(session, university, "gul", "古丽", Role.UNIVERSITY)
    report = add_roster(session, colleague.actor, university, "甲\n乙,,材料学院", create_sub_units=True)
    assert (report.added, report.sub_units, len(report.bad)) == (1, (), 1)
    for key in ("alice", "dave", "carol", "mallory"):
        with pytest.raises(Forbidden):
            add_roster(session, cast[key].actor, university, "甲")


@pytest.mark.parametrize("text", ["", " \n,,\t\n", "x" * 500_000, "甲\n" * (MOST_LINES + 1)])
def test_empty_and_huge_rosters_are_refused_under_the_field(session: Session, cast: Cast, text: str) -> None:
    with pytest.raises(Invalid) as refused:
        _add(session, cast, text)
    assert list(refused.value.errors) == ["text"]
