"""What a reader is shown of evidence: his own views' text, and nothing that depends on what is hidden from him."""

from dataclasses import replace

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.config import Settings
from matchmaker.domain.base import Database
from matchmaker.domain.evidence import Evidence
from matchmaker.domain.fields import Layer
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import EvidenceMaker, EvidenceView, evidence_of, want_evidence
from matchmaker.services.evidence.sentences import MOST, sentences_of
from matchmaker.services.projection import layered_texts, project
from tests.cast import Cast
from tests.pairs import pair, publish

SECRET = "聚脲基体中的疏冰填料配方"
WORDS = {"abstract": "叶片覆冰需要疏冰涂层。", "problem": f"{SECRET}需要重新设计。"}
SAID = {"abstract": "叶片疏冰涂层防止覆冰。", "description": f"{SECRET}已经设计完成。"}


def _make(
    settings: Settings, database: Database, cast: Cast, need: dict[str, object], answer: dict[str, object]
) -> int:
    with database.transaction() as session:
        one = publish(session, cast.alice, "need", "风电叶片除冰", **{**WORDS, **need})
        other = publish(session, cast.bob, "achievement", "叶片疏冰涂层", **{**SAID, **answer})
        match = pair(session, one, other).id
        want_evidence(session, match)
    maker = EvidenceMaker(database, Engine(settings), "test/1/a")
    while maker.step():
        pass
    return match


def _seen(database: Database, match_id: int, actor: Actor, opened: Layer | None = None) -> EvidenceView:
    with database.read() as session:
        match = session.get_one(Match, match_id)
        if opened is not None:
            actor = replace(actor, opened={match.need_id: opened, match.achievement_id: opened})
        return evidence_of(session, match_id, project(match.need, actor), project(match.achievement, actor))


def _pairs(view: EvidenceView) -> list[tuple[str, str | None]]:
    return [(row.need.text, row.answer.text if row.answer else None) for row in view.rows]


def test_each_sentence_comes_with_its_best_answer_and_shared_words_marked(
    settings: Settings, database: Database, cast: Cast
) -> None:
    view = _seen(database, _make(settings, database, cast, {}, {}), cast.carol.actor)
    assert _pairs(view) == [
        ("风电叶片除冰", "叶片疏冰涂层"),
        ("叶片覆冰需要疏冰涂层。", "叶片疏冰涂层防止覆冰。"),
        (f"{SECRET}需要重新设计。", f"{SECRET}已经设计完成。"),
    ]
    last = view.rows[-1]
    assert (last.need.label, last.is_certain, last.is_worded, view.answered) == ("要解决的技术问题", True, True, 3)
    assert "填料" in "".join(part.text for part in last.need.fragments if part.marked)
    assert view.best[0].likelihood == max(row.likelihood for row in view.rows)


@pytest.mark.parametrize("opened", [None, Layer.MATCHED])
def test_hidden_sentences_of_either_side_are_not_shown(
    settings: Settings, database: Database, cast: Cast, opened: Layer | None
) -> None:
    match = _make(settings, database, cast, {"visibility": "anonymous"}, {"visibility": "anonymous"})
    parts = ("重新设计", "设计完成")
    shown = {
        name: str(_pairs(_seen(database, match, cast[name].actor, opened))) for name in ("alice", "bob", "mallory")
    }
    found = {name: [part in text for part in parts] for name, text in shown.items()}
    own = {"alice": [True, False], "bob": [False, False], "mallory": [False, False]}
    assert found == (own if opened is None else {name: [True, True] for name in own})
    with database.read() as session:
        content = session.scalars(sa.select(Evidence.content)).one()
    assert {place[0] for place in content["need"]} == {"title", "abstract", "problem"}
    assert SECRET not in str(content)


def test_hidden_text_changes_nothing_of_what_others_are_shown(
    settings: Settings, database: Database, cast: Cast
) -> None:
    """However much is hidden, the same sentences and answers are shown of what is open."""
    many = "".join(f"{SECRET}第{number}步需要耐磨与防冰蚀的特殊材料。" for number in range(60))
    hidden = {"visibility": "anonymous"}
    short = _seen(database, _make(settings, database, cast, hidden, hidden), cast.mallory.actor)
    long = _make(settings, database, cast, {**hidden, "problem": many}, {**hidden, "description": many})
    assert _seen(database, long, cast.mallory.actor) == short
    assert len(_seen(database, long, cast.carol.actor).rows) == MOST


def test_unrelated_texts_show_nothing(settings: Settings, database: Database, cast: Cast) -> None:
    other = {"title": "牛羊布病检测", "abstract": "十五分钟判读抗体。", "description": "试纸常温保存两年。"}
    with database.transaction() as session:
        one = publish(session, cast.alice, "need", "风电叶片除冰", **WORDS)
        two = publish(session, cast.bob, "achievement", other.pop("title"), **other)
        match = pair(session, one, two).id
        want_evidence(session, match)
    maker = EvidenceMaker(database, Engine(settings), "test/1/a")
    maker.step()
    view = _seen(database, match, cast.carol.actor)
    assert (view.is_ready, view.answered, len(view.rows)) == (True, 0, 3)


def test_evidence_is_not_ready_before_the_worker_and_after_an_edit(
    settings: Settings, database: Database, cast: Cast
) -> None:
    match = _make(settings, database, cast, {}, {})
    with database.transaction() as session:
        need = session.get_one(Match, match).need
        need.published_revision = publish(session, cast.alice, "need", "改过").published_revision
    assert _seen(database, match, cast.carol.actor) == EvidenceView(is_ready=False)
    with database.transaction() as session:
        want_evidence(session, match)
    assert _seen(database, match, cast.carol.actor) == EvidenceView(is_ready=False, is_wanted=True)


def test_sentences_are_bounded_and_none_comes_twice(session: Session, cast: Cast) -> None:
    text = "".join(f"第{number}条要求涂层附着力不低于{number}兆帕。" for number in range(300))
    need = publish(session, cast.alice, "need", "风电叶片除冰", abstract="涂层要牢。", problem=text, background=text)
    sentences = sentences_of(need.current)
    assert (len(sentences), len({sentence.text for sentence in sentences})) == (MOST, MOST)
    assert {item.spec.name for item in layered_texts(need.current)} == {"title", "abstract", "problem", "background"}
