"""Training on an invented market whose professionals grade by shared words."""

import itertools
import json

import pytest

from matchmaker.search.beir import Dataset, TextRow
from matchmaker.search.evaluate import evaluate
from matchmaker.search.features import SIMILARITIES
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.ranker import default_ranker
from matchmaker.search.rankers import ranker_for
from matchmaker.search.trained import read_trained
from matchmaker.search.training.bootstrap import gain_interval
from matchmaker.search.training.train import train

THINGS = ("风机叶片", "光伏组件", "煤焦油", "驼乳", "棉花", "齿轮箱", "输电线路", "番茄酱", "羊绒", "锂盐")
DEEDS = ("防冰涂层", "智能检测", "低温加工", "废料回收")
ENCODER = HashingEncoder()


def market():
    """Needs of a thing and a deed; an achievement shares both, one, or none. Every third need is graded harshly."""
    queries, corpus, qrels = {}, {}, {}
    for place, (thing, deed) in enumerate(itertools.product(THINGS, DEEDS)):
        query = f"q{place}"
        queries[query] = TextRow(query, f"{thing}{deed}", f"寻求{thing}的{deed}技术")
        qrels[query] = {}
        for step, shared in enumerate(((0, 0), (0, 1), (1, 0), (1, 1), (2, 2))):
            name = f"d{place}-{step}"
            other_thing = THINGS[(THINGS.index(thing) + shared[0]) % len(THINGS)]
            other_deed = DEEDS[(DEEDS.index(deed) + shared[1]) % len(DEEDS)]
            corpus[name] = TextRow(name, f"{other_thing} {other_deed} 技术", "")
            qrels[query][name] = max(0, (3, 1, 2, 0, 0)[step] - (place % 3 == 0))
    return Dataset(queries, corpus, qrels)


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("trained") / "model"
    return market(), folder, train(market(), "train", ENCODER, folder, 0, lambda *_: None, held_out=0.2)


def test_train_writes_a_model_that_agrees_better_than_the_untrained_ranker(trained):
    data, folder, _done = trained
    before = evaluate(data, "train", "judged", ENCODER, ranker_for(ENCODER))
    after = evaluate(data, "train", "judged", ENCODER, ranker_for(ENCODER, read_trained(folder).weights))
    assert after.agreement.contest_score > before.agreement.contest_score
    assert after.agreement.kappa > before.agreement.kappa


def test_train_tells_what_held_out_pairs_and_needs_say(trained):
    _data, folder, done = trained
    assert [(gain.part, gain.needs, gain.pairs) for gain in done.gains] == [
        ("pairs of known needs", 32, 32),
        ("needs never seen", 8, 40),
    ]
    manifest = read_trained(folder).manifest
    assert (manifest["needs"], manifest["pairs"], manifest["seed"], manifest["split"]) == (40, 200, 0, "train")
    assert done.lines()[0].endswith("learned from 200 pairs of 40 needs")


def test_trained_weights_never_count_likeness_against_a_pair_and_keep_no_text(trained):
    content = read_trained(trained[1]).weights
    rows = json.loads(content)["similarities"]
    assert min(rows[name]["weight"] for name in SIMILARITIES) >= 0
    assert [thing for thing in THINGS if thing in content] == []


def test_history_shifts_the_needs_that_were_learned_from_and_no_others(trained):
    data, folder, _done = trained
    ranker = ranker_for(ENCODER, read_trained(folder).weights)
    other = Dataset({"new": TextRow("new", "羊绒防冰涂层", "另一条")}, data.corpus, {"new": {"d0-0": 3, "d1-0": 0}})
    known = evaluate(data, "train", "judged", ENCODER, ranker).predictions["q0", "d0-0"]
    fresh = evaluate(other, "train", "judged", ENCODER, ranker).predictions["new", "d0-0"]
    shifts = [next(t for t in score.terms if t.name == "history") for score in (known, fresh)]
    assert (shifts[0].contribution < 0, shifts[1].value, shifts[1].contribution) == (True, None, 0.0)
    assert known.score == pytest.approx(sum(term.contribution for term in known.terms), abs=1e-9)


def test_training_again_gives_the_same_numbers(trained, tmp_path):
    data, folder, _done = trained
    train(data, "train", ENCODER, tmp_path / "again", 0, lambda *_: None, held_out=0.2)
    assert read_trained(tmp_path / "again").weights == read_trained(folder).weights


def test_training_on_one_need_of_one_grade_still_ends(tmp_path):
    data = market()
    few = Dataset(data.queries, data.corpus, {"q1": {"d1-0": 2, "d1-1": 2}})
    done = train(few, "train", ENCODER, tmp_path / "model", 0, lambda *_: None, held_out=0.2)
    assert (done.pairs, done.gains) == (2, ())


def test_untrained_ranker_has_no_history():
    data = market()
    few = Dataset(data.queries, data.corpus, {"q1": data.qrels["q1"]})
    score = evaluate(few, "x", "judged", ENCODER, default_ranker()).predictions["q1", "d1-0"]
    assert "history" not in score.names


def test_interval_of_a_gain_holds_its_mean():
    qrels = {f"q{n}": {"a": 3, "b": 0} for n in range(10)}
    good, bad = ({query: {"a": a, "b": 0.0} for query in qrels} for a in (1.0, -1.0))
    mixed = {query: (good if place % 2 else bad)[query] for place, query in enumerate(qrels)}
    found = gain_interval(qrels, bad, mixed)
    assert found.low < found.mean < found.high
    assert gain_interval({"q": {"a": 0}}, bad, good).mean == 0.0
