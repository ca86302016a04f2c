"""Code tables: the official counts, the joins of regions, and look-ups that survive odd input."""

import json
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from babel.messages.extract import extract

import matchmaker
from matchmaker.domain import codes
from matchmaker.domain.codes.extraction import extract_names
from matchmaker.domain.fields import FIELDS, FieldType
from matchmaker.domain.people import OrganizationKind

DEMO = Path(matchmaker.__file__).parent / "demo"
ODD: tuple[object, ...] = (
    None,
    "",
    " ",
    "x",
    "东莞",
    "\ud800",
    "\x00",
    "é" * 1_000_000,
    -1,
    10**5000,
    1.5,
    True,
    [],
    {},
    object(),
)


@pytest.mark.parametrize("name", codes.TABLES)
def test_table_has_unique_codes_and_names_and_known_parents(name: str) -> None:
    table = codes.table(name)
    assert len({row.code for row in table}) == len(table) > 1
    assert [row for row in table if not row.name or row.name != row.name.strip()] == []
    assert [row for row in table if row.code.strip() != row.code or not row.code.isascii()] == []
    siblings = [(row.parent, row.name) for row in table]
    assert len(set(siblings)) == len(siblings)
    if name not in ("xinjiang_prefectures", "urumqi_districts"):  # their parents are rows of other files
        assert [row for row in table if row.parent is not None and row.parent not in table] == []


@pytest.mark.parametrize("name", codes.TABLES)
def test_table_finds_each_row_by_code_and_by_every_spelling(name: str) -> None:
    table = codes.table(name)
    two_levels = {"教育", "房地产业", "国际组织"}
    for row in table:
        assert table.find(row.code) == row.code
        for spelling in {row.name, *row.aliases} - two_levels:
            assert table.find(f" {spelling} ") == row.code


def test_every_file_is_a_table_and_every_table_but_the_joined_one_a_file() -> None:
    files = {path.name for path in resources.files("matchmaker.domain.codes").iterdir()}
    assert {name for name in files if name.endswith(".csv")} == {
        f"{name}.csv" for name in codes.TABLES if name != "regions"
    }


def test_table_of_an_unknown_name_is_refused() -> None:
    with pytest.raises(KeyError):
        codes.table("../secrets")


def test_table_is_read_once() -> None:
    assert codes.table("trl") is codes.table("trl")


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("contract_fields", 11),
        ("hightech_fields", 8),
        ("cooperation_modes", 11),
        ("achievement_stages", 3),
        ("trl", 9),
        ("provinces", 34),
        ("urumqi_districts", 8),
        ("organization_kinds", 8),
        ("organization_sizes", 4),
        ("decline_reasons", 10),
        ("return_reasons", 9),
        ("close_reasons", 4),
        ("comparators", 7),
    ],
)
def test_table_has_its_count(name: str, count: int) -> None:
    assert len(codes.table(name)) == count


def test_industries_are_the_20_sections_and_97_divisions_of_2017() -> None:
    industries = codes.table("industries")
    divisions = [row for row in industries if row.parent is not None]
    assert "".join(row.code for row in industries.children(None)) == "ABCDEFGHIJKLMNOPQRST"
    assert [row.code for row in divisions] == [f"{number:02d}" for number in range(1, 98)]


def test_industries_divisions_are_shared_out_as_in_2017() -> None:
    industries = codes.table("industries")
    counts = {row.code: len(industries.children(row.code)) for row in industries.children(None)}
    assert counts == dict(
        zip("ABCDEFGHIJKLMNOPQRST", (5, 7, 31, 3, 4, 2, 8, 2, 3, 4, 1, 2, 3, 4, 3, 1, 2, 5, 6, 1), strict=True)
    )


@pytest.mark.parametrize(
    ("code", "name"),
    [  # the divisions that the 2017 edition renamed or added
        ("05", "农、林、牧、渔专业及辅助性活动"),
        ("11", "开采专业及辅助性活动"),
        ("25", "石油、煤炭及其他燃料加工业"),
        ("50", "建筑装饰、装修和其他建筑业"),
        ("58", "多式联运和运输代理业"),
        ("59", "装卸搬运和仓储业"),
        ("79", "土地管理业"),
        ("87", "广播、电视、电影和录音制作业"),
        ("96", "基层群众自治组织及其他组织"),
    ],
)
def test_industries_have_the_names_of_2017(code: str, name: str) -> None:
    assert codes.table("industries").name(code) == name


def test_industries_find_reads_a_spreadsheets_cells() -> None:
    find = codes.table("industries").find
    assert (find("01"), find(1), find("1"), find("２６"), find("c"), find("煤炭开采和洗选业")) == (
        "01",
        "01",
        "01",
        "26",
        "C",
        "06",
    )


def test_find_of_a_name_on_two_levels_means_the_lower() -> None:
    industries = codes.table("industries")
    assert [industries.find(name) for name in ("教育", "房地产业", "国际组织")] == ["83", "70", "97"]


def test_groups_offer_divisions_under_their_section() -> None:
    name, choices = codes.table("industries").groups()[1]
    assert (name, choices[0], len(choices)) == ("采矿业", ("06", "煤炭开采和洗选业"), 7)


def test_two_field_lists_share_no_code() -> None:
    assert {row.code for row in codes.table("contract_fields")} & {
        row.code for row in codes.table("hightech_fields")
    } == set()


def test_xinjiang_has_14_prefectures_and_12_directly_administered_cities() -> None:
    prefectures = [row.code for row in codes.table("xinjiang_prefectures")]
    assert len([code for code in prefectures if code.endswith("00")]) == 14
    assert [code for code in prefectures if not code.endswith("00")] == [f"6590{n:02d}" for n in range(1, 13)]


def test_region_codes_nest_by_their_digits() -> None:
    rows = [row for row in codes.table("regions") if row.parent is not None]
    assert [row for row in rows if row.code[:2] + "0000" != row.parent and row.code[:4] + "00" != row.parent] == []


def test_regions_join_the_four_files() -> None:
    parts = ("provinces", "xinjiang_prefectures", "urumqi_districts", "countries")
    assert len(codes.table("regions")) == sum(len(codes.table(part)) for part in parts)


def test_regions_put_each_region_right_under_its_parent() -> None:
    order = [row.code for row in codes.table("regions")]
    start = order.index("650000")
    assert order[start : start + 4] == ["650000", "650100", "650102", "650103"]


@pytest.mark.parametrize(
    ("code", "path"),
    [
        ("650104", "新疆维吾尔自治区 / 乌鲁木齐市 / 新市区"),
        ("659001", "新疆维吾尔自治区 / 石河子市"),
        ("650202", "新疆维吾尔自治区 / 克拉玛依市"),
        ("110105", "北京市"),
        ("KZ", "哈萨克斯坦"),
        ("000000", "000000"),
        ("?", "?"),
        (None, ""),
    ],
)
def test_region_path_names_everything_around(code: str | None, path: str) -> None:
    assert codes.region_path(code) == path


@pytest.mark.parametrize(
    ("outer", "inner", "covers"),
    [
        ("650000", "650104", True),
        ("650100", "650104", True),
        ("650104", "650104", True),
        ("650104", "650100", False),
        ("650100", "650200", False),
        ("650000", "659012", True),
        ("110000", "110105", True),
        ("650000", "KZ", False),
        ("KZ", "KZ", True),
        (None, "650104", False),
        ("650104", None, False),
        (None, None, False),
    ],
)
def test_region_covers_what_lies_in_it(outer: str | None, inner: str | None, covers: bool) -> None:
    assert codes.region_covers(outer, inner) is covers


@pytest.mark.parametrize(
    ("code", "coarse"),
    [
        ("650104", "650100"),
        ("650121", "650100"),
        ("650199", "650100"),
        ("650100", "650100"),
        ("652301", "652300"),
        ("659001", "659001"),
        ("659099", "650000"),
        ("650000", "650000"),
        ("310115", "310000"),
        ("RU", "RU"),
        ("990101", None),
        ("乌鲁木齐市新市区", None),
        ("", None),
        (None, None),
    ],
)
def test_coarse_region_never_shows_a_district(code: str | None, coarse: str | None) -> None:
    assert codes.coarse_region(code) == coarse


@pytest.mark.parametrize("name", codes.TABLES)
def test_lookups_survive_odd_input(name: str) -> None:
    table = codes.table(name)
    assert [value for value in ODD if value in table or table.find(value) is not None] == []
    assert [table.parent(value) for value in ODD] == [None] * len(ODD)
    assert [table.path(value) for value in ODD] == [()] * len(ODD)
    assert [table.name(value) for value in ODD] == [value if isinstance(value, str) else "" for value in ODD]


def test_level_is_named_from_its_number() -> None:
    trl = codes.table("trl")
    assert (trl.name(8), 8 in trl, 10 in trl) == (trl.name("8"), True, False)


def test_organization_kinds_agree_with_the_enumeration() -> None:
    assert [row.code for row in codes.table("organization_kinds")] == [kind.value for kind in OrganizationKind]


def test_fields_name_tables_that_exist() -> None:
    named = {spec.table for specs in FIELDS.values() for spec in specs if spec.table is not None}
    assert named - set(codes.TABLES) == set()


def test_names_can_be_extracted_for_translation() -> None:
    with resources.files("matchmaker.domain.codes").joinpath("close_reasons.csv").open("rb") as file:
        found = [(line, message) for line, message, _, _ in extract(extract_names, file)]
    assert found == [(2, "通过平台对接成功"), (3, "通过其他途径解决"), (4, "撤回"), (5, "到期")]


def _unknown(row: dict[str, Any], tables: dict[str, str]) -> list[tuple[str, object]]:
    found: list[tuple[str, object]] = []
    for key, table in tables.items():
        value = row.get(key)
        values = value if isinstance(value, list) else [value]
        found += [(key, one) for one in values if one is not None and one not in codes.table(table)]
    return found


def _demo_rows(*patterns: str) -> list[dict[str, Any]]:
    paths = [path for pattern in patterns for path in sorted(DEMO.glob(pattern))]
    return [json.loads(line) for path in paths for line in path.read_text("utf-8").splitlines() if line]


ORGANIZATION_TABLES = {
    "kind": "organization_kinds",
    "region": "regions",
    "industry": "industries",
    "size": "organization_sizes",
}


def test_demo_organizations_use_known_codes() -> None:
    rows = _demo_rows("organizations.jsonl", "enterprises-*.jsonl")
    assert [(row["key"], bad) for row in rows if (bad := _unknown(row, ORGANIZATION_TABLES))] == []


@pytest.mark.parametrize(("kind", "pattern"), [("need", "needs-*.jsonl"), ("achievement", "achievements-*.jsonl")])
def test_demo_listings_use_known_codes(kind: str, pattern: str) -> None:
    coded = (FieldType.CODE, FieldType.CODES)
    tables = {spec.name: spec.table for spec in FIELDS[kind] if spec.type in coded and spec.table is not None}
    rows = _demo_rows(pattern)
    assert [(row["external_id"], bad) for row in rows if (bad := _unknown(row, tables))] == []
    indicators = [indicator for row in rows for indicator in row["indicators"]]
    assert [one for one in indicators if one["comparator"] not in codes.table("comparators")] == []
