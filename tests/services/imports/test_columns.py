import pytest

from matchmaker.domain.fields import FIELDS, fields_of
from matchmaker.services.imports.columns import find_column, find_columns, is_header


@pytest.mark.parametrize(
    ("kind", "heading", "name"),
    [
        ("need", "title", "title"),
        ("need", "*需求名称", "title"),
        ("need", " 技术 需求 ", "problem"),
        ("need", "text", "problem"),
        ("achievement", "text", "description"),
        ("need", "拟投入资金（元）", "budget"),
        ("achievement", "成果名称（必填）", "title"),
        ("achievement", "ＴＲＬ等级", "trl"),
        ("need", "怎么合作", "cooperation"),
        ("need", "项目题目", "title"),
        ("achievement", "成果题目", "title"),
        ("need", "_id", "external_id"),
        ("need", "编号", "external_id"),
        ("need", "单位名称：", "organization"),
        ("need", "统一社会信用代码", "credit_code"),
        ("need", "cooperation", "cooperation"),
    ],
)
def test_heading_means_a_field(kind: str, heading: str, name: str) -> None:
    column = find_column(kind, heading)
    assert (column and column.name) == name


@pytest.mark.parametrize("kind", list(FIELDS))
def test_every_name_and_label_of_ours_is_known(kind: str) -> None:
    found = {(text, column.name if (column := find_column(kind, text)) else None) for text in _texts(kind)}
    assert found == {(text, name) for text, name in _texts(kind).items()}


def _texts(kind: str) -> dict[str, str]:
    return {text: spec.name for spec in fields_of(kind) for text in (spec.name, spec.label)}


@pytest.mark.parametrize(
    ("heading", "cell", "value"),
    [
        ("预算（万元）", 60, "60万"),
        ("预算（万元）", "50-80", "50-80万"),
        ("预算（万元）", "60万", "60万"),
        ("预算（万元）", "面议", "面议"),
        ("预算（万元）", None, None),
        ("预算（单位：亿元）", 1.2, "1.2亿"),
        ("拟投入资金（元）", 600000, 600000),
        ("预算", 600000, 600000),
    ],
)
def test_unit_of_a_heading_belongs_to_its_amounts(heading: str, cell: object, value: object) -> None:
    column = find_column("need", heading)
    assert column is not None
    assert column.value(cell) == value


def test_unknown_headings_are_named_once_and_numbering_is_not_worth_it() -> None:
    columns = find_columns("need", ["序号", "title", "", "心情", "心情", "text"])
    assert columns.unknown == ("心情",)
    assert columns.headings == {"title": "title", "problem": "text"}


def test_header_names_a_title_and_is_no_prose() -> None:
    assert is_header("need", ("编号", "需求名称"))
    assert not is_header("need", ("编号", "单位"))
    assert not is_header("need", ("技术需求征集表", ""))
    assert not is_header("need", ("需求名称", "这一行很长" * 20))
