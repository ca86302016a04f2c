"""What the report of one pair (匹配报告) says, as plain data in one language: the same on the page and on paper."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ReportSide:
    """One listing as both readers of the report may see it; `language` is that of its title and abstract."""

    kind: str
    title: str
    facts: str
    abstract: str
    language: str


@dataclass(frozen=True, slots=True)
class ReportReason:
    """One addend of the score: what it is, what was found, what it adds as it is printed and exactly."""

    label: str
    said: str
    added: str
    contribution: float


@dataclass(frozen=True, slots=True)
class ReportEvidence:
    """A sentence of the need and what of the achievement answers it, with how clearly."""

    asked: str
    answer: str
    how: str


@dataclass(frozen=True, slots=True)
class ReportVerdict:
    """One indicator: what is asked, what is stated, and the verdict, a word and one of met, unmet, unstated."""

    asked: str
    stated: str
    verdict: str
    tone: str


@dataclass(frozen=True, slots=True)
class ReportHeadings:
    """The words that stand above the parts of a report."""

    reasons: str
    score: str
    evidence: str
    asked: str
    answer: str
    verdicts: str
    next_steps: str


@dataclass(frozen=True, slots=True)
class MatchReport:
    """One page about one pair. `level` is the grade, 0 to 3; the reasons' contributions add up to `score`. Without
    `is_compared` the worker has yet to look for evidence."""

    title: str
    audience: str
    office: str
    number: str
    grade: str
    level: int
    percent: str
    sentence: str
    need: ReportSide
    achievement: ReportSide
    headings: ReportHeadings
    reasons: tuple[ReportReason, ...]
    score: float
    total: str
    evidence: tuple[ReportEvidence, ...]
    evidence_note: str
    is_compared: bool
    verdicts: tuple[ReportVerdict, ...]
    next_steps: tuple[str, ...]
    made: str
    versions: str
    disclaimer: str
    cut_note: str
    language: str
