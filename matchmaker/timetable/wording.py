"""Visible text of the timetable as data: marked Chinese with places for values. Whoever shows it puts it into words.

This floor knows no languages of readers; `services/sayings.py` turns a saying into a sentence that can be translated.
"""

from dataclasses import dataclass, field
from typing import Union

SEPARATOR = "\N{IDEOGRAPHIC COMMA}"

# A tuple is a list, joined when it is shown.
Word = Union[str, "Saying"]
Value = Union[str, int, "Saying", tuple[Union[str, "Saying"], ...]]


def N_(text: str) -> str:  # noqa: N802 - the gettext convention's own name
    """Return `text` unchanged: it only marks it for the message extractor."""
    return text


@dataclass(frozen=True)
class Saying:
    """A marked template and what fills its `%(name)s` places; as a string it is Chinese."""

    template: str
    values: dict[str, Value] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return it in Chinese, the language it is written in."""
        filled = {name: _shown(value) for name, value in self.values.items()}
        return self.template % filled if filled else self.template


def say(template: str, **values: Value) -> Saying:
    """Return a saying; `template` is marked by `N_` where it is written."""
    return Saying(template, values)


def _shown(value: Value) -> str | int:
    if isinstance(value, tuple):
        return SEPARATOR.join(map(str, value))
    return str(value) if isinstance(value, Saying) else value
