"""Texts that a spreadsheet would run as a formula, or take for an error: an apostrophe before them keeps them texts.

Spreadsheets know this mark themselves. A text that begins with such marks and a formula gets one more, so that taking
one away always gives back what was there.
"""

import re

_RUNS = re.compile(r"'*[=+\-@#\t\r]")
_KEPT = re.compile(r"''*[=+\-@#\t\r]")


def inert(text: str) -> str:
    """Return a text for a cell of a spreadsheet or a .csv file, such that nothing runs when it is opened."""
    return f"'{text}" if _RUNS.match(text) else text


def live(text: str) -> str:
    """Return what `inert` was given."""
    return text[1:] if _KEPT.match(text) else text
