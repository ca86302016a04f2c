"""Who may have the report of a pair, and what it is made of."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from matchmaker.domain.base import utc_now
from matchmaker.domain.errors import Conflict, Forbidden
from matchmaker.domain.language import N_, Language
from matchmaker.domain.matches import Match
from matchmaker.domain.permissions import Actor, can_report_match
from matchmaker.services.documents import MatchReport
from matchmaker.services.engine import Engine
from matchmaker.services.evidence import evidence_of
from matchmaker.services.match_reports.audiences import (
    Audience,
    Parties,
    audiences_of,
    numbers_for_audience,
    parties_of,
    views_for,
)
from matchmaker.services.match_reports.wording import Material, ReadPair, write_report
from matchmaker.services.match_views import MatchView, view_match
from matchmaker.services.matches import load_match
from matchmaker.services.verdicts import verdicts_of


@dataclass(frozen=True, slots=True)
class MadeReport:
    """A report, whom it is for, and whom one could be made for."""

    report: MatchReport
    audience: Audience
    audiences: tuple[Audience, ...]


def can_report(actor: Actor, match: MatchView) -> bool:
    """Whether `actor`, who sees a pair as `match`, may have its report."""
    return can_report_match(actor, is_mutual_party=match.own_kind is not None and match.is_mutual)


def make_report(
    session: Session,
    actor: Actor,
    engine: Callable[[], Engine],
    match_id: int,
    wanted: str | None,
    *,
    city: str,
    language: Language | None,
) -> MadeReport:
    """Return the report of a pair for the wanted audience, or the first there is.

    It counts as a reading of both listings by its maker (see readings.py). `engine` is asked for only where the pair
    has to be scored.

    Raises:
        NotFound: he may not know of the pair. Forbidden: he may not have its report.
        Conflict: neither side may read the other's listing yet, or the pair has just changed.
    """
    row = load_match(session, actor, match_id)
    match = view_match(row, actor)
    if not can_report(actor, match):
        raise Forbidden(N_("双方都表示感兴趣之后，才能制作这一对的匹配报告。"))
    parties = parties_of(session, row)
    audiences = _offered(match, audiences_of(row, parties))
    if not audiences:
        raise Conflict(N_("这一对的双方还不能看到对方的内容，暂时不能制作匹配报告。"))
    audience = next((each for each in audiences if each == wanted), audiences[0])
    numbers = numbers_for_audience(session, engine, row, audience)
    if numbers is None:
        raise Conflict(N_("这一对刚刚更新，正在分析，请稍后再试。"))
    read = _read(session, row, parties, audience)
    material = Material(
        match=match, audience=audience, read=read, numbers=numbers, city=city, maker=actor, made_at=utc_now()
    )
    return MadeReport(write_report(material, language), audience, audiences)


def _read(session: Session, row: Match, parties: Parties, audience: Audience) -> ReadPair:
    """Return both listings of a pair, and what follows from them, as an audience may read them."""
    need, achievement = views_for(row, parties, audience)
    return ReadPair(
        need=need,
        achievement=achievement,
        evidence=evidence_of(session, row.id, need, achievement),
        verdicts=verdicts_of(row, parties.reader(audience), need, achievement),
    )


def _offered(match: MatchView, audiences: Sequence[Audience]) -> tuple[Audience, ...]:
    """A party has the report for both and its own, never the one that is written for the other side alone."""
    return tuple(each for each in audiences if match.own_kind is None or each in {Audience.BOTH, match.own_kind})
