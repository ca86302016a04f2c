"""Raw values into typed ones by the table of fields."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matchmaker.domain.fields import FIELDS, FieldType, fields_of
from matchmaker.domain.listings import REVISION_CLASSES
from matchmaker.services.reading import apply, form_values, read_values, typed_values

ANYTHING = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=80),
    st.lists(st.text(max_size=8), max_size=4),
)


def value_of(kind, name, raw):
    reading = read_values(kind, {name: raw})
    return reading.values.get(name, reading.errors.get(name))


def test_read_values_reads_only_what_is_given_and_known():
    reading = read_values("need", {"title": " 叶片\t除冰\n", "unknown": "x"})
    assert (reading.values, reading.errors, reading.raw) == ({"title": "叶片 除冰"}, {}, {"title": " 叶片\t除冰\n"})


def test_read_values_keeps_raw_what_it_cannot_read():
    reading = read_values("need", {"budget": "很多", "deadline_on": "2027-03-01"})
    assert reading.values == {"deadline_on": date(2027, 3, 1)}
    assert reading.errors == {"budget": "请填写金额，例如 1200000、120万 或 50-80万；面议请留空。"}
    assert reading.unread == {"budget": "很多"}


@pytest.mark.parametrize(
    ("kind", "name", "raw", "expected"),
    [
        ("need", "title", "a\x00b\u200bc\u202ed\ud800", "abcd"),
        ("need", "title", "字" * 101, "最多 100 个字，现在有 101 个，请精简。"),
        ("need", "title", "<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("need", "title", "🚀 除冰 👨‍👩‍👧", "🚀 除冰 👨‍👩‍👧"),
        ("need", "contact_phone", 13900001234.0, "13900001234"),
        ("need", "problem", "一\r\n二 \r\r\r\r三\x07", "一\n二\n\n三"),
        ("need", "problem", "字" * 1_000_000, "最多 10000 个字，现在有 1000000 个，请精简。"),
        ("need", "visibility", "匿名发布", "anonymous"),
        ("need", "field", "能源", "“能源”不在可选范围内，请从列表中选择。"),
        ("need", "field", "新能源与高效节能", "energy"),
        ("need", "industry", 1, "01"),
        ("need", "industry", "制造业", "“制造业”是行业门类，请选到下面的大类。"),
        ("need", "region", "新疆乌鲁木齐市新市区高新街 1 号", "650104"),
        ("need", "region", "河南省某市新市区", "410000"),
        ("need", "region", "330106", "330000"),
        ("need", "region", "火星", "“火星”不在可选范围内，请从列表中选择。"),
        ("need", "cooperation", ["joint", "委托开发", "joint"], ("joint", "commissioned")),
        ("need", "cooperation", "委托开发/合作开发", ("commissioned", "joint")),
        ("need", "cooperation", "送礼", "“送礼”不在可选范围内，请从列表中选择。"),
        ("need", "keywords", "风电、叶片，除冰;风电", ("风电", "叶片", "除冰")),
        ("need", "keywords", "风电 叶片", ("风电", "叶片")),
        ("need", "keywords", "deep learning, AC/DC", ("deep learning", "AC/DC")),
        ("need", "keywords", "风机 除冰、PLC 控制", ("风机", "除冰", "PLC 控制")),
        ("need", "keywords", "一、二、三、四、五、六、七、八、九", "最多 8 个，现在有 9 个，请删去一些。"),
        ("need", "budget", "120万", Decimal(1200000)),
        ("achievement", "trl", "TRL 5", "5"),
        ("achievement", "trl", "10", "“10”不在可选范围内，请从列表中选择。"),
        ("achievement", "stage", "中试", "pilot"),
        ("achievement", "secrecy", "机密", "“机密”不在可选范围内，请从列表中选择。"),
        ("achievement", "patents", ["ZL202310000001.1", "ZL202310000002.2"], ("ZL202310000001.1", "ZL202310000002.2")),
    ],
)
def test_read_values_by_type(kind, name, raw, expected):
    assert value_of(kind, name, raw) == expected


@pytest.mark.parametrize("kind", list(FIELDS))
@pytest.mark.parametrize("nothing", [None, "", "  ", float("nan")])
def test_read_values_takes_nothing_as_empty_for_every_field(kind, nothing):
    reading = read_values(kind, {spec.name: nothing for spec in fields_of(kind)})
    several = {FieldType.CODES, FieldType.WORDS, FieldType.INDICATORS}
    assert reading.errors == {}
    assert reading.values == {spec.name: () if spec.type in several else None for spec in fields_of(kind)}


@pytest.mark.parametrize("kind", list(FIELDS))
@given(data=st.data())
def test_read_values_reads_or_refuses_anything(kind, data):
    raw = {spec.name: data.draw(ANYTHING) for spec in fields_of(kind)}
    reading = read_values(kind, raw)
    assert set(reading.values) | set(reading.errors) == set(raw)
    assert not set(reading.values) & set(reading.errors)
    assert all(sentence.endswith("。") for sentence in reading.errors.values())


@pytest.mark.parametrize("kind", list(FIELDS))
@given(data=st.data())
def test_a_revision_shown_in_a_form_is_read_back_unchanged(kind, data):
    raw = {spec.name: data.draw(ANYTHING) for spec in fields_of(kind)}
    revision = REVISION_CLASSES[kind](
        kind=kind, title="", abstract="", keywords=[], cooperation=[], visibility="public"
    )
    apply(revision, read_values(kind, raw).values)
    before = typed_values(revision)
    again = read_values(kind, form_values(revision))
    assert (again.values, again.errors) == (before, {})


def test_form_values_show_what_could_not_be_read_as_it_was_typed():
    revision = REVISION_CLASSES["need"](
        kind="need", title="", abstract="", keywords=[], cooperation=[], visibility="public"
    )
    revision.budget, revision.raw = Decimal(5), {"budget": "很多"}
    assert form_values(revision)["budget"] == "很多"


def test_apply_keeps_the_scale_beside_a_readiness_level():
    revision = REVISION_CLASSES["achievement"](kind="achievement")
    apply(revision, {"trl": "6"})
    assert (revision.trl, revision.trl_scale) == (6, "GB/T 22900")
    apply(revision, {"trl": None})
    assert (revision.trl, revision.trl_scale) == (None, None)
