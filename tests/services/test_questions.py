"""Questions about indicators: who asks, who answers, who reads, and how an answer changes a verdict."""

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from matchmaker.domain.base import Database
from matchmaker.domain.errors import Conflict, DomainError, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import JournalEntry
from matchmaker.domain.mails import Mail
from matchmaker.domain.matches import Match
from matchmaker.domain.notices import Notice
from matchmaker.domain.permissions import Actor
from matchmaker.domain.questions import Question
from matchmaker.services.actors import informed
from matchmaker.services.closing import Ending, close
from matchmaker.services.decisions import decide, withdraw_decision
from matchmaker.services.matches import get_match
from matchmaker.services.questions import answer, ask, askable, get_question
from matchmaker.services.verdicts import VerdictView
from tests.cast import Cast
from tests.verdicts import judged_pair

ASKED = {"rows": [("除尘效率", "ge", "99", "%"), ("噪声", "le", "80", "dB")]}
OFFERED = {"rows": [("噪声", "eq", "75", "dB")]}


def _now(session: Session, cast: Cast, who: str) -> Actor:
    return informed(session, cast[who].actor)


def _line(session: Session, cast: Cast, who: str, match_id: int) -> VerdictView:
    return get_match(session, _now(session, cast, who), match_id).verdicts.lines[0]


@pytest.fixture
def match_id(database: Database, cast: Cast) -> int:
    return judged_pair(database, cast, ASKED, OFFERED)


@pytest.fixture
def question_id(database: Database, cast: Cast, match_id: int) -> int:
    with database.transaction() as session:
        key = _line(session, cast, "carol", match_id).key
        return ask(session, _now(session, cast, "carol"), match_id, key).id


def _mutual(session: Session, cast: Cast, match_id: int) -> None:
    for who in ("alice", "bob"):
        decide(session, _now(session, cast, who), match_id, "interested", agreed=True)


def test_question_says_in_plain_words_what_is_asked(session: Session, cast: Cast, question_id: int) -> None:
    page = get_question(session, _now(session, cast, "bob"), question_id)
    assert (page.question.text, page.unit, page.may_answer) == (
        "贵方成果的除尘效率能达到多少？需求方要求 ≥ 99 %。",
        "%",
        True,
    )


@pytest.mark.parametrize(
    ("words", "verdict", "by_answer"),
    [
        ("99.5", "met", True),
        ("99.5 %", "met", True),
        ("≥99.2％", "met", True),
        ("98~98.5", "unmet", True),
        ("约九成", "unmet", True),
        ("我方除尘效率可达 99.5%。", "met", True),
        ("99.5，实验室条件", "unstated", False),
        ("98～99.5", "unstated", False),
        ("与工况有关，需面谈", "unstated", False),
        ("99 或 95", "unstated", False),
        ("9" * 400, "unstated", False),
        ("<script>alert(1)</script>", "unstated", False),
        ("5 kg", "unstated", False),
    ],
)
def test_answer_changes_the_verdict_where_it_can(
    session: Session, cast: Cast, match_id: int, question_id: int, words: str, verdict: str, by_answer: bool
) -> None:
    answer(session, _now(session, cast, "bob"), question_id, words)
    session.expire_all()
    line = _line(session, cast, "carol", match_id)
    assert (line.verdict, line.by_answer, line.question and line.question.answer) == (verdict, by_answer, words)


def test_withheld_answer_leaves_the_verdict_and_may_be_given_later(
    session: Session, cast: Cast, match_id: int, question_id: int
) -> None:
    bob = _now(session, cast, "bob")
    for _ in range(2):
        answer(session, bob, question_id, "", withheld=True)
    session.expire_all()
    line = _line(session, cast, "carol", match_id)
    assert (line.verdict, line.question and line.question.state) == ("unstated", "withheld")
    answer(session, bob, question_id, "99.5")
    assert session.get_one(Question, question_id).state == "answered"


@pytest.mark.parametrize("words", ["", " \n", "\x00", "长" * 501])
def test_empty_or_huge_answer_is_refused(session: Session, cast: Cast, question_id: int, words: str) -> None:
    with pytest.raises(Invalid) as refused:
        answer(session, _now(session, cast, "bob"), question_id, words)
    assert list(refused.value.errors) == ["answer"]


def test_second_answer_is_refused(session: Session, cast: Cast, question_id: int) -> None:
    answer(session, _now(session, cast, "bob"), question_id, "99.5")
    with pytest.raises(Conflict, match=cast.bob.name):
        answer(session, _now(session, cast, "bob"), question_id, "50")
    assert session.get_one(Question, question_id).answer == "99.5"


def test_second_question_is_refused(session: Session, cast: Cast, match_id: int, question_id: int) -> None:
    key = session.get_one(Question, question_id).key
    with pytest.raises(Conflict):
        ask(session, _now(session, cast, "carol"), match_id, key)


@pytest.mark.parametrize(
    ("who", "error"), [("alice", Forbidden), ("bob", Forbidden), ("dave", Forbidden), ("mallory", NotFound)]
)
def test_nobody_else_asks(session: Session, cast: Cast, match_id: int, who: str, error: type[DomainError]) -> None:
    key = _line(session, cast, "carol", match_id).key
    with pytest.raises(error):
        ask(session, _now(session, cast, who), match_id, key)


def test_need_side_asks_once_both_are_interested(session: Session, cast: Cast, match_id: int) -> None:
    _mutual(session, cast, match_id)
    alice = _now(session, cast, "alice")
    question = ask(session, alice, match_id, _line(session, cast, "alice", match_id).key)
    assert (question.asked_by_id, question.answering_organization_id) == (alice.user_id, cast.bob.organization_id)


@pytest.mark.parametrize("key", ["", "0" * 16, "' OR 1=1", "长" * 32])
def test_question_about_nothing_is_refused(session: Session, cast: Cast, match_id: int, key: str) -> None:
    with pytest.raises(Conflict):
        ask(session, _now(session, cast, "carol"), match_id, key)


def test_judged_indicator_is_not_asked_about(session: Session, cast: Cast, match_id: int) -> None:
    met = get_match(session, _now(session, cast, "carol"), match_id).verdicts.lines[1]
    with pytest.raises(Conflict):
        ask(session, _now(session, cast, "carol"), match_id, met.key)


def test_hidden_indicator_is_asked_about_once_the_other_side_may_read_it(database: Database, cast: Cast) -> None:
    match_id = judged_pair(database, cast, ASKED | {"visibility": "anonymous"}, OFFERED)
    with database.transaction() as session:
        key = _line(session, cast, "carol", match_id).key
        carol = _now(session, cast, "carol")
        with pytest.raises(Conflict):
            ask(session, carol, match_id, key)
        _mutual(session, cast, match_id)
        session.expire_all()
        assert askable(session, carol, session.get_one(Match, match_id)) >= {key}
        question = ask(session, carol, match_id, key)
        assert get_question(session, _now(session, cast, "bob"), question.id).may_answer
        withdraw_decision(session, _now(session, cast, "alice"), match_id)
        session.expire_all()
        with pytest.raises(Forbidden):
            get_question(session, _now(session, cast, "bob"), question.id)


def test_need_side_reads_a_brokers_question_once_both_are_interested(
    session: Session, cast: Cast, match_id: int, question_id: int
) -> None:
    answer(session, _now(session, cast, "bob"), question_id, "99.5")
    assert _line(session, cast, "alice", match_id).question is None
    assert _line(session, cast, "alice", match_id).verdict == "unstated"
    with pytest.raises(NotFound):
        get_question(session, _now(session, cast, "alice"), question_id)
    _mutual(session, cast, match_id)
    session.expire_all()
    assert _line(session, cast, "alice", match_id).verdict == "met"


@pytest.mark.parametrize("who", ["mallory", "alice", "peter"])
def test_outsider_finds_no_question(session: Session, cast: Cast, question_id: int, who: str) -> None:
    for asked in (question_id, 0, 2**70):
        with pytest.raises(NotFound):
            get_question(session, _now(session, cast, who), asked)
        with pytest.raises(NotFound):
            answer(session, _now(session, cast, who), asked, "99")


@pytest.mark.parametrize("who", ["carol", "dave"])
def test_only_the_asked_side_answers(session: Session, cast: Cast, question_id: int, who: str) -> None:
    with pytest.raises(Forbidden):
        answer(session, _now(session, cast, who), question_id, "99")


def test_question_of_a_withdrawn_listing_says_so(session: Session, cast: Cast, match_id: int, question_id: int) -> None:
    close(session, cast.alice.actor, session.get_one(Match, match_id).need, Ending("withdrawn"))
    with pytest.raises(NotFound, match="撤下"):
        answer(session, _now(session, cast, "bob"), question_id, "99")
    with pytest.raises(NotFound, match="没有找到"):
        get_question(session, _now(session, cast, "mallory"), question_id)


def test_question_and_answer_are_told_and_quoted_nowhere(session: Session, cast: Cast, question_id: int) -> None:
    answer(session, _now(session, cast, "bob"), question_id, "99.57")
    told = session.execute(sa.select(Notice.user_id, Notice.topic, Notice.path).order_by(Notice.id)).all()
    match_id = session.get_one(Question, question_id).match_id
    assert [tuple(row) for row in told] == [
        (cast.bob.user_id, "question", f"/questions/{question_id}"),
        (cast.carol.user_id, "question", f"/matches/{match_id}"),
    ]
    written = "".join(str(vars(row)) for table in (Notice, Mail) for row in session.scalars(sa.select(table)))
    assert ("99.57" in written, "除尘效率" in written) == (False, False)
    assert len(session.scalars(sa.select(Mail)).all()) == 2


def test_question_and_answer_are_in_the_journal(session: Session, cast: Cast, question_id: int) -> None:
    answer(session, _now(session, cast, "bob"), question_id, "99.5")
    rows = session.scalars(
        sa.select(JournalEntry).where(JournalEntry.subject_kind == "question").order_by(JournalEntry.id)
    )
    assert [(row.action, row.before, row.after, row.actor_id) for row in rows] == [
        ("ask", None, "waiting", cast.carol.user_id),
        ("move", "waiting", "answered", cast.bob.user_id),
    ]
