"""Quantified indicators: read from text, aligned by meaning, judged one by one. Plain data in, plain data out."""

from matchmaker.search.indicators.alignment import align
from matchmaker.search.indicators.amounts import Amount, Change, Comparator, Toward
from matchmaker.search.indicators.indicator import Indicator
from matchmaker.search.indicators.names import Likeness, canonical
from matchmaker.search.indicators.parsing import read_row, read_text, read_value
from matchmaker.search.indicators.verdicts import Conclusion, Doubt, Finding, Verdict, aimed, compare, conclude

VERSION = "1"
"""Counts changes of the rules: what was judged by older ones is judged again."""

__all__ = [
    "VERSION",
    "Amount",
    "Change",
    "Comparator",
    "Conclusion",
    "Doubt",
    "Finding",
    "Indicator",
    "Likeness",
    "Toward",
    "Verdict",
    "aimed",
    "align",
    "canonical",
    "compare",
    "conclude",
    "read_row",
    "read_text",
    "read_value",
]
