"""An invented city for simulate_learning.py: needs and offers, and a taste that nobody is told.

The truth of a pair is the shipped score with every term weighed otherwise, and a little that no term knows. So the
shipped ranker is of some use, and what it lacks can be learned.
"""

import json
from dataclasses import dataclass

import numpy as np

from matchmaker.search.document import Document
from matchmaker.search.evaluate import Texts
from matchmaker.search.hashing_encoder import HashingEncoder
from matchmaker.search.metrics import Qrels
from matchmaker.search.ranker import Ranker, default_weights
from matchmaker.search.rankers import gauge_for, ranker_for
from matchmaker.search.statistics import load_statistics

FIELDS = ("energy", "materials", "agriculture", "environment", "medicine", "transport")
OVERSHOWN = FIELDS[:2]
"""Fields that lists put forward whatever they are worth."""
REGIONS = ("650104", "650102", "652301", "310101", "610101")
WAYS = ("commissioned", "joint", "transfer", "service")
STAGES = ("lab", "pilot", "mature")
CHARACTERS = (
    "叶片除冰涂层棉秆还田机械骆驼奶冻干工艺盐碱地改良菌剂葡萄藤埋土矿井瓦斯监测光伏板清洗番茄皮渣提取油田回注水处理"
    "牧草青贮添加煤化尾气余热硅料提纯冷链果蔬保鲜雪情巡检轨道制动风沙防护低温润滑"
)
TASTE = {
    "meaning_title_title": 0.2,
    "meaning_title_full": 0.3,
    "words_titles": 0.2,
    "characters_titles": 0.2,
    "words_texts": 2.2,
    "characters_texts": 1.6,
    "region": 12.0,
    "stage": 5.0,
    "cooperation": 4.0,
    "field": 0.4,
}
"""What the city weighs a term by, against the shipped ranker; 1 where it is not named."""
UNKNOWN = 0.6
"""Spread of what no term knows of a pair, in log-odds."""
SHARES = (0.55, 0.80, 0.93)
"""Parts of all pairs that fall below grades 1, 2 and 3."""
OFFERS_EACH = 24


@dataclass(frozen=True, slots=True)
class World:
    """Needs with their offers, by id. `fresh` are needs that nobody ever decides about: what is learned is measured on
    them, against the truth."""

    texts: Texts
    truth: Qrels
    fresh: tuple[str, ...]
    fields: dict[str, str]

    @property
    def taught(self) -> tuple[str, ...]:
        """The needs that lists are shown of."""
        return tuple(need for need in self.truth if need not in self.fresh)


def make_world(needs: int, seed: int) -> World:
    """Invent a city; a third of its needs is fresh."""
    random = np.random.default_rng(seed)
    encoder, number = HashingEncoder(), 0
    ranker = ranker_for(encoder)
    sides: dict[str, Document] = {}
    fields: dict[str, str] = {}
    offered: dict[str, list[str]] = {}
    for place in range(needs):
        title, body, field = _words(random, 7), _words(random, 40), str(random.choice(FIELDS))
        need = _document(random, title, body, field, is_need=True)
        sides[str(place + 1)] = need
        offered[str(place + 1)] = []
        for _ in range(OFFERS_EACH):
            number += 1
            name = str(needs + number)
            kept, told = (int(random.integers(0, size + 1)) for size in (7, 40))
            own = field if random.random() < 0.6 else str(random.choice(FIELDS))
            near = title[:kept] + _words(random, 7 - kept), body[:told] + _words(random, 40 - told)
            sides[name], fields[name] = _document(random, *near, own, is_need=False), own
            offered[str(place + 1)].append(name)
    documents = list(sides.items())
    titles = encoder.encode_queries([each.title for _, each in documents])
    fulls = encoder.encode_queries([f"{each.title}\n{each.body}" for _, each in documents])
    prepared = {
        name: ranker.prepare(each, title, full)
        for (name, each), title, full in zip(documents, titles, fulls, strict=True)
    }
    texts = Texts(prepared, prepared)
    fresh = tuple(need for place, need in enumerate(offered) if place % 3 == 0)
    return World(texts, _truth(random, texts, offered), fresh, fields)


def hidden_ranker() -> Ranker:
    """Return what the city would rank by, if it could say."""
    data = json.loads(default_weights())
    for name, row in data["similarities"].items():
        row["weight"] *= TASTE.get(name, 1.0)
    data["facets"] = {name: weight * TASTE.get(name, 1.0) for name, weight in data["facets"].items()}
    return Ranker(json.dumps(data), load_statistics(), gauge_for(HashingEncoder()))


def _truth(random: np.random.Generator, texts: Texts, offered: dict[str, list[str]]) -> dict[str, dict[str, int]]:
    ranker = hidden_ranker()
    scores = {
        need: [
            found.score + random.normal(0, UNKNOWN)
            for found in ranker.score(texts.needs[need], [texts.documents[name] for name in names])
        ]
        for need, names in offered.items()
    }
    edges = np.quantile(np.concatenate(list(scores.values())), SHARES)
    return {
        need: {name: int((edges <= score).sum()) for name, score in zip(names, scores[need], strict=True)}
        for need, names in offered.items()
    }


def _document(random: np.random.Generator, title: str, body: str, field: str, *, is_need: bool) -> Document:
    region = str(random.choice(REGIONS[:3] if is_need else REGIONS))
    return Document(
        id=0,
        title=title,
        body=body,
        field=field,
        region=region,
        stage=str(random.choice(STAGES[1:] if is_need else STAGES)),
        cooperation=frozenset({str(random.choice(WAYS))}),
    )


def _words(random: np.random.Generator, count: int) -> str:
    return "".join(random.choice(list(CHARACTERS), count))
