"""Matches as a workbook."""

from io import BytesIO

import pytest
from openpyxl import load_workbook

from matchmaker.domain.errors import Forbidden, Invalid
from matchmaker.services.decisions import decide
from matchmaker.services.match_export import COLUMNS, export_matches
from matchmaker.services.triage import TriageFilter
from tests.pairs import pair, publish


def rows(session, member, chosen=TriageFilter()):  # noqa: B008 - a frozen filter
    book = load_workbook(BytesIO(export_matches(session, member.actor, chosen, str)))
    return [tuple(cell.value for cell in row) for row in book.active.iter_rows()], book


def test_export_holds_what_the_viewer_sees_as_filtered(session, cast):
    need = publish(session, cast.alice, "need", "叶片除冰", visibility="anonymous", problem="机密问题")
    coating = publish(session, cast.bob, "achievement", "疏冰涂料")
    match = pair(session, need, coating)
    pair(session, publish(session, cast.mallory, "need", "别的"), coating, grade=1)
    decide(session, cast.bob.actor, match.id, "unsuitable", reason="price", note="太贵")
    found, _ = rows(session, cast.bob, TriageFilter(decided="unsuitable"))
    assert found[0] == tuple(name for name, _, _ in COLUMNS)
    assert found[1:] == [
        (
            coating.id,
            "疏冰涂料",
            need.id,
            "叶片除冰",
            "匿名需求方",
            "叶片除冰的公开摘要",
            "新能源与高效节能",
            "乌鲁木齐市",
            "强",
            0.86,
            found[1][10],
            "不合适",
            "价格不合适",
            "太贵",
            None,
            None,
        ),
    ]
    assert ("机密问题" in str(found), "天山机械" in str(found)) == (False, False)
    assert len(rows(session, cast.bob, TriageFilter(decided=None))[0]) == 3


@pytest.mark.parametrize("title", ["=1+1", "+cmd|' /C calc'!A0", "@SUM(1)", "-2"])
def test_export_neutralises_formulas(session, cast, title):
    pair(session, publish(session, cast.alice, "need", title), publish(session, cast.bob, "achievement", "疏冰涂料"))
    found, book = rows(session, cast.bob)
    assert (found[1][3], book.active["D2"].data_type) == (f"'{title}", "s")


def test_export_survives_control_characters(session, cast):
    pair(
        session, publish(session, cast.alice, "need", "甲\x0b乙"), publish(session, cast.bob, "achievement", "疏冰涂料")
    )
    assert rows(session, cast.bob)[0][1][3] == "甲乙"


def test_export_of_too_many_says_so(session, cast, monkeypatch):
    monkeypatch.setattr("matchmaker.services.triage.MOST_EXPORTED", 1)
    coating = publish(session, cast.bob, "achievement", "疏冰涂料")
    for title in ("甲", "乙"):
        pair(session, publish(session, cast.alice, "need", title), coating)
    with pytest.raises(Invalid):
        rows(session, cast.bob)


def test_export_is_for_the_two_sides(session, cast):
    with pytest.raises(Forbidden):
        export_matches(session, cast.dave.actor, TriageFilter(), str)
