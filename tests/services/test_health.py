"""The health check: each item on a listing that passes it and on one that does not, and what the pages show of it."""

from decimal import Decimal

import pytest

from matchmaker.domain.listings import ListingKind
from matchmaker.services.health import check_health
from matchmaker.services.health.checking import ITEMS
from matchmaker.services.revisions import save_draft
from tests.drafts import make_draft

GOOD = {
    "need": {
        "problem": (
            "戈壁风场在役机组的玻璃钢叶片在高湿低温下覆冰，停机损失大。寻求附着力强、耐风沙冲蚀的疏冰涂层，能由绳索作业人员在"
            "现场刷涂，降低覆冰附着强度，冬季零下三十度不开裂，使用寿命五年以上，并给出施工和验收方法。"
        ),
        "deadline_on": "",
        "ip_ownership": "shared",
        "keywords": "除冰、涂层",
        "industry": "44",
    },
    "achievement": {
        "description": (
            "以有机硅改性聚脲为基体，加入疏水填料制成涂料，经风洞试验覆冰附着强度低于二十千帕，可现场喷涂施工，已在三条高海拔"
            "输电线路试用两个冬季，覆冰停运次数由九次降低到一次，涂层没有开裂。"
        ),
        "indicators": [{"name": "覆冰附着强度", "comparator": "le", "value": "20", "unit": "kPa"}],
        "trl": "7",
        "trl_evidence": "2024年在三条线路试用，有第三方检测报告。",
        "applications": "高海拔输电线路、风电叶片、桥梁拉索。",
        "patents": "ZL202310123456.7",
        "price": "80万",
        "keywords": "涂料",
        "industry": "26",
    },
}
VAGUE = {"title": "企业技术需求", "abstract": "我公司需要先进技术。", "problem": "我公司需要先进技术，希望与高校合作。"}


def wanting(revision):
    return {item.name for item in check_health(revision).wanting}


@pytest.mark.parametrize("kind", list(ListingKind))
def test_weights_add_up_to_a_hundred(kind):
    assert sum(item.weight for item in ITEMS[kind]) == 100


def test_a_good_need_lacks_only_what_is_left_out(session, cast):
    health = check_health(make_draft(session, cast.alice, **GOOD["need"]).working_revision)
    assert ([item.name for item in health.wanting], health.score, health.tone) == (["deadline"], 96, "good")


def test_a_good_achievement_lacks_nothing(session, cast):
    health = check_health(make_draft(session, cast.bob, "achievement", **GOOD["achievement"]).working_revision)
    assert (health.wanting, health.score) == ((), 100)


def test_a_vague_need_is_told_what_it_does_not_name(session, cast):
    listing = make_draft(session, cast.alice, **VAGUE, indicators=[], budget="", cooperation=[])
    health = check_health(listing.working_revision)
    assert {"indicator_number", "method", "material", "effect", "product", "application", "length", "title"} <= {
        item.name for item in health.wanting
    }
    assert (health.wanting[0].name, health.wanting[0].field, health.tone) == ("indicator_number", "indicators", "poor")


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        (
            {"indicators": [{"name": "外观", "comparator": "text", "value": "良好"}]},
            {"indicator_number", "indicator_unit"},
        ),
        ({"indicators": [{"name": "能耗", "comparator": "le", "value": "45", "unit": ""}]}, {"indicator_unit"}),
        ({"indicators": [{"name": "能耗", "comparator": "text", "value": "45左右"}]}, {"indicator_unit"}),
        ({"indicators": [{"name": "pH", "comparator": "le", "value": "9", "unit": ""}]}, set()),
        ({"title": "技术需求"}, {"title"}),
        ({"title": "关于关键技术攻关与成果转化合作的需求"}, {"title"}),
        ({"abstract": GOOD["need"]["problem"]}, {"abstract"}),
        ({"abstract": GOOD["need"]["problem"].replace("五年", "六年")}, {"abstract"}),
        ({"budget": ""}, {"budget"}),
        ({"ip_ownership": ""}, {"ip"}),
        ({"cooperation": []}, {"cooperation"}),
        ({"keywords": ""}, {"keywords"}),
    ],
)
def test_one_lack_is_one_item(session, cast, change, lacks):
    listing = make_draft(session, cast.alice, **GOOD["need"] | change)
    assert wanting(listing.working_revision) - {"deadline"} == lacks


@pytest.mark.parametrize(
    ("change", "lacks"),
    [
        ({"price": ""}, {"price"}),
        ({"price": "", "partner_wanted": "价格面议，优先本地企业"}, set()),
        ({"patents": ""}, {"patents"}),
        ({"patents": "", "advantages": "配方以技术秘密保护"}, set()),
        ({"trl": "", "trl_evidence": ""}, {"trl", "trl_evidence"}),
        ({"applications": ""}, {"applications"}),
        ({"stage": ""}, {"stage"}),
    ],
)
def test_one_lack_of_an_achievement_is_one_item(session, cast, change, lacks):
    listing = make_draft(session, cast.bob, "achievement", **GOOD["achievement"] | change)
    assert wanting(listing.working_revision) == lacks


def test_mending_raises_the_score_by_the_weight(session, cast):
    listing = make_draft(session, cast.alice, **GOOD["need"] | {"budget": ""})
    before = check_health(listing.working_revision).score
    revision, _ = save_draft(session, cast.alice.actor, listing, {"budget": "100万"}, 1)
    assert (revision.budget, check_health(revision).score - before) == (Decimal(1_000_000), 6)
