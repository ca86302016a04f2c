"""Names for groups of texts: the words that say what a group is about and the other groups are not (c-TF-IDF)."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from matchmaker.search.terms import Term, TermList
from matchmaker.search.text import spans

NAMED_BY = 3
# A word of the title says more of what a text is about than one of its body.
TITLE_WEIGHT = 4.0
# What the site's list of technical terms knows is a better name than any other word.
TERM_WEIGHT = 1.6
_SHORTEST = 2
# Words of the trade that stand in any need: they name nothing.
_COMMON_WORDS = """
技术 研究 研发 开发 应用 系统 设备 装备 产品 工艺 关键 关键技术 项目 生产 制造 设计 新型 高效 智能
解决 问题 方法 加工 企业 公司 进行 采用 实现 提高 降低 具有 控制 性能 要求 目前 需求 国内 产业化 平台
建设 一种 如何 管理 能力 技术开发 改造 升级 提升 优化 方案 解决方案 处理 希望 寻求 合作 绿色 资源 材料
新材料 质量 标准 稳定 效率 有害 物质 设置 理论 technology system research
development
"""
_COMMON = frozenset(_COMMON_WORDS.split())


@dataclass(frozen=True, slots=True)
class NamedText:
    """A text to be named by: what its title says, and the rest of it."""

    title: str
    body: str


@dataclass(frozen=True, slots=True)
class NameWord:
    """One word of a name: its wordings by language ("zh" always), and the places of the texts that say it."""

    wordings: Mapping[str, str]
    holders: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Words:
    """The words of one text with their weights there, and how it spells them."""

    weights: Mapping[str, float]
    titled: frozenset[str]
    spelled: Mapping[str, str]


def name_groups(texts: Sequence[NamedText], labels: Sequence[int], terms: TermList) -> list[tuple[NameWord, ...]]:
    """Return the words that name each group, the most telling first: of a title, and said by two of its texts at
    least, where there are such words.

    `labels` gives the group of each text, groups are numbered from 0. Technical terms that are in the site's list stand
    for all their wordings, so they also name texts of other languages.
    """
    known = [terms.said(f"{text.title}\n{text.body}") for text in texts]
    listed = {term.zh[0]: term for found in known for term in found}
    words = [_words(text, found) for text, found in zip(texts, known, strict=True)]
    groups: list[list[int]] = [[] for _ in range(max(labels, default=-1) + 1)]
    for place, label in enumerate(labels):
        groups[label].append(place)
    everywhere = _total(words)
    mean = sum(everywhere.values()) / max(1, len(groups))
    return [_name(members, words, everywhere, mean, listed) for members in groups]


def _name(
    members: Sequence[int],
    words: Sequence[_Words],
    everywhere: Counter[str],
    mean: float,
    listed: Mapping[str, Term],
) -> tuple[NameWord, ...]:
    own = [words[place] for place in members]
    within, holders = _total(own), Counter(word for each in own for word in each.weights)
    titled = {word for each in own for word in each.titled}
    shared = {word for word in titled if holders[word] > 1}
    scores = {
        word: within[word]
        * math.log(1 + mean / everywhere[word])
        * (TERM_WEIGHT if word in listed else 1.0)
        * holders[word]
        / len(members)
        for word in shared or titled or within
    }
    return tuple(
        NameWord(_wordings(word, listed, own), tuple(place for place in members if word in words[place].weights))
        for word in _chosen(sorted(scores, key=lambda each: (-scores[each], each)))
    )


def _chosen(ranked: Iterable[str]) -> list[str]:
    """Return the first words, none of which says part of another."""
    chosen: list[str] = []
    for word in ranked:
        if len(chosen) < NAMED_BY and not any(word in other or other in word for other in chosen):
            chosen.append(word)
    return chosen


def _words(text: NamedText, known: Sequence[Term]) -> _Words:
    weights: dict[str, float] = {}
    spelled: dict[str, str] = {}
    titled: set[str] = set()
    # Part of a known term: it would name by half of what the text says.
    covered = [wording for term in known for wording in term.zh]
    for part in (text.title, text.body):
        for word, start, end in spans(part):
            if _tells(word) and not any(word in wording for wording in covered):
                weights.setdefault(word, 1.0)
                spelled.setdefault(word, part[start:end])
                if part is text.title:
                    titled.add(word)
    for term in known:
        wording = term.zh[0]
        weights.setdefault(wording, 1.0)
        if any(each in text.title for each in (*term.zh, *term.en, *term.ru)):
            titled.add(wording)
    return _Words(
        {word: TITLE_WEIGHT if word in titled else weight for word, weight in weights.items()},
        frozenset(titled & weights.keys()),
        spelled,
    )


def _tells(word: str) -> bool:
    return len(word) >= _SHORTEST and word not in _COMMON and not word.isdigit()


def _wordings(word: str, listed: Mapping[str, Term], own: Sequence[_Words]) -> dict[str, str]:
    term = listed.get(word)
    if term is None:
        return {"zh": next(each.spelled[word] for each in own if word in each.spelled)}
    return {"zh": word} | {language: found[0] for language in ("en", "ru") if (found := term.wordings(language))}


def _total(words: Iterable[_Words]) -> Counter[str]:
    total = Counter[str]()
    for each in words:
        total.update(each.weights)
    return total
