"""The verdicts of one pair as one viewer sees them.

A verdict is drawn anew from what the worker found, and only from fields that the viewer may read on both sides: nothing
hidden adds to it, contradicts it or shows in a count. Where the other side hides text, 未说明 says no more than that.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from matchmaker.domain.fields import Layer, fields_of
from matchmaker.domain.language import Sentence
from matchmaker.domain.layers import layer_of
from matchmaker.domain.listings import Listing
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_see_all_matches
from matchmaker.domain.questions import Question
from matchmaker.search.explain import Fragment, cut
from matchmaker.search.indicators import (
    Conclusion,
    Doubt,
    Finding,
    Indicator,
    Likeness,
    Verdict,
    canonical,
    compare,
    conclude,
)
from matchmaker.services.disclosures import is_mutual
from matchmaker.services.listing_views import ListingView
from matchmaker.services.verdicts.reading import ROWS, Placed
from matchmaker.services.verdicts.wording import BY_ANSWER, DOUBTS, HIDDEN, amount_text, question_text

LINES_MOST = 40
AROUND = 24


@dataclass(frozen=True, slots=True)
class SourceView:
    """Where a text says it: the field's label, and a piece of it in which the indicator is marked."""

    field: str
    label: str
    said: str
    fragments: tuple[Fragment, ...]


@dataclass(frozen=True, slots=True)
class QuestionView:
    """A question as its readers see it: whoever asked, the other side, and those who see all pairs.

    `amount` is the quantity that was read from the answer, in signs; None where there was none.
    """

    id: int
    state: str
    text: Sentence
    answer: str | None
    amount: str | None
    asked_by: str
    asked_at: datetime
    answered_at: datetime | None


@dataclass(frozen=True, slots=True)
class VerdictView:
    """One indicator of the need and what is said of it.

    `requirement` is what is asked for in signs. `achievement` is what the verdict rests on or, in doubt, what may be
    meant. `reason` says why nothing is sure. `is_hidden`: the other side hides text that might say it. `by_answer`: the
    verdict rests on the answer to `question`. `suggestion` is the question that could be asked.
    """

    key: str
    name: str
    requirement: str
    unit: str
    verdict: str
    reason: str
    need: SourceView
    achievement: SourceView | None
    is_hidden: bool
    by_answer: bool
    question: QuestionView | None
    suggestion: Sentence


@dataclass(frozen=True, slots=True)
class Verdicts:
    """All verdicts of a pair. `is_ready` is False until the worker has judged the present texts.

    `in_words` are the need's rows without a number, for people to judge; `further` the achievement's rows that no
    verdict rests on. `hides_need` and `hides_achievement` say that a side hides text from the viewer.
    """

    lines: tuple[VerdictView, ...]
    is_ready: bool
    in_words: tuple[str, ...]
    further: tuple[str, ...]
    hides_need: bool
    hides_achievement: bool

    def count(self, verdict: str) -> int:
        """How many lines have this verdict."""
        return sum(line.verdict == verdict for line in self.lines)


def verdicts_of(match: Match, actor: Actor, need: ListingView, achievement: ListingView) -> Verdicts:
    """Show the verdicts of a pair to `actor`, who sees its sides as `need` and `achievement`."""
    is_ready = _is_ready(match)
    lines = tuple(_lines(match, actor, need, achievement))[:LINES_MOST] if is_ready else ()
    judged = {line.need.said for line in lines if line.need.field == ROWS}
    used = {line.achievement.said for line in lines if line.achievement and line.achievement.field == ROWS}
    return Verdicts(
        lines=lines,
        is_ready=is_ready,
        in_words=tuple(row.text for row in need.indicators if row.comparator == "text" and row.text not in judged),
        further=tuple(row.text for row in achievement.indicators if row.text not in used),
        hides_need=_hides_text(need),
        hides_achievement=_hides_text(achievement),
    )


def key_of(indicator: Indicator) -> str:
    """Name an indicator by what it asks for, so that it is the same one after an edit of something else."""
    amount = indicator.amount
    parts = (canonical(indicator.name), amount.comparator, amount.low.normalize(), amount.high, amount.unit.letters)
    text = "|".join(map(str, (*parts, amount.change, amount.toward, indicator.condition)))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def reads_question(actor: Actor, match: Match, question: Question) -> bool:
    """Who reads a question and its answer: the organization that asked, the one that is asked, those who see all pairs;
    and the need's own once both sides are interested."""
    parties = {question.asking_organization_id, question.answering_organization_id}
    if can_see_all_matches(actor) or (actor.organization_id is not None and actor.organization_id in parties):
        return True
    return match.need.organization_id == actor.organization_id and is_mutual(match)


def is_open_field(listing: Listing, name: str, layers: frozenset[Layer]) -> bool:
    """Whether a field of the published text lies in one of `layers`."""
    spec = next(spec for spec in fields_of(listing.kind) if spec.name == name)
    return layer_of(spec, listing.current) in layers


def view_question(question: Question) -> QuestionView:
    """Show a question to one of its readers; the caller has checked that he is one."""
    return QuestionView(
        id=question.id,
        state=question.state,
        text=question_text(Indicator.from_dict(question.indicator)),
        answer=question.answer,
        amount=amount_text(Indicator.from_dict(question.amount).amount) if question.amount else None,
        asked_by=question.asked_by.name,
        asked_at=question.asked_at,
        answered_at=question.answered_at,
    )


def _is_ready(match: Match) -> bool:
    sheet, need, achievement = match.sheet, match.need_indicators, match.achievement_indicators
    if sheet is None or need is None or achievement is None:
        return False
    now = match.need.published_revision_id, match.achievement.published_revision_id
    same_rules = {sheet.read_by, need.read_by, achievement.read_by} == {sheet.read_by}
    made_from = (sheet.need_revision_id, sheet.achievement_revision_id)
    return same_rules and made_from == now == (need.revision_id, achievement.revision_id)


def _lines(match: Match, actor: Actor, need: ListingView, achievement: ListingView) -> Iterator[VerdictView]:
    sheet, asked, given = match.sheet, match.need_indicators, match.achievement_indicators
    if sheet is None or asked is None or given is None:
        return
    offered = [Placed.from_dict(row) for row in given.rows]
    readable = {place for place, one in enumerate(offered) if _is_shown(achievement, one)}
    questions = {one.key: one for one in match.questions if reads_question(actor, match, one)}
    seen: set[str] = set()
    for row, findings in zip(asked.rows, sheet.findings, strict=True):
        placed = Placed.from_dict(row)
        key = key_of(placed.indicator)
        if key in seen or not _is_shown(need, placed):
            continue
        seen.add(key)
        conclusion = conclude([found for found in map(_finding, findings) if found.place in readable])
        source = None if conclusion.place is None else _source(achievement, offered[conclusion.place])
        yield _line(key, placed, _source(need, placed), source, conclusion, questions.get(key), achievement)


def _line(
    key: str,
    placed: Placed,
    need: SourceView,
    offered: SourceView | None,
    conclusion: Conclusion,
    question: Question | None,
    achievement: ListingView,
) -> VerdictView:
    indicator = placed.indicator
    verdict, doubt, by_answer = conclusion.verdict, conclusion.doubt, False
    if verdict is Verdict.UNSTATED and question is not None and question.amount is not None:
        verdict, doubt = compare(indicator, Indicator.from_dict(question.amount))
        by_answer = verdict is not Verdict.UNSTATED
    is_hidden = verdict is Verdict.UNSTATED and doubt in {Doubt.ABSENT, Doubt.NAME} and _hides_text(achievement)
    return VerdictView(
        key=key,
        name=indicator.name,
        requirement=amount_text(indicator.amount),
        unit=indicator.amount.unit.text,
        verdict=str(verdict),
        reason=BY_ANSWER if by_answer else HIDDEN if is_hidden else DOUBTS[doubt],
        need=need,
        achievement=offered,
        is_hidden=is_hidden,
        by_answer=by_answer,
        question=view_question(question) if question is not None else None,
        suggestion=question_text(indicator),
    )


def _finding(stored: Sequence[Any]) -> Finding:
    place, like, verdict, doubt = stored
    return Finding(place, Likeness(like), Verdict(verdict), Doubt(doubt))


def _is_shown(view: ListingView, placed: Placed) -> bool:
    return any(field.spec.name == placed.field for field in view.fields)


def _source(view: ListingView, placed: Placed) -> SourceView:
    spec = next(field.spec for field in view.fields if field.spec.name == placed.field)
    if placed.row is not None:
        text = view.indicators[placed.row].text
        return SourceView(spec.name, spec.label, text, (Fragment(text, True),))
    text = view.value(placed.field)
    start, end = placed.indicator.start, placed.indicator.end
    first, last = max(0, start - AROUND), min(len(text), end + AROUND)
    piece = text[first:last].replace("\n", " ")
    fragments = cut(piece, [(start - first, end - first)])
    ahead, behind = [Fragment("…", False)] * (first > 0), [Fragment("…", False)] * (last < len(text))
    return SourceView(spec.name, spec.label, text[start:end], (*ahead, *fragments, *behind))


def _hides_text(view: ListingView) -> bool:
    labels = {spec.label for spec in fields_of(view.kind) if spec.is_text}
    return any(label in labels for label in view.hidden)
