"""What gives a poster away is found, and what only looks like it is left alone: see cases.py."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matchmaker.services.identity import IdentityKind, find_identity
from matchmaker.services.identity.organizations import brand_of, own_forms
from matchmaker.services.identity.searching import Poster
from tests.services.identity.cases import GROUPS, POSTER, REGISTERED, cases

LEAST_CASES = 120
LEAST_PRECISION, LEAST_RECALL = 0.97, 0.98


def _judge(group: str) -> tuple[list[str], list[str], int]:
    """Return (missed, false, number of passages to find) of one group."""
    missed, false, wanted = [], [], 0
    for text, places in cases(group):
        found = find_identity(text, POSTER, REGISTERED)
        wanted += len(places)
        missed += [text[a:b] for a, b in places if not any(one.start < b and a < one.end for one in found)]
        false += [one.passage for one in found if not any(one.start < b and a < one.end for a, b in places)]
    return missed, false, wanted


def test_precision_and_recall_over_all_labelled_cases() -> None:
    judged = [_judge(group) for group in GROUPS]
    missed, false, wanted = (
        sum(values, start) for values, start in zip(zip(*judged, strict=True), ([], [], 0), strict=True)
    )
    found = wanted - len(missed)
    assert found / wanted >= LEAST_RECALL, missed
    assert found / (found + len(false)) >= LEAST_PRECISION, false
    assert sum(len(cases(group)) for group in GROUPS) >= LEAST_CASES


@pytest.mark.parametrize("group", [group for group in GROUPS if group.startswith("no ")])
def test_near_misses_are_left_alone(group: str) -> None:
    allowed = 1 if group == "no later" else 0
    assert len(_judge(group)[1]) <= allowed


def test_findings_say_kind_and_place() -> None:
    text = "请找李总，电话１３８ ００１３ ８０００。"
    found = find_identity(text, POSTER)
    assert [(one.kind, one.passage, text[one.start : one.end] == one.passage) for one in found] == [
        (IdentityKind.PERSON, "李总", True),
        (IdentityKind.PHONE, "１３８ ００１３ ８０００", True),
    ]
    assert (found[0].before, found[0].after) == ("请找", "，电话１３８ ００１３ ")


@pytest.mark.parametrize(
    ("name", "short", "brand"),
    [
        ("天山机械有限公司", "天山机械", "天山"),
        ("新疆金风科技股份有限公司", "金风科技", "金风"),
        ("乌鲁木齐市戈壁商贸有限责任公司", "戈壁商贸", "戈壁"),
        ("昆仑理工大学", "昆仑理工", "昆仑"),
    ],
)
def test_short_forms_of_a_name(name: str, short: str, brand: str) -> None:
    assert short in own_forms(name)
    assert brand_of(name) == brand


def test_short_forms_never_are_what_everybody_is_called() -> None:
    assert own_forms("新疆机械制造有限公司")[-1] == "新疆机械制造"
    assert brand_of("新疆机械制造有限公司") == ""


@settings(max_examples=40)
@given(st.text(max_size=200))
def test_any_text_is_searched_and_findings_never_overlap(text: str) -> None:
    found = find_identity(text, POSTER, REGISTERED)
    assert all(text[one.start : one.end] == one.passage for one in found)
    assert all(before.end <= after.start for before, after in pairwise(found))


def test_hostile_text_is_searched_in_good_time() -> None:
    for piece in ("1 3 8", "a-", "路1号", "@a.", "（", "1-", "九", "张", "有限", "市"):
        assert len(find_identity(piece * 1000, POSTER, REGISTERED)) < 20_000


@pytest.mark.parametrize(
    ("name", "text", "passages"),
    [
        ("乌鲁木齐云脊风电运维有限公司", "云脊公司要为云脊风电叶片除冰", ["云脊", "云脊"]),
        ("乌鲁木齐塔格雪民族药业有限公司", "塔格雪本部寻求提取工艺", ["塔格雪"]),
        ("西部先进材料研究所", "面向西部地区和西部风场", []),
    ],
)
def test_a_brand_is_found_before_a_trade_that_nobody_listed(name: str, text: str, passages: list[str]) -> None:
    found = find_identity(text, Poster(names=(name,)))
    assert [one.passage for one in found if one.kind == IdentityKind.OWN_NAME] == passages
