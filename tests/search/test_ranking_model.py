"""The shipped ranker with the real model: grades that a broker would not laugh at, in every language."""

from importlib.resources import files

import pytest

from matchmaker.config import load_settings
from matchmaker.search.document import Document
from matchmaker.search.encoder import load_encoder
from matchmaker.search.gauge import measure_gauge
from matchmaker.search.manifest import is_whole
from matchmaker.search.ranker import default_ranker
from matchmaker.search.weights import read_weights

pytestmark = [pytest.mark.model, pytest.mark.xdist_group("default_model")]

NEED = (
    "驼乳非热杀菌与活性保持工艺",
    "鲜驼乳经巴氏杀菌后乳铁蛋白损失过半，需要低温除菌工艺，货架期不少于十五天，乳铁蛋白保留率不低于百分之八十。",
)
ANSWER = (
    "骆驼鲜奶陶瓷膜除菌及低温短时补杀成套工艺",
    "以一点四微米陶瓷膜错流微滤除去细菌和芽孢，再以七十二度短时补杀，乳铁蛋白保留百分之八十六，冷藏货架期二十一天。",
)
NEIGHBOUR = ("奶牛乳房炎病原五联检测试剂盒", "等温扩增检测金黄色葡萄球菌等五种病原，四十分钟出结果。")
STRANGER = ("多晶硅还原炉节电改造", "优化进气分布和辐射屏，还原电耗降到每公斤四十千瓦时。")
RUSSIAN_ANSWER = (
    "Холодная стерилизация верблюжьего молока мембранной фильтрацией",
    "Керамическая мембрана задерживает бактерии, лактоферрин сохраняется на 85 %, срок хранения 20 суток.",
)
RUSSIAN_STRANGER = ("Диагностика подшипников насосов по вибрации", "Алгоритм выявляет дефекты за месяц до отказа.")
SIDES = (ANSWER, NEIGHBOUR, STRANGER, RUSSIAN_ANSWER, RUSSIAN_STRANGER)


@pytest.fixture(scope="module")
def encoder():
    directory = load_settings().indexes / "model"
    if not is_whole(directory):
        pytest.skip("the embedding model is not prepared: run `.venv/bin/matchmaker prepare-model`")
    return load_encoder("default", directory, "auto")


@pytest.fixture(scope="module")
def scores(encoder):
    need, *sides = (_prepare(encoder, *texts) for texts in (NEED, *SIDES))
    return dict(zip(SIDES, default_ranker().score(need, sides), strict=True))


def _prepare(encoder, title, body):
    vectors = encoder.encode_queries([title, f"{title}\n{body}"])
    return default_ranker().prepare(Document(1, title, body), *vectors)


def test_answer_is_graded_well_and_a_stranger_not(scores):
    assert (scores[ANSWER].grade >= 2, scores[STRANGER].grade, scores[STRANGER].probability < 0.1) == (True, 0, True)


def test_neighbour_of_the_field_stays_far_below_the_answer(scores):
    assert (scores[NEIGHBOUR].grade <= 1, scores[ANSWER].score > scores[NEIGHBOUR].score + 2) == (True, True)


def test_answer_in_russian_comes_before_all_that_does_not_answer(scores):
    others = [scores[side].score for side in (NEIGHBOUR, STRANGER, RUSSIAN_STRANGER)]
    assert (scores[RUSSIAN_ANSWER].score > max(others), scores[RUSSIAN_STRANGER].grade <= 1) == (True, True)


def test_weights_are_set_for_this_model_and_its_gauge(encoder):
    shipped = (files("matchmaker.search") / "weights.json").read_text(encoding="utf-8")
    weights, found = read_weights(shipped), measure_gauge(encoder)
    assert weights.model == encoder.model_id
    assert (found.centre, found.spread, found.across) == pytest.approx(
        (weights.gauge.centre, weights.gauge.spread, weights.gauge.across), abs=0.002
    )
