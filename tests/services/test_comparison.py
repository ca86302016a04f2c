"""Shared words are marked in both texts, and only in what the viewer may read."""

from sqlalchemy.orm import Session

from matchmaker.services.comparison import compare
from matchmaker.services.matches import get_match
from tests.cast import Cast
from tests.pairs import pair, publish


def test_compare_marks_shared_words_in_both_texts(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "风电叶片除冰", problem="低温下叶片表面结冰")
    match = pair(session, need, publish(session, cast.bob, "achievement", "叶片涂层", description="用于叶片的涂层"))
    shown = compare(get_match(session, cast.alice.actor, match.id))
    assert "叶片" in shown.words
    assert [f.text for f in shown.achievement.title if f.marked] == ["叶片"]
    assert "".join(f.text for f in shown.need.title) == "风电叶片除冰"


def test_compare_of_an_anonymous_need_marks_nothing_hidden(session: Session, cast: Cast) -> None:
    need = publish(session, cast.alice, "need", "表面处理", visibility="anonymous", problem="秘密的等离子工艺")
    answer = publish(session, cast.bob, "achievement", "等离子工艺", description="等离子工艺")
    match = pair(session, need, answer)
    shown = compare(get_match(session, cast.bob.actor, match.id))
    assert [text.name for text in shown.need.texts] == ["abstract"]
    assert "等离子" not in shown.words
    assert [f.text for f in shown.achievement.title if f.marked] == []
