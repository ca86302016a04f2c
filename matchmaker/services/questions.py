"""Questions about indicators: asked by a broker or, once both sides are interested, by the need's owner.

The achievement's owner answers. Nobody but these and those who see all pairs reads a question or its answer.
"""

from dataclasses import dataclass, replace
from typing import NoReturn

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden, Invalid, NotFound
from matchmaker.domain.journal import record
from matchmaker.domain.language import N_
from matchmaker.domain.matches import Match
from matchmaker.domain.people import Role
from matchmaker.domain.permissions import Actor, can_read_listing, owns
from matchmaker.domain.questions import Question
from matchmaker.domain.questions import QuestionState as S
from matchmaker.domain.states import move
from matchmaker.search.indicators import Indicator, Verdict, read_value
from matchmaker.services import question_notices as notices
from matchmaker.services.actors import party
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.match_views import MatchView, view_match
from matchmaker.services.matches import LARGEST_ID, load_match
from matchmaker.services.projection import visible_layers
from matchmaker.services.reading.text import prose
from matchmaker.services.verdicts.reading import Placed
from matchmaker.services.verdicts.views import QuestionView, is_open_field, key_of, reads_question, view_question

ANSWER_MOST = 500
MEMBERS = frozenset({Role.ENTERPRISE, Role.UNIVERSITY})
_MISSING = N_("没有找到这个问题。")


@dataclass(frozen=True, slots=True)
class QuestionPage:
    """One question with its pair. `unit` is what a bare number in the answer is taken to be in."""

    question: QuestionView
    match: MatchView
    name: str
    unit: str
    may_answer: bool
    is_mine: bool


def can_ask(actor: Actor, match: Match) -> bool:
    """A broker at any time; the need's own side once both sides are interested."""
    if actor.role is Role.BROKER:
        return True
    return owns(actor, match.need) and actor.role in MEMBERS and is_mutual(match)


def askable(session: Session, actor: Actor, match: Match) -> frozenset[str]:
    """Return the keys of the indicators that `actor` may ask about: those whose text the other side may read."""
    if not can_ask(actor, match) or match.need_indicators is None:
        return frozenset()
    asked = {question.key for question in match.questions}
    other = party(session, match.achievement.organization_id)
    if not can_read_listing(other, match.need):
        return frozenset()
    layers = visible_layers(match.need, other)
    placed = [Placed.from_dict(row) for row in match.need_indicators.rows]
    keys = {key_of(one.indicator) for one in placed if is_open_field(match.need, one.field, layers)}
    return frozenset(keys - asked)


def ask(session: Session, actor: Actor, match_id: int, key: str) -> Question:
    """Put the question that follows from an indicator without a sure verdict to the achievement's owner.

    Raises:
        NotFound: he may not see the pair. Forbidden: he may not ask about it.
        Conflict: it was asked already, has a verdict, is gone since, or lies in what the other side may not read.
    """
    match = load_match(session, actor, match_id)
    if not can_ask(actor, match):
        raise Forbidden(N_("双方都表示感兴趣之后，需求方才能直接提问；在此之前请由技术经纪人提问。"))
    line = next((line for line in view_match(match, actor).verdicts.lines if line.key == key), None)
    if line is None:
        raise Conflict(N_("这项指标刚刚有改动，请刷新页面后再提问。"))
    if any(question.key == key for question in match.questions):
        raise Conflict(N_("这个问题已经提过了，请等待对方答复。"))
    if line.verdict != Verdict.UNSTATED:
        raise Conflict(N_("这项指标已经有结论，不必再问。"))
    if key not in askable(session, actor, match):
        raise Conflict(N_("需求方还没有向对方公开这项指标，双方都感兴趣之后才能提问。"))
    question = _new(session, actor, match, key)
    record(session, actor, "ask", "question", question.id, after=question.state, match_id=match.id)
    notices.tell_asked(session, match, question)
    return question


def get_question(session: Session, actor: Actor, question_id: int) -> QuestionPage:
    """Return a question to one of its readers.

    Raises:
        NotFound: there is none, he may not know of it, or one of the listings is withdrawn.
        Forbidden: it lies in what is not open to him any more.
    """
    question, match = _load(session, actor, question_id)
    if not is_open_field(match.need, question.field, visible_layers(match.need, actor)):
        raise Forbidden(N_("需求方已收回向您公开的内容，这个问题暂时不能查看和答复。"))
    indicator = Indicator.from_dict(question.indicator)
    answers = _answers(actor, match)
    return QuestionPage(
        question=view_question(question),
        match=view_match(match, actor),
        name=indicator.name,
        unit=indicator.amount.unit.text,
        may_answer=answers and question.state != S.ANSWERED,
        is_mine=answers,
    )


def answer(session: Session, actor: Actor, question_id: int, text: str, *, withheld: bool = False) -> Question:
    """Answer for the achievement's side: with a number, a range or words; or say that one would rather not.

    Whoever would not say may still answer later; an answer stands.

    Raises:
        NotFound: see `get_question`. Forbidden: the actor is not of the side that was asked.
        Conflict: it is answered already. Invalid: nothing is written, or too much.
    """
    question, match = _load(session, actor, question_id)
    if not _answers(actor, match):
        raise Forbidden(N_("这个问题由成果方答复。"))
    get_question(session, actor, question_id)
    if question.state == S.ANSWERED:
        name = question.answered_by.name if question.answered_by else ""
        raise Conflict(N_("这个问题已由 %(name)s 答复，不能再改。"), name=name)
    written = prose(text)
    if not withheld:
        _check(written)
    elif question.state == S.WITHHELD:
        return question
    question.answered_by_id, question.answered_at = actor.user_id, utc_now()
    if not withheld:
        question.answer, question.amount = written, _amount(question, written)
    move(session, question, S.WITHHELD if withheld else S.ANSWERED, actor, match_id=match.id, answer=question.answer)
    session.flush()
    notices.tell_answered(session, match, question)
    return question


def _new(session: Session, actor: Actor, match: Match, key: str) -> Question:
    rows = (Placed.from_dict(row) for row in (match.need_indicators.rows if match.need_indicators else ()))
    layers = visible_layers(match.need, party(session, match.achievement.organization_id))
    # The same is often said twice; what the other side may read of it is what it is asked about.
    placed = next(row for row in rows if key_of(row.indicator) == key and is_open_field(match.need, row.field, layers))
    assert actor.user_id is not None  # noqa: S101 - whoever may ask is a person
    assert actor.organization_id is not None  # noqa: S101 - of an organization
    question = Question(
        match_id=match.id,
        key=key,
        field=placed.field,
        indicator=placed.indicator.as_dict(),
        asking_organization_id=actor.organization_id,
        asked_by_id=actor.user_id,
        answering_organization_id=match.achievement.organization_id,
    )
    session.add(question)
    session.flush()
    session.expire(match, ["questions"])
    return question


def _load(session: Session, actor: Actor, question_id: int) -> tuple[Question, Match]:
    question = session.get(Question, question_id) if 0 < question_id <= LARGEST_ID else None
    if question is None:
        raise NotFound(_MISSING)
    try:
        match = load_match(session, actor, question.match_id)
    except NotFound:
        _refuse(actor, question)
    if not reads_question(actor, match, question):
        raise NotFound(_MISSING)
    return question, match


def _refuse(actor: Actor, question: Question) -> NoReturn:
    """Say to the parties of a question that its pair is gone, and to nobody else that there was one."""
    if actor.organization_id in {question.asking_organization_id, question.answering_organization_id}:
        raise NotFound(N_("这个问题涉及的需求或成果已经撤下，不用再答复了。"))
    raise NotFound(_MISSING)


def _answers(actor: Actor, match: Match) -> bool:
    return owns(actor, match.achievement) and actor.role in MEMBERS


def _check(written: str) -> None:
    if not written:
        sentence = N_("请填写数值、范围或说明；不便说的请选“不便透露”。")
        raise Invalid(sentence, {"answer": sentence})
    if len(written) > ANSWER_MOST:
        raise Invalid(N_("答复太长。"), {"answer": N_("最多 500 字。")})


def _amount(question: Question, written: str) -> dict[str, object] | None:
    asked = Indicator.from_dict(question.indicator)
    read = read_value(written, name=asked.name, unit=asked.amount.unit.text)
    if read is None:
        return None
    # It answers the question: its name, its circumstances and, unless it says otherwise, its kind of change.
    change = read.amount.change or asked.amount.change
    amount = replace(read.amount, change=change)
    return replace(read, name=asked.name, amount=amount, condition=asked.condition).as_dict()
