"""The report of one pair (匹配报告), one page that a broker hands to its sides."""

from matchmaker.services.match_reports.audiences import AUDIENCE_NAMES, Audience
from matchmaker.services.match_reports.reporting import MadeReport, can_report, make_report

__all__ = ["AUDIENCE_NAMES", "Audience", "MadeReport", "can_report", "make_report"]
