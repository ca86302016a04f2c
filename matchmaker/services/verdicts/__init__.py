"""Verdicts on the indicators of a need: judged by the worker, shown through the layers that a viewer may read."""

from matchmaker.services.verdicts.judging import judge_again, judge_batch
from matchmaker.services.verdicts.views import QuestionView, SourceView, Verdicts, VerdictView, verdicts_of

__all__ = [
    "QuestionView",
    "SourceView",
    "VerdictView",
    "Verdicts",
    "judge_again",
    "judge_batch",
    "verdicts_of",
]
